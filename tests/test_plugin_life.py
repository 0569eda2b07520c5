"""Life with plugins on the command line: what runs, what does not, and what never may."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from command import jianbao
from file_plugins import installed

GOOD = "masthead: {name: 工作简报}\narticles: {title: 标题, body: 正文。}\n"
CANARY = """\
from pathlib import Path

from jianbao_tex.hooks import IssueCheck, hookimpl, warning

Path("canary").write_text("it ran")
FOUND = warning("CAN001", "the canary sings", "feed it")


@hookimpl
def jianbao_checks():
    return [IssueCheck("canary", "金丝雀", lambda s: [FOUND.at(s.issue.where(()))])]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a plugin of one file, which leaves a trace when it runs."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "canary.py").write_text(CANARY, encoding="utf-8")
    (tmp_path / "issue.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def run(project: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return jianbao(*words, folder=project, XDG_DATA_HOME=str(project / "data"), **environment)


def sings(project: Path, *words: str, **environment: str) -> bool:
    """Whether the plugin is heard in a check; its trace is removed again."""
    (project / "canary").unlink(missing_ok=True)
    done = run(project, "check", "issue.yaml", *words, **environment)

    assert done.returncode == 0, done.stderr
    assert ("CAN001" in done.stderr) == (project / "canary").exists()
    return "CAN001" in done.stderr


@pytest.fixture
def package(project: Path) -> Path:
    """The same plugin, installed as a package beside the project."""
    site = project / "site"
    installed(site, "canary", "canary_package.inner", "1.2")
    (site / "canary_package").mkdir()
    (site / "canary_package" / "__init__.py").write_text(CANARY, encoding="utf-8")
    (site / "canary_package" / "inner.py").write_text(CANARY, encoding="utf-8")
    (project / "plugins" / "canary.py").unlink()
    return site


# --- Trust -------------------------------------------------------------------------------------


def test_a_file_runs_once_it_is_trusted_and_not_when_it_changes(project: Path) -> None:
    assert not sings(project)
    assert run(project, "plugins", "trust", "plugins/canary.py").returncode == 0
    assert sings(project)
    with (project / "plugins" / "canary.py").open("a") as file:
        file.write("# changed\n")
    done = run(project, "check", "issue.yaml")

    assert "JB514" in done.stderr
    assert "changed since it was" in done.stderr
    assert not sings(project)
    assert sings(project, "--trust-plugins")
    assert not sings(project)


def test_trust_can_be_taken_back(project: Path) -> None:
    run(project, "plugins", "trust", "plugins/canary.py")
    done = run(project, "plugins", "trust", "plugins/canary.py", "--revoke")
    again = run(project, "plugins", "trust", "plugins/canary.py", "--revoke")

    assert (done.returncode, again.returncode) == (0, 2)
    assert not sings(project)


def test_a_project_cannot_trust_itself(project: Path) -> None:
    """The record lies with the user; a copy of it in the project says nothing."""
    run(project, "plugins", "trust", "plugins/canary.py")
    record = project / "data" / "jianbao_tex" / "trusted-plugins.json"
    (project / "trusted-plugins.json").write_bytes(record.read_bytes())
    record.unlink()

    assert not sings(project)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1}', "\x00"])
def test_a_record_that_is_damaged_trusts_nobody(project: Path, content: str) -> None:
    run(project, "plugins", "trust", "plugins/canary.py")
    (project / "data" / "jianbao_tex" / "trusted-plugins.json").write_text(content)

    assert not sings(project)


def test_another_file_of_the_same_content_is_not_trusted(project: Path) -> None:
    """Trust is of a place and a content: a copy elsewhere was put there by somebody."""
    run(project, "plugins", "trust", "plugins/canary.py")
    (project / "plugins" / "canary.py").rename(project / "plugins" / "copy.py")

    assert not sings(project)


# --- Switches --------------------------------------------------------------------------------


def test_switches_and_lists_keep_a_plugin_off(project: Path) -> None:
    run(project, "plugins", "trust", "plugins/canary.py")

    assert sings(project)
    assert not sings(project, "-p", "no:canary")
    assert not sings(project, "--no-plugins")
    assert not sings(project, JIANBAO_PLUGINS="other")
    assert not sings(project, JIANBAO_PLUGINS="")
    assert sings(project, JIANBAO_PLUGINS="other, canary")


def test_the_project_file_keeps_what_else_it_says(project: Path) -> None:
    """disable and enable change one list; comments and order stay."""
    text = '# our plugins\r\n[plugins]\r\norder = ["b"] # first\r\n'
    (project / "jianbao.toml").write_bytes(text.encode())
    run(project, "plugins", "trust", "plugins/canary.py")
    disabled = run(project, "plugins", "disable", "canary")
    after = (project / "jianbao.toml").read_bytes().decode()

    assert disabled.returncode == 0
    assert after.startswith(text)
    assert after[len(text) :].strip() == 'disable = ["canary"]'
    assert not sings(project)
    assert run(project, "plugins", "enable", "canary").returncode == 0
    assert (project / "jianbao.toml").read_bytes() == text.encode()
    assert sings(project)


def test_a_project_is_found_from_a_folder_below_and_by_name(project: Path) -> None:
    (project / "jianbao.toml").write_text("", encoding="utf-8")
    (project / "below").mkdir()
    below = jianbao("plugins", "list", folder=project / "below")
    elsewhere = jianbao("plugins", "list", "--project", str(project), folder=project / "data"
                        if (project / "data").exists() else project / "below")  # fmt: skip

    assert "canary" in below.stdout
    assert "canary" in elsewhere.stdout


def test_an_issue_brings_no_plugins_with_it(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Plugins are those of the place where the command runs, not of where the data lies."""
    here = tmp_path_factory.mktemp("server")
    done = jianbao("check", str(project / "issue.yaml"), "--trust-plugins", folder=here)

    assert done.returncode == 0
    assert "CAN001" not in done.stderr
    assert not (here / "canary").exists()


# --- Looking without running -------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("plugins", "list"),
        ("plugins", "list", "--json"),
        ("plugins", "disable", "canary"),
        ("plugins", "enable", "canary"),
        ("doctor",),
        ("--version",),
        ("--help",),
        ("build", "--help"),
        ("plugins", "trust", "issue.py"),
        ("explain", "JB121"),
        ("schema", "result"),
    ],
)
def test_no_code_of_a_plugin_runs_to_be_looked_at(package: Path, words: tuple[str, ...]) -> None:
    """Neither the module nor the package around it is imported."""
    project = package.parent
    (project / "issue.py").write_text("")
    run(project, *words, PYTHONPATH=str(package))

    assert not (project / "canary").exists()


@pytest.mark.parametrize(
    "value", ["", "!!", "a b", ":x", "pp:", "pp/x", "-", "pp.y.x", "os:environ"]
)
def test_an_entry_that_names_nothing_is_a_broken_plugin(package: Path, value: str) -> None:
    """No command fails for it; ``pp`` is a package without a file of its own."""
    (package / "canary-1.2.dist-info" / "entry_points.txt").write_text(
        f"[jianbao_tex]\ncanary = {value}\n"
    )
    (package / "pp" / "y").mkdir(parents=True)
    project = package.parent
    for words in (
        ("plugins", "list"),
        ("doctor",),
        ("check", "issue.yaml"),
        ("check", "issue.yaml", "--no-plugins"),
    ):
        done = run(project, *words, PYTHONPATH=str(package))

        assert "Traceback" not in done.stderr
        assert done.returncode == 0
    assert not (project / "canary").exists()


@pytest.mark.parametrize(
    "source",
    [
        "class E(Exception):\n    def __str__(self): raise SystemExit(0)\nraise E()",
        "raise GeneratorExit",
        "raise ModuleNotFoundError('x', name=3)",
        "raise SyntaxError('x', (1, 2, 3, 4))",
        "def __getattr__(name): raise SystemExit(0)",
        "class V:\n    def __str__(self): raise SystemExit(0)\n__version__ = V()",
        "JIANBAO_API = '9.0'",
        "JIANBAO_API: str = '9.0'",
        "import jianbao_tex.nothing",
        "x = 1 / 0",
        "exec('x = ' * 9999)",
        "from jianbao_tex.hooks import nothing",
    ],
)
def test_whatever_an_import_does_the_issue_is_checked(project: Path, source: str) -> None:
    (project / "plugins" / "canary.py").write_text(source + "\n", encoding="utf-8")
    done = run(project, "check", "issue.yaml", "--trust-plugins")

    assert "Traceback" not in done.stderr
    assert "issue.yaml: no findings" in done.stderr
    assert "warning JB5" in done.stderr


def test_many_files_are_trusted_at_once(project: Path) -> None:
    """No record of one is lost to another."""
    from concurrent.futures import ThreadPoolExecutor

    files = [project / "plugins" / f"p{number}.py" for number in range(8)]
    for file in files:
        file.write_text("")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda file: run(project, "plugins", "trust", str(file)), files))

    assert "not trusted" not in run(project, "plugins", "list", "-p", "no:canary").stdout


def test_list_says_what_can_be_told_without_running(package: Path) -> None:
    done = run(package.parent, "plugins", "list", "--json", PYTHONPATH=str(package))
    (found,) = (one for one in json.loads(done.stdout) if one["name"] == "canary")

    assert (found["version"], found["size"], found["state"]) == ("1.2", "package", "active")
    assert found["hooks"] == ["jianbao_checks"]
    assert found["from"].endswith("canary_package/inner.py")


def test_an_installed_package_is_trusted_by_who_installed_it(package: Path) -> None:
    assert sings(package.parent, PYTHONPATH=str(package))
    assert not sings(package.parent, "-p", "no:canary", PYTHONPATH=str(package))


def test_show_and_order_tell_what_a_plugin_brings(package: Path) -> None:
    show = run(package.parent, "plugins", "show", "canary", PYTHONPATH=str(package))
    order = run(package.parent, "plugins", "order", "jianbao_checks", PYTHONPATH=str(package))

    assert "checks: canary  金丝雀" in show.stdout
    assert order.stdout.splitlines() == ["canary 1.2", "jianbao_tex 0.1.0"]


def test_the_trace_names_calls_and_times(project: Path) -> None:
    done = run(project, "check", "issue.yaml", "--trust-plugins", "--trace-plugins")
    traced = [line.split(maxsplit=3)[2:] for line in done.stderr.splitlines() if " ms  " in line]

    assert ["canary", "import"] in traced
    assert ["canary", "jianbao_checks"] in traced
    assert ["canary", "canary"] in traced


@pytest.mark.parametrize("name", ["part", "section", "jianbao_tex", "jianbao", "layout", "a-b"])
def test_a_name_of_the_package_s_own_is_no_plugin_s(project: Path, name: str) -> None:
    """Its templates would be taken for the shared ones, its records for the built-in ones."""
    folder = project / "plugins" / name
    folder.mkdir()
    (folder / "plugin.toml").write_text('label = "甲"\nversion = "1"\n', encoding="utf-8")
    (folder / "masthead.tex.jinja").write_text("hijacked\n")
    done = run(project, "check", "issue.yaml")
    made = run(project, "plugins", "new", name)

    assert done.returncode == 0
    assert "warning JB520" in done.stderr
    assert made.returncode == 2


def test_what_a_plugin_prints_does_not_spoil_the_json(project: Path) -> None:
    path = project / "plugins" / "canary.py"
    loud = path.read_text(encoding="utf-8").replace("return [", "print('hook'); return [")
    path.write_text("print('import')\n" + loud, encoding="utf-8")
    done = run(project, "check", "issue.yaml", "--json", "--trust-plugins")

    assert json.loads(done.stdout)["exit_code"] == 0
    assert {"import", "hook"} <= set(done.stderr.split())


def test_without_plugins_a_project_that_requires_one_can_be_built(project: Path) -> None:
    (project / "jianbao.toml").write_text('[plugins]\nrequired = ["none"]\n')

    assert run(project, "check", "issue.yaml").returncode == 5
    assert run(project, "check", "issue.yaml", "--no-plugins").returncode == 0


def test_check_runs_no_plugin_that_the_machine_does_not_list(project: Path) -> None:
    done = run(project, "plugins", "check", "plugins/canary.py", JIANBAO_PLUGINS="other")

    assert done.returncode == 2
    assert not (project / "canary").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("plugins", "show", "none"),
        ("plugins", "enable", "none"),
        ("plugins", "disable", "none"),
        ("plugins", "order", "none"),
        ("plugins", "new", "Bad-Name"),
        ("plugins", "new", "../x"),
        ("plugins", "trust", "issue.yaml"),
        ("plugins", "trust", "none.py"),
        ("check", "issue.yaml", "-p", "canary"),
        ("layouts", "eject", "none"),
        ("layouts", "eject", "classic", "--as", "classic"),
        ("layouts", "eject", "classic", "--part", "none"),
        ("layouts", "diff", "classic"),
        ("new", "x.yaml", "--section", "none"),
        ("new", "x.yaml", "--layout", "none"),
    ],
)
def test_what_is_not_there_is_a_usage_error_that_says_so(
    project: Path, words: tuple[str, ...]
) -> None:
    before = sorted(project.rglob("*"))
    done = run(project, *words)

    assert done.returncode == 2
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(project.rglob("*")) == before


# --- Writing one ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["folder", "file", "package"])
def test_a_new_plugin_passes_its_own_tests_at_once(project: Path, size: str) -> None:
    made = run(project, "plugins", "new", "my_2nd", "--size", size)
    path = "plugins/my_2nd.py" if size == "file" else "plugins/my_2nd"
    checked = run(project, "plugins", "check", path, "--strict")

    assert made.returncode == 0
    assert checked.stderr == f"{path}: no findings\n"
    assert checked.returncode == 0
    if size == "file":
        assert "JB514" in run(project, "check", "issue.yaml").stderr  # the canary alone
        assert "my_2nd" not in run(project, "check", "issue.yaml").stderr


def test_nothing_is_written_over(project: Path) -> None:
    run(project, "plugins", "new", "mine")
    (project / "plugins" / "mine" / "plugin.toml").write_text("ours")
    done = run(project, "plugins", "new", "mine")

    assert done.returncode == 2
    assert "JB424" in done.stderr
    assert (project / "plugins" / "mine" / "plugin.toml").read_text() == "ours"
