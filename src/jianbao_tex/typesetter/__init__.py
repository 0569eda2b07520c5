"""TexTree -> Draft: the only package that starts TeX."""

from jianbao_tex.typesetter.engine import Engine
from jianbao_tex.typesetter.process import Limits
from jianbao_tex.typesetter.sandbox import Sandbox
from jianbao_tex.typesetter.sandbox import works as sandbox_works
from jianbao_tex.typesetter.tools import Tools

__all__ = ["Engine", "Limits", "Sandbox", "Tools", "sandbox_works"]
