"""The wheel: it carries templates, class and fonts manifest, and works away from the checkout."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from command import jianbao
from pdf_pages import text_of
from workshop import EXAMPLES, ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        check=True,
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A clean environment with the wheel; what it depends on is lent from this one."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    site = Path(next((folder / "lib").glob("python*")) / "site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # A path line of a .pth file is not searched for .pth files of its own, so the
    # installation in place of this checkout is not seen.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return str(folder / "bin" / "python")


def test_wheel_carries_templates_class_and_font_manifest(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name.removeprefix("jianbao_tex/_assets/") for name in archive.namelist()}

    assert "templates/latex/jianbao.cls" in names
    assert "templates/latex/layouts/classic/layout.toml" in names
    assert "fonts/fonts.toml" in names
    assert "fonts/sample-characters.txt" in names
    assert "jianbao_tex/system.toml" in names
    assert "jianbao_tex/py.typed" in names
    assert {name.split("/")[0] for name in names} <= {
        "jianbao_tex", "templates", "fonts", *(n for n in names if "dist-info" in n),
        *(n.split("/")[0] for n in names if "dist-info" in n),
    }  # fmt: skip


def test_an_issue_is_built_from_the_wheel_in_another_folder(python: str, tmp_path: Path) -> None:
    """The package comes from the environment, not from the checkout; the PDF is whole."""
    where = subprocess.run(
        [python, "-c", "import jianbao_tex; print(jianbao_tex.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in ("365.yaml", "series.yaml"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    done = jianbao("build", "365.yaml", folder=tmp_path, python=python)

    assert str(ROOT) not in where
    assert (done.returncode, done.stdout) == (0, "365.pdf\n")
    assert text_of((tmp_path / "365.pdf").read_bytes()).endswith("协调小组办公室")


def test_doctor_works_from_the_wheel(python: str, tmp_path: Path) -> None:
    done = jianbao("doctor", folder=tmp_path, python=python)

    assert done.returncode == 0
    assert "missing" not in done.stdout


def test_translations_and_the_catalogue_are_in_the_wheel(python: str, tmp_path: Path) -> None:
    done = jianbao("explain", "JB121", "--lang", "zh", folder=tmp_path, python=python)

    assert done.returncode == 0
    assert "改法：" in done.stdout
    assert "masthead: {nam: 工作简报}" in done.stdout
