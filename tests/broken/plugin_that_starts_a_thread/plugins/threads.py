import threading

from jianbao_tex.hooks import hookimpl

JIANBAO_API = "2.4"
__version__ = "1.0"
threading.Thread(target=threading.Event().wait, daemon=True).start()


@hookimpl
def jianbao_checks():
    return []
