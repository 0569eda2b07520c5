"""Reading: every value at its own line and column, nothing guessed, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jianbao_tex.errors import IssueInvalid
from jianbao_tex.findings import Finding
from jianbao_tex.issue import Article, Issue
from jianbao_tex.parts import Part
from jianbao_tex.press import Press, Source
from jianbao_tex.reader.keys import IssueFile, chinese_key, keys_of, nearest
from jianbao_tex.reader.nodes import parse
from workshop import EXAMPLES, Workshop

ISSUE = """\
masthead:
  name: 工作简报
number: 365
sections:
  - name: "引号中的名称"
    articles:
      - title: |
          第一行
          第二行
        body: |

          第一段。
          一、小标题
          **开头。**其余。
        signature: 市委办
"""


def read(press: Press, text: str, folder: Path | None = None) -> Issue:
    return press.read(Workshop.source(text, folder))


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("masthead", "name"), 2, 9),
        (("number",), 3, 9),
        (("sections", 0, "name"), 5, 12),
        (("sections", 0, "articles", 0), 7, 9),
        (("sections", 0, "articles", 0, "title"), 8, 11),
        (("sections", 0, "articles", 0, "body", 0, "runs", 0, "text"), 12, 11),
        (("sections", 0, "articles", 0, "body", 1, "text"), 13, 11),
        (("sections", 0, "articles", 0, "body", 2, "runs", 0, "text"), 14, 13),
        (("sections", 0, "articles", 0, "body", 2, "runs", 1, "text"), 14, 18),
        (("sections", 0, "articles", 0, "signature"), 15, 20),
        (("sections", 0, "articles", 0, "subtitle"), 7, 9),
    ],
)
def test_every_value_has_its_place(
    press: Press, path: tuple[object, ...], line: int, column: int
) -> None:
    """Line and column in the file, also inside a block scalar and after a quote."""
    where = read(press, ISSUE).where(path)  # type: ignore[arg-type]

    assert (where.file, where.line, where.column) == ("issue.yaml", line, column)


def test_places_of_the_series_are_in_the_series_file(press: Press) -> None:
    issue = press.read(Source.from_file(EXAMPLES / "365.yaml", "365.yaml"))

    assert issue.where(("masthead", "name")).file == "series.yaml"
    assert issue.where(("number",)).file == "365.yaml"


def test_the_issue_wins_over_its_series_and_the_series_keeps_its_order(
    press: Press, tmp_path: Path
) -> None:
    """Mappings are laid over each other key by key, also under Chinese keys; lists replaced."""
    (tmp_path / "series.yaml").write_text(
        "报头: {名称: 简报, 口号: 旧口号, 编印单位: [甲, 乙]}\n分送: {报: 一, 送: 二}\n",
        encoding="utf-8",
    )
    text = "series: series.yaml\nmasthead: {slogan: 新口号, issuer: 丙}\ndistribution: {送: 三, 发: 四}\n"
    issue = read(press, text, tmp_path)

    assert (issue.masthead.name, issue.masthead.slogan) == ("简报", "新口号")
    assert issue.masthead.issuer == ("丙",)
    assert [(r.label, r.names) for r in issue.distribution] == [
        ("报", "一"),
        ("送", "三"),
        ("发", "四"),
    ]


@pytest.mark.parametrize(
    ("written", "printed"),
    [("no", "no"), ("0365", "0365"), ("12:30", "12:30"), ("1_000", "1_000"), ("3.10", "3.10"),
     ("2020-03-10", "2020-03-10"), ("on", "on"), ("1e3", "1e3"), ("0x10", "0x10")],
)  # fmt: skip
def test_scalars_are_text_and_stay_as_written(press: Press, written: str, printed: str) -> None:
    """No octal, no sexagesimal, no yes and no, no dates: what is written is printed."""
    issue = read(press, f"masthead: {{name: {written}}}\n")

    assert issue.masthead.name == printed


@pytest.mark.parametrize("empty", ["", "~", "null"])
def test_an_empty_value_is_an_absent_one(press: Press, empty: str) -> None:
    issue = read(press, f"masthead:\n  name: 简报\n  slogan: {empty}\n")

    assert issue.masthead.slogan is None


def test_carriage_returns_do_not_move_lines(press: Press) -> None:
    """Files of Windows and of old Macs have the same lines."""
    for end in ("\r\n", "\r"):
        issue = press.read(Source.from_bytes(ISSUE.replace("\n", end).encode(), "issue.yaml"))
        assert issue.where(("sections", 0, "articles", 0, "signature")).line == 15


def test_a_byte_order_mark_at_the_start_is_allowed(press: Press) -> None:
    source = Source.from_bytes(b"\xef\xbb\xbf" + "masthead: {name: 简报}\n".encode(), "issue.yaml")

    assert press.read(source).masthead.name == "简报"


def test_every_fault_of_a_file_is_named_in_one_run(press: Press) -> None:
    text = "masthead: {nam: x}\nnumber: 0\ndate: 2020-13\nlayoot: x\nsections:\n  - type: x\n"
    with pytest.raises(IssueInvalid) as info:
        read(press, text)

    assert [(f.where.line, f.code) for f in info.value.findings] == [
        (1, "JB140"), (1, "JB121"), (2, "JB145"), (3, "JB145"), (4, "JB121"), (6, "JB123"),
    ]  # fmt: skip


def built_in_models() -> list[type[Part]]:
    """Every built-in part of an issue."""
    registry = Press(plugins={}).registry
    models: list[type[Part]] = [IssueFile, Article]
    models += [record.model for record in registry.section_types.values()]
    models += [record.model for record in registry.blocks.values()]
    for model in models:
        parts = [getattr(shape, "part", None) for shape in model.shapes().values()]
        models += [part for part in parts if part and part not in models]
    return models


MODELS = built_in_models()
KEYS = sorted({key for model in MODELS for key in keys_of(model)})


def test_one_english_key_is_one_chinese_key_in_every_part() -> None:
    """A word that means two things has to be learnt twice."""
    keys: dict[str, set[str]] = {}
    for model in MODELS:
        for name in model.model_fields:
            keys.setdefault(name, set()).add(chinese_key(model, name))

    assert len(keys) > 40
    assert {name: words for name, words in keys.items() if len(words) != 1} == {}


def test_no_two_keys_of_a_part_are_spelt_alike() -> None:
    for model in MODELS:
        chinese = [chinese_key(model, name) for name in model.model_fields]

        assert len({*chinese, *model.model_fields}) == 2 * len(model.model_fields)


def test_every_field_says_what_it_is_for() -> None:
    """Editors, the list of keys and samples are made from what stands at the field."""
    bare = [
        (model.__name__, name)
        for model in MODELS
        for name, field in model.model_fields.items()
        if not (field.title and field.description and field.examples)
    ]

    assert bare == []


def test_the_nearest_key_is_proposed_in_either_language() -> None:
    known = keys_of(Article)

    assert nearest("tilte", known) == "title"
    assert nearest("标提", known) == "标题"
    assert nearest("xyz", ["title", "body"]) == ""


def faults_of(press: Press, data: bytes) -> tuple[Finding, ...]:
    """What is wrong with the bytes; a refusal without a finding is a fault of ours."""
    try:
        press.read(Source.from_bytes(data, "issue.yaml"))
    except IssueInvalid as wrong:
        return wrong.findings or pytest.fail("refused without a reason")
    return ()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_findings(
    press: Press, data: bytes
) -> None:
    """Any bytes are an issue or a list of findings, each with code and sentence."""
    assert all(finding.message and finding.advice for finding in faults_of(press, data))


YAMLISH = st.recursive(
    st.sampled_from(
        ["工作", "365", "", "~", "2020-03-10", "**x", "articles", "'", "a: b", "{", "- x"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), YAMLISH, max_size=5))
def test_no_structure_makes_the_reader_fail_otherwise_than_by_findings(
    press: Press, data: dict[str, object]
) -> None:
    """Any nesting of known keys and values is an issue or a list of findings."""
    text = yaml.safe_dump({"masthead": {"name": "简报"}, **data}, allow_unicode=True)
    assert all(finding.message and finding.advice for finding in faults_of(press, text.encode()))


COMMENTS = """\
#masthead: {name: 旧}
masthead:
    #slogan: 旧
  name: 简报   # a comment
  #slogan: 求真
  issuer: [甲,   # another
    #乙,
    丙]
  notice: |
    提示
  #signed_by: 张三
# sections:
articles:
  #- title: 旧
  - title: "标题"

    # an indented comment
    body: |
      # 这不是注释
      #这也不是
    #signature: 甲
  #- title: 再旧
distribution:
  报: 甲
  #送: 乙
#imprint: 丙
"""


def test_lines_that_are_commented_out_are_comments(press: Press) -> None:
    """In the column of the keys or before it, inside a flow list, with a space; nothing is lost."""
    issue = read(press, COMMENTS)

    assert issue.masthead.issuer == ("甲", "丙")
    assert [block.runs[0].text for block in issue.sections[0].articles[0].body] == [  # type: ignore[attr-defined]
        "# 这不是注释",
        "#这也不是",
    ]


MEANT = {
    "a block that ends the file": "masthead:\n  name: |\n    #乙",
    "a block of hashtags": "masthead: {name: 报}\narticles:\n  body: |\n    #乙\n    #丙\n",
    "children of a key": "masthead: {name: 报}\nimprint:\n  #issuer: 甲\n  #date: 2020-01-01\n",
    "entries of a list": "masthead: {name: 报}\narticles:\n  body:\n      #- 甲\n  signature: 丁\n",
    "a rule": "masthead: {name: 报}\narticles:\n  - title: 乙 ##\n    ######## 第二篇 ########\n    body: 丙\n",
    "entries in brackets": "masthead:\n  name: 报\n  issuer: [甲,\n    乙\n    #丙\n    ]\n",
    "entries in braces": "masthead: {\n  name: 报,\n  slogan: 真\n    #notice: 甲\n  }\n",
    "a spaced comment anywhere": "masthead: # 头\n  name: 报 # 名\n    # 注\n\n  # 又\n",
    "windows line ends": "masthead:\r\n  name: 报\r\n  #slogan: 旧\r\n",
    "the first line": "#旧\nmasthead: {name: 报}\n#尾",
}
LOST = {
    "after a key": "masthead: {name: 报}\narticles:\n  body:\n      #乡村振兴 工作\n      第二行\n",
    "after a dash": "masthead: {name: 报}\narticles:\n  - title: #乡村振兴\n      第二行\n",
    "after a block's header": "masthead: {name: 报}\narticles:\n  body: | #乡村振兴\n      第二行\n",
    "below a spaced comment": "masthead: {name: 报}\narticles:\n  body: 甲\n      # 注\n      #乡村振兴\n",
    "below a comment after": "masthead: {name: 报}\narticles:\n  body: 甲 # 注\n      #乡村振兴\n",
    "below a block and a comment": "masthead: {name: 报}\narticles:\n  body: |\n      甲\n    # 注\n    #乡村振兴\n",
    "after a bracket": "masthead:\n  name: 报\n  issuer: [#乙, 丙,\n        丁]\n",
    "after a comma": "masthead:\n  name: 报\n  issuer: [甲, #乙, 丙\n   丁]\n",
    "after brackets": "masthead:\n  name: 报\n  issuer: [甲] #乙\n",
    "after quotes": "masthead:\n  name: '报' #乙\n",
    "below quotes": "masthead:\n  name: '报'\n\n    #乙\n",
    "before a text in quotes": "masthead:\n  name:\n    #乙\n    '报'\n",
    "at the end of the file": "masthead:\n  name: 报\n    #乙",
}


@pytest.mark.parametrize("name", MEANT)
def test_comments_that_are_meant_pass(press: Press, name: str) -> None:
    """Nothing that is printed stood there."""
    faults: list[Finding] = []
    parse(Workshop.source(MEANT[name]), faults)

    assert [(fault.code, str(fault.where)) for fault in faults] == []
    assert read(press, MEANT[name]).masthead.name


@pytest.mark.parametrize("name", LOST)
def test_text_that_yaml_takes_for_a_comment_is_refused(name: str) -> None:
    """At its # or the word after it, in whatever style the text is written."""
    faults: list[Finding] = []
    parse(Workshop.source(LOST[name]), faults)
    (fault, *_) = faults

    assert {fault.code for fault in faults} == {"JB109"}
    assert fault.where.text[fault.where.column - 1 :].lstrip("#")[:1] in "乡乙"


def test_a_key_that_was_renamed_is_still_read(press: Press) -> None:
    """Files of years stand on the disks of offices."""
    text = "报头: {名称: 简报, 提示: 内部}\n文章:\n- {标题: 标题, 正文: 正文。, 署名: 张三}\n"
    issue = read(press, text)
    (article,) = issue.sections[0].articles  # type: ignore[attr-defined]

    assert (issue.masthead.notice, article.credits) == ("内部", "张三")
    with pytest.raises(IssueInvalid, match=r"JB122"):
        read(press, text.replace("署名: 张三", "署名: 张三, 编校信息: 李四"))
