from jianbao_tex.hooks import Delivery, hookimpl

JIANBAO_API = "2.4"
__version__ = "1.0"


def upload(subject):
    raise ConnectionError("the server does not answer")


def archive(subject):
    for path in subject.files:
        path.rename(path.with_suffix(".old"))
    return ()


@hookimpl
def jianbao_deliveries():
    return [Delivery("upload", "上传", upload), Delivery("archive", "存档", archive)]
