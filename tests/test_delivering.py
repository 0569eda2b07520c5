"""Deliveries: they get the finished files, cannot harm them, and say when they have failed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import jianbao
from file_plugins import quick, write


def delivery(project: Path, body: str, more: str = "", name: str = "mine") -> None:
    """A plugin whose delivery does this with ``subject``; ``more`` are arguments of the record."""
    write(
        project,
        name,
        f"def deliver(subject):\n    {body}\n"
        "@hookimpl\ndef jianbao_deliveries():\n"
        f"    return [Delivery('{name}', '送', deliver, {more})]\n"
        "@hookimpl\ndef jianbao_settings():\n    return [Setting('folder', '文件夹', 'kept')]\n",
    )


NOTE_IT = (
    "import json; Path(subject.settings['{name}.folder'] + '.json').write_text(json.dumps("
    "[[*map(str, subject.files)], [len(d) for d in subject.files.values()], subject.result]))"
)


def test_it_gets_the_files_and_the_result(department: Path) -> None:
    delivery(department, NOTE_IT.format(name="mine"))
    issue = (department / "issue.yaml").read_text("utf-8")
    (department / "issue.yaml").write_text(issue + "options: {mine.folder: other}\n", "utf-8")
    words = ("--trust-plugins", "--json", "-o", "out", "--output", "pdf", "--output", "certificate")
    done = jianbao("build", "issue.yaml", *words, folder=department)
    paths, sizes, result = json.loads((department / "other.json").read_text("utf-8"))
    said = json.loads(done.stdout)["issues"][0]

    assert done.returncode == 0
    assert paths == said["files"]
    assert paths[0] == "out/issue.pdf"
    assert sizes == [Path(department / path).stat().st_size for path in paths]
    assert result == said


def test_kept_results_are_delivered_only_where_that_is_asked_for(department: Path) -> None:
    delivery(department, "open('usual', 'a').write('x')")
    delivery(department, "open('always', 'a').write('x')", "takes_kept=True", "always")
    words = ("build", "issue.yaml", "--trust-plugins")
    cache = {"JIANBAO_CACHE": str(department / "cache")}
    for _ in range(3):
        assert jianbao(*words, folder=department, **cache).returncode == 0

    assert (department / "usual").read_text() == "x"
    assert (department / "always").read_text() == "xxx"


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("while True: pass", "processor time"),
        ("time.sleep(1000)", "it gave no answer in 2 seconds"),
        ("os._exit(0)", "exit status 0"),
        ("os.closerange(0, 256)", "it ended its process"),
        ("[bytearray(2**20) for _ in range(2**12)]", "MemoryError"),
        ("return 5", "TypeError"),
        ("return [5]", "int"),
        ("raise ConnectionError('no answer')", "ConnectionError: no answer"),
    ],
)
def test_one_that_fails_leaves_the_files_and_ends_with_eight(
    department: Path, deed: str, reason: str
) -> None:
    delivery(department, deed, "seconds=2" if "sleep" in deed else "seconds=9")
    delivery(department, "open('reached', 'a').write('x')", name="other")
    code, findings = quick(department, "build", "issue.yaml")

    assert code == 8
    assert [finding["code"] for finding in findings] == ["JB547"]
    assert reason in findings[0]["message"]
    assert (department / "issue.pdf").read_bytes().startswith(b"%PDF")
    assert (department / "reached").read_text() == "x"


def test_files_that_it_harms_are_as_they_were(department: Path) -> None:
    plain = jianbao("build", "issue.yaml", folder=department)
    data = (department / "issue.pdf").read_bytes()
    mode = (department / "issue.pdf").stat().st_mode & 0o777
    deeds = {
        "a": "[p.write_bytes(b'x') for p in subject.files]",
        "b": "[p.unlink() for p in subject.files]",
        "c": "[p.rename('moved.pdf') for p in subject.files]",
        "d": "[(p.unlink(), p.symlink_to('/dev/null')) for p in subject.files]",
        "e": "[(p.rename('m.pdf'), p.symlink_to('m.pdf')) for p in subject.files]",
        "f": "[p.chmod(0) for p in subject.files]",
        "g": "[(p.write_bytes(b'x'), p.chmod(0)) for p in subject.files]",
    }
    for name, deed in deeds.items():
        delivery(department, f"{deed}; return ()", name=name)
    code, findings = quick(department, "build", "issue.yaml")

    assert (plain.returncode, code) == (0, 8)
    assert [finding["code"] for finding in findings] == ["JB548"] * len(deeds)
    assert (department / "issue.pdf").read_bytes() == data
    assert not (department / "issue.pdf").is_symlink()
    assert (department / "issue.pdf").stat().st_mode & 0o777 == mode


def test_a_file_that_cannot_be_written_again_is_not_said_to_be(department: Path) -> None:
    delivery(
        department, "[(p.unlink(), p.mkdir(), (p / 'x').touch()) for p in subject.files]; return ()"
    )
    code, findings = quick(department, "build", "issue.yaml")

    assert code == 8
    assert {finding["code"] for finding in findings} == {"JB547", "JB420"}
    assert "it has changed issue.pdf, which cannot be written again" in str(findings)


def test_files_of_other_issues_that_it_harms_are_named(department: Path) -> None:
    text = (department / "issue.yaml").read_text("utf-8")
    for name in "ab":
        (department / f"{name}.yaml").write_text(text, "utf-8")
    delivery(
        department,
        "[q.write_bytes(b'EVIL') for q in Path().glob('*.pdf') if q not in subject.files]; return ()",
    )
    words = ("a.yaml", "b.yaml", "--trust-plugins", "--json", "--jobs", "1")
    done = jianbao("build", *words, folder=department)
    issues = json.loads(done.stdout)["issues"]

    assert done.returncode == 8
    assert [f["code"] for issue in issues for f in issue["findings"]] == ["JB550"]
    assert issues[1]["findings"][0]["file"] == "a.pdf"


def test_what_failed_is_tried_again_and_what_was_passed_on_is_not(department: Path) -> None:
    """Also if the files come from the cache; in another folder they are passed on once more."""
    delivery(
        department,
        "open('tries', 'a').write('x')\n    if not Path('up').exists(): raise ConnectionError\n    return ()",
    )
    words = ("build", "issue.yaml", "--trust-plugins")
    cache = {"JIANBAO_CACHE": str(department / "cache")}
    codes = [jianbao(*words, folder=department, **cache).returncode for _ in range(2)]
    (department / "up").touch()
    codes += [jianbao(*words, folder=department, **cache).returncode for _ in range(2)]
    codes.append(jianbao(*words, "-o", "out", folder=department, **cache).returncode)

    assert codes == [8, 8, 0, 0, 0]
    assert (department / "tries").read_text() == "xxxx"


def test_a_helper_that_is_killed_is_named(department: Path) -> None:
    delivery(department, "os.kill(os.getppid(), signal.SIGKILL); time.sleep(1000)")
    code, findings = quick(department, "build", "issue.yaml")

    assert code == 8
    assert "it ended its process (SIGKILL)" in findings[0]["message"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_settings_are_those_of_each_issue_also_from_the_cache(department: Path, jobs: str) -> None:
    text = (department / "issue.yaml").read_text("utf-8")
    for name in "ab":
        (department / f"{name}.yaml").write_text(
            f"{text}options: {{mine.folder: to_{name}}}\n", "utf-8"
        )
    delivery(department, "open(subject.settings['mine.folder'], 'a').write('x')", "takes_kept=True")
    words = ("build", "a.yaml", "b.yaml", "--jobs", jobs, "--trust-plugins")
    cache = {"JIANBAO_CACHE": str(department / "cache")}
    for _ in range(2):
        assert jianbao(*words, folder=department, **cache).returncode == 0

    assert [(department / f"to_{name}").read_text() for name in "ab"] == ["xx", "xx"]


def test_findings_of_its_own_count(department: Path) -> None:
    delivery(department, "yield KIND.at(Where('issue.pdf'), folder='x')")
    code, findings = quick(department, "build", "issue.yaml")
    write(
        department,
        "strict",
        "BAD = error('BAD001', 'not taken', 'ask')\n"
        "@hookimpl\ndef jianbao_deliveries():\n"
        "    return [Delivery('strict', '严', lambda s: [BAD.at(Where('issue.pdf'))])]\n",
    )
    refused, _ = quick(department, "build", "issue.yaml", "--no-cache")

    assert (code, findings[0]["code"]) == (0, "OWN001")
    assert refused == 8


def test_nothing_is_delivered_of_an_issue_that_is_refused(department: Path) -> None:
    delivery(department, "open('reached', 'a').write('x')")
    for words in (("bad.yaml",), ("issue.yaml", "--output", "proof"), ("issue.yaml", "--strict")):
        (department / "bad.yaml").write_text("masthead: {name: 简报}\nnonsense: 1\n", "utf-8")
        if words[-1] == "--strict":
            write(department, "w", "@hookimpl\ndef jianbao_checks():\n    return [IssueCheck('w', '警', "
                  "lambda s: [WW.at(s.issue.where(()))])]\nWW = warning('WW001', 'a', 'b')\n")  # fmt: skip
        jianbao("build", *words, "--trust-plugins", folder=department)

    assert not (department / "reached").exists()


def test_several_issues_are_delivered_by_themselves(department: Path) -> None:
    text = (department / "issue.yaml").read_text("utf-8")
    names = [f"{n}.yaml" for n in "abcd"]
    for name in names:
        (department / name).write_text(text, "utf-8")
    delivery(
        department,
        "(path,) = subject.files\n    if path.stem == 'b': os._exit(1)\n"
        "    open('reached', 'a').write(path.stem)",
    )
    done = jianbao("build", *names, "--jobs", "2", "--trust-plugins", folder=department)

    assert done.returncode == 8
    assert (department / "reached").read_text() == "acd"
    assert "3 of 4 issues done" in done.stderr


@pytest.mark.parametrize("seconds", ["0", "601", "True", "'10'"])
def test_a_record_that_cannot_be_used_is_refused(department: Path, seconds: str) -> None:
    delivery(department, "return ()", f"seconds={seconds}")
    shown = jianbao("plugins", "show", "mine", "--trust-plugins", folder=department)

    assert shown.returncode == 5
    assert "its seconds must be more than 0 and at most 600" in " ".join(shown.stderr.split())
