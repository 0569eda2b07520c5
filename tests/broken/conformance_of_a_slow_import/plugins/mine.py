import time

from jianbao_tex.hooks import IssueCheck, hookimpl, warning

START = time.process_time()
while time.process_time() < START + 0.3:
    pass
MINE = warning("JB001", "mine", "none")


@hookimpl
def jianbao_checks():
    return [IssueCheck("mine", "我的", lambda subject: ())]
