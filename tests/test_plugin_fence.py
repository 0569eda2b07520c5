"""TeX of a plugin runs in a fence that works, or where somebody has switched the fence off."""

from __future__ import annotations

from pathlib import Path

import pytest

from jianbao_tex.children import Sandbox
from jianbao_tex.errors import ToolMissing
from jianbao_tex.press import Press, Source
from jianbao_tex.store import Store
from jianbao_tex.testing import plugin_at
from jianbao_tex.typesetter import Engine
from workshop import EXAMPLES, ROOT

PLUGIN = ROOT / "plugins" / "leaders_remarks"
ISSUE = PLUGIN / "tests" / "two_remarks.yaml"


@pytest.fixture(autouse=True)
def _no_fence(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that allows no namespaces."""
    monkeypatch.setattr("jianbao_tex.children.fence._probe", lambda _: False)
    monkeypatch.setattr("jianbao_tex.children.fence._PROBES", {})


def press(sandbox: Sandbox, store: Store | None = None) -> Press:
    return Press(plugins={"leaders_remarks": plugin_at(PLUGIN)}, sandbox=sandbox, store=store)


def test_tex_of_a_plugin_is_refused_without_a_fence() -> None:
    with pytest.raises(ToolMissing, match="JB440"):
        press(Sandbox.AUTO).press(Source.from_file(ISSUE))


def test_it_runs_where_the_fence_is_switched_off() -> None:
    assert press(Sandbox.OFF).press(Source.from_file(ISSUE)).pages == 2


def test_an_issue_without_it_is_set_with_a_warning() -> None:
    result = press(Sandbox.AUTO).press(Source.from_file(EXAMPLES / "363.yaml"))

    assert "JB417" in {finding.code for finding in result.findings}


def test_no_engine_is_started_ahead_with_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the last build needed is remembered, and may be a style of the plugin."""
    with_it = press(Sandbox.OFF, store)
    with_it.press(Source.from_file(ISSUE))
    with_it.engine.close()
    started: list[Path] = []
    real = Engine.expect
    monkeypatch.setattr(
        "jianbao_tex.typesetter.pool.Pool.start_engine",
        lambda *given: started.append(given),  # type: ignore[arg-type]
    )
    real(press(Sandbox.AUTO, store).engine, str(ISSUE))

    assert started == []
