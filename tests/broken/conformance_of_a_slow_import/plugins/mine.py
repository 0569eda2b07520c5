import time

from jianbao_tex.hooks import Check, hookimpl, warning

time.sleep(0.5)
MINE = warning("JB001", "mine", "none")


@hookimpl
def jianbao_checks():
    return [Check("mine", "我的", "issue", lambda subject: ())]
