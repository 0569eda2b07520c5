from jianbao_tex.hooks import hookimpl


@hookimpl
def jianbao_layouts():
    return ["classic"]
