from pathlib import Path

from jianbao_tex.hooks import Section, SectionType, hookimpl


class Mine(Section):
    def body_texts(self):
        return {}["nothing"]


@hookimpl
def jianbao_section_types():
    return [SectionType("mine", "我的", Mine, Path(__file__).parent / "mine.tex.jinja")]
