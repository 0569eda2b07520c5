from jianbao_tex.hooks import Layout, hookimpl


@hookimpl
def jianbao_layouts():
    return [Layout.from_folder(folder) for folder in None]
