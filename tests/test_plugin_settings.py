"""Settings of plugins: declared once, chosen by project, series and issue, known everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import jianbao
from file_plugins import ISSUE, quick, write
from jianbao_tex.hooks import Setting, hookimpl
from jianbao_tex.registry import Plugin, gather

PLUGIN = """\
SETTINGS = [
    Setting("limit", "上限", 3, "how many", least=1, most=9, title="the limit"),
    Setting("ratio", "比例", 0.5, most=1),
    Setting("mode", "方式", "每周", choices=("每周", "每月")),
    Setting("word", "用语", "甲 & 乙"),
    Setting("strict", "从严", False),
]
NAMES = ["own." + setting.name for setting in SETTINGS]
@hookimpl
def jianbao_settings(): return SETTINGS
def run(s):
    yield KIND.at(s.issue.where(()), folder=" ".join(repr(s.settings[name]) for name in NAMES))
@hookimpl
def jianbao_checks(): return [IssueCheck("own", "检", run)]
@hookimpl
def jianbao_prepare(issue, settings):
    return issue.model_copy(update={"number": settings["own.limit"]})
@hookimpl
def jianbao_outputs():
    return [Output("own", "自", ".own", "text/plain", lambda s: repr(s.settings["own.limit"]).encode())]
"""
DEFAULTS = "3 0.5 '每周' '甲 & 乙' False"


@pytest.fixture
def department(department: Path) -> Path:
    """With the plugin of these tests."""
    write(department, "own", PLUGIN)
    return department


def values(department: Path) -> str:
    code, findings = quick(department, "check", "issue.yaml")
    (found,) = (f["message"] for f in findings if f["code"] == "OWN001")

    assert code == 0
    return found.removeprefix("the good check has run in ")


def test_an_issue_chooses_over_its_series_and_that_over_the_project(department: Path) -> None:
    """All hooks get the same values."""
    found = [values(department)]
    (department / "jianbao.toml").write_text(
        '[plugins.settings.own]\nlimit = 4\nmode = "每月"\nstrict = true\nratio = 0.25\n', "utf-8"
    )
    found.append(values(department))
    (department / "series.yaml").write_text("options: {own.limit: 5, own.word: 丙}\n", "utf-8")
    (department / "issue.yaml").write_text(f"series: series.yaml\n{ISSUE}", "utf-8")
    found.append(values(department))
    (department / "issue.yaml").write_text(
        f"series: series.yaml\n{ISSUE}options: {{own.limit: 6}}\n", "utf-8"
    )
    found.append(values(department))
    quick(department, "build", "issue.yaml", "--output", "own")
    _, findings = quick(department, "check", "issue.yaml")

    assert found == [
        DEFAULTS,
        "4 0.25 '每月' '甲 & 乙' True",
        "5 0.25 '每月' '丙' True",
        "6 0.25 '每月' '丙' True",
    ]
    assert (department / "issue.own").read_bytes() == b"6"
    assert "number: (nothing) → 6" in next(f["message"] for f in findings if f["code"] == "JB540")


@pytest.mark.parametrize(
    ("option", "wanted"),
    [
        ("own.limit: 10", "from 1 to 9"),
        ("own.limit: 2.5", "a whole number"),
        ("own.limit: 多", "a number"),
        ("own.ratio: 1.5", "from 0 to 1"),
        ("own.mode: 每天", "one of 每周, 每月"),
        ("own.strict: 是", "true or false"),
        ("own.limt: 3", "did you mean own.limit?"),
    ],
)
def test_a_value_that_does_not_fit_is_reported_at_its_place(
    option: str, wanted: str, department: Path
) -> None:
    (department / "issue.yaml").write_text(f"{ISSUE}options:\n  {option}\n", encoding="utf-8")
    code, findings = quick(department, "check", "issue.yaml")
    (fault,) = (f for f in findings if f["severity"] == "error")

    assert code == 1
    assert wanted in fault["message"] + fault["advice"]
    assert fault["line"] == 4


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("limt = 3", "JB543", "did you mean limit?"),
        ("limit = 99", "JB544", "from 1 to 9"),
        ('mode = "每天"', "JB544", "one of"),
    ],
)
def test_a_project_that_chooses_wrongly_is_told_the_line(
    line: str, code: str, words: str, department: Path
) -> None:
    """The plugin works on, with its own value."""
    (department / "jianbao.toml").write_text(f"[plugins.settings.own]\n{line}\n", encoding="utf-8")
    done = jianbao("check", "issue.yaml", "--trust-plugins", "--json", folder=department)
    said = json.loads(done.stdout)
    (fault,) = said["plugins"]

    assert done.returncode == 0
    assert (fault["code"], fault["line"]) == (code, 2)
    assert words in fault["message"]
    assert DEFAULTS in said["issues"][0]["findings"][-1]["message"] + str(said)


def test_a_setting_of_a_plugin_that_nobody_has_is_named(department: Path) -> None:
    (department / "jianbao.toml").write_text("[plugins.settings.owm]\nlimit = 3\n")
    done = jianbao("check", "issue.yaml", "--trust-plugins", folder=department)

    assert "JB523" in done.stderr


def test_another_choice_of_the_project_is_another_result(department: Path) -> None:
    def cached() -> bool:
        words = ["build", "issue.yaml", "--trust-plugins", "--json"]
        done = jianbao(*words, folder=department, JIANBAO_CACHE=str(department / "cache"))
        return bool(json.loads(done.stdout)["issues"][0]["cached"])

    before = [cached(), cached()]
    (department / "jianbao.toml").write_text("[plugins.settings.own]\nlimit = 4\n")

    assert before == [False, True]
    assert not cached()


def test_schema_and_show_know_them(department: Path) -> None:
    schema = jianbao("schema", "--trust-plugins", folder=department)
    shown = jianbao("plugins", "show", "own", "--trust-plugins", folder=department)
    options = json.loads(schema.stdout)["definitions"]["issue"]["properties"]["options"]

    assert options["properties"]["own.limit"]["maximum"] == 9
    assert options["properties"]["own.mode"]["enum"] == ["每周", "每月"]
    assert "own.limit = 3" in shown.stdout
    assert "own.limit = 3  the limit: how many" in shown.stdout
    in_chinese = jianbao(
        "--lang", "zh", "plugins", "show", "own", "--trust-plugins", folder=department
    )
    assert "own.limit = 3  上限：how many" in in_chinese.stdout
    zh = json.loads(jianbao("--lang", "zh", "schema", "--trust-plugins", folder=department).stdout)
    names = zh["definitions"]["issue"]["properties"]["options"]["properties"]
    assert names["own.limit"]["description"] == "上限：how many"


def test_a_folder_declares_them_and_its_template_reads_them(tmp_path: Path) -> None:
    """A text is printed as a text, whatever is in it."""
    home = tmp_path / "plugins" / "own"
    home.mkdir(parents=True)
    (home / "plugin.toml").write_text(
        'label = "自"\nversion = "1"\n[settings.many]\nlabel = "多少"\nvalue = 2\n'
        '[settings.word]\nlabel = "用语"\nvalue = "50%"\n'
        '[section_types.own]\nlabel = "自栏"\n[section_types.own.fields]\n'
        'text = { type = "line", label = "文字", required = true }\n',
        encoding="utf-8",
    )
    (home / "own.tex.jinja").write_text(
        '<%= section.text %><% if setting("own.many") > 2 %> (<%= setting("own.word") %>)<% endif %>\n'
    )
    (tmp_path / "jianbao.toml").touch()
    text = "masthead: {name: 简报}\nsections: [{name: 栏, type: own, text: 甲乙}]\n"
    found = []
    options = ("", "options: {own.many: 3}\n", "options: {own.many: 3, own.word: '#1'}\n")
    for number, option in enumerate(options):
        (tmp_path / "issue.yaml").write_text(text + option, encoding="utf-8")
        jianbao("tex", "issue.yaml", "-o", f"out{number}", folder=tmp_path)
        tex = (tmp_path / f"out{number}" / "issue.tex").read_text(encoding="utf-8")
        found.append("50\\%" in tex or "\\#1" in tex)

    assert found == [False, True, True]


@pytest.mark.parametrize(
    "setting",
    [
        Setting("Limit", "上限", 3),
        Setting("limit", "", 3),
        Setting("limit", "上限", 30, most=9),
        Setting("limit", "上限", "甲", choices=("乙",)),
        Setting("limit", "上限", None),  # type: ignore[arg-type]
        Setting("limit", "上限", "多\n行"),
    ],
)
def test_a_setting_that_cannot_be_is_left_out(setting: Setting) -> None:
    class Own:
        @hookimpl
        def jianbao_settings(self) -> list[Setting]:
            return [setting, Setting("other", "另", 1)]

    registry = gather([Plugin("own", Own())])

    assert [*registry.plugin_settings] == ["own.other"]
    assert [absence.finding.code for absence in registry.absences] == ["JB512"]
