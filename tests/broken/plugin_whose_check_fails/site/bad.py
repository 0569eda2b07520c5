from jianbao_tex.hooks import IssueCheck, hookimpl


def run(_subject):
    return 1 / 0


@hookimpl
def jianbao_checks():
    return [IssueCheck("bad", "坏", run)]
