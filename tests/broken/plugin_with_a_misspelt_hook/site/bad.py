from jianbao_tex.hooks import hookimpl


@hookimpl
def jianbao_layout():
    return []
