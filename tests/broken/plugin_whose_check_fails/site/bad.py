from jianbao_tex.hooks import Check, hookimpl


def run(_subject):
    return 1 / 0


@hookimpl
def jianbao_checks():
    return [Check("bad", "坏", "issue", run)]
