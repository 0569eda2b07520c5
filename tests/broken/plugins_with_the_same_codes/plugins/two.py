from jianbao_tex.hooks import IssueCheck, hookimpl, warning

JIANBAO_API = "2.3"
__version__ = "1.0"

FOUND = warning("X001", "two says so", "look at it")


def run(subject):
    yield FOUND.at(subject.issue.where(()))


@hookimpl
def jianbao_checks():
    return [IssueCheck("two", "检查", run)]
