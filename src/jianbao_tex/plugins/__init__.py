"""Plugins of three sizes: searched without running them, loaded when a command needs them."""

from jianbao_tex.plugins.candidate import FoundPlugin, State
from jianbao_tex.plugins.project import PROJECT_FILE, Project, folder_of
from jianbao_tex.plugins.selection import Loaded, Selection
from jianbao_tex.plugins.trust import Trust

__all__ = [
    "PROJECT_FILE",
    "FoundPlugin",
    "Loaded",
    "Project",
    "Selection",
    "State",
    "Trust",
    "folder_of",
]
