"""The programs of the machine: where they are, what version, which files TeX finds."""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jianbao_tex.children import ask
from jianbao_tex.errors import ToolMissing, reason_of
from jianbao_tex.findings import Where, error
from jianbao_tex.foreign_files import real_path
from jianbao_tex.language import say

_NO_XELATEX = error(
    "JB413",
    "xelatex is not installed",
    "install texlive-xetex and texlive-lang-chinese (Debian) or the collections "
    "xetex and langchinese (TeX Live)",
)

NO_ANSWER = error("JB418", "the program does not answer ({reason})", "run jianbao doctor")

SYSTEM_FONTS = "/usr/share/fonts"
"""Where, beside its own tree, TeX looks for fonts by file name."""


@dataclass(frozen=True)
class Tools:
    """The programs that the engine runs, by full path, as far as they are there."""

    xelatex: Path
    kpsewhich: Path
    prlimit: Path | None
    bwrap: Path | None
    setpriv: Path | None = None

    @classmethod
    def find(cls, search: str | None = None) -> Tools:
        """
        The tools on a search path (``PATH`` unless given).

        Raises:
            ToolMissing: there is no xelatex.
        """

        def which(name: str) -> Path | None:
            path = shutil.which(name, path=search)
            return Path(path) if path else None

        xelatex, kpsewhich = which("xelatex"), which("kpsewhich")
        if xelatex is None or kpsewhich is None:
            raise ToolMissing(_NO_XELATEX.at(Where("xelatex")))
        return cls(xelatex, kpsewhich, which("prlimit"), which("bwrap"), which("setpriv"))

    @property
    def tex_root(self) -> Path | None:
        """The root of a TeX that is not under /usr: its programs and its tree."""
        program = real_path(self.xelatex)
        if program.is_relative_to("/usr"):
            return None
        return next(
            (folder for folder in program.parents if (folder / "texmf-dist").is_dir()),
            program.parent,
        )

    def environment(self, home: str = "/") -> dict[str, str]:
        """
        The environment of every TeX program, built from nothing.

        Its own values keep file access narrow, font making off, the log in whole lines
        and the PDF's dates fixed.

        Args:
            home: the folder beside the job, where its temporary files and the list of
                the system's fonts are; ``/`` within the sandbox.
        """
        temporary = "/tmp" if home == "/" else f"{home}/job"
        return {
            "PATH": f"{self.xelatex.parent}:/usr/bin:/bin",
            "HOME": temporary,
            # xdvipdfmx leaves files there.
            "TMPDIR": temporary,
            "LC_ALL": "C.UTF-8",
            "openin_any": "p",
            "openout_any": "p",
            "shell_escape": "f",
            # Else the name of an unknown font starts Metafont.
            "MKTEXTFM": "0",
            "MKTEXPK": "0",
            "MKTEXMF": "0",
            "MKTEXFMT": "0",
            "TEXMFHOME": "/nonexistent",
            "TEXMFCONFIG": "/nonexistent",
            "TEXMFVAR": "/tmp/texmf-var",
            "OSFONTDIR": SYSTEM_FONTS,
            "FONTCONFIG_FILE": f"{home.rstrip('/')}/fonts.conf",
            "max_print_line": "10000",
            "error_line": "254",
            "half_error_line": "238",
            "SOURCE_DATE_EPOCH": "0",
            "FORCE_SOURCE_DATE": "1",
            # XeTeX clears and fills some 250 MB at its start: in pages of 2 MB that takes
            # a third of the time.  Other C libraries do not read it.
            "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        }

    def locate(self, names: Sequence[str]) -> Mapping[str, Path]:
        """The files of these names that TeX would find, each with its path."""
        if not names:
            return {}
        arguments = [name for name in names if not name.startswith("-") and _is_encodable(name)]
        output = self._run([str(self.kpsewhich), *arguments])
        paths = [Path(line) for line in output.splitlines() if line]
        return {path.name: path for path in paths if path.name in names}

    @functools.cached_property
    def version(self) -> str:
        """The first line of ``xelatex --version``."""
        lines = self._run([str(self.xelatex), "--version"]).splitlines()
        return lines[0] if lines else "unknown"

    def _run(self, command: Sequence[str]) -> str:
        try:
            # kpsewhich answers 1 when it finds only some of the names.
            _, output = ask(command, environment=self.environment())
        except OSError as exc:
            reason = say("it takes too long") if isinstance(exc, TimeoutError) else reason_of(exc)
            where = Where(Path(command[0]).name)
            raise ToolMissing(NO_ANSWER.at(where, reason=reason)) from exc
        return output.decode("utf-8", "replace")


def _is_encodable(name: str) -> bool:
    """Whether a name can be encoded in the locale of this process."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True
