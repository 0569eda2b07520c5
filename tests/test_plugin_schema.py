"""JSON Schema with plugins: an editor completes and checks their keys, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fence import FENCE
from jianbao_tex.language import language
from jianbao_tex.reader.schema import issue_schema
from jianbao_tex.testing import Project
from test_schema import faults
from workshop import ROOT

PLUGINS = ROOT / "plugins"
CASES = sorted(
    [*PLUGINS.glob("statistics/tests/*.yaml"), *PLUGINS.glob("leaders_remarks/tests/*.yaml")]
)
GOOD = """\
masthead: {name: 工作简报}
sections:
  - 类型: 领导批示
    事由: 第1期
    各条批示:
      - {批示: 很好。, 职务: 书记, 姓名: 张三, 批示日期: 2026-11-20}
  - 类型: 数据统计
    月份: [9月, 10月]
    各项: [{项目: 甲, 数值: ["1", "2"]}]
    图形: line
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    paths = [PLUGINS / name for name in ("statistics", "leaders_remarks")]
    return Project(tmp_path_factory.mktemp("schema"), paths, FENCE)


@pytest.fixture(scope="module")
def schema(project: Project) -> dict[str, Any]:
    made = issue_schema(project.registry, language("zh"))
    jsonschema.Draft7Validator.check_schema(made)
    return made


def test_types_and_keys_are_offered_with_their_chinese_names(schema: dict[str, Any]) -> None:
    definitions = schema["definitions"]
    section, remark = definitions["section"]["properties"], definitions["remark"]["properties"]

    assert {"statistics", "数据统计", "leaders_remarks", "领导批示"} <= set(section["类型"]["enum"])
    assert {"leader", "姓名", "post", "职务", "批示日期"} <= set(remark)
    assert remark["姓名"]["description"] == "作出批示者的姓名"
    assert remark["姓名"]["examples"] == ["张三"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_issues_of_the_plugins_are_valid(path: Path, schema: dict[str, Any]) -> None:
    assert faults(schema, path.read_text(encoding="utf-8")) == []


def test_there_are_issues() -> None:
    assert len(CASES) >= 4


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("姓名: 张三", "名字: 张三"),
        (", 姓名: 张三", ""),
        ("图形: line", "图形: pie"),
        ("月份: [9月, 10月]", "月份: [9月]"),
        ("类型: 数据统计", "类型: 数据"),
        ("各条批示:\n", "各条批示: []\n    批示:\n"),
    ],
)
def test_schema_and_reader_refuse_the_same(
    old: str, new: str, project: Project, schema: dict[str, Any]
) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new)

    assert faults(schema, GOOD) == []
    assert project.check(GOOD).codes == []
    assert faults(schema, text)
    assert project.check(text).exit_code == 1
