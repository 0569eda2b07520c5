from pathlib import Path

from jianbao_tex.hooks import Section, SectionType, hookimpl


class Silent(Section):
    """It gives a title to the contents that it does not print."""

    def entries(self):
        yield ("name",), "另一个题目"

    def body_texts(self):
        yield from ()


@hookimpl
def jianbao_section_types():
    return [SectionType("silent", "无声", Silent, Path(__file__).parent / "mine.tex.jinja")]
