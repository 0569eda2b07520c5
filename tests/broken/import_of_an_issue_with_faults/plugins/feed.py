from jianbao_tex.hooks import Imported, Reader, hookimpl

JIANBAO_API = "2.4"
__version__ = "1.0"


@hookimpl
def jianbao_readers():
    issue = {"masthead": {"name": "简报"}, "number": -1, "articles": [{"title": "一", "body": "文。"}]}
    return [Reader("feed", "表", (".csv",), lambda file: Imported(issue))]
