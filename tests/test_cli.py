"""The command: data on standard output, talk on standard error, documented exit codes."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import ANY

import pytest

from command import jianbao
from file_plugins import installed
from jianbao_tex import __version__
from jianbao_tex.store import digest_of
from pdf_pages import pages_of, text_of
from workshop import EXAMPLES, ROOT

SMALL = """\
masthead: {name: 工作简报}
sections:
  - articles:
      - title: 标题
        body: 正文。
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "issue.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def test_build_writes_the_pdf_and_prints_its_path(folder: Path) -> None:
    """Standard output holds the paths alone, so that a script can read them."""
    done = jianbao("build", "issue.yaml", "-o", "out/deep", folder=folder)

    assert (done.returncode, done.stdout, done.stderr) == (0, "out/deep/issue.pdf\n", "")
    assert text_of((folder / "out/deep/issue.pdf").read_bytes()) == "工作简报标题正文。"
    assert [path.name for path in (folder / "out/deep").iterdir()] == ["issue.pdf"]


def test_several_outputs_and_issues_in_one_call(folder: Path) -> None:
    shutil.copy(folder / "issue.yaml", folder / "second.yaml")
    done = jianbao(
        *("build", "issue.yaml", "second.yaml", "--output", "txt", "--output", "pdf"),
        folder=folder,
    )

    assert done.returncode == 0
    assert done.stdout.split() == ["issue.txt", "issue.pdf", "second.txt", "second.pdf"]
    assert (folder / "issue.txt").read_text(encoding="utf-8") == "工作简报\n标题\n正文。\n"


def test_some_of_several_failed_is_exit_8_and_the_others_are_built(folder: Path) -> None:
    (folder / "bad.yaml").write_text("number: 1\n", encoding="utf-8")
    done = jianbao("build", "bad.yaml", "issue.yaml", folder=folder)

    assert done.returncode == 8
    assert done.stdout == "issue.pdf\n"
    assert "1 of 2 issues done" in done.stderr


def test_json_says_what_was_built(folder: Path) -> None:
    done = jianbao("build", "issue.yaml", "--json", folder=folder)
    data = json.loads(done.stdout)
    inputs = data["issues"][0].pop("inputs")
    assert len(data["issues"][0].pop("id")) == 32
    pdf = (folder / "issue.pdf").read_bytes()

    assert inputs["issue.yaml"] == digest_of((folder / "issue.yaml").read_bytes())
    assert {"jianbao.cls", "issue.tex", "FandolSong-Regular.otf"} < inputs.keys()
    assert data == {
        "exit_code": 0,
        "issues": [
            {
                "issue": "issue.yaml",
                "ok": True,
                "exit_code": 0,
                "pages": 1,
                "files": ["issue.pdf"],
                "findings": [],
                "findings_left_out": 0,
                "artifacts": [{"file": "issue.pdf", "bytes": len(pdf), "sha256": digest_of(pdf)}],
                "tools": {"jianbao_tex": __version__, "xelatex": ANY, "isolation": ANY},
                "cached": ANY,
                "plugins_used": [],
            }
        ],
        "plugins": [],
    }


def test_strict_takes_warnings_for_errors_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "issue.yaml").write_text("masthead: {name: 简报}\n", encoding="utf-8")
    mild = jianbao("build", "issue.yaml", folder=tmp_path)
    strict = jianbao("build", "issue.yaml", "--strict", "-o", "strict", folder=tmp_path)

    assert mild.returncode == 0
    assert "warning JB302" in mild.stderr
    assert strict.returncode == 4
    assert not (tmp_path / "strict").exists()


def test_exported_tex_compiles_with_plain_xelatex_into_the_same_pages(tmp_path: Path) -> None:
    """The bundle needs nothing of ours: xelatex alone makes the same text, page by page."""
    done = jianbao("tex", str(EXAMPLES / "365.yaml"), "-o", "bundle", folder=tmp_path)
    bundle = tmp_path / "bundle"
    command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "issue.tex"]
    run = subprocess.run(command, cwd=bundle, capture_output=True, timeout=120, check=False)
    jianbao("build", str(EXAMPLES / "365.yaml"), "-o", "out", folder=tmp_path)
    plain = pages_of((bundle / "issue.pdf").read_bytes())
    ours = pages_of((tmp_path / "out" / "365.pdf").read_bytes())

    assert done.stdout == "bundle/issue.tex\n"
    assert run.returncode == 0, run.stdout.decode()[-2000:]
    assert [page.text for page in plain] == [page.text for page in ours]
    assert [page.glyphs[-5:] == o.glyphs[-5:] for page, o in zip(plain, ours, strict=True)]


def test_exported_tex_is_readable(tmp_path: Path) -> None:
    """Each paragraph is a line of its own; marks are semantic; no size stands in the text."""
    jianbao("tex", str(EXAMPLES / "365.yaml"), "-o", ".", folder=tmp_path)
    body = (tmp_path / "issue.tex").read_text(encoding="utf-8").split("\\begin{document}")[1]

    assert "\\jbSection{【上情下达】}" in body
    assert "\\jbLead{一是带头执行学习制度。}市委中心组" in body
    assert "\\fontsize" not in body
    assert "\n\n\n\n" not in body


def test_layouts_are_listed_and_shown_with_sources(tmp_path: Path) -> None:
    """Every figure is printed with its value, unit, strength and source."""
    listed = jianbao("layouts", folder=tmp_path)
    shown = jianbao("layouts", "show", "classic", folder=tmp_path)
    rows = [line.split("\t") for line in shown.stdout.splitlines()]

    assert listed.stdout.startswith("classic\t")
    assert len(rows) >= 60
    assert all(len(row) == 4 and all(row) for row in rows)
    assert ["paper.width", "210 mm", "规定", "GB/T 9704-2012, 5.1 (A4)"] in rows
    assert jianbao("layouts", "show", "none", folder=tmp_path).returncode == 2


def test_doctor_names_tools_and_fonts_by_role(tmp_path: Path) -> None:
    done = jianbao("doctor", "--json", folder=tmp_path)
    items = {item["name"]: item for item in json.loads(done.stdout)}

    assert done.returncode == 0
    assert "XeTeX" in items["xelatex"]["found"]
    assert items["xeCJK.sty"]["there"]
    for role in ("fangsong", "kai", "hei", "song", "title"):
        (item,) = [item for name, item in items.items() if f"role {role} " in name]
        assert "865 of 865 sample characters" in item["found"]


def test_a_broken_plugin_is_a_message_not_a_traceback(tmp_path: Path) -> None:
    """Commands without an issue show it too, and do their work."""
    installed(tmp_path, "broken", "broken_plugin")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from jianbao_tex.cli import main; main()"
    for words in (["layouts"], ["plugins", "show", "broken"], ["doctor"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr
        assert "broken" in done.stdout + done.stderr
        assert done.returncode == (5 if words[0] == "plugins" else 0)


def test_doctor_without_tex_says_what_to_install(tmp_path: Path) -> None:
    """On a machine without TeX: exit 6, the packages by their Debian and TeX Live names."""
    done = jianbao("doctor", folder=tmp_path, PATH=str(tmp_path))

    assert done.returncode == 6
    assert "texlive-xetex" in done.stdout
    assert "langchinese" in done.stdout


def test_build_without_tex_is_exit_6(folder: Path) -> None:
    done = jianbao("build", "issue.yaml", folder=folder, PATH=str(folder))

    assert done.returncode == 6
    assert "JB413" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_can_demand_the_sandbox_by_the_environment(folder: Path, tmp_path: Path) -> None:
    """Without bubblewrap, JIANBAO_SANDBOX=required is exit 6 and no PDF."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("xelatex", "kpsewhich", "prlimit"):
        (tools / name).symlink_to(str(shutil.which(name)))
    done = jianbao(
        "build", "issue.yaml", folder=folder, PATH=str(tools), JIANBAO_SANDBOX="required"
    )

    assert (done.returncode, "JB414" in done.stderr) == (6, True)
    assert not (folder / "issue.pdf").exists()


def test_fonts_of_the_user_are_used_first(folder: Path) -> None:
    """A font file in a folder given by --fonts takes its role and travels with the TeX."""
    fonts = folder / "fonts"
    fonts.mkdir()
    found = jianbao("doctor", "--json", folder=folder)
    kai = next(i for i in json.loads(found.stdout) if "role kai" in i["name"])["found"]
    source = next(Path("/usr/share").rglob("LXGWWenKai-Regular.ttf"))
    shutil.copy(source, fonts / "simfang.ttf")
    done = jianbao("tex", "issue.yaml", "-o", "t", "--fonts", "fonts", folder=folder)
    built = jianbao("build", "issue.yaml", "--fonts", "fonts", folder=folder)

    named = jianbao("tex", "issue.yaml", "-o", "u", folder=folder, JIANBAO_FONTS=str(fonts))

    assert kai.startswith("FandolKai")
    assert (folder / "u" / "simfang.ttf").is_file(), named.stderr
    assert done.returncode == built.returncode == 0
    assert (folder / "t" / "simfang.ttf").is_file()
    assert "\\jbFontRole{fangsong}{simfang.ttf}" in (folder / "t" / "issue.tex").read_text()
    glyphs = [g for page in pages_of((folder / "issue.pdf").read_bytes()) for g in page.body]
    assert "LXGW" in next(g.font for g in glyphs if g.text == "正")


def test_version_loads_nothing_heavy(tmp_path: Path) -> None:
    """Start-up counts: no pydantic, no Jinja, no PyYAML for a question of the version."""
    code = (
        "import sys; from jianbao_tex.cli import main\n"
        "try: main(['--version'])\nexcept SystemExit: pass\n"
        "print(sorted({'pydantic','jinja2','yaml','rich','fontTools','pluggy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_help_lists_commands_and_exit_codes(tmp_path: Path) -> None:
    done = jianbao("--help", folder=tmp_path)

    for word in ("build", "check", "tex", "layouts", "doctor", "3 TeX failed", "8 some"):
        assert word in " ".join(done.stdout.split())


def test_progress_and_colour_on_a_terminal_only(folder: Path) -> None:
    """On a terminal the issue's name moves and findings have colour; elsewhere not."""
    (folder / "issue.yaml").write_text("masthead: {nam: 简报}\n", encoding="utf-8")
    master, slave = pty.openpty()
    variables = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "jianbao_tex", "check", "issue.yaml"],
        cwd=folder,
        env=variables,
        stdout=slave,
        stderr=slave,
        stdin=subprocess.DEVNULL,
    )
    process.wait(60)
    os.close(slave)
    seen = os.read(master, 100_000).decode("utf-8", "replace")
    os.close(master)

    assert "\x1b[1;31m" in seen
    assert "JB121" in seen
    assert process.returncode == 1


def test_library_presses_without_the_command(tmp_path: Path) -> None:
    """The public names are enough to build an issue from text, as the docs show."""
    code = (
        "from jianbao_tex import Press, Sandbox, Source\n"
        f"source = Source.from_bytes({SMALL.encode()!r}, 'issue.yaml')\n"
        "pressing = Press(sandbox=Sandbox.OFF).press(source)\n"
        "print(pressing.pages, pressing.artifacts[0].name, pressing.findings)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout == "1 issue.pdf ()\n"
    assert ROOT.name


SHELL_CASES = {
    "a closed standard output": ("check issue.yaml >&-", 0),
    "a closed standard error": ("check issue.yaml 2>&-", 0),
    "a full standard error": ("check issue.yaml 2>/dev/full", 0),
    "a full standard error and a mistake": ("build --nosuch 2>/dev/full", 2),
    "help that cannot be printed": ("--help >/dev/full", 2),
    "help of a command that cannot be printed": ("check --help >/dev/full", 2),
    "a result that cannot be printed": ("check --json issue.yaml >/dev/full", 2),
    "no number of seconds": ("build --time-limit nan issue.yaml", 2),
}


@pytest.mark.parametrize("name", SHELL_CASES)
def test_streams_that_fail_do_not_change_the_verdict(name: str, folder: Path) -> None:
    """Nor give a traceback; what was asked for and cannot be given is a mistake of usage."""
    line, code = SHELL_CASES[name]
    script = f'"{sys.executable}" -m jianbao_tex {line}'
    # A stream that is not written at once fails once more when the process ends.
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=folder, env=variables, capture_output=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def test_a_reader_who_has_enough_does_not_fail_the_build(folder: Path) -> None:
    """The paths go to a pipe that is closed at once; the file is there."""
    script = (
        f'"{sys.executable}" -m jianbao_tex build issue.yaml -o out | true; exit ${{PIPESTATUS[0]}}'
    )
    done = subprocess.run(
        ["/bin/bash", "-c", script], cwd=folder, capture_output=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    assert (folder / "out" / "issue.pdf").is_file()


@pytest.mark.parametrize("command", ["explain JB121", "schema", "layouts show classic", "doctor"])
def test_any_encoding_of_the_locale_will_do(command: str, tmp_path: Path) -> None:
    """JSON is UTF-8 always; other text is escaped where it cannot be shown."""
    variables = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "POSIX"}
    done = subprocess.run(
        [sys.executable, "-m", "jianbao_tex", *command.split()],
        cwd=tmp_path, env={**os.environ, **variables}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    if command == "schema":
        assert (
            "报头" in json.loads(done.stdout.decode("utf-8"))["definitions"]["issue"]["properties"]
        )


def test_usage_errors_do_not_steer_the_terminal(folder: Path) -> None:
    for words in (["build", "--output", "\x1b]0;x\x07", "issue.yaml"], ["explain", "\x1b[31mX"]):
        done = jianbao(*words, folder=folder)

        assert done.returncode == 2
        assert "\x1b" not in done.stderr
