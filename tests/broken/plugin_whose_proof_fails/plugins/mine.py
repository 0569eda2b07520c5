from jianbao_tex.hooks import Output, hookimpl


def prove(subject, files):
    raise RuntimeError("no ruler")


@hookimpl
def jianbao_outputs():
    make = lambda subject: {"-card.txt": b"card"}
    return [Output("card", "卡片", ".card", "text/plain", make, prove=prove)]
