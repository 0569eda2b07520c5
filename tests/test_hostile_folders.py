"""What a plugin without Python cannot do: read, run, take all time or memory, hide."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fence import FENCE
from folder_plugins import HEAD, ONE, SECTION, project
from jianbao_tex.errors import PluginBroken
from jianbao_tex.testing import Build, Project, plugin_at


def run(folder: Path, template: str) -> Build:
    return project(folder, ONE, one=template).check(SECTION)


@pytest.mark.parametrize(
    "template",
    [
        "<%= section.__class__ %>",
        "<%= section._part %>",
        "<%= section.words.__init__.__globals__ %>",
        "<%= ''.__class__.__mro__ %>",
        "<%= 'x' * 1000000000 %>",
        "<%= '%1000000000d' % 1 %>",
        "<%= 2 ** 999999999 %>",
        "<%= '{:1000000000}'.format(1) %>",
        "<%= 'x'.ljust(1000000000) %>",
        "<%= [0].append(1) %>",
        "<%= {}.update(x=1) %>",
        "<% for a in range(100000) %><% for b in range(100000) %><% endfor %><% endfor %>",
        "<% for a in range(10000000) %><% endfor %>",
        "<% macro f() %><%= f() %><% endmacro %><%= f() %>",
        "<% set a = 'xxxxxxxxxx' %>" + "<% set a = a + a %>" * 40,
        "<% set a = 'xxxxxxxxxx' %>" + "<% set a = a ~ a %>" * 40,
        "<% set a %>xxxxxxxxxx<% endset %>" + "<% set a %><%= a %><%= a %><% endset %>" * 40,
        "<% set a %><% for b in range(99999) %>" + "x" * 50_000 + "<% endfor %><% endset %>",
        "<% macro f() %><%= f() %><%= f() %><% endmacro %><%= f() %>",
        "<% include 'mine:one' %><% include 'mine:one' %>",
        "<% block a %><%= self.a() %><%= self.a() %><% endblock %>",
        "<% macro f() %><%= caller() %><% endmacro %><% call f() %><%= nothing %><% endcall %>",
        "<% set a = [1] %>"
        + "<% set a = [a, a] %>" * 60
        + "<% if a == a %><% endif %><%= nothing %>",
        "<% set a = (1, 1) %>",
        "<% set a = {'a': 1} %>",
        "<% for a in range(9) recursive %><%= loop(range(9)) %><%= loop(range(9)) %><% endfor %>",
        "x" * 300_000,
        "<% include 'mine:../../../etc/passwd' %>",
        "<% include '/etc/passwd' %>",
        "<% include section.words %>",
        "<% import 'os' as os %>",
        "<% from 'part:lines' import nothing %><%= nothing(1) %>",
        "<%= lipsum() %>",
        "<%= cycler('a').__init__.__globals__ %>",
        "<%= self.__init__ %>",
        "<%= joiner %>",
        "<%= section.words.plain %>",
        "<%= section.texts() %>",
        "<%= section %>",
        "<%= none %>",
    ],
)
def test_a_template_does_no_harm(template: str, tmp_path: Path) -> None:
    """It ends, it is named with its line and its plugin, and nothing of the host is seen."""
    built = run(tmp_path, "\n" + template + "\n")
    first = built.findings[0]

    assert built.exit_code == 5
    assert first.where.file.endswith("one.tex.jinja")
    assert "root:" not in f"{first.message}"
    assert "JB507" in built.codes


def test_a_flood_of_text_is_stopped(tmp_path: Path) -> None:
    line = "<% for a in range(9999) %>" + "x" * 60_000 + "<% endfor %>"
    built = run(tmp_path, line)

    assert built.codes[0] == "JB202"
    assert "prints more than" in built.findings[0].message


def test_a_template_finds_others_under_its_plugin_s_own_name(tmp_path: Path) -> None:
    made = project(
        tmp_path, ONE, one='<% include "mine:other" %>', other="\n<%= section.words %>\n"
    )

    assert "字" in made.check(SECTION).body


@pytest.mark.parametrize(
    "manifest",
    [
        "colour = 1\n",
        'api = "one"\n',
        "section_types = 3\n",
        '[section_types.One]\nlabel = "一"\n',
        '[section_types.one]\nlabel = ""\n',
        '[section_types.one]\nlabel = "一"\ntemplate = "/etc/passwd"\n',
        '[section_types.one]\nlabel = "一"\nstyles = ["../x.sty"]\n',
        '[section_types.one]\nlabel = "一"\ntemplate = "a\\u0000b"\n',
        '[section_types.one]\nlabel = "一"\nstyles = ["a b"]\n',
        '[section_types.one]\nlabel = "一"\nshort = "none"\n',
        ONE.replace("words =", "__init__ ="),
        ONE.replace("words =", "texts ="),
        ONE.replace("words =", "model_fields ="),
        ONE.replace("words =", "name ="),
        ONE.replace('"字"', '"a b"'),
        ONE.replace('type = "line"', 'type = "line", default = "x", required = true'),
        ONE.replace('type = "line"', 'type = "choice", choices = ["a"], default = "b"'),
        ONE.replace('type = "line"', 'type = "part", part = "one"'),
        ONE.replace('label = "一"', 'label = "一"\ncontents = "nothing"'),
        ONE.replace('type = "line"', 'type = "body"').replace(
            'label = "一"', 'label = "一"\ncontents = "words"'
        ),
        ONE.replace('type = "line"', 'type = "count", default = "many"'),
        ONE.replace('type = "line"', 'type = "date", default = "2026-99-99"'),
        ONE.replace('type = "line"', 'type = "line", least = 3'),
        ONE.replace('type = "line"', 'type = "yes_no", choices = ["a"]'),
        ONE.replace('type = "line"', 'type = "body", before = "x"'),
        ONE + 'words_line = { type = "line", label = "行" }\n',
        "a = " + "[" * 5000 + "\n",
        "# " + "x" * 300_000 + "\n",
        "\x00",
    ],
)
def test_a_manifest_that_cannot_be_is_refused_with_its_line(manifest: str, tmp_path: Path) -> None:
    plugin = tmp_path / "mine"
    plugin.mkdir()
    (plugin / "plugin.toml").write_text(HEAD + manifest, encoding="utf-8")
    with pytest.raises(PluginBroken, match=r"plugin.toml.*JB513") as info:
        plugin_at(plugin)

    assert info.value.exit_code == 5


@pytest.mark.parametrize("link", ["one.tex.jinja", "one.sty", "other.tex.jinja"])
def test_no_file_of_the_user_is_read_through_a_link(link: str, tmp_path: Path) -> None:
    """Of template, style and included template none may lead out of the folder."""
    (tmp_path / "secret").write_text("\nsecret\n")
    template = '<% include "mine:other" %>\n' if link.startswith("other") else "\n"
    made = project(tmp_path, ONE, one=template)
    (tmp_path / "mine" / link).unlink(missing_ok=True)
    (tmp_path / "mine" / link).symlink_to(tmp_path / "secret")
    built = made.check(SECTION)

    assert built.exit_code == 5
    assert built.tree is None


LAYOUT = 'name = "{name}"\nlabel = "版"\nextends = "{base}"\n'


def layout(folder: Path, name: str, base: str = "classic") -> Path:
    made = folder / "mine" / "layouts" / name
    made.mkdir(parents=True)
    (made / "layout.toml").write_text(LAYOUT.format(name=name, base=base), encoding="utf-8")
    return made


@pytest.mark.parametrize("link", ["layout.toml", "own.sty", "masthead.tex.jinja"])
def test_no_file_of_the_user_is_read_through_a_link_of_a_layout(link: str, tmp_path: Path) -> None:
    """Neither its text nor a line of it is shown; the finding names the link."""
    (tmp_path / "secret").write_text("TOPSECRET=hunter2\n")
    made = project(tmp_path, ONE, one="\n")
    folder = layout(tmp_path, "own")
    (folder / link).unlink(missing_ok=True)
    (folder / link).symlink_to(tmp_path / "secret")
    built = made.check("layout: own\n" + SECTION)

    assert built.codes == ["JB513"]
    assert f"{link} is outside" in built.findings[0].message
    assert "hunter2" not in f"{built.findings[0].where.text}{built.findings[0].message}"


def test_pipes_are_no_files(tmp_path: Path) -> None:
    """A pipe in the place of a template or a style would be waited for, for ever."""
    made = project(tmp_path, ONE, one='<% include "mine:other" %>')
    folder = layout(tmp_path, "own")
    for path in (
        tmp_path / "mine" / "other.tex.jinja",
        folder / "own.sty",
        folder / "masthead.tex.jinja",
    ):
        os.mkfifo(path)
    built = made.check("layout: own\n" + SECTION)

    assert built.codes == ["JB202", "JB507"]


def test_a_broken_layout_leaves_those_beside_it(tmp_path: Path) -> None:
    made = project(tmp_path, ONE, one="\n<%= section.words %>\n")
    (layout(tmp_path, "bad") / "layout.toml").write_text('name = "bad"\n[figures.grid]\nrows = 3\n')
    layout(tmp_path, "good")

    assert made.check("layout: good\n" + SECTION).codes == []
    assert made.check("layout: bad\n" + SECTION).exit_code == 5


def test_a_long_row_of_layouts_is_refused(tmp_path: Path) -> None:
    made = project(tmp_path, ONE, one="\n<%= section.words %>\n")
    layout(tmp_path, "a0")
    for number in range(1, 300):
        layout(tmp_path, f"a{number}", f"a{number - 1}")

    assert made.check(SECTION).codes == []
    assert made.check("layout: a5\n" + SECTION).codes == []
    assert made.check("layout: a299\n" + SECTION).exit_code == 5


def test_two_documents_at_once_have_turns_of_their_own(tmp_path: Path) -> None:
    """Four of 400,000 turns each; together they would be more than one may have."""
    from concurrent.futures import ThreadPoolExecutor

    loops = "<% for a in range(20) %><% for b in range(20000) %><% endfor %><% endfor %>"
    made = project(tmp_path, ONE, one=loops + "\n<%= section.words %>\n")
    first = made.check(SECTION).tex
    with ThreadPoolExecutor(4) as pool:
        others = list(pool.map(lambda _: made.check(SECTION).tex, range(4)))

    assert first
    assert others == [first] * 4


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    plugin = tmp_path / "mine"
    plugin.mkdir()
    (plugin / "plugin.toml").write_text(HEAD + ONE, encoding="utf-8")
    (tmp_path / "secret").write_text("secret\n")
    (plugin / "one.tex.jinja").symlink_to(tmp_path / "secret")
    built = Project(tmp_path, [plugin], FENCE).check(SECTION)

    assert "secret" not in built.tex
    assert built.exit_code == 5
