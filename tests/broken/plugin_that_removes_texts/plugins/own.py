from jianbao_tex.hooks import hookimpl

JIANBAO_API = "2.3"
__version__ = "1.0"


@hookimpl
def jianbao_prepare(issue):
    return issue.model_copy(update={"sections": ()})
