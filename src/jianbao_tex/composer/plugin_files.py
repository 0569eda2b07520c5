"""The pictures and fonts of the plugins that an issue uses, made ready for TeX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jianbao_tex.composer.fonts import plugin_font
from jianbao_tex.composer.views import Name, PictureView
from jianbao_tex.errors import PluginBroken, reason_of
from jianbao_tex.fonts import FontFile
from jianbao_tex.foreign_files import read_file
from jianbao_tex.hooks import Layout
from jianbao_tex.images import TooManyPixels, foreign_image
from jianbao_tex.issue import Issue
from jianbao_tex.language import InvalidValue, say
from jianbao_tex.layout import PictureRoom
from jianbao_tex.registry import Plugin, Registry
from jianbao_tex.registry.plugin_assets import (
    MOST_ASSET_FONT_BYTES,
    MOST_PICTURE_BYTES,
    unusable,
)
from jianbao_tex.store import Store, stamp_of


@dataclass(frozen=True)
class PluginFiles:
    """
    The assets of some plugins, by their file names.

    ``pictures`` are what templates see, ``data`` is what TeX reads, ``paths`` are the files.
    ``fonts`` are those that a style may load.
    """

    pictures: Mapping[str, PictureView]
    data: Mapping[str, bytes]
    paths: Mapping[str, Path]
    fonts: tuple[FontFile, ...]

    def picture(self, name: str) -> PictureView:
        """
        A picture for a template.

        Raises:
            InvalidValue: there is none of this name.
        """
        if name not in self.pictures:
            known = tuple(self.pictures) or say("(nothing)")
            raise InvalidValue(
                say("there is no picture {name}; known: {known}", name=name, known=known)
            )
        return self.pictures[name]


@dataclass
class PluginFileReader:
    """Reads the assets of plugins; each picture is decoded once for each state of its file."""

    registry: Registry
    store: Store | None = None
    _known: dict[tuple[Path, PictureRoom], tuple[str, PictureView, bytes]] = field(
        default_factory=dict
    )

    def files_for(self, issue: Issue, layout: Layout) -> PluginFiles:
        """
        The assets of the plugins whose layout, section types and blocks an issue uses.

        Raises:
            PluginBroken: one of them cannot be used.
        """
        figures = layout.figures
        sides = (figures["paper.width"].mm, figures["paper.height"].mm)
        room = PictureRoom(*sides, figures["picture.dpi"].number)
        pictures: dict[str, PictureView] = {}
        data: dict[str, bytes] = {}
        fonts: list[FontFile] = []
        paths: list[Path] = []
        for plugin in self.registry.plugins_of(issue):
            assets = self.registry.assets[plugin.name]
            for path in assets.pictures:
                pictures[path.name], data[path.name] = self._picture(plugin, path, room)
            for path in assets.fonts:
                font, data[path.name] = self._font(plugin, path)
                fonts.append(font)
            paths += (*assets.pictures, *assets.fonts)
        return PluginFiles(pictures, data, {path.name: path for path in paths}, tuple(fonts))

    def _picture(self, plugin: Plugin, path: Path, room: PictureRoom) -> tuple[PictureView, bytes]:
        stamp = stamp_of(path)
        known = self._known.get((path, room))
        if known is None or known[0] != stamp:
            # Two threads may decode it at once; both get the same.
            known = self._known[path, room] = (stamp, *_decoded(plugin, path, room, self.store))
        return known[1:]

    def _font(self, plugin: Plugin, path: Path) -> tuple[FontFile, bytes]:
        try:
            return plugin_font(path, self.store), read_file(path, MOST_ASSET_FONT_BYTES)
        except OSError as exc:
            raise PluginBroken(unusable(plugin, path, reason_of(exc))) from exc
        except InvalidValue as exc:
            raise PluginBroken(unusable(plugin, path, exc.reason)) from exc


def _decoded(
    plugin: Plugin, path: Path, room: PictureRoom, store: Store | None
) -> tuple[PictureView, bytes]:
    try:
        image = foreign_image(read_file(path, MOST_PICTURE_BYTES), room, store)
    except OSError as exc:
        raise PluginBroken(unusable(plugin, path, reason_of(exc))) from exc
    except InvalidValue as exc:
        raise PluginBroken(unusable(plugin, path, exc.reason)) from exc
    except TooManyPixels as exc:
        reason = say("it has more than {most} pixels", most=exc.most)
        raise PluginBroken(unusable(plugin, path, reason)) from exc
    # TeX looks at the bytes, not at the ending, so a converted picture keeps its name.
    return PictureView(Name(path.name), image.ratio), image.data
