from jianbao_tex.hooks import Output, hookimpl


def made(_issue, _master):
    return b""


@hookimpl
def jianbao_outputs():
    return [Output("pdf", "PDF", ".pdf", "application/pdf", made)]
