"""A cluster whose worker may send a thousand bytes; it works in this process."""

import itertools

from jianbao_tex import parcels


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
        parcels._MOST_BYTES = 1000

    def scheduler_info(self, n_workers):
        worker = {"last_seen": next(self.signs), "nthreads": 1}
        return {"id": "one", "workers": {self.address: worker}}

    def run(self, function, workers, on_error):
        return {self.address: function()}

    def submit(self, function, parcel, **options):
        return Done(function(parcel))

    def close(self, timeout):
        return None


def wait(futures, timeout, return_when):
    return None
