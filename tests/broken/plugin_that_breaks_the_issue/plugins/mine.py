from jianbao_tex.hooks import hookimpl


@hookimpl
def jianbao_prepare(issue):
    return issue.model_copy(update={"number": "first"})
