"""
Real logs as samples for the reader of logs.

    make logs

runs xelatex on the broken layouts and texts of ``tests/broken/tex_*`` and keeps what it writes
in ``tests/logs``, in a folder for each version of TeX Live.  Some are run as a person would run
TeX by hand: lines wrapped at 79 characters, errors without file and line.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from jianbao_tex.errors import JianbaoError
from jianbao_tex.hooks import Layout, hookimpl
from jianbao_tex.master import TexTree
from jianbao_tex.press import Press, Source
from jianbao_tex.typesetter import Tools

ROOT = Path(__file__).resolve().parent.parent
BROKEN = ROOT / "tests" / "broken"
LOGS = ROOT / "tests" / "logs"

OURS = ("-file-line-error", "-halt-on-error")
BY_HAND = ("box_over_full", "command_unknown_in_a_long_line", "font_substituted", "package_error",
           "brace_missing", "file_missing")  # fmt: skip
"""Cases that are also run without our settings."""
ENDLESS = ("loop_without_end", "file_without_end")


class Layouts:
    """The layouts of a case."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @hookimpl
    def jianbao_layouts(self) -> Iterable[Layout]:
        return [Layout.from_folder(path) for path in sorted(self._folder.iterdir())]


def tree_of(case: Path) -> TexTree:
    """What TeX reads for a case."""
    press = Press(plugins={"local": Layouts(case / "layouts")})
    return press.compose(Source.from_file(case / "issue.yaml", "issue.yaml")).tree


def log_of(tree: TexTree, *, by_hand: bool = False) -> str:
    """What TeX writes, with our settings or those of a plain call."""
    tools = Tools.find()
    environment = tools.environment()
    if by_hand:
        for name in ("max_print_line", "error_line", "half_error_line"):
            del environment[name]
    options = () if by_hand else OURS
    with tempfile.TemporaryDirectory() as folder:
        for name, data in tree.files.items():
            (Path(folder) / name).write_bytes(data)
        subprocess.run(
            [str(tools.xelatex), "-interaction=nonstopmode", *options, "issue.tex"],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=60, check=False,
        )  # fmt: skip
        return (Path(folder) / "issue.log").read_bytes().decode("utf-8", "replace")


def main() -> None:
    """Writes every log of the TeX of this machine again."""
    year = re.search(r"TeX Live (\d{4})", Tools.find().version)
    folder = LOGS / (year[1] if year else "unknown")
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.pop("TEXINPUTS", None)
    for case in sorted(BROKEN.glob("tex_*")):
        name = case.name.removeprefix("tex_")
        if name in ENDLESS or name.endswith("raw_lines"):
            continue
        try:
            tree = tree_of(case)
        except JianbaoError as error:
            sys.exit(f"{case.name}: {error}")
        (folder / f"{name}.log").write_text(log_of(tree), encoding="utf-8")
        if name in BY_HAND:
            text = log_of(tree, by_hand=True)
            (folder / f"{name}_by_hand.log").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
