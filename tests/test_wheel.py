"""The wheel: it carries templates, class and fonts manifest, and works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
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
    assert "jianbao_tex/composer/phrases/terms.txt" in names
    assert "jianbao_tex/py.typed" in names
    assert "fonts/tongyong-guifan-hanzi.LICENSE" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith(".mo") for name in names)
    # What translators work on is no business of those who use it.
    assert not [name for name in names if name.endswith((".po", ".pyc"))]
    assert {name.split("/")[0] for name in names} <= {
        "jianbao_tex", "templates", "fonts", *(n for n in names if "dist-info" in n),
        *(n.split("/")[0] for n in names if "dist-info" in n),
    }  # fmt: skip


def test_the_source_distribution_has_what_its_tests_need(tmp_path: Path) -> None:
    """All files of the checkout are in it, and tests run from it."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (path,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path, filter="data")
    home = tmp_path / path.name.removesuffix(".tar.gz")
    here = {file.relative_to(ROOT).as_posix() for part in PARTS for file in files_of(ROOT / part)}
    there = {file.relative_to(home).as_posix() for part in PARTS for file in files_of(home / part)}
    asked = ["tests/test_house.py", "tests/test_layout.py", "tests/test_setup.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *asked],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(home / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert len(here) > 1000
    assert there == here
    assert done.returncode == 0, done.stdout


PARTS = (
    *("src", "tests", "plugins", "templates", "fonts", "examples", "docs", "tools", "benchmarks"),
    *(
        "Makefile",
        "constraints.txt",
        ".ci/run",
        "pyproject.toml",
        "hatch_build.py",
        "LICENSE",
        "SECURITY.md",
    ),
)


def files_of(path: Path) -> list[Path]:
    """A file, or all in a folder but what Python, the compiler and the tests leave."""
    if path.is_file():
        return [path]
    left = {"__pycache__", "build", "dist"}
    return [
        file
        for file in path.rglob("*")
        if file.is_file() and file.suffix != ".so" and not left & set(file.relative_to(path).parts)
    ]


def test_an_issue_is_built_from_the_wheel_in_another_folder(python: str, tmp_path: Path) -> None:
    """The package comes from the environment, not from the checkout; the PDF is whole."""
    where = subprocess.run(
        # -E: no path of the caller leads to another copy of the package.
        [python, "-E", "-c", "import jianbao_tex; print(jianbao_tex.__file__)"],
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
