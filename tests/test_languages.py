"""
Every sentence for people is translated, with the same values in it, and spoken when asked for.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from command import jianbao
from jianbao_tex.catalogue import entries
from jianbao_tex.cli.explain import kinds
from jianbao_tex.language import CATALOGUES, ENGLISH, LANGUAGES, language, say, say_count
from jianbao_tex.press import Press
from workshop import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import messages

PATHS = sorted(CATALOGUES.glob("*/LC_MESSAGES/jianbao_tex.po"))
FIELD = re.compile(r"\{\w*(?:![rs])?\}|%\(\w+\)s")


def fields(text: str) -> set[str]:
    """The placeholders of a sentence; doubled braces are none."""
    return set(FIELD.findall(text.replace("{{", "").replace("}}", "")))


def test_every_language_has_its_catalogue() -> None:
    found = {path.parent.parent.name for path in PATHS}

    assert found == {folder for folder in LANGUAGES.values() if folder}
    assert "zh_CN" in found


def test_sentences_stand_where_they_are_said() -> None:
    """One that comes by a variable is found by nobody who translates."""
    code = sorted((ROOT / "src" / "jianbao_tex").rglob("*.py"))
    calls = (
        (path, node)
        for path in code
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    hidden = [
        f"{path.name}:{node.lineno}"
        for path, node in calls
        if node.func.id in {"say", "_"} and node.args and not isinstance(node.args[0], ast.Constant)
    ]

    # `explain` says what the catalogue holds, which is looked through for itself.
    assert [place for place in hidden if not place.startswith("explain.py")] == []


def _of_click(message: Message) -> bool:
    return bool(message.id) and {file for file, _ in message.locations} == {"click"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.parent.name)
def test_the_catalogue_is_complete_and_holds_nothing_else(path: Path) -> None:
    """`make messages` brings it up to the code; then each sentence needs its translation."""
    made = messages.catalogue(path)
    said = {message if isinstance(message, str) else message[0] for message in messages.messages()}
    held = {m.id[0] if isinstance(m.id, tuple) else m.id for m in made if m.id}

    # Another version of click may say more or less; ours is all here, and nothing else.
    own = {
        message if isinstance(message, str) else message[0]
        for message, files in messages.messages().items()
        if files != {"click"}
    }
    of_click = {m.id[0] if isinstance(m.id, tuple) else m.id for m in made if _of_click(m)}
    assert len(own) > 800
    assert held - of_click == own
    assert len(of_click & said) > 40
    assert messages.untranslated(made) == []
    assert [m.id for m in made if m.fuzzy and m.id] == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.parent.name)
def test_translations_name_the_same_values(path: Path) -> None:
    """A placeholder that differs would lose a value or fail while something is wrong already."""
    wrong = []
    for message in messages.catalogue(path):
        if not message.id:
            continue
        source = message.id[-1] if isinstance(message.id, tuple) else message.id
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wrong += [(source, text) for text in strings if fields(text) != fields(source)]

    assert wrong == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.parent.name)
def test_the_compiled_catalogue_is_fresh(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == messages.as_mo(path)


def test_every_kind_and_every_entry_has_a_chinese_text() -> None:
    """Also where the sentence comes to its kind by another way than a literal."""
    text = language("zh").text
    sentences = [t for kind in kinds().values() for t in (kind.message, kind.advice)]
    sentences += [t for entry in entries().values() for t in (entry.meaning, entry.remedy)]
    # An advice may be nothing but a value.
    english = [t for t in sentences if text(t) == t and FIELD.sub("", t)]

    assert english == []


JARGON = re.compile(r"键值表|疏松度|盒子|钩子|令牌|句柄|堆栈|构建|\} ?(?:bp|pt)\b")
"""Words that no office knows, each with an ordinary one: “键: 值”, 字距拉得过开, 内容, 接口, …"""


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.parent.name)
def test_the_chinese_is_plain(path: Path) -> None:
    said = [
        text
        for message in messages.catalogue(path)
        if message.id
        for text in (message.string if isinstance(message.string, tuple) else (message.string,))
    ]

    assert [text for text in said if JARGON.search(text)] == []


def test_plurals_follow_the_language() -> None:
    one, many = (say_count("1 error", "{number} errors", n) for n in (1, 3))

    assert [ENGLISH.translated(phrase) for phrase in (one, many)] == ["1 error", "3 errors"]
    assert [language("zh").translated(phrase) for phrase in (one, many)] == ["1个错误", "3个错误"]


def test_a_phrase_in_a_phrase_is_told_in_the_same_language() -> None:
    inner = say("a list")
    outer = say("{what} must be {wanted}, not {got}", what="name", wanted=say("text"), got=inner)

    assert str(outer) == "name must be text, not a list"
    assert language("zh").translated(outer) == "name：应为文字，而不是列表"


@pytest.mark.parametrize(
    ("words", "variables", "chinese"),
    [
        ((), {"LC_ALL": "C.UTF-8"}, False),
        ((), {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}, True),
        ((), {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "en_US.UTF-8", "LANGUAGE": "zh"}, True),
        ((), {"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ((), {"JIANBAO_LANG": "zh"}, True),
        (("--lang", "en"), {"JIANBAO_LANG": "zh"}, False),
        (("--lang=zh",), {"LC_ALL": "C.UTF-8"}, True),
    ],
)
def test_the_language_is_chosen_by_option_variable_and_locale(
    words: tuple[str, ...], variables: dict[str, str], *, chinese: bool, tmp_path: Path
) -> None:
    """In this order; after or before the name of the command."""
    (tmp_path / "issue.yaml").write_text("masthead: {nam: 简报}\n", encoding="utf-8")
    for order in ((*words, "check", "issue.yaml"), ("check", "issue.yaml", *words)):
        done = jianbao(*order, folder=tmp_path, **variables)

        assert ("报头中有未知的键“nam”" in done.stderr) == chinese
        assert ("unknown key nam in the masthead" in done.stderr) != chinese


ENGLISH_WORDS = re.compile(r"(?:\b[a-z]+ ){2,}[a-z]+\b")
"""Three English words in a row; choices such as ``spot cmyk gray rgb`` are not said, but typed."""


def test_every_source_and_description_of_a_figure_has_its_translation(press: Press) -> None:
    """A figure that is new stands in English until ``make messages`` and a translator were here."""
    layouts = press.registry.layouts
    built_in = [layouts[name] for name in ("classic", "newsletter")]
    said = {figure.source for layout in built_in for figure in layout.figures.values()}
    outputs = press.registry.outputs.values()
    said |= {figure.source for output in outputs for figure in output.figures}
    said |= {output.description for output in outputs}
    text = language("zh").text

    assert len(said) > 100
    assert [one for one in said if ENGLISH_WORDS.search(text(one))] == []
    assert [one for one in said if text(one) == one and re.search("[a-z]{3}", one)] == []


@pytest.mark.parametrize(
    "command",
    ["layouts", "layouts show classic", "layouts show newsletter --deviations", "outputs"],
)
def test_tables_are_chinese_throughout(command: str, tmp_path: Path) -> None:
    """No sentence of them is left in English, and no unit that has a Chinese name."""
    done = jianbao(*command.split(), "--lang", "zh", folder=tmp_path)

    assert done.stdout
    assert ENGLISH_WORDS.findall(done.stdout) == []
    assert re.findall(r"\d ?(?:bp|pt|em|rows|columns|copies)\b", done.stdout) == []


def test_figures_of_every_output_are_chinese_throughout(press: Press, tmp_path: Path) -> None:
    for name, output in press.registry.outputs.items():
        done = jianbao("outputs", name, "--lang", "zh", folder=tmp_path)
        rows = [line.split("\t") for line in done.stdout.splitlines()]

        assert len(rows) == len(output.figures)
        assert [row[3] for row in rows if ENGLISH_WORDS.search(row[3])] == []


def test_units_are_said_in_the_language(press: Press) -> None:
    """A column of the grid is as wide as a character; only those of text are 栏."""
    figures = press.registry.layouts["newsletter"].figures
    names = ("margin.top", "title.size", "grid.rows", "grid.columns", "columns.count", "face.body")
    said = [figures[name].value_phrase for name in names]

    assert [ENGLISH.translated(one) for one in said] == [figures[name].shown for name in names]
    assert [language("zh").translated(one) for one in said] == [
        "25 mm",
        "16磅",
        "34行",
        "40字",
        "2栏",
        "song",
    ]


def test_names_of_arguments_are_chinese(tmp_path: Path) -> None:
    """A clerk reads 文件, not ISSUE; what click itself writes into the line of usage, too."""
    for words, usage in {
        ("build",): "用法：jianbao build [选项] 文件...\n",
        ("new",): "用法：jianbao new [选项] 文件\n",
        ("layouts",): "用法：jianbao layouts [选项] [命令] [参数]...\n",
        ("layouts", "show"): "用法：jianbao layouts show [选项] [名称]\n",
        ("plugins",): "用法：jianbao plugins [选项] 命令 [参数]...\n",
    }.items():
        done = jianbao(*words, "--help", "--lang", "zh", folder=tmp_path)

        assert done.stdout.startswith(usage)
        assert re.findall(r"\b(?:ISSUE|FILE|NAME|PATH|CODE|HOOK|WHAT|FOLDER)\b", done.stdout) == []
        assert "\n选项：\n" in done.stdout


COMMANDS = ("", "build", "check", "doctor", "explain", "layouts", "layouts show", "schema", "tex")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_chinese_throughout(command: str, tmp_path: Path) -> None:
    """No sentence of it is left in English; names of options, files and values are."""
    done = jianbao(*command.split(), "--help", "--lang", "zh", folder=tmp_path)
    english = re.findall(r"(?:\b[a-z]+ ){3,}[a-z]+", done.stdout)

    assert done.stdout.startswith("用法")
    assert english == []


def test_mistakes_of_usage_are_told_in_chinese(tmp_path: Path) -> None:
    for words, said in {
        ("buil",): "没有命令 'buil'",
        ("build",): "缺少参数",
        ("build", "--bogus"): "没有选项 '--bogus'",
        ("explain", "JB000"): "没有代码 JB000",
    }.items():
        done = jianbao(*words, "--lang", "zh", folder=tmp_path)

        assert done.returncode == 2
        assert said in done.stderr


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    option = jianbao("--lang", "fr", "layouts", folder=tmp_path)
    variable = jianbao("layouts", folder=tmp_path, JIANBAO_LANG="fr")

    assert option.returncode == variable.returncode == 2
    assert "'fr' is not one of 'en', 'zh'" in option.stderr


def test_json_speaks_the_language_and_keeps_its_codes(tmp_path: Path) -> None:
    (tmp_path / "issue.yaml").write_text("masthead: {nam: 简报}\n", encoding="utf-8")
    done = jianbao("check", "issue.yaml", "--json", "--lang", "zh", folder=tmp_path)

    assert '"code": "JB121"' in done.stdout
    assert "报头中有未知的键“nam”" in done.stdout
