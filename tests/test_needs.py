"""What TeX sees of the machine: what it needs, and a canary in no other place."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from engines import TOOLS, engine, tree
from fence import demand_fence
from jianbao_tex.children import Sandbox
from jianbao_tex.errors import JianbaoError
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
    """Of every folder of the machine that this user may write."""
    names = []
    for place in PLACES:
        canary = Path(place) / f".canary-of-jianbao-{os.getpid()}"
        try:
            canary.write_text("CANARY")
        except OSError:
            continue
        names.append(canary)
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
    "attack",
    [
        r"\special{pdf:fstream @x (PATH)}\special{pdf:put @catalog <</X @x>>}x",
        r"\special{pdf:image (PATH)}x",
        r"\setbox0\hbox{\XeTeXpicfile PATH }\copy0",
        r"\newread\r\openin\r=PATH \ifeof\r none\else CANARY\fi",
    ],
)
def test_no_picture_of_the_machine_comes_into_a_page(attack: str, tmp_path: Path) -> None:
    """In a folder of /usr that its owner alone may read, where this user may write there."""
    folder = Path("/usr/local") if os.access("/usr/local", os.W_OK) else tmp_path
    canary = folder / f"canary-of-jianbao-{os.getpid()}.png"
    canary.write_text("CANARY")
    one = engine(Sandbox.REQUIRED)
    try:
        pdf = one.typeset(tree(attack.replace("PATH", str(canary)))).pdf
    except JianbaoError:
        return
    finally:
        canary.unlink()
        one.close()

    assert not any(b"CANARY" in data for data in streams_of(pdf))


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
