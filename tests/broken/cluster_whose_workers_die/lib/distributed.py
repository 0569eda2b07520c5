"""A cluster whose worker dies as soon as it gets a job."""

import itertools


class KilledWorker(Exception):
    """What distributed raises when job after job killed its worker."""


class Lost:
    status = "error"

    def exception(self, timeout):
        return KilledWorker()

    def cancel(self):
        return None


class Client:
    status = "running"
    signs = itertools.count()

    def __init__(self, address, **options):
        self.address = address

    def scheduler_info(self, n_workers):
        worker = {"last_seen": next(self.signs), "nthreads": 1}
        return {"id": "one", "workers": {self.address: worker}}

    def run(self, function, workers, on_error):
        return {self.address: function()}

    def submit(self, function, parcel, **options):
        return Lost()

    def close(self, timeout):
        return None


def wait(futures, timeout, return_when):
    return None
