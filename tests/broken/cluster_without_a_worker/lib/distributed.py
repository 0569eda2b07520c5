"""A cluster whose scheduler is there, without any worker."""


class Client:
    status = "running"

    def __init__(self, address, **options):
        return None

    def scheduler_info(self, n_workers):
        return {"id": "one", "workers": {}}

    def close(self, timeout):
        return None


def wait(futures, timeout, return_when):
    return None
