"""Issues built on the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING

from jianbao_tex.errors import ToolMissing
from jianbao_tex.findings import Where, error

if TYPE_CHECKING:
    from jianbao_tex.batch import Outcome
    from jianbao_tex.press import Press

_NO_DASK = error(
    "JB428",
    "the Python package distributed, which is needed for clusters, is not installed",
    "install it: pip install 'jianbao_tex[cluster]'",
)
_NO_SCHEDULER = error(
    "JB429",
    "no Dask scheduler answers there: {reason}",
    "check the address, and that the scheduler runs and can be reached",
)

_PATIENCE_S = 10
_RETRIES = 3


def outcomes_on(
    address: str, press: Press, issues: Sequence[Path], outputs: Sequence[str]
) -> Generator[Outcome, None, None]:
    """The outcome of each issue on a cluster; if a worker dies, another one gets its job."""
    from jianbao_tex.batch import failed

    try:
        yield from _outcomes(address, press, issues, outputs)
    except ToolMissing as exc:
        for path in issues:
            yield failed(str(path), exc)


def _outcomes(
    address: str, press: Press, issues: Sequence[Path], outputs: Sequence[str]
) -> Generator[Outcome, None, None]:
    from jianbao_tex.batch import run_in_order
    from jianbao_tex.parcels import Packer, press_parcel

    try:
        from distributed import Client, KilledWorker
    except ImportError as exc:
        raise ToolMissing(_NO_DASK.at(Where(address))) from exc
    packer = Packer(press, outputs)
    try:
        client = Client(address, timeout=_PATIENCE_S, set_as_default=False)
        client.wait_for_workers(1, timeout=_PATIENCE_S)
    except (OSError, ValueError, TimeoutError) as exc:
        raise ToolMissing(_NO_SCHEDULER.at(Where(address), reason=str(exc))) from exc
    with client:
        workers = sum(client.ncores().values())
        executor = client.get_executor(pure=False, retries=_RETRIES)
        # If the scheduler stops, all its jobs are lost.
        lost = (KilledWorker, CancelledError, OSError)
        yield from run_in_order(
            press_parcel, map(packer.pack, issues), executor, max(workers, 1), lost
        )
