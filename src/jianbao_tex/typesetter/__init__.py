"""TexTree -> Draft: the only package that starts TeX."""

from jianbao_tex.typesetter.engine import Engine
from jianbao_tex.typesetter.starter import Limits
from jianbao_tex.typesetter.tools import Tools

__all__ = ["Engine", "Limits", "Tools"]
