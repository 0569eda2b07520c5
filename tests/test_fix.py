"""``jianbao check --fix``: what is marked is fixed, and nothing else of the file changes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from command import jianbao
from fence import FENCE
from jianbao_tex.hooks import Finding, IssueCheck, IssueSubject, hookimpl, warning
from jianbao_tex.press import Source
from jianbao_tex.testing import Project

PAIRS = (("的的", "的"), ("坏", ": #"), ("双", "''"))
WRONG = warning("FIX001", "{text} stands twice", "write it once")
PLUGIN = """\
import sys

sys.path.insert(0, {tests!r})
from test_fix import *
"""


def run(subject: IssueSubject) -> list[Finding]:
    """的的 is 的; a 坏 cannot be fixed without harm: it is to become a colon."""
    found = []
    for path, value in subject.issue.walk():
        for wrong, right in PAIRS:
            index = value.find(wrong) if isinstance(value, str) else -1
            while index >= 0:
                where = subject.issue.place(path).within(value, index, len(wrong))
                found.append(WRONG.at(where, text=wrong).with_fix(wrong, right))
                index = value.find(wrong, index + len(wrong))
    return found


@hookimpl
def jianbao_checks() -> list[IssueCheck]:
    return [IssueCheck("twice", "重复", run)]


ISSUE = """\
# 的的 in a comment stays
masthead: {name: 工作的的简报}   # 的的
articles:
  - title: "我们的的\\u7684会议"
    body: |
      第一的的段，第二的的处。{spaces}

      末段的的。
    signature: '供''稿的的单位'
  - title: >-
      折行的的
      标题
    body: 正文的的
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "plugins").mkdir()
    tests = str(Path(__file__).parent)
    (tmp_path / "plugins" / "twice.py").write_text(PLUGIN.format(tests=tests), encoding="utf-8")
    return tmp_path


def mend(project: Path, data: bytes) -> bytes:
    path = project / "issue.yaml"
    path.write_bytes(data)
    done = jianbao("check", "--fix", "issue.yaml", "--trust-plugins", folder=project)

    assert done.returncode == 0, done.stderr
    return path.read_bytes()


def fixed(text: str) -> str:
    """What is expected: each 的的 gone, but for those of comments."""
    return "".join(
        line if line.startswith("#") else _once(line.partition("#")[0]) + "".join(line.partition("#")[1:])
        for line in text.splitlines(keepends=True)
    )  # fmt: skip


def _once(text: str) -> str:
    """The same; what an escape spells is left as it is written."""
    return text.replace("的的", "的")


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_only_the_marked_characters_change(project: Path, ends: str, mark: str) -> None:
    """
    Comments, quotes, indentation, spaces at line ends, line ends and the byte-order mark stay.
    """
    text = (mark + ISSUE.replace("{spaces}", "   ")).replace("\n", ends)

    assert mend(project, text.encode()).decode() == fixed(text)


def test_a_fix_that_would_change_more_is_left_alone(project: Path) -> None:
    """What would become a comment or a key is not written; the other places are fixed."""
    text = "masthead: {name: 简报}\narticles: {title: 坏, body: 的的}\n"

    assert mend(project, text.encode()).decode() == text.replace("的的", "的")


def test_a_fix_that_yaml_would_read_as_another_is_left_alone(project: Path) -> None:
    """Between single quotes two of them are one: the page would not say what was proposed."""
    text = "masthead: {name: 简报}\narticles: {title: '双', body: 的的}\n"

    assert mend(project, text.encode()).decode() == text.replace("的的", "的")


def test_a_fix_that_cures_nothing_is_not_made(project: Path) -> None:
    """Here every fix makes another of the same kind; the file stays as it was."""
    plugin = project / "plugins" / "twice.py"
    text = plugin.read_text(encoding="utf-8")
    plugin.write_text(text + "\nimport test_fix\ntest_fix.PAIRS = (('甲', '甲甲'),)\n")
    before = "masthead: {name: 甲}\narticles: {body: 文。}\n"

    assert mend(project, before.encode()).decode() == before


def test_a_check_that_reports_one_place_at_a_time_is_followed(project: Path) -> None:
    """Each round fixes what the last one uncovered."""
    plugin = project / "plugins" / "twice.py"
    text = plugin.read_text(encoding="utf-8")
    first = (
        "\nimport test_fix\nfrom jianbao_tex.hooks import IssueCheck\n"
        "CHECKS = [IssueCheck('twice', '重复', lambda s: test_fix.run(s)[:1])]\n"
        "@hookimpl\ndef jianbao_checks(): return CHECKS\n"
    )
    plugin.write_text(text + first, encoding="utf-8")
    before = "masthead: {name: 报}\narticles: {body: 甲的的乙的的丙的的丁}\n"

    assert mend(project, before.encode()).decode() == before.replace("的的", "的")


def test_a_place_that_the_file_does_not_have_is_let_be(project: Path) -> None:
    plugin = project / "plugins" / "twice.py"
    text = plugin.read_text(encoding="utf-8")
    far = (
        "\nfrom dataclasses import replace\nimport test_fix\n"
        "from jianbao_tex.hooks import IssueCheck, Fix, Where\n"
        "FAR = Where('issue.yaml', 99999, 5, 'abcdefg', 99999, 7)\n"
        "FOUND = replace(test_fix.WRONG.at(FAR, text='x'), fix=Fix(FAR, 'y'))\n"
        "CHECKS = [IssueCheck('far', '远', lambda s: [FOUND])]\n"
        "@hookimpl\ndef jianbao_checks(): return CHECKS\n"
    )
    plugin.write_text(text + far, encoding="utf-8")
    before = b"masthead: {name: x}\narticles: {body: y}\n"

    assert mend(project, before) == before


def test_a_file_that_is_not_to_be_written_is_not(project: Path) -> None:
    path = project / "issue.yaml"
    path.write_text("masthead: {name: 的的}\narticles: {body: 文。}\n", encoding="utf-8")
    path.chmod(0o444)
    done = jianbao("check", "--fix", "issue.yaml", "--trust-plugins", folder=project)

    assert done.returncode == 2
    assert "JB420" in done.stderr
    assert "的的" in path.read_text(encoding="utf-8")


def test_the_file_stays_as_open_and_where_it_is(project: Path) -> None:
    """Its mode stays, and a link goes on leading to it."""
    real = project / "real.yaml"
    real.write_text("masthead: {name: 的的}\narticles: {body: 文。}\n", encoding="utf-8")
    real.chmod(0o600)
    (project / "issue.yaml").symlink_to(real)
    jianbao("check", "--fix", "issue.yaml", "--trust-plugins", folder=project)

    assert "name: 的}" in real.read_text(encoding="utf-8")
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert (project / "issue.yaml").is_symlink()


def test_nothing_is_written_where_nothing_is_to_be_fixed(project: Path) -> None:
    path = project / "issue.yaml"
    path.write_text("masthead: {name: 简报}\narticles: {body: 文。}\n", encoding="utf-8")
    os.utime(path, (1, 1))
    done = jianbao("check", "--fix", "issue.yaml", "--trust-plugins", folder=project)

    assert path.stat().st_mtime == 1
    assert done.stderr == "issue.yaml: no findings\n"


def test_an_issue_with_errors_is_not_touched(project: Path) -> None:
    path = project / "issue.yaml"
    path.write_text("masthead: {name: 的的, nam: x}\n", encoding="utf-8")
    before = path.read_bytes()
    done = jianbao("check", "--fix", "issue.yaml", "--trust-plugins", folder=project)

    assert done.returncode == 1
    assert path.read_bytes() == before


def test_a_series_is_not_touched(project: Path) -> None:
    """What an issue's check finds in the file of others is theirs to fix; it is reported."""
    series = project / "series.yaml"
    series.write_text("masthead: {name: 的的}\n", encoding="utf-8")
    (project / "issue.yaml").write_text("series: series.yaml\narticles: {body: 的的}\n")
    done = jianbao("check", "--fix", "issue.yaml", "--trust-plugins", folder=project)

    assert series.read_text(encoding="utf-8") == "masthead: {name: 的的}\n"
    assert "series.yaml:1:18: warning FIX001" in done.stderr
    assert (project / "issue.yaml").read_text().endswith("body: 的}\n")


def test_a_thousand_places_are_fixed_at_once(tmp_path: Path) -> None:
    """One reading proves them all; only where that fails are they tried by halves."""
    text = "masthead: {name: 简报}\narticles:\n  body: |\n" + "    的的文。\n" * 1000
    kit = Project(tmp_path, {"twice": __import__("test_fix")}, FENCE)
    source = Source.from_bytes(text.encode(), "issue.yaml", tmp_path)
    findings = kit.check(text).findings
    data, done = kit.press.apply_fixes(text.encode(), source, findings)

    assert len(done) == 1000
    assert data.decode() == text.replace("的的", "的")
