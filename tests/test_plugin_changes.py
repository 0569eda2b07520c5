"""What plugins change in an issue and what they read: both are known, so that both are reported."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from command import jianbao
from file_plugins import ISSUE, answer, changing_article, quick, write

# --- What was changed -------------------------------------------------------------------------


def test_a_change_is_in_the_notes_the_json_and_the_certificate(department: Path) -> None:
    write(
        department,
        "own",
        "@hookimpl\ndef jianbao_prepare(issue):\n"
        "    section = issue.sections[0]\n"
        "    article = section.articles[0].model_copy(update={'title': '不是标题'})\n"
        "    articles = (article, article.model_copy(update={'title': '又一篇'}))\n"
        "    section = section.model_copy(update={'articles': articles})\n"
        "    return issue.model_copy(update={'sections': (section,)})\n",
    )
    words = ["build", "issue.yaml", "--trust-plugins", "--output", "pdf", "--output", "certificate"]
    cache = str(department / "cache")
    runs = [jianbao(*words, "--json", folder=department, JIANBAO_CACHE=cache) for _ in range(2)]
    issues = [json.loads(run.stdout)["issues"][0] for run in runs]
    certificate = json.loads((department / "issue-certificate.json").read_text(encoding="utf-8"))
    page = (department / "issue-certificate.html").read_text(encoding="utf-8")

    assert [issue["cached"] for issue in issues] == [False, True]
    assert issues[0]["plugins_used"] == issues[1]["plugins_used"] == certificate["plugins"]
    (use,) = certificate["plugins"]
    assert (use["name"], use["version"], len(use["sha256"])) == ("own", "1.0", 64)
    assert {
        "path": "sections.0.articles.0.title", "before": "标题", "after": "不是标题",
    } in use["changes"]  # fmt: skip
    assert "又一篇" in [change["after"] for change in use["changes"]]
    assert "不是标题" in page
    assert [f["code"] for f in issues[0]["findings"]] == ["JB540"]


def test_only_who_took_part_is_named(department: Path) -> None:
    """By a section, a check, a prepare or an output; each with the digest of what it is."""
    for name in ("used", "unused"):
        home = department / "plugins" / name
        home.mkdir()
        (home / "plugin.toml").write_text(
            f'label = "甲"\nversion = "1"\n[section_types.{name}]\nlabel = "{name}"\n'
            f'[section_types.{name}.fields]\ntext = {{ type = "line", label = "文字" }}\n',
            encoding="utf-8",
        )
        (home / f"{name}.tex.jinja").write_text("<%= section.text %>\n")
    for name in ("made", "idle"):
        write(
            department,
            name,
            "@hookimpl\ndef jianbao_outputs():\n"
            f"    return [Output('{name}', '自', '.{name}', 'text/plain', lambda s: b'x')]\n",
        )
    (department / "issue.yaml").write_text(
        "masthead: {name: 简报}\nsections: [{name: 栏, type: used, text: 甲乙}]\n", encoding="utf-8"
    )

    def uses() -> dict[str, str]:
        said = answer(department, "build", "issue.yaml", "--output", "made", "--no-cache")
        return {use["name"]: use["sha256"] for use in said["issues"][0]["plugins_used"]}

    before = uses()
    (department / "plugins/used/used.tex.jinja").write_text("<%= section.text %>\n\n")
    after = uses()

    assert before.keys() == after.keys() == {"made", "used"}
    assert all(len(digest) == 64 for digest in before.values())
    assert before["made"] == after["made"]
    assert before["used"] != after["used"]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ("{}", []),
        ("{'sections': issue.sections[::-1]}", ["JB540"]),
        ("{'sections': issue.sections[:1]}", ["JB540", "JB541"]),
        ("{'number': 8}", ["JB540"]),
        ("{'number': None}", ["JB540"]),
        ("{'masthead': issue.masthead.model_copy(update={'name': '简'})}", ["JB540", "JB541"]),
        ("{'masthead': issue.masthead.model_copy(update={'name': '工作快报'})}", ["JB540"]),
        ("{'masthead': issue.masthead.model_copy(update={'slogan': '口号'})}", ["JB540"]),
        (
            "{'terms': (issue.sections[0].articles[0].body[0].runs[0].text,), 'sections': issue.sections[1:]}",
            ["JB540", "JB541"],
        ),
    ],
)
def test_what_is_reported_of_a_change(change: str, codes: list[str], department: Path) -> None:
    """A text that stands elsewhere is a change, and not lost."""
    (department / "issue.yaml").write_text(
        "masthead: {name: 工作简报}\nnumber: 3\nsections:\n"
        "  - {name: 甲, articles: [{title: 一, body: 一文。}]}\n"
        "  - {name: 乙, articles: [{title: 二, body: 二文。}]}\n",
        encoding="utf-8",
    )
    write(
        department,
        "own",
        f"@hookimpl\ndef jianbao_prepare(issue): return issue.model_copy(update={change})\n",
    )
    code, findings = quick(department, "check", "issue.yaml")

    assert code == 0
    assert sorted(f["code"] for f in findings if f["code"].startswith("JB54")) == codes


STRUCTURE = {
    "another field": "{'signature': None, 'credits': a.signature}",
    "two paragraphs in one": "{'body': (a.body[0].model_copy("
    "update={'runs': a.body[0].runs + a.body[1].runs}), *a.body[2:])}",
    "another kind of block": "{'body': (Heading(text=a.body[0].runs[0].text), *a.body[1:])}",
}


@pytest.mark.parametrize("change", STRUCTURE.values(), ids=STRUCTURE)
def test_the_same_texts_in_another_form_are_a_change(change: str, department: Path) -> None:
    """No text is lost, but the page is another one."""
    (department / "issue.yaml").write_text(
        "masthead: {name: 工作简报}\n"
        "articles: {title: 标题, signature: 办公室, body: [第一段。, 第二段。, 第三段。]}\n",
        encoding="utf-8",
    )
    write(
        department,
        "own",
        changing_article(change),
    )
    code, findings = quick(department, "check", "issue.yaml")

    assert code == 0
    assert [f["code"] for f in findings] == ["JB540"]


def test_many_equal_paragraphs_are_compared_in_time(department: Path) -> None:
    body = ", ".join(["同样的一段。"] * 1500)
    (department / "issue.yaml").write_text(
        f"masthead: {{name: 工作简报}}\narticles: {{title: 标题, body: [{body}]}}\n",
        encoding="utf-8",
    )
    write(
        department,
        "own",
        changing_article(
            "{'body': tuple(p if n % 2 else Paragraph(runs=({'text': '另'},))"
            " for n, p in enumerate(a.body))}"
        ),
    )
    code, findings = quick(department, "check", "issue.yaml")

    assert code == 0
    assert "has changed 750 values" in next(f["message"] for f in findings if f["code"] == "JB540")


def test_values_of_every_type_come_back(department: Path) -> None:
    """A prepare changes one field of a part whose others are of many types."""
    write(
        department,
        "own",
        "import datetime, decimal, enum, functools\n"
        "class Level(str, enum.Enum):\n    HIGH = 'high'\n"
        "class Own(Block):\n    name = 'own'\n    short = 'text'\n    text: Line\n"
        "    level: Level = Level.HIGH\n    tags: frozenset[str] = frozenset({'a'})\n"
        "    day: datetime.date = datetime.date(2026, 1, 2)\n    part: decimal.Decimal = decimal.Decimal('1.5')\n"
        "    @functools.cached_property\n    def shown(self): return self.text\n"
        "    def texts(self):\n        yield self.shown\n"
        "TEMPLATE = Path(__file__).with_name('own.tex.jinja')\n"
        "@hookimpl\ndef jianbao_blocks(): return [BlockType('自', Own, TEMPLATE)]\n"
        + changing_article(
            "{'body': tuple(own.model_copy(update={'text': own.shown + '改'})"
            " for own in a.body if own.level is Level.HIGH)}"
        ),
    )
    (department / "plugins" / "own.tex.jinja").write_text("<%= block.text %>\n")
    (department / "issue.yaml").write_text(
        "masthead: {name: 简报}\narticles: {title: 标题, body: [{own: 字}]}\n", encoding="utf-8"
    )
    code, findings = quick(department, "check", "issue.yaml")

    assert [f["code"] for f in findings] == ["JB540"]
    assert code == 0
    assert "字 → 字改" in findings[0]["message"]


def test_who_says_that_it_removes_is_not_warned_of(department: Path) -> None:
    write(
        department,
        "own",
        "JIANBAO_PREPARES = Preparation(removes_texts=True)\n"
        "@hookimpl\ndef jianbao_prepare(issue): return issue.model_copy(update={'sections': ()})\n",
    )
    _, findings = quick(department, "check", "issue.yaml")

    assert "JB541" not in [f["code"] for f in findings]
    assert "JB540" in [f["code"] for f in findings]


# --- What was read ----------------------------------------------------------------------------

IF_THERE = """\
def first():
    try:
        return open('another.txt').read() + 'x'
    except OSError:
        return ''
"""


@pytest.mark.parametrize(
    ("top", "body", "is_kept", "follows"),
    [
        ("", "Path('words.txt').read_text()", True, True),
        ("", "open(os.path.join(os.getcwd(), 'words.txt')).read()", True, True),
        ("WORDS = Path('words.txt').read_text()\n", "WORDS", True, True),
        ("", "open('words.txt', 'r+').read()", True, True),
        (IF_THERE, "first()", True, True),
        (f"{IF_THERE}FIRST = first()\n", "FIRST", True, True),
        ("NAMES = str(os.listdir('.'))\n", "NAMES", False, True),
        ("", "str(os.listdir('.'))", False, True),
        ("", "subprocess.run(['true']) and Path('words.txt').read_text()", False, True),
        ("", "''", True, False),
    ],
)
def test_a_result_is_made_again_when_a_file_of_a_check_changes(
    top: str, body: str, is_kept: bool, follows: bool, department: Path
) -> None:
    """What a check opens is known; if it asks for more than files, nothing is kept."""
    (department / "words.txt").write_text("甲", encoding="utf-8")
    write(
        department,
        "own",
        f"{top}def run(s):\n    yield KIND.at(s.issue.where(()), folder={body})\n"
        "@hookimpl\ndef jianbao_checks(): return [IssueCheck('own', '检', run)]\n",
    )

    def build() -> tuple[bool, str]:
        # Older than what the clock of a file system can distinguish.
        for path in department.glob("*.txt"):
            os.utime(path, ns=(1, 1))
        words = ["build", "issue.yaml", "--trust-plugins", "--json"]
        done = jianbao(*words, folder=department, JIANBAO_CACHE=str(department / "cache"))
        issue = json.loads(done.stdout)["issues"][0]
        return issue["cached"], issue["findings"][0]["message"]

    first, second = build(), build()
    (department / "words.txt").write_text("乙二", encoding="utf-8")
    (department / "another.txt").write_text("", encoding="utf-8")
    third = build()

    assert (first[0], second[0]) == (False, is_kept)
    assert third[0] is (is_kept and not follows)
    assert (third[1] != first[1]) is follows


def test_the_records_of_a_plugin_may_follow_a_file(department: Path) -> None:
    """A hook that reads a list of words and returns a check for each."""
    (department / "words.txt").write_text("甲", encoding="utf-8")
    write(
        department,
        "own",
        "@hookimpl\ndef jianbao_checks():\n"
        "    words = Path('words.txt').read_text()\n"
        "    def run(s):\n        yield KIND.at(s.issue.where(()), folder=words)\n"
        "    return [IssueCheck('own', '检', run)]\n",
    )

    def build() -> tuple[bool, str]:
        os.utime(department / "words.txt", ns=(1, 1))
        words = ["build", "issue.yaml", "--trust-plugins", "--json"]
        done = jianbao(*words, folder=department, JIANBAO_CACHE=str(department / "cache"))
        issue = json.loads(done.stdout)["issues"][0]
        return issue["cached"], issue["findings"][0]["message"][-1]

    before = [build(), build()]
    (department / "words.txt").write_text("乙二", encoding="utf-8")

    assert before == [(False, "甲"), (True, "甲")]
    assert build() == (False, "二")


def test_a_check_may_read_the_file_of_the_build_before(department: Path) -> None:
    """It is no source of the issue, so it is written again."""
    write(
        department,
        "own",
        "def run(s):\n    path = Path('issue.pdf')\n    path.exists() and path.read_bytes()\n    return ()\n"
        "@hookimpl\ndef jianbao_checks(): return [MasterCheck('own', '检', run)]\n",
    )
    codes = []
    for number in (1, 2):
        (department / "issue.yaml").write_text(f"{ISSUE}number: {number}\n", encoding="utf-8")
        codes.append(
            jianbao("build", "issue.yaml", "--trust-plugins", folder=department).returncode
        )

    assert codes == [0, 0]


def test_the_certificate_shows_some_of_many_changes_and_counts_the_others(department: Path) -> None:
    write(
        department,
        "own",
        "@hookimpl\ndef jianbao_prepare(issue):\n"
        "    section = issue.sections[0]\n"
        "    a = section.articles[0]\n"
        "    more = tuple(a.model_copy(update={'title': f'新增之{n}'}) for n in range(9))\n"
        "    section = section.model_copy(update={'articles': (a, *more)})\n"
        "    return issue.model_copy(update={'sections': (section,)})\n",
    )
    words = ["build", "issue.yaml", "--trust-plugins", "--output", "pdf", "--output", "certificate"]
    jianbao(*words, folder=department)
    (use,) = json.loads((department / "issue-certificate.json").read_text("utf-8"))["plugins"]
    page = (department / "issue-certificate.html").read_text("utf-8")
    count = len(use["changes"])

    assert count > 5
    assert page.count("改动 changed") == 5
    assert f"共 {count} 处改动" in page
