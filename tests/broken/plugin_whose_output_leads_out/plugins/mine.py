from jianbao_tex.hooks import Output, hookimpl


@hookimpl
def jianbao_outputs():
    return [Output("card", "卡片", ".card", "text/plain", lambda subject: {"/../card": b""})]
