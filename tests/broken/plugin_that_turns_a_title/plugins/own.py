from jianbao_tex.hooks import hookimpl

JIANBAO_API = "2.3"
__version__ = "1.0"


@hookimpl
def jianbao_prepare(issue):
    section = issue.sections[0]
    article = section.articles[0].model_copy(update={"title": "全市秋粮收购进展不顺利"})
    return issue.model_copy(
        update={"sections": (section.model_copy(update={"articles": (article,)}),)}
    )
