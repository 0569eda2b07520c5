"""Work of plugins in a fork: whatever one does there costs that work alone, and names the plugin."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from command import jianbao, python
from engines import until
from file_plugins import DRIVER, ISSUE, answer, quick, write

DEEDS = {
    "loop": "while True: pass",
    "stubborn": "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    "sleep": "time.sleep(1000)",
    "memory": "[bytearray(2**20) for _ in range(2**12)]",
    "exit": "os._exit(0)",
    "crash": "os.kill(os.getpid(), signal.SIGSEGV)",
    "streams": "os.closerange(0, 256)",
    "child": "subprocess.Popen(['sleep', '4242']); os._exit(7)",
    "quits": "sys.exit(0)",
}
"""What a plugin may do that no `except` holds, each as the body of a function."""
REASONS = {
    "loop": "processor time",
    "stubborn": "processor time",
    "sleep": "it gave no answer in",
    "memory": "MemoryError",
    "exit": "exit status 0",
    "crash": "SIGSEGV",
    "streams": "it ended its process",
    "child": "exit status 7",
    "quits": "SystemExit",
}


@pytest.fixture(autouse=True)
def no_sleepers() -> Iterator[None]:
    """None of a test is left for the next one."""
    yield
    subprocess.run(["pkill", "-f", "sleep 4242"], check=False)


def functions(prefix: str, argument: str) -> str:
    return "".join(
        f"def {prefix}_{name}({argument}):\n    {deed}\n" for name, deed in DEEDS.items()
    )


def test_a_check_that_does_harm_costs_itself_alone(department: Path) -> None:
    checks = ", ".join(f'IssueCheck("{name}", "坏", bad_{name})' for name in DEEDS)
    write(
        department,
        "bad",
        functions("bad", "subject")
        + "def moves(subject):\n    os.chdir('/')\n    os.write(1, b'noise')\n    return ()\n"
        + "def good(subject):\n"
        + "    yield KIND.at(subject.issue.where(()), folder=os.getcwd())\n"
        + "@hookimpl\ndef jianbao_checks():\n"
        + f'    return [{checks}, IssueCheck("a_moves", "走", moves), IssueCheck("zz", "好", good)]\n',
    )
    code, findings = quick(department, "check", "issue.yaml")
    faults = {f["message"].split()[2]: f["message"] for f in findings if f["code"] == "JB511"}

    assert code == 0
    assert faults.keys() == DEEDS.keys()
    for name, reason in REASONS.items():
        assert reason in faults[name]
    assert [f["message"] for f in findings if f["code"] == "OWN001"]
    assert {f["plugin"] for f in findings if f["code"] == "OWN001"} == {"bad"}
    until(lambda: not sleepers(), 5)


def sleepers() -> str:
    return subprocess.run(
        ["pgrep", "-f", "sleep 4242"], capture_output=True, text=True, check=False
    ).stdout


def test_a_prepare_that_does_harm_leaves_the_issue_as_it_was(department: Path) -> None:
    for name in DEEDS:
        write(
            department,
            f"bad_{name}",
            functions("bad", "issue")
            + f"@hookimpl\ndef jianbao_prepare(issue):\n    bad_{name}(issue)\n",
        )
    write(
        department,
        "good",
        "@hookimpl\ndef jianbao_prepare(issue):\n    return issue.model_copy(update={'number': 7})\n",
    )
    code, findings = quick(department, "check", "issue.yaml")
    faults = {f["message"].split()[1]: f["message"] for f in findings if f["code"] == "JB501"}

    assert code == 0
    assert faults.keys() == {f"bad_{name}" for name in DEEDS}
    for name, reason in REASONS.items():
        assert reason in faults[f"bad_{name}"]
    assert [f["message"] for f in findings if f["code"] == "JB540"] == [
        "plugin good 1.0 has changed 1 value of the issue; the first, number: (nothing) → 7"
    ]


def test_an_output_that_does_harm_costs_itself_alone(department: Path) -> None:
    outputs = ", ".join(
        f'Output("o{name}", "坏", ".{name}", "text/plain", bad_{name})' for name in DEEDS
    )
    write(
        department,
        "bad",
        functions("bad", "subject")
        + f'@hookimpl\ndef jianbao_outputs():\n    return [{outputs}, Output("fine", "好", ".fine",'
        + ' "text/plain", lambda s: b"fine")]\n',
    )
    words = [
        word for name in ["pdf", "fine", *(f"o{n}" for n in DEEDS)] for word in ("--output", name)
    ]
    code, findings = quick(department, "build", "issue.yaml", *words)
    faults = {f["message"].split()[5][:-1]: f["message"] for f in findings if f["code"] == "JB501"}

    assert code == 8
    assert faults.keys() == {f"o{name}" for name in DEEDS}
    for name, reason in REASONS.items():
        assert reason in faults[f"o{name}"]
    assert (department / "issue.pdf").exists()
    assert (department / "issue.fine").read_bytes() == b"fine"
    assert quick(department, "build", "issue.yaml", "--output", "oexit")[0] == 5


def test_an_import_that_does_harm_is_a_broken_plugin(department: Path) -> None:
    for name, deed in DEEDS.items():
        write(department, name, f"def go():\n    {deed}\ngo()\n")
    write(department, "good", "def good(s):\n    yield KIND.at(s.issue.where(()), folder='')\n"
          "@hookimpl\ndef jianbao_checks(): return [IssueCheck('good', '好', good)]\n")  # fmt: skip
    said = answer(department, "check", "issue.yaml")

    assert said["exit_code"] == 0
    assert [f["code"] for f in said["issues"][0]["findings"]] == ["OWN001"]
    assert {f["code"] for f in said["plugins"]} == {"JB505"}
    faults = {Path(f["file"]).stem: f["message"] for f in said["plugins"]}
    assert faults.keys() == DEEDS.keys()
    for name, reason in {**REASONS, "memory": "MiB of memory"}.items():
        assert reason in faults[name]


def test_a_hook_that_does_harm_is_a_broken_plugin(department: Path) -> None:
    """It is called in a fork first, as the import is."""
    for name, deed in DEEDS.items():
        write(department, name, f"@hookimpl\ndef jianbao_checks():\n    {deed}\n")
    said = answer(department, "check", "issue.yaml")

    assert said["exit_code"] == 0
    assert {Path(f["file"]).stem: f["code"] for f in said["plugins"]} == {
        name: "JB501" if name == "quits" else "JB505" for name in DEEDS
    }


def test_any_number_of_checks_is_done(department: Path) -> None:
    """No socket is filled from both sides."""
    write(
        department,
        "own",
        "def run(s):\n    yield KIND.at(s.issue.where(()), folder='x' * 200)\n"
        "@hookimpl\ndef jianbao_checks():\n"
        "    return [IssueCheck(f'own{n}', '检', run) for n in range(400)]\n",
    )
    code, findings = quick(department, "check", "issue.yaml")

    assert code == 0
    assert [f["code"] for f in findings] == ["OWN001"]


def test_one_plugin_does_not_spoil_the_work_of_another(department: Path) -> None:
    write(
        department,
        "a_first",
        "def run(s):\n    os.chdir('/')\n    signal.alarm(1)\n    return ()\n"
        "@hookimpl\ndef jianbao_checks(): return [IssueCheck('a', '检', run)]\n",
    )
    write(
        department,
        "b_second",
        "def run(s):\n    time.sleep(1.2)\n    Path('issue.yaml').read_text()\n    return ()\n"
        "@hookimpl\ndef jianbao_checks(): return [IssueCheck('b', '检', run)]\n",
    )

    assert quick(department, "check", "issue.yaml") == (0, [])


def test_what_has_left_the_group_of_its_fork_ends_with_it(department: Path) -> None:
    write(
        department,
        "own",
        "def run(s):\n    subprocess.Popen(['sleep', '4242'], start_new_session=True)\n    return ()\n"
        "@hookimpl\ndef jianbao_checks(): return [IssueCheck('own', '检', run)]\n",
    )

    assert quick(department, "check", "issue.yaml") == (0, [])
    until(lambda: not sleepers(), 5)


def test_what_was_lost_is_tried_again(department: Path) -> None:
    """Another time it may end: nothing of it is kept."""
    write(
        department,
        "own",
        "def run(s):\n    if Path('w.txt').exists(): os._exit(3)\n    return ()\n"
        "@hookimpl\ndef jianbao_checks(): return [IssueCheck('own', '检', run)]\n",
    )
    (department / "w.txt").touch()
    words = ["build", "issue.yaml", "--output", "txt"]
    first = [f["code"] for f in quick(department, *words)[1]]
    (department / "w.txt").unlink()

    assert first == ["JB511"]
    assert quick(department, *words)[1] == []


def test_files_that_a_plugin_has_open_are_its_own_in_the_fork(department: Path) -> None:
    """Else their numbers would be those of other files."""
    write(
        department,
        "own",
        "import zipfile\n"
        "with zipfile.ZipFile('w.zip', 'w') as z: z.writestr('a', '甲')\n"
        "ZIP = zipfile.ZipFile('w.zip')\n"
        "def run(s):\n    yield KIND.at(s.issue.where(()), folder=ZIP.read('a').decode())\n"
        "@hookimpl\ndef jianbao_checks(): return [IssueCheck('own', '检', run)]\n",
    )

    assert quick(department, "check", "issue.yaml")[1][0]["message"].endswith("甲")


@pytest.mark.parametrize("raised", ["KeyboardInterrupt", "SystemExit(3)", "MemoryError"])
def test_what_no_except_holds_is_reported(raised: str, department: Path) -> None:
    write(
        department,
        "own",
        f"def run(s):\n    raise {raised}\n"
        "@hookimpl\ndef jianbao_checks(): return [IssueCheck('own', '检', run)]\n",
    )
    code, findings = quick(department, "check", "issue.yaml")

    assert (code, [f["code"] for f in findings]) == (0, ["JB511"])
    assert raised.partition("(")[0] in findings[0]["message"]


@pytest.mark.parametrize(
    ("more", "body", "code"),
    [
        ("", "raise ValueError('x')", 0),
        ("JIANBAO_PREPARES = Preparation(serves_all=True)\n", "raise ValueError('x')", 5),
        ("JIANBAO_PREPARES = Preparation(serves_all=True)\n", "os._exit(0)", 5),
        ("", "return issue.model_copy(update={'number': -1})", 0),
    ],
)
def test_who_needs_a_prepare_that_fails(more: str, body: str, code: int, department: Path) -> None:
    """Only what the plugin serves: by its types, or because it says that it serves all."""
    write(department, "own", f"{more}@hookimpl\ndef jianbao_prepare(issue): {body}\n")

    assert quick(department, "check", "issue.yaml")[0] == code


def test_an_issue_with_the_type_of_a_plugin_needs_its_prepare(department: Path) -> None:
    write(
        department,
        "own",
        "class Own(Block):\n    name = 'own'\n    short = 'text'\n    text: Line\n"
        "    def texts(self):\n        yield self.text\n"
        "TEMPLATE = Path(__file__).with_name('own.tex.jinja')\n"
        "@hookimpl\ndef jianbao_blocks(): return [BlockType('自', Own, TEMPLATE)]\n"
        "@hookimpl\ndef jianbao_prepare(issue): raise ValueError('x')\n",
    )
    (department / "plugins" / "own.tex.jinja").write_text("<%= block.text %>\n")
    own = "masthead: {name: 简报}\narticles: {title: 标题, body: [{own: 字}]}\n"
    (department / "own.yaml").write_text(own, encoding="utf-8")
    done = jianbao(
        "check", "own.yaml", "issue.yaml", "--trust-plugins", "--json", folder=department
    )

    assert [one["exit_code"] for one in json.loads(done.stdout)["issues"]] == [5, 0]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_batch_goes_on(jobs: str, department: Path) -> None:
    """A worker is a fork itself, and its plugins work in forks of it."""
    write(
        department,
        "own",
        "def run(s):\n    if s.issue.number == 2: os._exit(0)\n    return ()\n"
        "@hookimpl\ndef jianbao_checks(): return [IssueCheck('own', '检', run)]\n",
    )
    for number in range(1, 5):
        (department / f"{number}.yaml").write_text(f"{ISSUE}number: {number}\n", encoding="utf-8")
    names = [f"{number}.yaml" for number in range(1, 5)]
    done = jianbao(
        "build",
        *names,
        "--jobs",
        jobs,
        "--trust-plugins",
        "--json",
        "--no-cache",
        folder=department,
    )
    issues = json.loads(done.stdout)["issues"]

    assert done.returncode == 0
    assert [[f["code"] for f in one["findings"]] for one in issues] == [[], ["JB511"], [], []]
    assert [[use["name"] for use in one["plugins_used"]] for one in issues] == [["own"]] * 4
    assert all((department / f"{number}.pdf").exists() for number in range(1, 5))


WRITES = (
    "object.__setattr__({issue}.masthead, 'name', '假')",
    "{issue}.sections[0].articles[0].__dict__['title'] = '假'",
)


@pytest.mark.parametrize("deed", WRITES)
def test_what_writes_into_the_issue_is_found_and_reaches_nobody(
    deed: str, department: Path
) -> None:
    write(
        department,
        "own",
        f"def check(s):\n    {deed.format(issue='s.issue')}\n    return ()\n"
        f"def make(s):\n    {deed.format(issue='s.issue')}\n    return b''\n"
        "@hookimpl\ndef jianbao_checks():\n"
        "    return [IssueCheck('one', '一', check), MasterCheck('two', '二', check)]\n"
        "@hookimpl\ndef jianbao_outputs(): return [Output('own', '自', '.own', 'text/plain', make)]\n",
    )
    code, findings = quick(
        department, "build", "issue.yaml", "--output", "txt", "--output", "own", "--no-cache"
    )

    assert code == 8
    assert sorted(f["code"] for f in findings) == ["JB434", "JB501", "JB511", "JB511"]
    assert all("frozen" in f["message"] for f in findings if f["code"] != "JB434")
    assert "假" not in (department / "issue.txt").read_text(encoding="utf-8")


def test_where_nothing_can_be_forked_a_plugin_that_writes_stops_the_issue(department: Path) -> None:
    """In a process with threads the issue is the one that the others have."""
    write(
        department,
        "own",
        f"def check(s):\n    {WRITES[0].format(issue='s.issue')}\n    return ()\n"
        "@hookimpl\ndef jianbao_checks(): return [IssueCheck('one', '一', check)]\n",
    )
    threaded = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    done = python(threaded + DRIVER, "check", "issue.yaml", "--trust-plugins", folder=department)

    assert done.returncode == 5
    assert "frozen" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_an_import_writes_to_the_descriptor_is_no_part_of_the_result(department: Path) -> None:
    write(
        department,
        "noisy",
        "os.write(1, b'noise')\nprint('words')\n"
        "@hookimpl\ndef jianbao_checks():\n    os.write(1, b'more noise')\n    return []\n",
    )
    said = answer(department, "check", "issue.yaml")

    assert said["exit_code"] == 0


def test_a_plugin_that_starts_a_thread_is_reported(department: Path) -> None:
    write(
        department,
        "threads",
        "import threading\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n",
    )
    said = answer(department, "check", "issue.yaml")

    assert [fault["code"] for fault in said["plugins"]] == ["JB549"]
    assert said["plugins"][0]["plugin"] == "threads"
