"""
A cluster in this process, for what real ones do seldom.

The variable CLUSTER says what it does: ``empty`` has no worker, the worker of ``deadly`` dies as
soon as it gets a job, that of ``narrow`` may send a thousand bytes.
"""

import itertools
import os

from jianbao_tex import parcels

KIND = os.environ["CLUSTER"]


class KilledWorker(Exception):
    """What distributed raises when job after job killed its worker."""


class Lost:
    status = "error"

    def exception(self, timeout):
        return KilledWorker()

    def cancel(self):
        return None


class Done:
    status = "finished"

    def __init__(self, outcome):
        self.outcome = outcome

    def result(self, timeout):
        return self.outcome

    def cancel(self):
        return None


class Client:
    status = "running"
    signs = itertools.count()

    def __init__(self, address, **options):
        self.address = address
        if KIND == "narrow":
            parcels._MOST_BYTES = 1000

    def scheduler_info(self, n_workers):
        worker = {"last_seen": next(self.signs), "nthreads": 1}
        return {"id": "one", "workers": {} if KIND == "empty" else {self.address: worker}}

    def run(self, function, workers, on_error):
        return {self.address: function()}

    def submit(self, function, parcel, **options):
        return Lost() if KIND == "deadly" else Done(function(parcel))

    def close(self, timeout):
        return None


def wait(futures, timeout, return_when):
    return None
