from decimal import Decimal
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from jianbao_tex.hooks import Block, BlockType, hookimpl


class Weather(Block):
    name: ClassVar[str] = "weather"
    degrees: int
    humidity: Annotated[Decimal, Field(max_digits=2)]

    def texts(self):
        yield str(self.degrees)


@hookimpl
def jianbao_blocks():
    return [BlockType("天气", Weather, Path(__file__).parent / "bad.tex.jinja")]
