"""What TeX sees of the machine: what it needs, and a canary in no other place."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from engines import TOOLS, engine, tree
from fence import demand_fence
from jianbao_tex.children import Sandbox
from jianbao_tex.errors import JianbaoError, ToolMissing
from jianbao_tex.store import Store
from jianbao_tex.typesetter import needs
from jianbao_tex.typesetter.needs import needs_of
from jianbao_tex.typesetter.starter import Starter
from jianbao_tex.typesetter.workplace import Workplace
from pdf_pages import streams_of

PLACES = ("/usr", "/usr/bin", "/usr/lib", "/usr/lib/x86_64-linux-gnu", "/usr/local", "/usr/share",
          "/usr/local/share", "/usr/local/lib", "/usr/src", "/usr/share/doc", "/usr/games", "/usr/sbin",
          "/opt", "/etc", "/root", "/home", "/srv", "/var", "/var/lib", "/var/log", "/run", "/mnt",
          "/media", "/boot", "/tmp", "/var/tmp", "/var/cache", "/sys", "/dev/shm")  # fmt: skip


@pytest.fixture(autouse=True)
def _fenced() -> None:
    demand_fence()


def seen_inside(script: str) -> str:
    """What a shell says inside the fence of an engine."""
    assert TOOLS.bwrap
    place = Workplace()
    words = Starter(TOOLS, Sandbox.REQUIRED).fence(place).command(TOOLS.bwrap)
    done = subprocess.run(
        [*words, "/bin/sh", "-c", script], capture_output=True, text=True, check=True
    )
    place.close()
    return done.stdout


def test_a_canary_in_any_other_place_is_not_seen() -> None:
    """Of the folders in the list, each one that this user may write."""
    names = []
    for place in PLACES:
        canary = Path(place) / f".canary-of-jianbao-{os.getpid()}"
        try:
            canary.write_text("CANARY")
        except OSError:
            continue
        names.append(canary)
    assert names
    script = f"for f in {' '.join(map(str, names))}; do [ -e $f ] && echo $f; done; echo end"
    try:
        assert seen_inside(script) == "end\n"
    finally:
        for canary in names:
            canary.unlink()


def test_the_root_holds_nothing_else() -> None:
    """Each file and folder down to the second level is one that TeX needs, or leads to one."""
    found = needs_of(TOOLS, None)
    allowed = {*found.paths, *found.links}
    leading = {str(parent) for path in allowed for parent in Path(path).parents}
    ours = {"/bin", "/lib", "/lib64", "/dev", "/proc", "/tmp", "/work", "/fonts.conf"}
    said = seen_inside("cd /; for f in * */* usr/*/* usr/lib/*/*; do [ -e $f ] && echo /$f; done")
    seen = {line for line in said.split() if "/" + line.split("/")[1] not in ours}

    assert len(seen) > 20
    assert {
        path for path in seen
        if path not in allowed | leading
        and not any(str(parent) in allowed for parent in Path(path).parents)
    } == set()  # fmt: skip


def test_proc_shows_no_path_of_the_machine() -> None:
    assert seen_inside("echo /proc/*; ls /proc 2>/dev/null; echo end") == "/proc/*\nend\n"


@pytest.mark.parametrize(
    ("attack", "name"),
    [
        (r"\special{pdf:fstream @x (PATH)}\special{pdf:put @catalog <</X @x>>}x", "canary.tex"),
        (r"\special{pdf:image (PATH)}x", "canary.png"),
        (r"\setbox0\hbox{\XeTeXpicfile PATH }\copy0", "canary.png"),
        (r"\setbox0\hbox{\XeTeXpdffile PATH }\copy0", "canary.pdf"),
    ],
)
def test_nothing_of_the_machine_comes_into_a_page(attack: str, name: str, tmp_path: Path) -> None:
    """Each attack succeeds without the sandbox, and finds nothing in it."""
    colour = (1, 2, 3)
    Image.new("RGB", (16, 16), colour).save(tmp_path / "canary.png")
    (tmp_path / "canary.tex").write_bytes(bytes(colour) * 256)
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(16, 16)).obj
        page.Contents = document.make_stream(bytes(colour) * 256)
        document.save(tmp_path / "canary.pdf")
    document = tree(attack.replace("PATH", str(tmp_path / name)))
    seen = []
    for sandbox in (Sandbox.OFF, Sandbox.REQUIRED):
        one = engine(sandbox)
        try:
            pdf = one.typeset(document).pdf
        except JianbaoError:
            pdf = b""
        one.close()
        seen.append(any(bytes(colour) * 200 in data for data in (pdf and streams_of(pdf))))

    assert seen == [True, False]


def test_the_list_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And again after another program or library is there."""
    tried: list[object] = []
    real = needs._found
    monkeypatch.setattr(needs, "_found", lambda tools: (tried.append(tools), real(tools))[1])
    lists = []
    for _ in range(2):
        needs_of.cache_clear()
        lists.append(needs_of(TOOLS, Store(tmp_path)))
    assert lists[0] == lists[1]
    assert len(tried) == 1
    monkeypatch.setattr(needs, "stamp_of", lambda path: f"another {path}")
    needs_of.cache_clear()
    assert needs_of(TOOLS, Store(tmp_path)) == lists[0]
    assert len(tried) == 2


def test_links_on_the_way_to_a_program_are_there() -> None:
    """TeX finds its trees from the folder of the real program."""
    links: dict[str, str] = {}
    program = needs._follow(TOOLS.xelatex, links)

    assert Path(program).resolve() == TOOLS.xelatex.resolve()
    assert all(Path(path).is_symlink() for path in links)
    assert seen_inside(f"[ -x {TOOLS.xelatex} ] && echo yes") == "yes\n"


def test_links_of_folders_are_followed_too(tmp_path: Path) -> None:
    """As /usr/local/texlive/current, which leads to the folder of a year."""
    (tmp_path / "2024/bin").mkdir(parents=True)
    (tmp_path / "2024/bin/xetex").write_bytes(b"")
    (tmp_path / "2024/bin/xelatex").symlink_to("xetex")
    (tmp_path / "current").symlink_to("2024")
    links: dict[str, str] = {}
    place = str(tmp_path)

    assert needs._follow(tmp_path / "current/bin/xelatex", links) == f"{place}/2024/bin/xetex"
    assert links == {f"{place}/current": "2024", f"{place}/2024/bin/xelatex": "xetex"}


def test_what_a_folder_shows_is_no_link_of_its_own(tmp_path: Path) -> None:
    """TeX outside of /usr is shown as a whole; another link in it is refused."""
    (tmp_path / "texmf-dist").mkdir()
    (tmp_path / "bin").mkdir()
    shutil.copy(shutil.which("true") or "", tmp_path / "bin/xetex")
    shutil.copy(shutil.which("true") or "", tmp_path / "bin/xdvipdfmx")
    (tmp_path / "bin/xelatex").symlink_to("xetex")
    tools = dataclasses.replace(TOOLS, xelatex=tmp_path / "bin/xelatex")
    found = needs._found(tools)

    assert str(tmp_path) in found["paths"]
    assert [path for path in found["links"] if path.startswith(str(tmp_path))] == []


def test_the_list_is_that_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever libraries the user's own variables name; inside there are no variables."""
    expected = needs._found(TOOLS)
    (library,) = [path for path in expected["paths"] if "/libz.so" in path]
    shutil.copy(library, tmp_path / Path(library).name)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))

    assert needs._found(TOOLS) == expected


def test_a_program_that_does_not_answer_is_named_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(needs, "_LDD", "/bin/false")
        needs_of.cache_clear()
        with pytest.raises(ToolMissing, match="JB418"):
            needs_of(TOOLS, Store(tmp_path))
    needs_of.cache_clear()

    assert needs_of(TOOLS, Store(tmp_path)).paths == tuple(needs._found(TOOLS)["paths"])
