from jianbao_tex.hooks import Output, hookimpl


@hookimpl
def jianbao_outputs():
    return [Output("card", "卡片", ".pdf", "application/pdf", lambda subject: b"card")]
