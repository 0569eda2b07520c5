"""The files beside an issue: on the disk or given as bytes, each opened once, none outside."""

from __future__ import annotations

import io
import os
import socket
from pathlib import Path

import pytest
from PIL import Image

from jianbao_tex.composer.pictures import MAX_BYTES
from jianbao_tex.errors import IssueInvalid
from jianbao_tex.foreign_files import NotAFile, TooLarge, read_file
from jianbao_tex.hooks import IssueCheck, IssueSubject, hookimpl
from jianbao_tex.issue_folder import IssueFolder, OutsideFolder
from jianbao_tex.parcels import Packer, Parcel, press_parcel
from jianbao_tex.press import Press, Source
from jianbao_tex.store import digest_of
from workshop import EXAMPLES


def _picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(data, "PNG")
    return data.getvalue()


PICTURE = _picture()
SERIES = "masthead: {name: 工作简报, issuer: 办公室}\n"
ISSUE = """\
series: common/series.yaml
number: 12
date: 2020-03-10
articles:
  - title: 标题
    body: [正文。, {image: pictures/red.png}]
"""
FILES = {"common/series.yaml": SERIES.encode(), "pictures/red.png": PICTURE}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in {"12.yaml": ISSUE.encode(), **FILES}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


def given(issue: str = ISSUE, **files: bytes) -> Source:
    return Source.from_bytes(issue.encode(), "12.yaml", files=files or FILES)


def test_an_issue_of_bytes_alone_is_pressed_to_the_same_file(press: Press, folder: Path) -> None:
    """No disk is needed, and the PDF is the same, byte for byte."""
    on_disk = press.press(Source.from_file(folder / "12.yaml"), ("pdf", "certificate"))
    in_memory = press.press(given(), ("pdf", "certificate"))

    assert in_memory.artifacts[0].data == on_disk.artifacts[0].data
    assert in_memory.sources == ()
    assert {Path(name).name for name in on_disk.sources} == {"12.yaml", "series.yaml", "red.png"}
    digests = {name: in_memory.inputs[name] for name in FILES}
    assert digests == {name: on_disk.inputs[str(folder / name)] for name in FILES}


def test_bytes_go_before_the_disk(press: Press, folder: Path) -> None:
    """As an editor needs it that has a series open and not saved."""
    files = {"common/series.yaml": "masthead: {name: 秘书通讯}\n".encode()}
    source = Source.from_bytes(ISSUE.encode(), str(folder / "12.yaml"), folder, files)

    assert press.read(source).masthead.name == "秘书通讯"
    assert press.compose(source).tree.files["picture-1.png"] == PICTURE
    assert press.input_files(source) == (str(folder / "12.yaml"), str(folder / "pictures/red.png"))


@pytest.mark.parametrize(
    ("name", "code"),
    [("../x.png", "JB402"), ("/etc/x.png", "JB402"), ("none.png", "JB403"), ("big.png", "JB406")],
)
def test_what_is_not_among_the_bytes_is_said_as_of_a_folder(
    name: str, code: str, press: Press
) -> None:
    issue = f"masthead: {{name: 简报}}\narticles: [{{body: [{{image: {name}}}]}}]\n"
    with pytest.raises(IssueInvalid) as info:
        press.compose(given(issue, **{"big.png": bytes(MAX_BYTES + 1)}))

    assert [finding.code for finding in info.value.findings] == [code]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"x": b"x"}, "JB155"),
        ({"common/series.yaml": b"a: \xff"}, "JB104"),
        ({"common/series.yaml": b"nmae: x\n"}, "JB121"),
    ],
)
def test_a_series_of_bytes_is_read_as_strictly(
    files: dict[str, bytes], code: str, press: Press
) -> None:
    with pytest.raises(IssueInvalid) as info:
        press.read(Source.from_bytes(ISSUE.encode(), "12.yaml", files=files))

    assert code in {finding.code for finding in info.value.findings}


def test_the_issue_before_is_found_among_bytes_and_on_the_disk(folder: Path) -> None:
    """The nearest one before, wherever it lies."""
    found: list[int | None] = []

    class Looking:
        @hookimpl
        def jianbao_checks(self) -> list[IssueCheck]:
            def run(subject: IssueSubject) -> tuple[()]:
                found.append(subject.previous.number if subject.previous else None)
                return ()

            return [IssueCheck("looking", "看", run)]

    press = Press(plugins={"looking": Looking()})
    (folder / "10.yaml").write_text("masthead: {name: 工作简报}\nnumber: 10\n", encoding="utf-8")
    eleven = "masthead: {name: 工作简报}\nnumber: 11\n".encode()
    press.compose(Source.from_file(folder / "12.yaml"))
    press.compose(Source.from_bytes(ISSUE.encode(), "12.yaml", folder, {"11.yaml": eleven}))
    press.compose(given())

    assert found == [10, 11, None]


def test_only_regular_files_are_opened_and_no_more_than_asked_for(tmp_path: Path) -> None:
    """A pipe that nobody writes to is not waited for; a device is not read for ever."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"12345")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "zero").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for name in ("pipe", "zero", "socket", "."):
            with pytest.raises(NotAFile) as info:
                read_file(tmp_path / name, 10)
            assert info.value.is_folder == (name == ".")

    assert read_file(tmp_path / "file", 5) == b"12345"
    with pytest.raises(TooLarge) as large:
        read_file(tmp_path / "file", 4)
    assert large.value.size == 5
    with pytest.raises(OSError, match="symbolic links"):
        read_file(tmp_path / "loop", 10)
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none", 10)
    with pytest.raises(ValueError, match="null"):
        read_file(tmp_path / "a\0b", 10)


def test_no_name_leads_out(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "in/link").symlink_to("../secret")
    for beside in (IssueFolder(tmp_path / "in"), IssueFolder(None, {"a": b"x"}), IssueFolder()):
        for name in ("../secret", "/etc/hostname", "link", "x/../../secret"):
            with pytest.raises((OutsideFolder, FileNotFoundError)):
                beside.read(name, 10)
    assert IssueFolder(None, {"a/b": b"x"}).read("a/./b", 10) == b"x"
    assert Source("i", "", files={"./a//b": b"x"}).beside.read("./a//b", 10) == b"x"


def test_examples_are_read_the_same_from_bytes(press: Press) -> None:
    for name in ("363", "365"):
        data = {path.name: path.read_bytes() for path in EXAMPLES.glob("*.yaml")}
        source = Source.from_bytes(data[f"{name}.yaml"], f"{name}.yaml", files=data)
        near = press.compose(Source.from_file(EXAMPLES / f"{name}.yaml"))

        assert press.compose(source).tree.files == near.tree.files


def test_a_name_alone_opens_no_file(press: Press, folder: Path) -> None:
    """An issue of bytes may be called as a file of this machine is: that file is not read."""
    (folder / "12.yaml").write_bytes(b"secret")
    name = str(folder / "12.yaml")
    made = press.press(Source.from_bytes(ISSUE.encode(), name, files=FILES), ("archive",))

    assert made.inputs[name] == digest_of(ISSUE.encode())
    assert all(b"secret" not in artifact.data for artifact in made.artifacts)


def test_a_text_that_is_not_saved_is_its_own_input(press: Press, folder: Path) -> None:
    name = str(folder / "12.yaml")
    unsaved = ISSUE.replace("正文", "新的正文").encode()
    saved = press.press(Source.from_file(folder / "12.yaml"), ("txt",))
    made = press.press(Source.from_bytes(unsaved, name, folder), ("txt",))

    assert saved.inputs[name] == digest_of((folder / "12.yaml").read_bytes())
    assert made.inputs[name] == digest_of(unsaved)


def test_the_certificate_is_the_same_wherever_the_files_come_from(
    press: Press, folder: Path
) -> None:
    """On the disk, in memory, packed for another machine: one issue, one certificate."""
    parcel = Packer(press, ("certificate",)).pack(folder / "12.yaml")
    assert isinstance(parcel, Parcel)
    made = [
        press.press(Source.from_file(folder / "12.yaml"), ("certificate",)).artifacts,
        press.press(given(), ("certificate",)).artifacts,
        press_parcel(parcel).artifacts,
    ]

    assert made[0] == made[1] == made[2]
    assert b"common/series.yaml" in made[0][0].data


def test_a_series_that_changes_meanwhile_is_named_as_it_was(press: Press, folder: Path) -> None:
    composed = press.compose(Source.from_file(folder / "12.yaml"))
    (folder / "common/series.yaml").write_text("masthead: {name: 新的名称}\n", encoding="utf-8")

    assert composed.provenance.texts["common/series.yaml"] == SERIES.encode()
    shown = str(folder / "common/series.yaml")
    assert composed.provenance.inputs[shown] == digest_of(SERIES.encode())


def test_a_parcel_has_what_the_issue_names_under_the_names_that_it_uses(
    press: Press, folder: Path
) -> None:
    """Links, names with dots, a profile that an option names, an issue before in an archive."""
    (folder / "link.png").symlink_to("pictures/red.png")
    (folder / "my.icc").write_bytes(b"profile")
    (folder / "archive").mkdir()
    (folder / "archive/old.yaml").write_text("masthead: {name: 工作简报}\n", encoding="utf-8")
    (folder / "11.yaml").symlink_to("archive/old.yaml")
    text = ISSUE + "options: {print.profile: my.icc}\n"
    text = text.replace("image: pictures/red.png", "image: link.png").replace(
        "common/series.yaml", "pictures/../common/series.yaml"
    )
    (folder / "12.yaml").write_text(text, encoding="utf-8")
    parcel = Packer(press).pack(folder / "12.yaml")

    assert isinstance(parcel, Parcel)
    assert set(parcel.files) == {"12.yaml", "11.yaml", "link.png", "my.icc", "common/series.yaml"}
    outcome = press_parcel(parcel)
    assert (outcome.exit_code, [a.name for a in outcome.artifacts]) == (0, ["12.pdf"])


def test_a_parcel_takes_every_picture_that_a_build_takes(press: Press, folder: Path) -> None:
    """A photograph from a phone has tens of megabytes."""
    (folder / "pictures/red.png").write_bytes(PICTURE + bytes(20 * 1024 * 1024))
    parcel = Packer(press).pack(folder / "12.yaml")

    assert isinstance(parcel, Parcel)
    outcome = press_parcel(parcel)
    assert (outcome.exit_code, [a.name for a in outcome.artifacts]) == (0, ["12.pdf"])


def test_what_lies_below_is_not_the_issue_before(press: Press, folder: Path) -> None:
    """As on the disk; and a link that the folder lists is followed out of it."""
    (folder.parent / "elsewhere.yaml").write_text(
        "masthead: {name: 工作简报}\nnumber: 10\n", encoding="utf-8"
    )
    (folder / "10.yaml").symlink_to(folder.parent / "elsewhere.yaml")
    files = {"below/11.yaml": b"masthead: {name: x}\n"}
    source = Source.from_bytes(ISSUE.encode(), str(folder / "12.yaml"), folder, files)

    assert press.compose(source).subject.previous.number == 10  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [(70_000, 1), (1, 70_000)])
def test_a_picture_with_a_side_that_no_writer_takes_is_refused(
    size: tuple[int, int], press: Press
) -> None:
    """A strip of few pixels may be longer than the PDF writer can count."""
    data = io.BytesIO()
    Image.new("L", size).save(data, "PNG")
    with pytest.raises(IssueInvalid, match="JB406"):
        press.compose(given(**{**FILES, "pictures/red.png": data.getvalue()}))
