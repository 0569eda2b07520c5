"""What a template may not do: found before it is rendered."""

from __future__ import annotations

import pytest

from jianbao_tex.composer.lint import lint


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("甲<% if a %>乙<% endif %>\n\n丙\n", [1]),
        ("<% if a %>\n甲<% if b %>乙<% endif %>\n<% endif %>\n\n丙\n", [2]),
        ("甲<# a remark #>\n\n乙\n", [1]),
        ("\\command{<%= a %>}<% if b %>乙<% endif %>\n\n<% for c in d %>\n<%= c %>\n<% endfor %>\n", [1]),
        # A tag in a line of its own leaves the empty line as it is.
        ("甲\n<% if a %>\n\n乙\n<% endif %>\n\n丙\n", []),
        ("甲<% if a %>乙<% endif %>\n\n\n丙\n", []),
        ("甲<% if a %>乙<% endif %>\n丙\n", []),
        ("甲<% if a %>乙<% endif +%>\n\n丙\n", []),
        ("甲<% if a %>乙<% endif %>。\n\n丙\n", []),
        ("<%= a %>\n\n丙\n", []),
        ("<% macro m(a) %><%= a %><% endmacro %>\n\n丙\n", []),
        ("甲<% if a %>乙<% endif %>\n\n", []),
    ],
)  # fmt: skip
def test_an_empty_line_that_begins_no_paragraph_is_a_fault(source: str, lines: list[int]) -> None:
    """A tag at the end of a line of text takes the line end with it."""
    assert [line for line, _ in lint(source)] == lines
