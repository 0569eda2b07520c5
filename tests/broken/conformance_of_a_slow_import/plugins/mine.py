import time

from jianbao_tex.hooks import IssueCheck, hookimpl, warning

time.sleep(0.5)
MINE = warning("JB001", "mine", "none")


@hookimpl
def jianbao_checks():
    return [IssueCheck("mine", "我的", lambda subject: ())]
