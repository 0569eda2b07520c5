from jianbao_tex.hooks import hookimpl

JIANBAO_API = "2.3"
JIANBAO_PREPARES = {"removes_texts": True}


@hookimpl
def jianbao_prepare(issue):
    return None
