"""The phrases of titles: what stays together, fixed terms, and how many breaks are wrong."""

from __future__ import annotations

import itertools
import sys
from importlib import resources
from pathlib import Path

import pytest

from jianbao_tex.composer import phrases
from jianbao_tex.composer.phrases import phrases_of
from jianbao_tex.composer.phrases.vocabulary import fixed_terms, vocabulary
from jianbao_tex.composer.titles import Place, lines_of
from workshop import ROOT, Workshop

sys.path.insert(0, str(ROOT / "tools"))
from marked_titles import CLASSIC, NEWSLETTER, count_wrong, marked_titles


def cost_at(marked: str) -> float:
    """The cost of a break at the bar."""
    before, after = marked.split("|")
    ends = itertools.accumulate(len(phrase.text) for phrase in phrases_of(before + after))
    costs = dict(zip(ends, (p.cost for p in phrases_of(before + after)), strict=True))
    return costs.get(len(before), float("inf"))


# --- What stays together --------------------------------------------------------------------------

WRONG = [
    "国家发展和改革委员会赴|我市调研新型城镇化建设情况",
    "农业农村部在|我市召开秋粮生产现场会",
    "做好“六稳”工作落实|“六保”任务的实践",
    "各地各部门扎实|推进农村集体产权制度改革",
    "我市新增3个国家级、12个|省级示范企业",
    "我市新增12个省级|示范企业",
    "全市|法院集中开展执行行动",
    "加快建设现代化产业体系|的若干措施",
    "市政府召开|农村工作会议",
    "市公安局破获|特大制售假药案",
    "市委书记调研|粮食生产和乡村振兴工作",
    "把学习成效转化|为强大动力",
    "省政府发布|支持民营经济发展的措施",
    "中央政治局常委会研究|加强疫情防控工作",
    "总书记在研究|加强疫情防控工作时的讲话",
    "宿迁市“一站式”|化解物业纠纷",
    "全省规模以上|工业企业经营情况",
    "全省重点项目推进会召|开",
    "全省重点项目推进|会在我市召开",
    "提请市|人大常委会审议",
    "江苏发展大会暨|首届全球苏商大会",
]


@pytest.mark.parametrize("marked", WRONG)
def test_a_break_inside_a_phrase_is_wrong(marked: str) -> None:
    """A preposition, a verb, a number, an attribute stay with what follows; 的 with what precedes."""
    assert cost_at(marked) >= 700


GOOD = [
    "国家发展和改革委员会|赴我市调研新型城镇化建设情况",
    "国家发展和改革委员会赴我市|调研新型城镇化建设情况",
    "做好“六稳”工作|落实“六保”任务的实践",
    "我市|3家企业入选国家级试点",
    "全省重点项目现场推进会|在我市召开",
    "全省重点项目现场推进会|召开",
    "全市安全生产形势平稳|事故起数下降",
    "加快建设现代化产业体系的|若干措施",
    "新开工亿元以上项目156个|同比增长两成",
    "我省上半年|规模以上工业经营情况",
    "江苏发展大会|暨首届全球苏商大会",
    "扎实推进农村集体产权制度改革|促进农民增收",
    "张家港：|构建理论学习供应链",
    "守护绿水青山|——市林业局工作综述",
]


@pytest.mark.parametrize("marked", GOOD)
def test_a_break_between_phrases_costs_little(marked: str) -> None:
    """Between subject and predicate, between predicates, after 的, at a pause, around a time."""
    assert cost_at(marked) <= 40


# The worse break, and the better one.
PAIRS = [
    ("提升基层治理|效能的做法", "创新治理模式|提升基层治理效能的做法"),
    ("中小学生“双减”|政策落实情况", "中小学生“双减”政策|落实情况"),
    ("深化“放管服”和“双减”|工作", "深化“放管服”|和“双减”工作"),
    ("新开工亿元以上项目|156个同比增长两成", "新开工亿元以上项目156个|同比增长两成"),
    ("市政府召开2024年|人民调解工作会议", "市政府|召开2024年人民调解工作会议"),
    ("执法检查组来我省开展执法|检查", "执法检查组|来我省开展执法检查"),
    ("专家组对我市|创建国家卫生城市工作进行评估", "专家组对我市创建国家卫生城市工作|进行评估"),
    ("江苏|职业技能大赛组委会办公室", "江苏职业技能大赛|组委会办公室"),
    ("“质量月”活动江苏|启动仪式举行", "“质量月”活动|江苏启动仪式举行"),
    ("市政协召开“推进养老服务|高质量发展”座谈会", "市政协|召开“推进养老服务高质量发展”座谈会"),
    ("召开“推进养老服务体系的|高质量发展”座谈会", "印发《关于加快发展新型农业经营主体的|实施意见》"),
    ("关于印发《|实施方案》的通知", "关于印发《实施方案》的|通知"),
    ("部分社区|工作者生活待遇偏低", "部分社区工作者生活待遇|偏低"),
    ("农村公共服务|设施的管护模式", "农村公共服务设施的|管护模式"),
    ("市级农业|科技示范基地申报", "市级农业科技|示范基地申报"),
    ("党的|创新理论宣讲", "党的创新理论|宣讲活动开展"),
]  # fmt: skip


@pytest.mark.parametrize(("worse", "better"), PAIRS)
def test_of_two_breaks_the_one_between_larger_parts_costs_less(worse: str, better: str) -> None:
    """A name breaks between its parts rather than inside one; a short name not at all."""
    assert cost_at(worse) > cost_at(better)


LINES = [
    ("省委第三巡视组向我市党委领导班子反馈巡视情况", "省委第三巡视组|向我市党委领导班子反馈巡视情况"),
    ("我市新增3个国家级、12个省级专精特新“小巨人”企业", "我市新增3个国家级、|12个省级专精特新“小巨人”企业"),
    ("2024年全国“质量月”活动江苏启动仪式在徐州举行", "2024年全国“质量月”活动|江苏启动仪式在徐州举行"),
    ("我市12项惠民工程全部提前完工群众满意率达98.6%", "我市12项惠民工程|全部提前完工群众满意率达98.6%"),
    ("市政协召开“推进养老服务高质量发展”专题议政性常委会会议",
     "市政协召开|“推进养老服务高质量发展”专题议政性|常委会会议"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "lines"), LINES)
def test_titles_that_were_hard_to_break_are_broken_well(title: str, lines: str) -> None:
    """Each looked at; one more line is better than a break inside a name."""
    assert "|".join(lines_of(title, Place(CLASSIC))) == lines


@pytest.mark.parametrize("title", [title.text for title in marked_titles()][::5])
def test_phrases_add_up_to_their_title(title: str) -> None:
    assert "".join(phrase.text for phrase in phrases_of(title)) == title


# --- How many breaks are wrong --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "most"), [(CLASSIC, 6), (NEWSLETTER, 60)], ids=["classic", "newsletter"]
)
def test_the_share_of_wrong_breaks_grows_no_more(columns: float, most: int) -> None:
    """The places were marked before a program saw the titles; decision 0034 has the table."""
    titles = marked_titles()
    _, wrong = count_wrong(titles, lambda title: lines_of(title, Place(columns)))

    assert len(titles) == 280
    assert wrong <= most


def test_of_the_last_36_titles_at_most_one_is_broken_at_a_wrong_place() -> None:
    """No rule and no word was added after they were written."""
    last = [title for title in marked_titles() if title.round == "Last round"]
    wrong, _ = count_wrong(last, lambda title: lines_of(title, Place(CLASSIC)))

    assert len(last) == 36
    assert wrong <= 1


# --- Fixed terms ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["terms.txt", "words.txt"])
def test_each_word_is_listed_once_in_the_order_of_pinyin(name: str) -> None:
    """Else the same word would have two roles, and nobody would find it."""
    text = resources.files(phrases).joinpath(name).read_text(encoding="utf-8")
    groups = [
        [word for line in group for word in line.split()]
        for is_words, group in itertools.groupby(
            text.splitlines(), lambda line: bool(line) and line[0] not in "#["
        )
        if is_words
    ]
    words = [word for group in groups for word in group]

    assert len(groups) > 10
    assert len(words) == len(set(words))
    assert groups == [sorted(group, key=lambda word: word.encode("gb18030")) for group in groups]


def test_a_fixed_term_is_whole_in_every_title() -> None:
    """Wherever the line ends; a term that is wider than its line cannot be whole."""
    terms = [term for term in fixed_terms() if 4 <= len(term) <= 10]
    for term in terms[::7]:
        title = f"市委办公室关于进一步学习{term}有关文件的通知"
        for columns in (11, 13, 16, 19):
            assert any(term in line for line in lines_of(title, Place(columns))), (term, columns)


@pytest.mark.parametrize(
    ("columns", "broken"), [(7, "社会主义|核心价值观"), (4, "社会主义|核心|价值观")]
)
def test_a_term_that_is_wider_than_its_line_breaks_between_words(
    columns: float, broken: str
) -> None:
    assert "|".join(lines_of("社会主义核心价值观", Place(columns))) == broken


OWN = "百村示范千村整治工程"
TITLE = f"市委农村工作领导小组部署{OWN}年度任务"


def test_a_term_of_the_series_is_whole_as_those_of_the_package() -> None:
    """A name that one office uses, which no dictionary has."""
    without = lines_of(TITLE, Place(13.7))
    with_term = lines_of(TITLE, Place(13.7, terms=[OWN]))

    assert not any(OWN in line for line in without)
    assert any(OWN in line for line in with_term)


SERIES = f"masthead: {{name: 工作简报}}\noptions: {{title.size: 30bp}}\nterms: [{OWN}]\n"
ISSUE = f"series: series.yaml\narticles:\n  - {{title: {TITLE}, body: 正文。}}\n"


def test_titles_and_contents_know_the_terms_of_the_series_file(
    workshop: Workshop, tmp_path: Path
) -> None:
    (tmp_path / "series.yaml").write_text(SERIES, encoding="utf-8")
    title = next(
        line for line in workshop.body(ISSUE, tmp_path).splitlines() if "jbArticle" in line
    )

    assert OWN in title
    assert title.count("jbBreak") >= 1


def test_an_issue_replaces_the_terms_of_its_series(workshop: Workshop, tmp_path: Path) -> None:
    """As with every key; an empty one counts as absent."""
    (tmp_path / "series.yaml").write_text(SERIES, encoding="utf-8")
    own = workshop.compose(ISSUE + "terms: 年度任务\n", tmp_path).subject.issue
    empty = workshop.compose(ISSUE + "terms:\n", tmp_path).subject.issue

    assert own.terms == ("年度任务",)
    assert empty.terms == ()


def test_no_list_is_read_where_no_title_needs_breaking(workshop: Workshop) -> None:
    """Most titles fit their line, and start-up counts."""
    fixed_terms.cache_clear()
    vocabulary.cache_clear()
    short = "masthead: {name: 工作简报}\narticles:\n  - title: 市委召开会议\n    body: 正文。\n"
    workshop.compose(short)
    sizes = [fixed_terms.cache_info().currsize, vocabulary.cache_info().currsize]
    workshop.compose(short.replace("市委", "市委全面深化改革委员会在某某市某某区"))

    assert sizes == [0, 0]
    assert vocabulary.cache_info().currsize == 1
