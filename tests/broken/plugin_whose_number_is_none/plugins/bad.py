from typing import ClassVar

from jianbao_tex.hooks import Block, BlockType, hookimpl


class Weather(Block):
    name: ClassVar[str] = "weather"
    degrees: int

    def texts(self):
        yield str(self.degrees)


@hookimpl
def jianbao_blocks():
    return [BlockType("天气", Weather, None)]
