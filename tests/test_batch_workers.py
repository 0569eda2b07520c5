"""A batch on forks: the same results in the same order, whatever becomes of a worker."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from command import jianbao, python
from engines import none_left, until
from fence import FENCE
from jianbao_tex import batch_workers
from jianbao_tex.batch import Batch, Outcome
from jianbao_tex.batch_workers import BYTES_PER_JOB, Workers, jobs_that_fit
from jianbao_tex.children import Fork
from jianbao_tex.findings import Fix, Where, error
from jianbao_tex.job_record import JobRecord
from jianbao_tex.language import say
from jianbao_tex.master import Artifact, RefusedOutput
from jianbao_tex.press import Press
from jianbao_tex.store import Store

ISSUE = "masthead: {{name: 工作简报}}\nnumber: {number}\narticles: {{title: 标题, body: 第{number}篇。}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(1, 9):
        (tmp_path / f"{number}.yaml").write_text(ISSUE.format(number=number), encoding="utf-8")
    (tmp_path / "4.yaml").write_text("masthead: {nmae: 简报}\n", encoding="utf-8")
    return tmp_path


def issues(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def names(folder: Path) -> list[str]:
    return [path.name for path in issues(folder)]


@pytest.fixture
def batch(store: Store) -> Batch:
    return Batch(Press(plugins={}, sandbox=FENCE, store=store))


@pytest.fixture
def press(batch: Batch) -> Press:
    return batch._press


@pytest.mark.alone
def test_outcomes_of_forks_are_those_of_this_process(
    folder: Path, batch: Batch, press: Press
) -> None:
    """Files, findings and all; in the order of the issues, a broken one among them."""
    workers = Workers(press, batch, 3)
    made = [*workers.outcomes(issues(folder))]
    workers.close()
    expected = [batch.press_file(path) for path in issues(folder)]

    # The engine of this process is for one job, and does not fork.
    assert [_portable(one) for one in made] == [_portable(one) for one in expected]
    assert [one.exit_code for one in made] == [0, 0, 0, 1, 0, 0, 0, 0]


def _portable(outcome: Outcome) -> object:
    tools = {k: v for k, v in outcome.tools.items() if k != "isolation"}
    stages = outcome.record.seconds.keys()
    record = replace(outcome.record, seconds=dict.fromkeys(stages, 0.0), isolation="", is_warm=None)
    return {**vars(outcome), "tools": tools, "record": record}


def test_all_of_an_outcome_comes_back() -> None:
    """Values that are phrases, places, fixes, files of any bytes, refused outputs."""
    where = Where("文.yaml", 3, 4, "标题", 3, 6)
    kind = error("JB999", "{what} and {list}", "do {it}")
    finding = kind.at(where, what=say("{a} b", a=1), list=("x", 2))
    finding = type(finding)(finding.kind, where, finding.values, (where,), "raw", Fix(where, "新"))
    outcome = Outcome(
        source="\udce9.yaml",
        exit_code=8,
        artifacts=(Artifact("a", "b/c", b"\n\0\xff"), Artifact("empty", "x/y", b"")),
        findings=(finding,),
        pages=3,
        sources=("a", "\udce9"),
        inputs={"a": "b"},
        tools={"t": "1"},
        cached=True,
        is_proof=True,
        refused=(RefusedOutput("print", (finding,), ("*-x.pdf",)),),
        record=JobRecord(
            "id", "digest", ("pdf", "txt"), {"read": 0.5}, is_warm=True, isolation="pid"
        ),
    )

    back = batch_workers._unpack(batch_workers._pack(outcome))

    assert back == outcome
    assert back.record == outcome.record


@pytest.mark.alone
@pytest.mark.parametrize(
    "answer", [b"", b"[]", b"{}\nx", b"\xff\n", b'{"source": 1}', b"null\n", b'"x"\n']
)
def test_nonsense_from_a_fork_is_its_death(
    answer: bytes, folder: Path, batch: Batch, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that a fork sends is trusted to have a shape."""
    workers = Workers(press, batch, 1)
    real = Fork.receive
    monkeypatch.setattr(Fork, "receive", lambda fork: (real(fork), answer)[1])
    first, *_ = workers.outcomes(issues(folder)[:1])
    workers.close()

    assert (first.exit_code, [finding.code for finding in first.findings]) == (7, ["JB427"])


@pytest.mark.alone
def test_a_worker_that_is_killed_costs_its_issue_alone(
    folder: Path, batch: Batch, press: Press
) -> None:
    """Another one takes its place; what it had not begun is done by others."""
    workers = Workers(press, batch, 2)
    made = []
    for one in workers.outcomes(issues(folder)):
        made.append(one)
        if len(made) == 1:
            os.kill(next(iter(workers._forks))._pid or 0, signal.SIGKILL)
    count = len(workers._forks)
    workers.close()
    codes = [one.exit_code for one in made]

    assert len(made) == 8
    assert codes[3] == 1
    assert codes.count(7) <= 1
    assert [o.source for o in made] == [str(path) for path in issues(folder)]
    assert all("SIGKILL" in str(o.findings) for o in made if o.exit_code == 7)
    assert count == 2


@pytest.mark.alone
def test_if_no_worker_can_be_made_again_this_process_works(
    folder: Path, batch: Batch, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a progress line has a thread, so that nothing may fork any more."""
    workers = Workers(press, batch, 1)
    monkeypatch.setattr(batch_workers, "may_fork", lambda: False)
    (fork,) = workers._forks
    os.kill(fork._pid or 0, signal.SIGKILL)
    made = [*workers.outcomes(issues(folder)[:3])]
    workers.close()

    assert [one.exit_code for one in made] in ([7, 0, 0], [0, 0, 0])


@pytest.mark.alone
def test_only_so_many_are_worked_on_ahead(
    folder: Path, batch: Batch, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The results of thousands would not fit into memory."""
    sent: list[bytes] = []
    real = Fork.send
    monkeypatch.setattr(Fork, "send", lambda fork, data: (sent.append(data), real(fork, data))[1])
    workers = Workers(press, batch, 1)
    outcomes = workers.outcomes(issues(folder))
    next(outcomes)
    first = len(sent)
    rest = [*outcomes]
    workers.close()

    assert first <= 4
    assert (len(sent), len(rest)) == (8, 7)


def test_fewer_jobs_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    for free, count in ((None, 8), (BYTES_PER_JOB * 3 + 1, 3), (0, 1), (BYTES_PER_JOB * 99, 8)):
        monkeypatch.setattr(batch_workers, "free_bytes", lambda free=free: free)
        assert jobs_that_fit(8) == count


def test_short_memory_is_said(folder: Path) -> None:
    """By the command, in a container with little memory; the files are the same."""
    code = (
        "import sys\n"
        "from jianbao_tex import batch_workers\n"
        "batch_workers.free_bytes = lambda: 2 * batch_workers.BYTES_PER_JOB\n"
        "from jianbao_tex.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    words = ["build", "1.yaml", "2.yaml", "3.yaml", "--jobs", "3", "--no-cache"]
    done = python(code, *words, folder=folder, JIANBAO_CACHE="")

    assert done.returncode == 0
    assert "memory is short: 2 jobs at a time, not 3" in done.stderr
    assert len(list(folder.glob("*.pdf"))) == 3


def test_a_batch_leaves_no_process_and_no_folder(folder: Path) -> None:
    """When its result is there all is over: a caller may delete the folders then."""
    (folder / "tmp").mkdir()
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from jianbao_tex.cli import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "finally:\n"
        "    for path in Path('/proc/self/task').glob('*/children'):\n"
        "        print('children:', path.read_text())\n"
    )
    words = ["build", "1.yaml", "2.yaml", "3.yaml", "--jobs", "3", "--no-cache"]
    done = python(code, *words, folder=folder, TMPDIR=str(folder / "tmp"))

    assert done.stdout.split() == ["1.pdf", "2.pdf", "3.pdf", "children:"]
    assert list((folder / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "send"),
    [
        (signal.SIGINT, os.kill),
        (signal.SIGINT, os.killpg),
        (signal.SIGTERM, os.kill),
        (signal.SIGTERM, os.killpg),
        (signal.SIGKILL, os.kill),
    ],
)
def test_an_end_of_the_command_ends_its_workers(
    number: signal.Signals, send: Callable[[int, int], None], folder: Path
) -> None:
    """Ctrl-C reaches all processes of a terminal, a service manager's signal perhaps one."""
    temporary = folder / "tmp"
    temporary.mkdir()
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heed}\nfrom jianbao_tex.cli import entry; entry()"
    words = ["build", *names(folder), "--jobs", "3", "--no-cache", "-o", "out", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(temporary), "LC_ALL": "C.UTF-8"},
    )
    until(lambda: list(temporary.glob("jianbao-*/job*")) or process.poll() is not None)
    send(process.pid, number)
    _, said = process.communicate(timeout=30)

    assert process.returncode in {128 + number, -number, 8}
    assert b"Traceback" not in said
    assert none_left(str(temporary), 15)
    assert number is signal.SIGKILL or list(temporary.iterdir()) == []
    assert all(p.suffix == ".pdf" for p in (folder / "out").glob("*"))


def test_a_plugin_that_breaks_in_a_fork_is_named(folder: Path) -> None:
    """What a plugin finds, or breaks, is said as in one process."""
    plugins = folder / "plugins"
    plugins.mkdir()
    (folder / "jianbao.toml").write_text("")
    (plugins / "bad.py").write_text(
        "from jianbao_tex.hooks import IssueCheck, hookimpl\n"
        "def look(subject):\n    raise ValueError('broken here')\n"
        "@hookimpl\ndef jianbao_checks():\n"
        "    return [IssueCheck('bad', '坏', look, since='0.1')]\n"
    )
    said = [
        jianbao("build", "1.yaml", "2.yaml", "--jobs", jobs, "--json", "--trust-plugins",
                "--no-cache", folder=folder)
        for jobs in ("1", "2")
    ]  # fmt: skip
    findings = [[issue["findings"] for issue in json.loads(one.stdout)["issues"]] for one in said]

    assert findings[0] == findings[1]
    assert "broken here" in said[1].stdout


def test_a_threaded_process_uses_threads(folder: Path) -> None:
    """A library that has started threads builds as before."""
    code = (
        "import sys, threading, time\n"
        "threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
        "from jianbao_tex.cli import entry; entry()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "build", "1.yaml", "2.yaml", "--jobs", "2", "--no-cache"],
        cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip

    assert (done.returncode, sorted(done.stdout.split())) == (0, ["1.pdf", "2.pdf"])
    assert not re.search("Warning", done.stderr)


@pytest.mark.alone
def test_forks_that_cannot_work_cost_no_issue(
    folder: Path, batch: Batch, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent to them is done by this process; no other one is made."""

    def fail(**_: object) -> None:
        os._exit(9)

    monkeypatch.setattr(press, "renew_engine", fail)
    workers = Workers(press, batch, 2)
    made = [*workers.outcomes(issues(folder)[:3])]
    count = len(workers._forks)
    workers.close()

    assert ([one.exit_code for one in made], count) == ([0, 0, 0], 0)


def test_a_command_without_standard_error_builds(folder: Path) -> None:
    """As daemons are started: a fork must not go on in the code of its parent."""
    code = "import os, sys; os.close(2); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    words = ["-m", "jianbao_tex", "build", "1.yaml", "2.yaml", "--jobs", "2", "--no-cache"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=folder, stdout=subprocess.PIPE, check=False
    )

    assert (done.returncode, sorted(done.stdout.split())) == (0, [b"1.pdf", b"2.pdf"])


@pytest.mark.alone
def test_forks_that_are_killed_at_once_stop_no_batch(
    folder: Path, batch: Batch, press: Press
) -> None:
    workers = Workers(press, batch, 2)
    for fork in workers._forks:
        os.kill(fork._pid or 0, signal.SIGKILL)
    made = [*workers.outcomes(issues(folder)[:3])]
    workers.close()

    # One may have had its issue already.
    assert [one.exit_code for one in made].count(0) >= 1
    assert {one.exit_code for one in made} <= {0, 7}
