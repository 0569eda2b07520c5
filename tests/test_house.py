"""The house rules, each as a law that can fail."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jinja2
import pytest

from jianbao_tex.composer.lint import lint
from jianbao_tex.composer.templates import environment
from jianbao_tex.press import Press
from jianbao_tex.version import __version__
from workshop import ROOT

SOURCE = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").glob("*.py"))
PLUGINS = ROOT / "plugins"
TEMPLATES = sorted([*(ROOT / "templates").rglob("*.jinja"), *PLUGINS.rglob("*.jinja")])
STYLES = sorted([*(ROOT / "templates").rglob("*.sty"), *(ROOT / "templates").rglob("*.cls")])
DOCUMENTS = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_rules_look_at_something() -> None:
    """A guard that walks an empty folder is worse than none."""
    assert len(SOURCE) >= 40
    assert len(TESTS) >= 10
    assert len(TEMPLATES) >= 18
    assert len(STYLES) >= 8
    assert len(DOCUMENTS) >= 8


@pytest.mark.parametrize("path", [*SOURCE, *TESTS, *STYLES], ids=lambda path: path.name)
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_functions_are_short() -> None:
    """Nine in ten under 30 lines, none over 60."""
    sizes = [
        node.end_lineno - node.lineno + 1
        for path in SOURCE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    ]

    assert len(sizes) > 150
    assert max(sizes) <= 60
    assert sum(size < 30 for size in sizes) / len(sizes) >= 0.9


def test_no_room_is_named_after_nothing() -> None:
    shunned = {"utils", "helpers", "common", "misc", "manager", "processor"}

    assert not shunned & {path.stem for path in SOURCE}


# What a program learns from the machine, not from its caller.
OUTSIDE = {
    *("time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today"),
    *("date.today", "os.environ", "os.environb", "os.getenv", "os.getcwd", "Path.cwd", "Path.home"),
    *("tempfile.gettempdir", "tempfile.mkdtemp", "tempfile.TemporaryDirectory"),
    *("tempfile.NamedTemporaryFile", "tempfile.TemporaryFile", "locale.getlocale"),
}
EXCEPTIONS = {
    # Somebody must know where temporary folders are: this module does, and nobody else.
    "leases.py": {"tempfile.gettempdir", "tempfile.mkdtemp"},
    # The test kit asks whether it runs in CI, where nobody looks at what --accept writes.
    "testing/fixtures.py": {"os.environ"},
}


def outside_in(path: Path) -> set[str]:
    """What a module asks the machine; a temporary file beside another one is none of it."""
    asked = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            owner = node.value
            named = getattr(owner, "id", getattr(owner, "attr", ""))
            asked.add(f"{named}.{node.attr}")
        if isinstance(node, ast.ImportFrom):
            asked |= {f"{node.module}.{alias.name}" for alias in node.names}
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "mkstemp":
            folders = {keyword.arg for keyword in node.keywords}
            asked |= set() if "dir" in folders else {"tempfile.gettempdir"}
    return asked & OUTSIDE


def test_only_the_command_reads_clock_and_environment() -> None:
    """Below cli/, dates and settings are parameters; stop watches are monotonic."""
    root = ROOT / "src" / "jianbao_tex"
    found = {path.relative_to(root).as_posix(): outside_in(path) for path in SOURCE}
    below = {name: asked for name, asked in found.items() if asked and not name.startswith("cli/")}

    assert below == EXCEPTIONS
    assert any(asked for name, asked in found.items() if name.startswith("cli/"))


@pytest.mark.parametrize(
    "line",
    ["import time; time.time_ns()", "from os import environ", "import os; os.getenv('X')",
     "import datetime; datetime.datetime.now()", "import tempfile; tempfile.mkstemp()",
     "from pathlib import Path; Path.home()"],
)  # fmt: skip
def test_the_rule_about_the_machine_sees_what_it_forbids(line: str, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text(line)

    assert outside_in(tmp_path / "x.py")


def imports_of(path: Path) -> set[str]:
    """The modules that a module imports."""
    nodes = [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return named | {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}


def test_the_built_in_plugin_imports_what_a_department_may() -> None:
    """What only the package itself can build is no proof that a plugin can."""
    root = ROOT / "src" / "jianbao_tex" / "builtin"
    asked = {name for path in root.rglob("*.py") for name in imports_of(path)}
    own = {name for name in asked if name.startswith("jianbao_tex.")}
    doors = ("jianbao_tex.hooks.", "jianbao_tex.builtin.")

    assert len(own) > 5
    assert {name for name in own if not f"{name}.".startswith(doors)} == set()


@pytest.mark.parametrize(
    ("module", "text", "said"),
    [
        ("stray.py", '"""A module that nobody gave a floor."""\n', "jianbao_tex.stray"),
        ("tex.py", "import jianbao_tex.press\n", "not allowed to import jianbao_tex.press"),
        ("composer/x.py", "import jianbao_tex.typesetter\n", "jianbao_tex.typesetter"),
    ],
)
def test_the_floors_fail_the_build(module: str, text: str, said: str, tmp_path: Path) -> None:
    """A module without a floor, an import that goes up, one to a neighbour."""
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "src" / "jianbao_tex" / module).open("a", encoding="utf-8") as file:
        file.write(text)
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [str(linter), "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert said in " ".join(done.stdout.split())


def test_ci_runs_all_that_the_house_promises() -> None:
    """Style, types and floors, of plugins, tools and benchmarks too, then the tests."""
    commands = (ROOT / "Makefile").read_text(encoding="utf-8")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert "exec make check" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "check: lint test" in commands
    for tool in ("ruff check .", "ruff format --check .", "mypy", "lint-imports"):
        assert f"$(TOOLS)/{tool}\n" in commands
    assert {"src", "plugins/*/src", "tools", "benchmarks"} <= set(settings["tool"]["mypy"]["files"])


def test_no_test_sleeps() -> None:
    """A test waits for an event; the one place that looks again and again is in `engines`."""
    tests = [*TESTS, *PLUGINS.glob("*/tests/*.py")]
    sleeping = {
        path.name
        for path in tests
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "sleep"
    }

    assert sleeping == {"engines.py"}


def test_every_finding_code_is_declared_once() -> None:
    codes = [
        code
        for path in SOURCE
        for code in re.findall(r'\(\s*"(JB\d{3})"', path.read_text(encoding="utf-8"))
    ]

    assert len(codes) > 50
    assert len(codes) == len(set(codes))


def test_since_names_versions_that_exist() -> None:
    """What the package itself brings came with one of its versions."""
    registry = Press(plugins={}).registry
    kinds = (registry.section_types, registry.blocks, registry.layouts, registry.checks,
             registry.outputs)  # fmt: skip
    named = {record.since for records in kinds for record in records.values()}  # type: ignore[attr-defined]
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = {
        f"{major}.{minor}" for major, minor in re.findall(r"^## (\d+)\.(\d+)", log, re.MULTILINE)
    }

    assert named
    assert named <= {*released, __version__.rpartition(".")[0]}


def test_every_module_says_what_it_is() -> None:
    missing = [
        path
        for path in SOURCE
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert missing == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_templates_print_nothing_but_texts(path: Path) -> None:
    assert list(lint(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("bad", ["<%= a ~ b %>", "<%= 'x' %>", "<%= a | upper %>", "{{ a }}"])
def test_the_template_rule_sees_what_it_forbids(bad: str) -> None:
    assert list(lint(bad))


def test_an_undefined_name_in_a_template_is_an_error() -> None:
    jinja = environment(lambda _: ("", "", lambda: True))

    with pytest.raises(jinja2.UndefinedError, match="nothing"):
        jinja.from_string("<%= nothing %>").render()


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_tex_code_keeps_one_prefix(path: Path) -> None:
    """Every macro, variable and mark that the class makes begins with jb."""
    source = re.sub(r"(?<!\\)%.*", "", path.read_text(encoding="utf-8"))
    made = re.findall(
        r"\\(?:cs_new(?:_protected)?:Npn|tl_new:N|dim_new:N|int_new:N|box_new:N|seq_new:N|bool_new:N"
        r"|dim_const:Nn|NewDocumentCommand)\s*\\([A-Za-z_@:]+)",
        source,
    )

    assert all(re.match(r"(ps@)?(__)?([lgc]_)?_?_?jb", name) for name in made), made


ALL_STYLES = [*STYLES, *sorted(PLUGINS.rglob("*.sty"))]


def module_of(path: Path) -> str:
    """The module whose private names a style file has: grid, newsletter, statistics."""
    return path.stem.removeprefix("jianbao-part-")


def private_names(path: Path) -> set[str]:
    """The private names of a style file without those of TeX packages, whole or put together."""
    code = re.sub(r"(?<!\\)%.*", "", path.read_text(encoding="utf-8"))
    return set(re.findall(r"(?<![A-Za-z_])[a-z]?__(?!xeCJK_)[A-Za-z_@]+", code))


def crossed_borders(paths: list[Path]) -> list[str]:
    """The private names that a style file uses though they are another module's."""
    names = {path: private_names(path) for path in paths}
    modules = {module_of(path): path for path in paths}
    faults = []
    for path, own in names.items():
        elsewhere = set().union(*(names[other] for other in paths if other != path))
        for name in own:
            _, _, rest = name.partition("__")
            owner = next((m for m in modules if re.match(rf"(jb_)?{m}_", rest)), "")
            is_core = path.name.startswith("jianbao")
            if (
                name in elsewhere
                or (owner and modules[owner] != path)
                or (not owner and not is_core)
            ):
                faults.append(f"{path.name}: {name}")
    return sorted(faults)


def test_a_private_name_of_tex_is_used_in_the_file_of_its_module_alone() -> None:
    """Layouts and plugins put their own name into their private names, too."""
    assert len(ALL_STYLES) >= 15
    assert sum(len(private_names(path)) for path in ALL_STYLES) > 150

    assert crossed_borders(ALL_STYLES) == []


@pytest.mark.parametrize(
    ("name", "code", "fault"),
    [
        ("newsletter.sty", "\\int_new:N \\l__jb_grid_rows_int", "l__jb_grid_rows_int"),
        ("newsletter.sty", "\\cs_new:Npn \\__jb_band: { }", "__jb_band"),
        ("newsletter.sty", "\\tl_use:c { g__jb_grid_ #1 _tl }", "g__jb_grid_"),
        ("jianbao-part-body.sty", "\\cs_new:Npn \\__jb_shared: { }", "__jb_shared"),
    ],
)
def test_the_rule_about_private_names_sees_what_it_forbids(
    name: str, code: str, fault: str, tmp_path: Path
) -> None:
    grid, other = tmp_path / "jianbao-part-grid.sty", tmp_path / name
    grid.write_text("\\int_new:N \\l__jb_grid_rows_int \\cs_new:Npn \\__jb_shared: { }")
    other.write_text(code)

    assert f"{name}: {fault}" in crossed_borders([grid, other])


LENGTH = re.compile(
    r"(?<![\w.])-?(?:\d*\.?\d+ ?(?:em|ex|pt|bp|mm|cm|in|\\g_jb_\w+_dim|\\tex_\w+skip:D)\b"
    r"|\d*\.\d+ ?\\\w+_dim\b)"
)
# Nothing, the slack of a comparison, and the unit in which a length is written.
NO_FIGURES = {"0pt", "0.05pt", "0.1pt", "1pt", "1bp"}


@pytest.mark.parametrize(
    "name",
    [
        "jianbao-part-blocks.sty",
        "jianbao-part-masthead.sty",
        "jianbao-part-contents.sty",
        "jianbao-part-distribution.sty",
        "layouts/newsletter/newsletter.sty",
    ],
)
def test_the_lengths_of_a_style_are_figures_of_the_layout(name: str) -> None:
    """A constant has neither a source nor a strength, and no issue can set it."""
    path = ROOT / "templates" / "latex" / name
    code = re.sub(r"(?<!\\)%.*", "", path.read_text(encoding="utf-8"))

    assert set(LENGTH.findall(code)) <= NO_FIGURES
    assert not re.search(r"\\jb_skip_rows:n \{ \d|\\vskip \\g_jb_pitch_dim", code)


@pytest.mark.parametrize(
    "code",
    [
        "\\hskip 1em",
        "{ 2 \\g_jb_em_dim }",
        "0.7 \\tex_baselineskip:D",
        "depth -0.26em",
        "0.25 \\l__jb_size_dim",
    ],
)
def test_the_rule_about_lengths_sees_what_it_forbids(code: str) -> None:
    assert not set(LENGTH.findall(code)) <= NO_FIGURES


def test_the_box_of_a_character_stands_once() -> None:
    """How much of it is above the baseline is one figure, for TeX and for the checks."""
    files = [*SOURCE, *STYLES, *(ROOT / "templates").rglob("*.toml")]
    stated = {
        path.name
        for path in files
        if re.search(
            r"\b0\.88\b|\b0\.12 ?(?:\*|\\)|22 ?/ ?25|\* ?22|\b3 ?/ ?25", path.read_text("utf-8")
        )
    }

    assert stated == {"layout.toml"}


def test_nothing_names_a_machine_or_a_registry() -> None:
    files = [*SOURCE, *TEMPLATES, *STYLES, *DOCUMENTS, ROOT / "Makefile", ROOT / "pyproject.toml"]
    pattern = re.compile("/ho" + "me/|/ro" + "ot/|pypi" + r"\.org|deb\.deb" + "ian")
    named = [path for path in files if pattern.search(path.read_text(encoding="utf-8"))]

    assert named == []
