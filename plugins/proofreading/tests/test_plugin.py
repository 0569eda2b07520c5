import ast
import re
import subprocess
import sys
import time
from pathlib import Path

import jianbao_proofreading
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jianbao_proofreading.prose import prose_of
from jianbao_proofreading.translations import CHINESE

from jianbao_tex.hooks import IssueCheck, IssueSubject, Kind
from jianbao_tex.press import Source
from jianbao_tex.testing import Project, conformance

PLUGIN = Path(__file__).resolve().parent.parent
EXAMPLES = PLUGIN.parent.parent / "examples"


def found_in(number):
    made = Project(EXAMPLES, [PLUGIN])
    built = made.check((EXAMPLES / f"{number}.yaml").read_text("utf-8"), f"{number}.yaml")
    return [(f.code, str(f.where)) for f in built.findings]


def test_the_printed_issues_have_their_known_slips_and_no_others():
    assert found_in(363) == [("PR001", "363.yaml:19:26")]
    assert found_in(365) == [
        ("PR001", "365.yaml:43:32"),
        ("PR015", "365.yaml:48:130"),
        ("PR012", "365.yaml:52:6"),
    ]


def test_the_plugin_keeps_the_rules(tmp_path):
    assert conformance(PLUGIN, tmp_path) == ()


def kinds():
    values = [v for m in jianbao_proofreading.MODULES for v in vars(m).values()]
    return [value for value in values if isinstance(value, Kind)]


def test_every_sentence_has_its_chinese_with_the_same_values():
    said = {text for kind in kinds() for text in (kind.message, kind.advice)}

    assert len(said) >= 30
    assert said == set(CHINESE)
    for english, chinese in CHINESE.items():
        assert set(re.findall(r"{\w+}", chinese)) <= set(re.findall(r"{\w+}", english))


def test_codes_are_the_plugins_own_and_each_is_in_the_readme():
    codes = [kind.code for kind in kinds()]
    readme = (PLUGIN / "README.md").read_text("utf-8")

    assert sorted(codes) == [f"PR{n:03}" for n in range(1, len(codes) + 1)]
    assert re.findall(r"^\| (PR\d+)", readme, re.MULTILINE) == sorted(codes)


def test_every_check_states_its_law():
    for check in jianbao_proofreading.jianbao_checks():
        assert isinstance(check, IssueCheck)
    for path in (PLUGIN / "src").rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_names_of_files_layouts_and_types_are_not_read(project):
    text = """\
masthead: {name: 简报}
layout: classic
options: {title.size: 21 bp}
sections:
  - type: text
    body:
      - 正文。
      - image: {file: 图.的的.png, caption: 图题}
      - table: {head: [甲], rows: [[乙]], align: [left]}
"""
    made = project(PLUGIN)
    issue = made.press.read(Source.from_bytes(text.encode(), "i.yaml", made.folder))

    assert [p.text for p in prose_of(issue)] == ["简报", "正文。", "图题", "甲", "乙"]


# --- Mending through the command ---------------------------------------------------------------

LOADER = f"""\
import sys
sys.path.insert(0, {str(PLUGIN / "src")!r})
from jianbao_proofreading import jianbao_checks

JIANBAO_API = "2.0"
"""
BEFORE = """\
# 注释,不动; 3-5名 "引文"
masthead: {name: 工作简报}
date: 2020-03-10 # 3月5日（星期五）
sections:
  - name: "栏目,一"
    articles:
      - title: '题目:学习"四个意识"'
        body: >
          折行的文字,有3月5日（星期五）
          和约三、四个单位。

          取得的的成绩，，增长3-5%。
      - title: 第二
        signature: 甲(乙)
        body: |
          **一是学习,**二○二○年共15-16 名;  # 不是注释
          "四个意识"和 https://a.cn/x,y 。
        # 尾注,不动
      - title: "转义\\u002c的,题"
"""
AFTER = """\
# 注释,不动; 3-5名 "引文"
masthead: {name: 工作简报}
date: 2020-03-10 # 3月5日（星期五）
sections:
  - name: "栏目，一"
    articles:
      - title: '题目：学习“四个意识”'
        body: >
          折行的文字，有3月5日（星期四）
          和约三四个单位。

          取得的成绩，增长3%～5%。
      - title: 第二
        signature: 甲（乙）
        body: |
          **一是学习，**二〇二〇年共15～16 名；  # 不是注释
          “四个意识”和 https://a.cn/x,y 。
        # 尾注,不动
      - title: "转义\\u002c的，题"
"""


def command(folder, *words):
    (folder / "plugins").mkdir(exist_ok=True)
    (folder / "plugins" / "pr.py").write_text(LOADER, encoding="utf-8")
    (folder / "jianbao.toml").touch()
    line = [sys.executable, "-m", "jianbao_tex", "check", "--trust-plugins", *words]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_mending_changes_the_marked_characters_alone(tmp_path, end):
    path = tmp_path / "issue.yaml"
    path.write_bytes(BEFORE.replace("\n", end).encode())

    ran = command(tmp_path, "--fix", "issue.yaml")

    assert ran.returncode == 0, ran.stderr
    assert path.read_bytes().decode() == AFTER.replace("\n", end)
    again = command(tmp_path, "--fix", "issue.yaml")
    assert path.read_bytes().decode() == AFTER.replace("\n", end)
    assert "fixed" not in again.stdout + again.stderr


# --- Any text -------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *list("中文的了在和是一二三、，。：；“”‘’《》（）【】,;:?!()\"'.-~%0123年月日名个 "),
        "星期五",
        "3月5日（星期五）",
        "的的",
        "二○二○年",
        "约三、四个",
        "15-16名",
        "3～5%",
        "**",
        "一、",
        "a",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_and_mended_once(tmp_path, text):
    """Nothing raises, and what was fixed is not found again."""
    made = Project(tmp_path, [PLUGIN])
    head = "masthead: {name: 简报}\ndate: 2020-03-10\nsections:\n- type: text\n  body: |\n"
    data = (head + "    甲" + text.replace("**", "") + "\n").encode()
    for _ in range(5):
        source = Source.from_bytes(data, "i.yaml", tmp_path)
        issue = made.press.read(source)
        checks = jianbao_proofreading.jianbao_checks()
        found = [f for check in checks for f in check.run(IssueSubject(issue=issue))]
        data, done = made.press.apply_fixes(data, source, found)
        if not done:
            break

    assert not done
    assert [f for f in found if f.fix] == []


def test_the_time_grows_as_the_text(tmp_path):
    """Half a million characters are read in seconds, also the worst ones."""
    made = Project(tmp_path, [PLUGIN])
    head = "masthead: {name: 简报}\nsections:\n- type: text\n  body: |\n"
    for unit in ("中，", "《", "中,", "1-", '"'):
        line = "    " + unit * (20_000 // len(unit)) + "\n"
        issue = made.press.read(Source.from_bytes((head + line * 4).encode(), "i.yaml", tmp_path))
        start = time.perf_counter()
        for check in jianbao_proofreading.jianbao_checks():
            list(check.run(IssueSubject(issue=issue)))
        assert time.perf_counter() - start < 10


def test_the_source_is_found_where_the_test_says():
    assert Path(jianbao_proofreading.__file__).is_relative_to(PLUGIN)
