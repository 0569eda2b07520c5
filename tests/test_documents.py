"""The documents: every example runs, what code knows is printed from code, links lead somewhere."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

import pytest

from command import jianbao
from fence import demand_fence
from jianbao_tex.findings import faults_among
from jianbao_tex.press import Press
from jianbao_tex.testing.golden import compare
from workshop import ROOT, Workshop

sys.path.insert(0, str(ROOT / "tools"))
import print_documents

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
# The examples of the catalogue have faults on purpose, and recipes change the code they are run
# with: test_broken.py and test_recipes.py see to them.
GOOD = [path for path in DOCUMENTS if not path.name.startswith(("findings.", "recipes."))]
SERIES = "masthead: {name: 工作简报}\n"


def blocks(kind: str) -> list[tuple[str, str]]:
    return [
        (f"{path.name}-{number}", match)
        for path in GOOD
        for number, match in enumerate(
            re.findall(
                rf"^```{kind}\n(.*?)^```",
                path.read_text(encoding="utf-8"),
                re.DOTALL | re.MULTILINE,
            )
        )
    ]


YAML, PYTHON = blocks("yaml"), blocks("python")


def test_there_are_examples() -> None:
    assert len(YAML) >= 4
    assert len(PYTHON) >= 1


@pytest.mark.parametrize("text", [text for _, text in YAML], ids=[name for name, _ in YAML])
def test_every_issue_in_the_documents_builds(workshop: Workshop, text: str, tmp_path: Path) -> None:
    (tmp_path / "series.yaml").write_text(SERIES, encoding="utf-8")
    pressing = workshop.press.press(Workshop.source(text, tmp_path))

    assert pressing.pages >= 1
    assert faults_among(pressing.findings) == ()


@pytest.mark.parametrize("code", [text for _, text in PYTHON], ids=[name for name, _ in PYTHON])
def test_python_in_the_documents_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    # The example is one for data that is not trusted, and asks for the sandbox.
    demand_fence()
    exec(compile(code, "document", "exec"), {})

    assert capsys.readouterr().out == "['issue.pdf', 'issue.txt']\n"


def test_the_output_in_the_guide_to_plugins_works(press: Press) -> None:
    """What the guide shows is an output that the registry takes and a build makes."""
    guide = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```py\n(.*?)^```", guide, re.DOTALL | re.MULTILINE)
    assert len(blocks) > 1
    plugin = types.ModuleType("guide")
    exec(
        "from jianbao_tex.hooks import *\n" + "".join(blocks),
        plugin.__dict__,
    )
    text = SERIES + "articles: {body: 正文。}\noptions: {card.width: 80}\n"
    owned = Press(plugins={"guide": plugin}, sandbox=press.sandbox, store=press.store)
    (artifact,) = owned.press(Workshop.source(text), ("card",)).artifacts
    owned.engine.close()

    assert (artifact.name, artifact.data.decode()) == ("issue.card.txt", "工作简报\n")


def test_the_message_in_the_readme_is_what_the_command_says(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (tmp_path / "issue.yaml").write_text(YAML_OF_README.replace("title", "tilte"), encoding="utf-8")
    done = jianbao("check", "issue.yaml", folder=tmp_path)
    shown = re.search(r"```text\n(.*?)```", readme, re.DOTALL)

    assert shown
    assert shown[1] in done.stderr


YAML_OF_README = next(text for name, text in YAML if name == "README.md-0")


@pytest.mark.parametrize("name", print_documents.PAGES)
def test_what_code_knows_is_printed_from_code(name: str, request: pytest.FixtureRequest) -> None:
    """docs/findings.md and docs/keys.md are fresh; `make accept` rewrites them."""
    page = print_documents.PAGES[name]()

    assert len(page.splitlines()) > 20
    compare(ROOT / "docs" / name, page, accept=request.config.getoption("--accept"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", text)
    dead = [a or b for a, b in links if not (path.parent / (a or b)).exists()]

    assert dead == []


def test_every_exit_code_is_documented() -> None:
    from jianbao_tex import errors
    from jianbao_tex.cli.files import OutputRefused
    from jianbao_tex.errors import SOME_FAILED

    families = [
        v
        for v in vars(errors).values()
        if isinstance(v, type) and issubclass(v, errors.JianbaoError)
    ]
    codes = {family.exit_code for family in families} | {SOME_FAILED, OutputRefused.exit_code, 0}
    page = (ROOT / "docs" / "automation.md").read_text(encoding="utf-8")
    documented = {int(code) for code in re.findall(r"^\| (\d) \|", page, re.MULTILINE)}

    assert codes == documented == set(range(9))
