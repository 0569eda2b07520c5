"""PDFs that others made: read apart, within bounds, whatever they are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hostile_pdfs import damaged, hostile_pdfs, page_with, stream_of
from jianbao_tex.children import MEMORY_BYTES
from jianbao_tex.errors import IssueInvalid
from jianbao_tex.report.finished import claims, claims_of_file
from workshop import Workshop

KIBI, MEBI = 1024, 1024**2


@pytest.fixture
def pdfs(tmp_path_factory: pytest.TempPathFactory, workshop: Workshop) -> Path:
    """A folder with hostile PDFs of each kind, and 300 with random damage."""
    folder = tmp_path_factory.mktemp("pdfs")
    for name, data in hostile_pdfs().items():
        (folder / f"{name}.pdf").write_bytes(data)
    for number, data in enumerate(damaged(workshop.master("363"), 300)):
        (folder / f"damaged-{number}.pdf").write_bytes(data)
    return folder


def test_no_pdf_takes_more_than_its_share(pdfs: Path) -> None:
    """One command looks at all of them: each is named, within 300 MB and five seconds."""
    names = sorted(path.name for path in pdfs.iterdir())
    code = (
        "import re, resource, sys\n"
        "from jianbao_tex.cli import main\n"
        "try:\n"
        "    main(['check', '--json', *sys.argv[1:]])\n"
        "finally:\n"
        "    from jianbao_tex.children import end_apart\n"
        "    end_apart()\n"
        "    children = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "    own = re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1]\n"
        "    print(own, children.ru_maxrss, children.ru_utime, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *names], cwd=pdfs, capture_output=True, text=True, check=False
    )
    record = json.loads(done.stdout)
    own, children, seconds = map(float, done.stderr.split())

    assert done.returncode == 8
    assert len(record["issues"]) == len(names)
    found = dict(zip(names, (one["findings"] for one in record["issues"]), strict=True))
    # Those that only lie about their length or nest are pages of which something is wrong.
    assert [name for name in hostile_pdfs() if not found[f"{name}.pdf"]] == []
    assert own * KIBI < 150 * MEBI
    assert 20 * MEBI < children * KIBI < MEMORY_BYTES + 60 * MEBI
    assert seconds < len(names) / 3


def test_what_is_said_of_a_pdf_is_the_same_apart_and_here(
    workshop: Workshop, tmp_path: Path
) -> None:
    path = tmp_path / "363.pdf"
    path.write_bytes(workshop.master("363"))

    assert claims_of_file(path) == claims(str(path), path.read_bytes())


@pytest.mark.parametrize("name", ["predictor", "tokens", "strings", "zeros", "twice"])
def test_a_stream_that_unfolds_is_refused_before_it_is_unpacked(name: str) -> None:
    """Also where no separate process bounds the memory."""
    with pytest.raises(IssueInvalid, match="too large to be examined"):
        claims(name, hostile_pdfs()[name])


def test_a_large_pdf_has_its_own_size_and_the_bound(tmp_path: Path) -> None:
    """A right file with many pictures may be larger than the memory that reading it may take."""
    picture = bytes(320 * MEBI)
    head = b"<</Type/XObject/Subtype/Image/Length %d>>" % len(picture)
    path = tmp_path / "large.pdf"
    path.write_bytes(
        page_with(stream_of(b"0 g"), o5=head + b"\nstream\n" + picture + b"\nendstream")
    )

    assert claims_of_file(path)[0]["pages"] == 1
