from datetime import date
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from jianbao_tex.hooks import Block, BlockType, hookimpl


class Weather(Block):
    name: ClassVar[str] = "weather"
    code: Annotated[str, Field(pattern="^[A-Z]{3}$", min_length=3)]
    day: Annotated[date, Field(ge=date(2021, 1, 1))]
    share: Annotated[int, Field(le=1_000_000)]
    town: str = ""

    @model_validator(mode="after")
    def _known(self):
        if self.town:
            raise PydanticCustomError("no_town", "nobody knows this town")
        return self

    def texts(self):
        yield self.code


@hookimpl
def jianbao_blocks():
    return [BlockType("天气", Weather, Path(__file__).parent / "bad.tex.jinja")]
