"""The sample department: six plugins as a department writes them, and what each is there to show."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from command import jianbao
from fence import FENCE
from file_plugins import installed
from jianbao_tex.testing import Project, conformance
from workshop import ROOT

DEPARTMENT = ROOT / "examples" / "department"
PLUGINS = DEPARTMENT / "plugins"
STATISTICS = ROOT / "plugins" / "statistics"
ALONE = sorted({*PLUGINS.iterdir()} - {PLUGINS / "month_bars", *PLUGINS.glob("*.txt")})
FEED = """\
栏目,标题,正文,署名
要闻,第一条,"第一段。
第二段。",办公室
要闻,,没有题目,
基层动态,第二条,正文在此。,
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The department in a folder of its own."""
    return Path(shutil.copytree(DEPARTMENT, tmp_path / "department"))


@pytest.fixture
def site(tmp_path: Path) -> str:
    """The plugin statistics as if it were installed: its place in the search path."""
    site = installed(tmp_path / "site", "statistics", "jianbao_statistics")
    return f"{site}:{STATISTICS / 'src'}"


def built(name: str, *others: Path, layout: str = "classic") -> tuple[str, list[str]]:
    """The text of page 1 of a plugin's own issue, and the codes of its findings."""
    (case,) = (PLUGINS / name / "tests").glob("*.yaml")
    project = Project(case.parent, [*others, PLUGINS / name], FENCE)
    build = project.build(case.read_text(encoding="utf-8") + f"layout: {layout}\n")
    assert build.exit_code == 0, build.findings
    return build.page_texts[0], build.codes


@pytest.mark.parametrize("plugin", ALONE, ids=lambda path: path.stem)
def test_each_keeps_the_rules(plugin: Path, tmp_path: Path) -> None:
    assert conformance(plugin, tmp_path) == ()


def test_the_agenda_is_a_table_of_its_own_data() -> None:
    text, codes = built("agenda")

    assert "第三季度工作例会议程时间事项主讲9:00通报上半年重点工作进展办公室9:30" in text
    assert not codes


@pytest.mark.parametrize("name", ["agenda", "projects", "month_bars"])
def test_narrow_columns_have_no_findings_either(name: str) -> None:
    _, codes = built(name, *([STATISTICS] if name == "month_bars" else []), layout="newsletter")

    assert codes == []


def test_projects_have_tasks_with_their_days() -> None:
    text, codes = built("projects")

    assert "东山村蓄水工程责任单位：水利局□完成坝体加固□安装抽水设备" in text
    assert "（2026年12月20日前完成）" in text
    assert not codes


def test_the_letterhead_has_a_logo_and_the_mark_of_a_draft() -> None:
    (case,) = (PLUGINS / "letterhead" / "tests").glob("*.yaml")
    project = Project(case.parent, [PLUGINS / "letterhead"], FENCE)
    marked = project.build(case.read_text(encoding="utf-8"))
    plain = project.build(
        case.read_text(encoding="utf-8").replace("letterhead.mark: 征求意见稿", "")
    )

    assert (marked.codes, plain.codes) == ([], [])
    assert "征求意见稿" in marked.page_texts[0]
    assert "征求意见稿" not in plain.page_texts[0]
    assert marked.tree
    assert marked.tree.files["letterhead-logo.png"].startswith(b"\x89PNG")


def test_the_second_chart_has_the_table_of_the_plugin_that_it_extends() -> None:
    text, codes = built("month_bars", STATISTICS)

    assert "全市秋粮收购进度（单位：万吨）项目9月10月11月比上月稻谷96108.5120" in text
    # The chart says the names again, as an artifact.
    assert "稻谷玉米大豆" in text
    assert not codes


def test_the_check_of_a_plugin_knows_what_it_requires(copy: Path, site: str) -> None:
    words = ("plugins", "check", "plugins/month_bars")
    alone = jianbao(*words, folder=copy)
    done = jianbao(*words, folder=copy, PYTHONPATH=site)

    assert (alone.returncode, done.returncode) == (5, 0), done.stderr
    assert "JB546" in alone.stderr
    listed = jianbao("plugins", "list", folder=copy, PYTHONPATH=site).stdout
    assert "broken" not in listed


def test_a_changed_word_list_is_read_again_and_its_fix_is_written(copy: Path) -> None:
    issue = copy / "issue.yaml"
    issue.write_text(
        "masthead: {name: 简报}\narticles: {title: 其它事项, body: 做为表率。}\n", "utf-8"
    )
    words = ("check", "issue.yaml", "--trust-plugins", "-p", "no:month_bars")
    cache = {"JIANBAO_CACHE": str(copy / "cache")}
    first = jianbao("build", *words[1:], folder=copy, **cache)
    again = jianbao("build", *words[1:], folder=copy, **cache)
    (copy / "plugins" / "house_style.txt").write_text("表率 榜样\n", "utf-8")
    changed = jianbao("build", *words[1:], folder=copy, **cache)

    assert first.stderr == again.stderr
    assert "this office writes 其他, not 其它" in first.stderr
    assert "this office writes 榜样, not 表率" in changed.stderr
    assert "not 其它" not in changed.stderr
    jianbao(*words, "--fix", folder=copy, **cache)
    assert "做为榜样。" in issue.read_text("utf-8")


def test_the_project_chooses_how_long_titles_may_be(copy: Path) -> None:
    title = "一二三四五六七八九十" * 3 + "多"
    text = f"masthead: {{name: 简报}}\narticles: {{title: {title}, body: 文。}}\n"
    (copy / "issue.yaml").write_text(text, "utf-8")
    words = ("check", "issue.yaml", "--trust-plugins", "-p", "no:month_bars")

    assert "the title has 31 characters, more than 30" in jianbao(*words, folder=copy).stderr


def test_a_table_of_csv_becomes_an_issue_with_a_report(copy: Path) -> None:
    (copy / "feed.csv").write_text(FEED, "utf-8")
    words = ("feed.csv", "--trust-plugins", "-p", "no:month_bars")
    done = jianbao("import", *words, folder=copy)
    built_pdf = jianbao("build", "feed.yaml", *words[1:], folder=copy)

    assert (done.returncode, done.stdout) == (0, "feed.yaml\n")
    assert "feed.csv:4: warning NF002: row 4 has no title" in done.stderr
    text = (copy / "feed.yaml").read_text("utf-8")
    assert text.startswith("masthead:\n  name: 工作简报\nsections:\n  - name: 要闻\n")
    assert "          第一段。\n          第二段。\n" in text
    assert built_pdf.stdout == "feed.pdf\n"
