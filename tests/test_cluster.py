"""A Dask cluster: the same files, whatever becomes of its scheduler and its workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from command import jianbao, started
from engines import until
from fence import FENCE
from jianbao_tex.cli import cluster as cluster_module
from jianbao_tex.press import Press
from jianbao_tex.typesetter import Limits

ISSUE = "masthead: {{name: 工作简报}}\nnumber: {number}\narticles: {{title: 标题, body: 第{number}篇。}}\n"


class Cluster:
    """A scheduler and workers, each a process of its own with nothing of ours in its folders."""

    def __init__(self, home: Path) -> None:
        self._home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.scheduler = self.start_scheduler()
        self.workers: list[subprocess.Popen[bytes]] = []
        self._all = [self.scheduler]

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        file = self._home / f"scheduler-{time.monotonic_ns()}.json"
        words = ["--port", str(self.port), "--host", "127.0.0.1", "--scheduler-file", str(file)]
        process = self._start("dask_scheduler", *words)
        until(file.exists)
        return process

    def add_worker(self, **environment: str) -> subprocess.Popen[bytes]:
        words = [self.address, "--nthreads", "1", "--no-nanny", "--death-timeout", "60"]
        self.workers.append(self._start("dask_worker", *words, **environment))
        return self.workers[-1]

    def pids(self, count: int) -> dict[str, int]:
        """The processes of so many workers, by address, once they have come."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=60)
            return dict(client.run(os.getpid))

    def _start(self, module: str, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{module}", *words, "--no-dashboard"],
            env={**os.environ, "TMPDIR": str(self._home), "HOME": str(self._home), **environment},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._all = [*getattr(self, "_all", ()), process]
        return process

    def close(self) -> None:
        for process in self._all:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "issues"
    (place / "tmp").mkdir(parents=True)
    for number in range(8):
        (place / f"{number}.yaml").write_text(ISSUE.format(number=number + 1), encoding="utf-8")
    return place


def names(folder: Path, count: int = 8) -> list[str]:
    return [path.name for path in sorted(folder.glob("*.yaml"))][:count]


def codes(said: bytes) -> tuple[list[int], list[str]]:
    """The exit codes of the issues, and the codes of all findings."""
    issues = json.loads(said)["issues"]
    return (
        [one["exit_code"] for one in issues],
        [finding["code"] for one in issues for finding in one["findings"]],
    )


def test_a_cluster_builds_the_same_though_a_worker_is_killed(
    folder: Path, cluster: Cluster
) -> None:
    """Files travel with the job; the jobs of the dead worker are done by the other one."""
    cluster.add_worker()
    cluster.add_worker()
    (folder / "8.yaml").write_text("masthead: {nmae: 简报}\n", encoding="utf-8")
    words = ["build", *names(folder, 9), "--cluster", cluster.address, "--json", "-o", "out"]
    process = started(words, folder)
    until((folder / "out/1.pdf").exists, 60)
    cluster.workers[0].kill()
    said, _ = process.communicate(timeout=120)

    assert codes(said)[0] == [0] * 8 + [1]
    near = jianbao("build", *names(folder), "--json", "-o", "near", folder=folder)
    here = [one["artifacts"][0]["sha256"] for one in json.loads(near.stdout)["issues"]]
    far = [one["artifacts"][0]["sha256"] for one in json.loads(said)["issues"][:8]]
    assert far == here


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_lost_scheduler_is_one_finding_and_what_is_done_stays(
    number: signal.Signals, folder: Path, cluster: Cluster
) -> None:
    """One that is stopped keeps its connections open and never answers."""
    cluster.add_worker()
    words = ["build", *names(folder), "--cluster", cluster.address, "--json", "-o", "out"]
    process = started(words, folder)
    until((folder / "out/0.pdf").exists, 60)
    cluster.scheduler.send_signal(number)
    said, complaints = process.communicate(timeout=60)
    results, found = codes(said)

    assert process.returncode == 8
    assert found == ["JB429"]
    assert results.count(0) == len(list((folder / "out").glob("*.pdf"))) >= 1
    assert set(results) == {0, 6}
    assert b"Traceback" not in complaints


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_wait_for_a_lost_scheduler_can_be_ended(
    number: signal.Signals, folder: Path, cluster: Cluster
) -> None:
    cluster.add_worker()
    process = started(["build", *names(folder), "--cluster", cluster.address, "-o", "out"], folder)
    until((folder / "out/0.pdf").exists, 60)
    cluster.scheduler.kill()
    cluster.scheduler.wait()
    process.send_signal(number)
    _, complaints = process.communicate(timeout=8)

    assert process.returncode == 128 + number
    assert b"Traceback" not in complaints


def test_a_scheduler_that_comes_back_goes_on(folder: Path, cluster: Cluster) -> None:
    """It has forgotten all jobs; they are sent again."""
    cluster.add_worker()
    words = ["build", *names(folder), "--cluster", cluster.address, "--json", "-o", "out"]
    process = started(words, folder)
    until((folder / "out/0.pdf").exists, 60)
    cluster.scheduler.kill()
    cluster.scheduler.wait()
    cluster.start_scheduler()
    cluster.add_worker()
    said, _ = process.communicate(timeout=120)

    assert codes(said) == ([0] * 8, [])


def test_no_worker_is_one_finding(folder: Path, cluster: Cluster) -> None:
    words = ["build", *names(folder, 3), "--cluster", cluster.address, "--json"]
    process = started(words, folder)
    said, complaints = process.communicate(timeout=60)

    assert codes(said) == ([6, 6, 6], ["JB439"])
    assert b"Traceback" not in complaints


def test_no_scheduler_is_one_finding(folder: Path) -> None:
    done = started(["build", *names(folder, 3), "--cluster", "tcp://127.0.0.1:1", "--json"], folder)
    said, _ = done.communicate(timeout=60)

    assert codes(said) == ([6, 6, 6], ["JB429"])


def test_a_worker_of_another_version_is_refused_by_name(folder: Path, cluster: Cluster) -> None:
    """Other code makes other bytes; one of the same version is used beside it."""
    other = folder / "other" / "jianbao_tex-9.9.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: jianbao_tex\nVersion: 9.9\n")
    cluster.add_worker(PYTHONPATH=str(other.parent))
    words = ["build", *names(folder, 2), "--cluster", cluster.address, "--json"]
    said, _ = started(words, folder).communicate(timeout=60)
    cluster.add_worker()
    again, _ = started(words, folder).communicate(timeout=60)

    assert codes(said) == ([6, 6], ["JB439"])
    assert "(9.9)" in json.loads(said)["issues"][0]["findings"][0]["message"]
    assert codes(again) == ([0, 0], [])


@pytest.mark.parametrize(("spare", "patience"), [(100, 10), (0.5, 1000)])
def test_the_jobs_of_a_worker_that_is_stopped_are_done_by_another(
    spare: float, patience: float, folder: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGSTOP: it gives no sign any more, and a job has a deadline, of which each is enough."""
    monkeypatch.setattr(cluster_module, "_SPARE_S", spare)
    monkeypatch.setattr(cluster_module, "_PATIENCE_S", patience)
    press = Press(plugins={}, sandbox=FENCE, limits=Limits(wall_s=3))
    cluster.add_worker()
    cluster.add_worker()
    pids = cluster.pids(2)
    sent: list[str] = []
    real = cluster_module._Jobs._send

    def send(jobs: object, job: object, able: object) -> None:
        real(jobs, job, able)  # type: ignore[arg-type]
        sent.append(job.worker)  # type: ignore[attr-defined]

    monkeypatch.setattr(cluster_module._Jobs, "_send", send)
    outcomes = cluster_module.outcomes_on(
        cluster.address, press, [folder / name for name in names(folder)], ("pdf",)
    )
    found = [next(outcomes)]
    # The job that was sent last is not done yet.
    stopped = pids[sent[-1]]
    os.kill(stopped, signal.SIGSTOP)
    try:
        found += outcomes
    finally:
        os.kill(stopped, signal.SIGCONT)

    assert [outcome.exit_code for outcome in found] == [0] * 8
    assert len(sent) > 8


def test_a_result_that_is_too_large_is_not_sent(folder: Path, cluster: Cluster) -> None:
    """It would fill the memory of the scheduler; the issue has an outcome that says so."""
    cluster.add_worker(
        DASK_DISTRIBUTED__WORKER__PRELOAD="from jianbao_tex import parcels; parcels._MOST_BYTES = 1000"
    )
    words = ["build", *names(folder, 2), "--cluster", cluster.address, "--json"]
    said, complaints = started(words, folder).communicate(timeout=60)

    assert codes(said) == ([7, 7], ["JB441", "JB441"])
    assert "MiB" in json.loads(said)["issues"][0]["findings"][0]["message"]
    assert b"Traceback" not in complaints


def test_a_job_of_an_earlier_scheduler_is_sent_again_at_no_cost() -> None:
    """Its worker may have come back before anybody saw that it was gone."""
    workers = SimpleNamespace(scheduler="second")
    jobs = cluster_module._Jobs(None, workers, 1.0)  # type: ignore[arg-type]
    future = SimpleNamespace(status="pending")
    job = cluster_module._Job("a", future=future, worker="w", scheduler="first", tries=1)

    assert str(jobs._fault(job, {"w": 1})) == "the scheduler was started again"
    assert job.tries == 0
