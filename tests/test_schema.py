"""The JSON Schema of issues: an independent validator comes to the reader's verdict."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest
import yaml

from command import jianbao
from jianbao_tex.catalogue import entries
from jianbao_tex.errors import JianbaoError
from jianbao_tex.press import Press, Source
from jianbao_tex.reader.schema import issue_schema, series_schema
from jianbao_tex.testing.golden import compare
from workshop import EXAMPLES

BROKEN = Path(__file__).parent / "broken"
CASES = Path(__file__).parent / "cases"

# What no schema can say, and why.
BEYOND = {
    **dict.fromkeys(["JB101", "JB102", "JB103", "JB104", "JB105", "JB107"], "the file itself"),
    **dict.fromkeys(["JB106", "JB108", "JB116", "JB160", "JB161", "JB162", "JB163"], "characters"),
    **dict.fromkeys(
        ["JB109", "JB110", "JB111", "JB114", "JB115", "JB119", "JB127"], "YAML, not data"
    ),
    **dict.fromkeys(["JB112", "JB113"], "the size of the whole"),
    "JB128": "YAML, not data",
    **dict.fromkeys(["JB130", "JB131", "JB132"], "the text of a body"),
    "JB147": "several values together",
    **dict.fromkeys(["JB150", "JB152", "JB155"], "another file"),
    **dict.fromkeys(["JB201", "JB213", "JB214", "JB215"], "the layout"),
    **dict.fromkeys([f"JB{n}" for n in range(401, 409)], "fonts and pictures"),
    "JB302": "advice",
}
# Where the reader stops at the text, it has no verdict on the form.
STOPS = {f"JB{number}" for number in (*range(101, 120), 127, 128, 152)} - {
    "JB109",
    "JB114",
    "JB116",
}


class Core(yaml.SafeLoader):
    """YAML as editors read it: the core schema of YAML 1.2."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), first)
Core.add_constructor(
    "tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node))
)


@pytest.fixture(scope="module")
def schemas(press: Press) -> dict[str, Any]:
    return {"issue": issue_schema(press.registry), "series": series_schema(press.registry)}


def faults(schema: dict[str, Any], text: str) -> list[str]:
    """What the validator finds; a text that is no YAML has no verdict."""
    data = yaml.load(text, Loader=Core)
    validator = jsonschema.Draft7Validator(schema)
    return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in validator.iter_errors(data)]


def codes(press: Press, path: Path) -> set[tuple[str, str]]:
    """File and code of what the reader finds."""
    try:
        press.read(Source.from_file(path))
    except JianbaoError as wrong:
        return {(finding.where.file, finding.code) for finding in wrong.findings}
    return set()


def readable(text: str) -> bool:
    try:
        yaml.load(text, Loader=Core)
    except (yaml.YAMLError, RecursionError):
        return False
    return "&" not in text


ISSUES = [
    path
    for folder in (*sorted(BROKEN.iterdir()), *sorted(CASES.iterdir()))
    if folder.is_dir()
    for path in sorted(folder.glob("*.yaml"))
]


def test_the_schemas_are_schemas(schemas: dict[str, Any]) -> None:
    for schema in schemas.values():
        jsonschema.Draft7Validator.check_schema(schema)
    assert len(ISSUES) > 100


@pytest.mark.parametrize("name", ["363", "365"])
def test_the_examples_are_valid_and_name_their_schema(name: str, schemas: dict[str, Any]) -> None:
    text = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")
    series = (EXAMPLES / "series.yaml").read_text(encoding="utf-8")

    assert faults(schemas["issue"], text) == []
    assert faults(schemas["series"], series) == []
    assert text.startswith("# yaml-language-server: $schema=issue.schema.json\n")
    assert series.startswith("# yaml-language-server: $schema=series.schema.json\n")


@pytest.mark.parametrize("kind", ["issue", "series"])
def test_the_schemas_beside_the_examples_are_fresh(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """`jianbao schema` prints them; `make accept` rewrites them."""
    done = jianbao("schema", kind, folder=tmp_path)
    path = EXAMPLES / f"{kind}.schema.json"

    compare(path, done.stdout, accept=request.config.getoption("--accept"))
    assert done.returncode == 0


def decidable(path: Path) -> str:
    """The text of a file on whose form there can be a verdict; '' for one that is no YAML."""
    try:
        text = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return ""
    return text if text.strip() and readable(text) else ""


DECIDABLE = [path for path in ISSUES if decidable(path)]


@pytest.mark.parametrize("path", DECIDABLE, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_validator_and_reader_agree(path: Path, press: Press, schemas: dict[str, Any]) -> None:
    """What the reader refuses for its form the schema refuses, and nothing else."""
    said, refused = verdicts(path, press, schemas)

    assert refused is None or bool(said) == refused, (path, said)


def verdicts(path: Path, press: Press, schemas: dict[str, Any]) -> tuple[list[str], bool | None]:
    """The validator's faults; whether the reader refuses the form, ``None`` where it stops before."""
    is_series = path.stem == "series"
    found = codes(press, path.parent / "issue.yaml" if is_series else path)
    own = {code for file, code in found if Path(file).name == path.name}
    said = faults(schemas["series" if is_series else "issue"], decidable(path))
    return said, None if own & STOPS else bool(own - set(BEYOND))


def test_there_are_verdicts_of_both_kinds(press: Press, schemas: dict[str, Any]) -> None:
    """An agreement on nothing would prove nothing."""
    refused = [verdicts(path, press, schemas)[1] for path in DECIDABLE]

    assert refused.count(True) >= 20
    assert refused.count(False) >= 100


EXAMPLES_OF_CODES = {code: entry.example for code, entry in entries().items() if entry.example}


@pytest.mark.parametrize("code", [code for code in EXAMPLES_OF_CODES if code not in BEYOND])
def test_the_schema_knows_the_fault_of_every_code_about_form(
    code: str, schemas: dict[str, Any]
) -> None:
    assert faults(schemas["issue"], EXAMPLES_OF_CODES[code]) != []


def test_every_key_has_a_description_an_example_and_a_chinese_name(
    schemas: dict[str, Any],
) -> None:
    properties: dict[str, Any] = {}

    def collect(schema: object) -> None:
        if isinstance(schema, dict):
            properties.update(schema.get("properties", {}))
        for child in schema.values() if isinstance(schema, dict) else schema:
            if isinstance(child, dict | list):
                collect(child)

    collect(list(schemas["issue"]["definitions"].values()))

    assert {"masthead", "报头", "编校信息", "署名", "page_break", "分页"} <= set(properties)
    assert [name for name, said in properties.items() if "description" not in said] == []


def test_the_results_of_the_command_have_the_shape_that_it_documents(tmp_path: Path) -> None:
    """`schema result` and `schema origins` hold what --json and jianbao tex write."""
    (tmp_path / "bad.yaml").write_text("masthead: {nam: 简报}\n", encoding="utf-8")
    (tmp_path / "good.yaml").write_text("masthead: {name: 简报}\n", encoding="utf-8")
    shape = {
        kind: json.loads(jianbao("schema", kind, folder=tmp_path).stdout)
        for kind in ("result", "origins")
    }
    runs = [
        jianbao("check", "--json", "bad.yaml", "good.yaml", "none.yaml", folder=tmp_path),
        jianbao("check", "--pdf", "--json", "--verbose", "good.yaml", folder=tmp_path),
        jianbao("build", "--json", "good.yaml", "-o", "out", folder=tmp_path),
        jianbao("tex", "--json", "good.yaml", folder=tmp_path),
    ]
    for run in runs:
        jsonschema.validate(json.loads(run.stdout), shape["result"], jsonschema.Draft7Validator)
    origins = json.loads((tmp_path / "tex" / "origins.json").read_text(encoding="utf-8"))
    jsonschema.validate(origins, shape["origins"], jsonschema.Draft7Validator)

    assert len(origins["stretches"]) > 20
    assert json.loads(runs[0].stdout)["issues"][0]["findings"]


def test_a_plugin_s_section_type_is_in_the_schema(tmp_path: Path) -> None:
    """With its own keys, under its name and its label."""
    from test_plugins import Department

    press = Press(plugins={"department": Department(tmp_path)})
    written = json.dumps(issue_schema(press.registry), ensure_ascii=False)

    assert all(word in written for word in ('"slogan"', '"amount"', '"数据"', '"wide"'))


def test_an_issue_that_names_a_series_may_leave_the_masthead_to_it(schemas: dict[str, Any]) -> None:
    assert faults(schemas["issue"], "series: s.yaml\nmasthead: {slogan: 求真}\n") == []
    assert faults(schemas["issue"], "masthead: {slogan: 求真}\n") != []
    assert faults(schemas["series"], "series: s.yaml\n") != []
