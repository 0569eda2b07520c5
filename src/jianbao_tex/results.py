"""
A cache of results: an issue is typeset again only if one of its inputs has changed.

Everything that decides the bytes is checked.  The key contains what is known before an issue is
read: its text, the plugins, the fonts, the programs.  The result contains the digests of the
files that the issue names; they are checked again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from jianbao_tex import assets
from jianbao_tex.foreign_files import read_file, real_path
from jianbao_tex.packing import pack, unpack
from jianbao_tex.plugin_use import uses_from_json
from jianbao_tex.press import Press, PressResult
from jianbao_tex.reader import Source, file_before
from jianbao_tex.store import Store, digest_of, files_below, key_of, stamp_of
from jianbao_tex.version import __version__

_KIND = "results"
_SHAPE = "6"
_MAX_FILES = 5000
_ABSENT = "absent"
"""In place of the digest of a file that cannot be read."""
COARSE_NS = 20_000_000
"""How coarse the clock of a file system is."""
_LIBRARIES = (
    *("fonttools", "jinja2", "pikepdf", "pillow", "pydantic", "pylatexenc", "pypdfium2"),
    *("pyyaml", "rjieba", "uharfbuzz"),
)
# TeX finds files by these lists: a package that is installed or updated changes them.
_LISTS = (
    "/etc/texmf/ls-R",
    "/usr/local/share/texmf/ls-R",
    "/usr/share/texlive/texmf-dist/ls-R",
    "/usr/share/texmf/ls-R",
    "/var/lib/texmf/ls-R",
    "/var/lib/texmf/web2c/xetex/xelatex.fmt",
)


class ResultStore:
    """
    The results of a press in a store.

    Args:
        clock: returns the system time in nanoseconds, as `time.time_ns`.  It shows whether a file
            was changed while an issue was built; such a result is not cached.

    Raises:
        JianbaoError: what keeps the press from working at all: no TeX, a required plugin.
    """

    def __init__(self, store: Store, press: Press, clock: Callable[[], int]) -> None:
        self.clock = clock
        self._store = store
        self._press = press
        self._fingerprint = fingerprint(press)
        self._digests: dict[tuple[str, str], str] = {}

    def get(self, source: Source, outputs: Sequence[str]) -> PressResult | None:
        """The cached result of the issue; ``None`` if one of its inputs has changed."""
        data = self._store.get(_KIND, self._key(source, outputs))
        if data is None:
            return None
        fields, record = unpack(data)
        if any(self._digest(path) != digest for path, digest in record["read"]):
            return None
        if any(Path(path).exists() for path in record["absent"]):
            return None
        if record["before"] != self._issue_before(source):
            return None
        if _have_changed(record["tex"]):
            return None
        plugins = uses_from_json(record["plugins"])
        return PressResult(**fields, plugins=plugins, settings=record["settings"])

    def put(
        self, source: Source, outputs: Sequence[str], pressing: PressResult, since_ns: int
    ) -> None:
        """
        Caches the result of an issue.

        Args:
            source: the issue.
            outputs: what was made of it.
            pressing: what it came to.
            since_ns: the clock when the build began.  Nothing is cached if an input file was
                changed since then: it is unknown which version was read.
        """
        before = self._issue_before(source)
        sources = _absolute((*pressing.sources, *pressing.opened))
        files = [*sources, *before[:1]]
        if (
            not pressing.is_lasting
            or self._fingerprint is None
            or any(_changed_since(Path(f), since_ns) for f in files)
        ):
            return
        if _have_changed(pressing.tex_files):
            return
        read = [[path, self._digest(path)] for path in sources]
        if any(digest == _ABSENT for _, digest in read):
            # Such as one that is too large to be read here.
            return
        absent = _absolute(pressing.absent)
        tex = dict(pressing.tex_files)
        data = pack(
            pressing,
            read=read,
            absent=absent,
            before=before,
            tex=tex,
            plugins=[use.as_json() for use in pressing.plugins],
            settings=dict(pressing.settings),
        )
        self._store.put(_KIND, self._key(source, outputs), data)

    def close(self) -> None:
        """Removes old entries of every kind until the cache fits its limit."""
        for kind in self._store.sizes():
            self._store.trim(kind)

    def _key(self, source: Source, outputs: Sequence[str]) -> str:
        folder = str(source.folder.absolute()) if source.folder else ""
        parts = (part for item in sorted(source.files.items()) for part in item)
        key = key_of(str(self._fingerprint), source.name, folder, source.text, *outputs)
        return key_of(key, *parts) if source.files else key

    def _issue_before(self, source: Source) -> list[str]:
        """The file of the issue before, which some checks read, and its digest."""
        try:
            path = file_before(source)
        except OSError:
            path = None
        return [str(path.absolute()), self._digest(str(path.absolute()))] if path else []

    def _digest(self, path: str) -> str:
        """The digest of a file; one that many issues share is read once."""
        stamp = stamp_of(Path(path))
        if (path, stamp) not in self._digests:
            try:
                self._digests[path, stamp] = digest_of(read_file(Path(path)))
            except OSError:
                return _ABSENT
        return self._digests[path, stamp]


def _have_changed(stamps: Mapping[str, str]) -> bool:
    """Whether a file is no longer what its stamp was made of."""
    return any(stamp_of(Path(path)) != stamp for path, stamp in stamps.items())


def _changed_since(path: Path, since_ns: int) -> bool:
    """Whether a file was written, or put in its place, since then, or at about that time."""
    try:
        status = path.stat()
    except OSError:
        return True
    # A file that was moved here keeps its mtime; its ctime is new.
    return max(status.st_mtime_ns, status.st_ctime_ns) > since_ns - COARSE_NS


def fingerprint(press: Press) -> str | None:
    """
    A key of everything that decides the bytes of all issues; ``None`` if it is unknown.

    Results must not be cached for a plugin that uses the clock or the network.
    """
    plugins = [
        stamp
        for plugin in press.registry.plugins
        if plugin.size != "built-in"
        for stamp in (
            *(plugin.name, plugin.version, plugin.size, _stamps(plugin.home)),
            *(stamp_of(Path(file)) for file in plugin.opened),
        )
    ]
    if None in plugins or not all(plugin.is_lasting for plugin in press.registry.plugins):
        return None
    tools = press.engine.tools
    programs = [real_path(tools.xelatex), tools.xelatex.parent / "xdvipdfmx", *map(Path, _LISTS)]
    if tools.tex_root:
        programs += [tools.tex_root / "texmf-dist" / "ls-R"]
    return key_of(
        *(
            _SHAPE,
            __version__,
            sys.version,
            press.engine.sandbox.value,
            str(press.is_thorough),
            # Without a sandbox that works the log has a message more.
            str(press.engine.is_sandboxed),
        ),
        *(f"{name} {metadata.version(name)}" for name in _LIBRARIES),
        *map(stamp_of, programs),
        str(_stamps(Path(__file__).parent)),
        str(_stamps(assets.templates())),
        press.fonts.stamp,
        repr(sorted((name, f.value) for name, f in press.registry.plugin_settings.items())),
        repr([(*record, owner.name) for record, owner in press.registry.owners.items()]),
        *map(str, plugins),
    )


def _stamps(home: Path | None) -> str | None:
    """A key that changes when a file below a folder changes; ``None`` if it is unknown."""
    if home is None or not home.exists():
        return None
    files = files_below([home])
    if len(files) > _MAX_FILES:
        return None
    return key_of(*(f"{path} {stamp_of(path)}" for path in files))


def _absolute(paths: Iterable[str]) -> list[str]:
    return [str(Path(path).absolute()) for path in paths]
