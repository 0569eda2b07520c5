"""What an operator sees: a line of the log for each job, and doctor for monitors."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from command import jianbao, python, started
from engines import until
from fence import FENCE
from jianbao_tex.cli import doctor
from jianbao_tex.job_record import JobRecord
from jianbao_tex.store import Store, digest_of
from workshop import ROOT

SECRET = "涉密正文"
ISSUE = (
    f"masthead: {{name: 工作简报}}\narticles:\n- title: {SECRET}标题\n  body: {SECRET}一二三。\n"
)
WRONG = f"masthead: {{name: 工作简报}}\narticles:\n- {SECRET}: {SECRET}\n"
KEYS = [
    *("time", "event", "version", "id", "issue", "digest", "outputs", "exit_code", "codes"),
    *("pages", "files", "seconds", "engine", "isolation", "cached"),
]


STAGES = [
    *("cache", "read", "check", "compose", "wait", "typeset", "measure", "outputs"),
    *("total", "write"),
]


def log_of(text: str) -> list[dict[str, Any]]:
    """The lines of a log; each must be JSON."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(ISSUE, encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    return tmp_path


def test_each_job_is_a_line_in_the_log(folder: Path) -> None:
    words = ["a.yaml", "b.yaml", "wrong.yaml", "none.yaml", "--output", "pdf", "--output", "txt"]
    done = jianbao("build", *words, "--jobs", "2", "--log-format", "json", folder=folder)
    lines = log_of(done.stderr)

    assert done.returncode == 8
    assert [line["issue"] for line in lines] == words[:4]
    assert all(list(line) == KEYS and line["event"] == "job" for line in lines)
    assert [line["exit_code"] for line in lines] == [0, 0, 1, 1]
    good, same, wrong, none = lines
    assert datetime.fromisoformat(good["time"]).utcoffset() is not None
    assert good["digest"] == digest_of(ISSUE.encode())
    assert re.fullmatch("[0-9a-f]{32}", good["id"])
    # The name of the file is part of the work: the files that are made are called like it.
    assert same["digest"] == good["digest"]
    assert same["id"] != good["id"]
    assert good["outputs"] == ["pdf", "txt"]
    assert good["pages"] == 1
    for file in good["files"]:
        data = (folder / file["file"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), digest_of(data))
    assert [file["file"] for file in good["files"]] == ["a.pdf", "a.txt"]
    assert sorted(good["seconds"]) == sorted(STAGES)
    parts = {k: v for k, v in good["seconds"].items() if k not in {"total", "wait"}}
    assert sum(parts.values()) <= good["seconds"]["total"] + 0.01
    assert good["seconds"]["wait"] <= good["seconds"]["typeset"]
    assert good["engine"] in {"warm", "cold"}
    assert good["isolation"] in {"pid", "mount", "bwrap", "none"}
    assert set(wrong["codes"]) >= {"JB121"}
    assert (wrong["files"], wrong["pages"], wrong["engine"]) == ([], None, None)
    assert wrong["digest"] == digest_of(WRONG.encode())
    assert (none["id"], none["digest"], none["codes"]) == (None, None, {"JB101": 1})


@pytest.mark.parametrize("command", ["build", "check", "check --pdf", "tex", "build --sarif"])
def test_the_log_has_no_text_of_an_issue(command: str, folder: Path) -> None:
    """Also where an issue is refused, whose finding quotes it."""
    for name, code in (("a.yaml", 0), ("wrong.yaml", 1)):
        done = jianbao(*command.split(), name, folder=folder, JIANBAO_LOG_FORMAT="json")
        (line,) = log_of(done.stderr)

        assert done.returncode == line["exit_code"] == code
        assert line["id"]
        assert not set(SECRET) & set(done.stderr.encode("ascii").decode("unicode_escape"))


def test_what_the_cache_has_is_said(folder: Path) -> None:
    """A second build has the same id and files, runs no TeX, and says so."""
    words = ["build", "a.yaml", "--log-format", "json"]
    cache = str(folder / "cache")
    first, second = (
        log_of(jianbao(*words, folder=folder, JIANBAO_CACHE=cache).stderr)[0] for _ in range(2)
    )

    assert (first["cached"], second["cached"]) == (False, True)
    assert (second["engine"], second["isolation"]) == (None, None)
    assert set(second["seconds"]) == {"cache", "write", "total"}
    for key in ("id", "digest", "files", "pages"):
        assert first[key] == second[key]


def test_an_engine_that_waited_is_warm(folder: Path) -> None:
    """The second job of a process has the engine that the first one left."""
    words = ["build", "a.yaml", "b.yaml", "--jobs", "1", "--no-cache", "--log-format", "json"]
    done = jianbao(*words, folder=folder, JIANBAO_CACHE=str(folder / "cache"))

    assert [line["engine"] for line in log_of(done.stderr)] == ["cold", "warm"]


def test_the_id_is_in_the_log_the_json_and_the_certificate(folder: Path) -> None:
    """The same on another machine: neither folder nor moment are part of it."""
    (folder / "other").mkdir()
    (folder / "other" / "a.yaml").write_text(ISSUE, encoding="utf-8")
    ids = set()
    for name in ("a.yaml", "other/a.yaml", str(folder / "a.yaml")):
        words = ["build", name, "--output", "certificate", "--json", "--log-format", "json"]
        done = jianbao(*words, "--no-cache", folder=folder)
        certificate = json.loads((folder / "a-certificate.json").read_bytes())
        ids |= {log_of(done.stderr)[0]["id"], json.loads(done.stdout)["issues"][0]["id"]}
        ids |= {certificate["id"]}
        assert f"<code>{certificate['id']}</code>" in (folder / "a-certificate.html").read_text()

    assert len(ids) == 1
    done = jianbao("build", "a.yaml", "--json", folder=folder)
    assert json.loads(done.stdout)["issues"][0]["id"] not in ids


def test_a_broken_plugin_is_a_line_of_its_own(folder: Path) -> None:
    (folder / "jianbao.toml").write_text("", encoding="utf-8")
    (folder / "plugins" / "bad").mkdir(parents=True)
    (folder / "plugins" / "bad" / "plugin.toml").write_text("[", encoding="utf-8")
    done = jianbao("check", "a.yaml", "--log-format", "json", folder=folder)
    job, plugin = log_of(done.stderr)

    assert done.returncode == 0
    assert job["event"] == "job"
    assert list(plugin) == ["time", "event", "version", "code", "file"]
    assert plugin["event"] == "plugin"
    assert plugin["code"].startswith("JB5")


def test_watch_logs_each_build(folder: Path) -> None:
    """Nothing but lines of JSON, also where it would say that it watches."""
    (folder / "tmp").mkdir()
    process = started(["watch", "a.yaml", "--log-format", "json"], folder)
    try:
        until((folder / "a.pdf").exists)
        (folder / "a.yaml").write_text(WRONG, encoding="utf-8")
        assert process.stderr
        lines = [json.loads(process.stderr.readline()) for _ in range(2)]
    finally:
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=60)

    assert (process.returncode, rest) == (0, b"")
    assert [line["exit_code"] for line in lines] == [0, 1]
    assert [list(line) for line in lines] == [KEYS, KEYS]


def test_a_stage_that_fails_was_timed_too() -> None:
    record = JobRecord()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), record.stage("read"):
            _ = 1 / 0

    assert record.seconds["read"] > 0
    assert list(record.seconds) == ["read"]


# --- doctor --------------------------------------------------------------------------------------


def test_doctor_has_names_for_machines(tmp_path: Path) -> None:
    """The same in both languages, each once."""
    lists = [
        json.loads(jianbao("doctor", "--json", "--lang", language, folder=tmp_path).stdout)
        for language in ("en", "zh")
    ]
    english, chinese = ([item["id"] for item in items] for items in lists)
    by_id = {item["id"]: item for item in lists[1]}

    assert english == chinese
    assert len(set(english)) == len(english)
    assert {"xelatex", "limits", "temporary-folder", "cache", "memory", "sandbox"} <= by_id.keys()
    assert by_id["temporary-folder"]["values"]["free_bytes"] > 0
    assert by_id["memory"]["values"]["free_bytes"] > 0
    assert by_id["xelatex"]["needed"] is True
    assert by_id["memory"]["needed"] is False


@pytest.mark.parametrize(
    ("size", "files", "is_enough"),
    [(2**40, 10**6, True), (2**20, 10**6, False), (2**40, 10, False), (2**40, 0, True)],
)
def test_doctor_sees_a_full_disk(
    size: int, files: int, is_enough: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes or inodes; a file system that counts no inodes has enough of them."""
    fields = [0] * 10
    # f_bsize, f_frsize, f_blocks, f_bfree, f_bavail; f_files, f_ffree, f_favail.
    fields[:5] = [1, 1, size, size, size]
    fields[5:8] = [files] * 3
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result((*fields, 0)))
    item = doctor._disk("cache", "cache", tmp_path / "not" / "there")

    assert item.is_present is is_enough
    assert item.values == {"free_bytes": size, **({"free_files": files} if files else {})}
    assert not item.needed


def test_doctor_says_why_a_cache_is_not_used(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    (tmp_path / "file").write_text("")
    good, theirs, none = (
        doctor._cache(Store(place))
        for place in (tmp_path / "good", shared / "cache", tmp_path / "file")
    )

    assert good.is_present
    assert not theirs.is_present
    assert str(shared) in theirs.detail
    assert not none.is_present


# --- What the documents say ---------------------------------------------------------------------

DOCUMENTS = [ROOT / "docs" / name for name in ("automation.md", "automation.zh.md")]


def blocks(document: Path, language: str) -> list[str]:
    """The blocks of code in a document."""
    text = document.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_both_documents_have_the_same_units_and_the_same_script() -> None:
    english, chinese = DOCUMENTS
    for language, count in (("ini", 2), ("sh", 1), ("text", 1)):
        assert blocks(english, language) == blocks(chinese, language)
        assert len(blocks(english, language)) == count


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_documents_name_all_that_a_monitor_reads(document: Path, tmp_path: Path) -> None:
    text = document.read_text(encoding="utf-8")
    ids = [item["id"] for item in json.loads(jianbao("doctor", "--json", folder=tmp_path).stdout)]

    assert len(ids) > 10
    # Of files and fonts one is named, for all.
    named = [key for key in ids if not key.startswith(("file:", "font:"))]
    for key in (*named, "file:ctexart.cls", "font:song", "free_bytes", "free_files"):
        assert f"`{key}`" in text, key
    for key in {*KEYS} - {"time", "version", "event", "issue", "outputs", "exit_code", "pages"}:
        assert f"`{key}`" in text, key


def test_the_script_of_the_documents_builds_what_is_there(folder: Path) -> None:
    """Twice, the second time from the cache; without issues, and while another run works, not."""
    (script,) = blocks(DOCUMENTS[0], "sh")
    home = folder / "home"
    for name in ("issues", "out", "log", "bin"):
        (home / name).mkdir(parents=True)
    # The machine of the document has the command there.
    command = f'#!/bin/sh\nexec {sys.executable} -m jianbao_tex "$@"\n'
    (home / "bin" / "jianbao").write_text(command)
    (home / "bin" / "jianbao").chmod(0o755)
    script = script.replace("/srv/jianbao", str(home)).replace("/opt/jianbao/bin", f"{home}/bin")
    script = script.replace("SANDBOX=required", f"SANDBOX={FENCE.value}")
    environment = {**os.environ, "JIANBAO_CACHE": str(folder / "cache")}

    def run() -> int:
        return subprocess.run(
            ["sh", "-c", script], env=environment, check=False, timeout=120
        ).returncode

    assert run() == 0
    assert not list((home / "log").iterdir())
    (home / "issues" / "12.yaml").write_text(ISSUE, encoding="utf-8")
    (home / "issues" / "series.yaml").write_text("masthead: {name: 工作简报}\n", encoding="utf-8")
    assert [run(), run()] == [0, 0]
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run() == 1
    lines = log_of((home / "log" / "jobs.jsonl").read_text())

    assert [(line["issue"], line["cached"]) for line in lines] == [
        ("12.yaml", False),
        ("12.yaml", True),
    ]
    assert (home / "out" / "12.pdf").exists()


# --- Signals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_code_turns_into_another_exception_ends_the_command(
    number: signal.Signals, tmp_path: Path
) -> None:
    """Python 3.11 does so while it makes a class, as a model of ours."""
    code = (
        "import os, sys\n"
        "from jianbao_tex import cli\n"
        "def main():\n"
        "    try:\n"
        "        os.kill(os.getpid(), int(sys.argv[1]))\n"
        "    except BaseException as error:\n"
        "        raise RuntimeError from error\n"
        "cli.main = main\n"
        "cli.entry()\n"
    )
    done = python(code, str(number.value), folder=tmp_path)

    assert (done.returncode, done.stderr) == (128 + number, "")


def test_another_fault_of_ours_is_still_seen(tmp_path: Path) -> None:
    """Only a signal is an end without a word."""
    code = "from jianbao_tex import cli\ncli.main = lambda: 1 / 0\ncli.entry()\n"
    done = python(code, folder=tmp_path)

    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
