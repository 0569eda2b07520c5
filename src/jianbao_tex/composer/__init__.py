"""Issue -> TexTree: escapes every text, records its origin, gives every file a simple name."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jianbao_tex.breaks import may_begin_a_line
from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.composer.characters import characters_of, lost_characters, served_by_chain
from jianbao_tex.composer.pictures import Picture, PictureReader
from jianbao_tex.composer.plugin_files import PluginFileReader, PluginFiles
from jianbao_tex.composer.preamble import code_points, face_lines
from jianbao_tex.composer.templates import Templates
from jianbao_tex.composer.tracing import MARKS
from jianbao_tex.composer.views import Name, PictureView, TextOrigin, Viewer
from jianbao_tex.errors import IssueInvalid, JianbaoError, LayoutBroken, PluginBroken
from jianbao_tex.findings import Finding, Where, error
from jianbao_tex.fonts import MOST_FONT_BYTES, FontFile, Typeface
from jianbao_tex.foreign_files import read_file
from jianbao_tex.hooks import Figure, Layout
from jianbao_tex.issue import Block, Issue, Section
from jianbao_tex.issue_folder import IssueFolder
from jianbao_tex.language import InvalidValue, say
from jianbao_tex.layout import PictureRoom
from jianbao_tex.master import Origin, TexTree
from jianbao_tex.parts import DataPath, OwnText
from jianbao_tex.registry import Registry
from jianbao_tex.store import Store
from jianbao_tex.tex import OriginRecorder, TexSpan

__all__ = ["Composer", "Composition"]

_NO_LAYOUT = error("JB201", "there is no layout {name}", "known layouts: {known}")
_NO_FIGURE = error("JB213", "the layout {layout} has no figure {name}", "{hint}")
_NO_VALUE = error("JB214", "{name} cannot be {value}", "it must be {wanted}")
_NO_PAGE = error("JB215", "these options do not give a valid page: {reason}", "change them")

MAIN = "issue.tex"
_NO_ROOM = PictureRoom(1.0, 1.0, 1.0)
"""Enough to find the faults of a picture."""


@dataclass(frozen=True, kw_only=True)
class Composition:
    """
    The TeX of an issue, the layout and the figures of all outputs with the issue's options,
    the typeface of each role, and the SHA-256 of each picture by its name in the issue.  ``notes``
    are what was done to pictures without being asked.  ``fonts`` are those that the styles of plugins
    may load.
    """

    tree: TexTree
    layout: Layout
    settings: Mapping[str, Figure]
    faces: Mapping[str, Typeface]
    pictures: Mapping[str, str]
    notes: tuple[Finding, ...] = ()
    fonts: tuple[FontFile, ...] = ()


class Composer:
    """
    Composes issues with the templates of a registry.

    Args:
        templates: the folder with the class, its parts and the shared templates.
        typeface: gives the typeface of a role; asked once for each role of a layout.
        store: where to keep compiled templates.
    """

    def __init__(
        self,
        registry: Registry,
        templates: Path,
        typeface: Callable[[str], Typeface],
        store: Store | None = None,
    ) -> None:
        self._store = store
        self._registry = registry
        self._folder = templates
        self._typeface = typeface
        self._templates: dict[str, Templates] = {}
        self._plugin_files = PluginFileReader(registry, store)
        self._lock = threading.Lock()
        self._class_files = [
            path for path in sorted(templates.iterdir()) if path.suffix in {".cls", ".sty"}
        ]

    def compose(
        self, issue: Issue, beside: IssueFolder, check_cancelled: CancelCheck = never_cancelled
    ) -> Composition:
        """
        The TeX of an issue, with the pictures beside it.

        ``check_cancelled`` is called between the steps, and may raise.

        Raises:
            IssueInvalid: an unknown layout or option, a picture that cannot be used, or a
                character that no font of this machine has.
            LayoutBroken: a template fails.
            PluginBroken: a picture or a font of a plugin cannot be used.
            ToolMissing: a font role cannot be served on this machine.
        """
        faults: list[Finding] = []
        try:
            layout, settings = self._layout(issue, faults)
        except JianbaoError as no_layout:
            # The faults of the pictures are reported in the same run.
            PictureReader(beside, _NO_ROOM, faults).read(issue, check_cancelled)
            raise type(no_layout)((*no_layout.findings, *faults)) from no_layout
        reader = PictureReader(beside, layout.picture_room, faults, self._store)
        pictures = reader.read(issue, check_cancelled)
        faces = {role: self._typeface(role) for role in layout.roles}
        characters = characters_of(issue)
        faults += lost_characters(issue, characters, faces.values())
        if faults:
            # Only now: the fonts are known only with a layout.
            raise IssueInvalid(faults)
        foreign = served_by_chain(characters, faces.values())
        recorder = OriginRecorder(foreign, issue.terms)
        viewer = Viewer(issue, recorder, _views(pictures))
        styles = [*layout.styles, *_styles_of(issue, self._registry)]
        plugin_files = self._plugin_files.files_for(issue, layout)
        context = {
            "asset": plugin_files.picture,
            **_context(viewer, layout, styles, settings),
            **_line_context(viewer, layout, issue),
            **_font_context(faces.values(), foreign),
        }
        templates = self._templates_of(layout)
        check_cancelled()
        marked = templates.render(context, check_cancelled)
        check_cancelled()
        try:
            main, stretches = recorder.strip(marked)
            origins = _origins(issue, stretches, templates)
        except (IndexError, ValueError) as exc:
            raise LayoutBroken(MARKS.at(Where(str(layout.skeleton)))) from exc
        tree = self._tree_of(issue, main, origins, styles, faces, pictures.values(), plugin_files)
        return Composition(
            tree=tree,
            layout=layout,
            settings=settings,
            faces=faces,
            pictures={p.file: p.digest for p in sorted(pictures.values(), key=_file_of)},
            notes=tuple(note for picture in pictures.values() for note in picture.notes),
            fonts=plugin_files.fonts,
        )

    def _tree_of(
        self,
        issue: Issue,
        main: str,
        origins: tuple[Origin, ...],
        styles: Sequence[Path],
        faces: Mapping[str, Typeface],
        pictures: Iterable[Picture],
        plugin_files: PluginFiles,
    ) -> TexTree:
        """The main file with all that it reads."""
        # TeX runs with openin_any=p: it reads only files of its own folder.
        sources = {path.name: path for path in (*self._class_files, *styles)}
        files = {
            MAIN: main.encode("utf-8"),
            **{name: read_file(path) for name, path in sources.items()},
            **{font.file: read_file(font.path, MOST_FONT_BYTES) for font in _own_fonts(faces)},
            **plugin_files.data,
            **{picture.name: picture.data for picture in pictures},
        }
        return TexTree(
            main=MAIN,
            files=files,
            origins=origins,
            epoch=issue.date.epoch if issue.date else 0,
            issue=Where(issue.where(()).file),
            sources={name: str(path) for name, path in sources.items()},
            assets={name: str(path) for name, path in plugin_files.paths.items()},
            packages=self._registry.tex_packages(issue),
            mapped=tuple(sorted({f.pdf_name for f in _fonts(faces) if f.is_slow_to_map})),
        )

    def _templates_of(self, layout: Layout) -> Templates:
        with self._lock:
            if layout.name not in self._templates:
                self._templates[layout.name] = Templates(
                    self._registry, self._folder, layout, self._store
                )
            return self._templates[layout.name]

    def _layout(self, issue: Issue, faults: list[Finding]) -> tuple[Layout, Mapping[str, Figure]]:
        layouts = self._registry.layouts
        if issue.layout not in layouts:
            where = issue.where(("layout",))
            absences = self._registry.why_missing("layouts", issue.layout)
            unknown = _NO_LAYOUT.at(where, name=issue.layout, known=tuple(layouts))
            findings = [unknown, *(absence.finding for absence in absences)]
            is_broken = any(absence.broken for absence in absences)
            raise (PluginBroken if is_broken else IssueInvalid)(findings)
        return _apply_options(layouts[issue.layout], self._registry.settings, issue, faults)


def _apply_options(
    layout: Layout, settings: Mapping[str, Figure], issue: Issue, faults: list[Finding]
) -> tuple[Layout, Mapping[str, Figure]]:
    """
    The layout and the output figures with the options of the issue; faults are appended to the
    list.
    """
    before = len(faults)
    settings = dict(settings)
    for i, option in enumerate(issue.options):
        path = ("options", i)
        try:
            if option.name in settings:
                settings[option.name] = settings[option.name].with_value(option.value)
            else:
                layout = layout.with_option(option.name, option.value)
        except KeyError:
            close = difflib.get_close_matches(option.name, (*layout.figures, *settings), n=1)
            hint = (
                say("did you mean {name}?", name=close[0])
                if close
                else say("see: jianbao layouts show {name}", name=layout.name)
            )
            where = issue.where((*path, "name"))
            faults.append(_NO_FIGURE.at(where, layout=layout.name, name=option.name, hint=hint))
        except InvalidValue as bad_value:
            where = issue.where((*path, "value"))
            faults.append(
                _NO_VALUE.at(where, name=option.name, value=option.value, wanted=bad_value)
            )
    if layout.fault and len(faults) == before:
        faults.append(_NO_PAGE.at(issue.where(("options",)), reason=layout.fault))
    return layout, settings


def _styles_of(issue: Issue, registry: Registry) -> list[Path]:
    """The style files of the section types and blocks that an issue has, each once."""
    styles: dict[Path, None] = {}
    for _, value in issue.walk():
        if isinstance(value, Section):
            styles |= dict.fromkeys(registry.section_types[value.type].styles)
        elif isinstance(value, Block):
            styles |= dict.fromkeys(registry.blocks[type(value).name].styles)
    return sorted(styles)


def _context(
    viewer: Viewer, layout: Layout, styles: Iterable[Path], settings: Mapping[str, Figure]
) -> dict[str, object]:
    figures = layout.figures

    def figure(name: str) -> object:
        return figures[name].value

    def setting(name: str) -> object:
        value = settings[name].plain_value
        return viewer.view(OwnText(value) if isinstance(value, str) else value, ())

    def across(size: str = "", *, whole: bool = False) -> float:
        """
        The number of characters in a line of text, or across the whole type area.  ``size`` is the
        figure of the type size; without it, the size of the body.
        """
        (left, right), *_ = layout.grid.text_edges(1)
        width = layout.grid.width if whole else right - left
        return width / (figures[size].mm if size else layout.grid.em)

    return {
        "across": across,
        "issue": viewer.issue(),
        "contents": viewer.contents(),
        "figure": figure,
        "figures": list(figures.values()),
        "setting": setting,
        "styles": [path.stem for path in styles],
    }


def _line_context(viewer: Viewer, layout: Layout, issue: Issue) -> dict[str, object]:
    imprint = issue.imprint.lines(layout.places("imprint")) if issue.imprint else ()
    return {
        "masthead": viewer.lines(issue.masthead_lines(layout.places("masthead"))),
        "imprint": viewer.lines(imprint),
    }


def _font_context(faces: Iterable[Typeface], foreign: Collection[str]) -> dict[str, object]:
    # xeCJK allows breaks by class: characters that begin no line get another class.
    return {
        "typefaces": face_lines(faces),
        "chinese": code_points(c for c in foreign if may_begin_a_line(c)),
        "chinese_tail": code_points(c for c in foreign if not may_begin_a_line(c)),
    }


def _origins(
    issue: Issue, stretches: Iterable[TexSpan], templates: Templates
) -> tuple[Origin, ...]:
    origins = []
    for stretch in stretches:
        template = templates.where(*stretch.template)
        printed = stretch.origin
        place = issue.place(printed.path) if isinstance(printed, TextOrigin) else None
        plain = printed.plain if isinstance(printed, TextOrigin) else ""
        origins.append(
            Origin(
                line=stretch.line,
                column=stretch.column,
                end_column=stretch.end_column,
                template=template,
                place=place,
                plain=plain,
                before=stretch.before,
            )
        )
    return tuple(origins)


def _views(pictures: Mapping[DataPath, Picture]) -> Mapping[DataPath, PictureView]:
    return {path: PictureView(Name(p.name), p.ratio) for path, p in pictures.items()}


def _file_of(picture: Picture) -> str:
    return picture.file


def _own_fonts(faces: Mapping[str, Typeface]) -> list[FontFile]:
    """The fonts that must be copied next to the document, because TeX cannot find them."""
    return [font for font in _fonts(faces) if font.own]


def _fonts(faces: Mapping[str, Typeface]) -> Iterable[FontFile]:
    return (font for face in faces.values() for font in (*face.chain, face.latin))
