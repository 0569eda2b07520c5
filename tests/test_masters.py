"""The master for the press: what printers' own tools see in it."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import ImageChops

import printers
from icc_profiles import fogra39, press_profile, with_description
from jianbao_tex.errors import JianbaoError
from jianbao_tex.measure import measure
from jianbao_tex.prepress.profiles import Profile
from jianbao_tex.prepress.seeing import read_pages
from jianbao_tex.press import Press, Source
from jianbao_tex.testing import plugin_at
from workshop import EXAMPLES, ROOT, Workshop

INK = "PANTONE Red 032 C"
SPOT_PAGES = range(1, 4)
MM = 72 / 25.4


def set_with(options: str, name: str = "365") -> str:
    """An example with more options."""
    text = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")
    return text.replace("options: {", f"options: {{{options}, ")


@pytest.fixture(scope="module")
def made(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The print outputs of issue 363 as files, by what follows its name."""
    folder = tmp_path_factory.mktemp("print")
    outputs = ("print", "plates", "preprinted", "booklet")
    pressing = workshop.press.press(Source.from_file(EXAMPLES / "363.yaml"), outputs)
    for artifact in pressing.artifacts:
        (folder / artifact.name).write_bytes(artifact.data)
    return {artifact.name: folder / artifact.name for artifact in pressing.artifacts}


def pdfs(made: dict[str, Path]) -> list[Path]:
    return [path for name, path in made.items() if name.endswith(".pdf")]


def test_every_file_is_sound_and_has_its_fonts(made: dict[str, Path]) -> None:
    for path in pdfs(made):
        assert printers.qpdf_faults(path) == ""
        assert set(printers.fonts(path)) == {(True, True, True)}


def test_the_master_has_its_boxes(made: dict[str, Path]) -> None:
    """Trimmed A4, 3 mm of bleed, 10 mm more for the marks."""
    found = printers.boxes(made["363-print.pdf"])

    assert found["TrimBox"] == pytest.approx((13 * MM, 13 * MM, 223 * MM, 310 * MM), abs=0.02)
    assert found["BleedBox"] == pytest.approx((10 * MM, 10 * MM, 226 * MM, 313 * MM), abs=0.02)
    assert found["MediaBox"] == pytest.approx((0, 0, 236 * MM, 323 * MM), abs=0.02)


def test_red_is_on_its_own_plate_and_black_on_black(made: dict[str, Path], tmp_path: Path) -> None:
    """Ghostscript parts the plates: the masthead is red, all else black, no process ink."""
    for page in SPOT_PAGES:
        plates = printers.separations(made["363-print.pdf"], page, tmp_path)

        assert all(printers.inked(plates[ink]) == 0 for ink in ("Cyan", "Magenta", "Yellow"))
        assert printers.inked(plates["Black"]) > 1000
        # Nor is a red plate needed for marks alone.
        assert bool(printers.inked(plates[INK])) == (page == 1) if INK in plates else page > 1


def test_the_plates_are_what_the_master_prints(made: dict[str, Path], tmp_path: Path) -> None:
    """The file of each plate shows what Ghostscript finds on that plate of the master."""
    master = printers.separations(made["363-print.pdf"], 1, tmp_path)
    for ink, separation in (("red", INK), ("black", "Black")):
        plate = printers.separations(made[f"363-plate-{ink}.pdf"], 1, tmp_path)["Black"]

        assert plate.size == master[separation].size
        difference = ImageChops.difference(plate, master[separation])
        assert sum(difference.histogram()[60:]) == 0


def test_black_is_printed_over_red(workshop: Workshop, tmp_path: Path) -> None:
    """Red under black type is not left free: a shift of the plates shows no white."""
    text = "masthead: {name: 工作简报}\nlayout: newsletter\nsections:\n- {name: 栏目, articles: [{body: 正文。}]}\n"
    pressing = workshop.press.press(Workshop.source(text), ("print",))
    (tmp_path / "a.pdf").write_bytes(pressing.artifacts[0].data)
    plates = printers.separations(tmp_path / "a.pdf", 1, tmp_path)
    with pikepdf.open(tmp_path / "a.pdf") as document:
        states = document.pages[0].Resources.ExtGState

        assert {(bool(s.op), int(s.OPM)) for s in states.values()} == {(True, 1), (False, 1)}
    # White letters in a red band do leave it free.
    assert printers.inked(plates[INK]) > 1000
    assert printers.inked(plates["Black"]) > 100


MODES = {
    "x-4 cmyk": ({"Magenta", "Yellow", "Black"}, "1.6"),
    "x-1a cmyk": ({"Magenta", "Yellow", "Black"}, "1.3"),
    "x-1a spot": ({INK, "Black"}, "1.3"),
    "x-4 gray": ({"Black"}, "1.6"),
    "x-4 rgb": ({"Cyan", "Magenta", "Yellow", "Black"}, "1.6"),
}


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_prints_with_its_inks(press: Press, mode: str, tmp_path: Path) -> None:
    standard, colours = mode.split()
    options = f"print.standard: {standard}, print.colours: {colours}, print.marks: false"
    source = Source.from_bytes(set_with(options).encode(), "a.yaml", EXAMPLES)
    (artifact,) = press.press(source, ("print",)).artifacts
    path = tmp_path / "a.pdf"
    path.write_bytes(artifact.data)
    plates = printers.separations(path, 1, tmp_path)
    inks, version = MODES[mode]

    assert {ink for ink, plate in plates.items() if printers.inked(plate)} == inks
    assert printers.qpdf_faults(path) == ""
    with pikepdf.open(path) as document:
        assert document.pdf_version == version
        (intent,) = document.Root.OutputIntents
        assert (str(intent.S), str(intent.OutputConditionIdentifier)) == ("/GTS_PDFX", "FOGRA39")


def test_red_has_the_shares_of_the_standard(press: Press) -> None:
    """Y80 M80 of GB/T 9704, clause 6, or what the series says."""
    for red, value in (("", "0 0.8 0.8 0 k"), (", colour.red: 0 1 1 0", "0 1 1 0 k")):
        options = f"print.colours: cmyk, print.marks: false{red}"
        source = Source.from_bytes(set_with(options).encode(), "a.yaml", EXAMPLES)
        (artifact,) = press.press(source, ("print",)).artifacts
        with pikepdf.open(io.BytesIO(artifact.data)) as document:
            content = document.pages[0].Contents.read_bytes().decode("latin-1")

        assert f"\n{value}\n" in content


def test_nothing_moves_on_paper_that_is_red_already(
    made: dict[str, Path], workshop: Workshop
) -> None:
    """Each glyph that is left stands within 0.05 mm of its place; red alone is gone."""
    master = measure(workshop.master("363")).pages
    left = measure(made["363-preprinted.pdf"].read_bytes()).pages
    places = {(g.text, round(g.x, 1), round(g.baseline, 1)) for g in master[0].glyphs}

    for glyph in left[0].glyphs:
        assert any(
            (glyph.text, round(glyph.x + dx, 1), round(glyph.baseline + dy, 1)) in places
            for dx in (-0.05, 0, 0.05)
            for dy in (-0.05, 0, 0.05)
        )
    gone = len(master[0].glyphs) - len(left[0].glyphs)
    assert gone == len("建设学习型党组织、学习型领导班子工作简报")
    assert [len(page.glyphs) for page in left[1:]] == [len(page.glyphs) for page in master[1:]]


def test_the_zone_of_the_masthead_is_free(made: dict[str, Path], tmp_path: Path) -> None:
    """No black stands where the red plate prints."""
    red = printers.separations(made["363-plate-red.pdf"], 1, tmp_path)["Black"]
    black = printers.separations(made["363-plate-black.pdf"], 1, tmp_path)["Black"]
    # The marks around both are cut off.
    inner = tuple(round(mm / 25.4 * 40) for mm in (14, 14, 222, 309))
    both = ImageChops.lighter(red.crop(inner), black.crop(inner))

    assert printers.inked(both) == 0


def test_a_booklet_has_each_page_in_its_place(made: dict[str, Path], workshop: Workshop) -> None:
    """Eleven pages on three sheets: the blank before the last, which is outside."""
    sides = measure(made["363-booklet.pdf"].read_bytes()).pages
    master = measure(workshop.master("363")).pages
    order = [(11, 1), (2, 0), (10, 3), (4, 9), (8, 5), (6, 7)]

    assert [(round(side.width), round(side.height)) for side in sides] == [(420, 297)] * 6
    for side, halves in zip(sides, order, strict=True):
        due = [
            (glyph.text, glyph.x + 210 * is_right, glyph.baseline)
            for is_right, number in enumerate(halves)
            if number
            for glyph in master[number - 1].glyphs
        ]
        assert [g.text for g in side.glyphs] == [text for text, _, _ in due]
        assert [g.x for g in side.glyphs] == pytest.approx([x for _, x, _ in due], abs=0.05)
        assert [g.baseline for g in side.glyphs] == pytest.approx([y for *_, y in due], abs=0.05)


def test_inner_sheets_creep_towards_the_fold(press: Press) -> None:
    source = Source.from_bytes(
        set_with("booklet.creep: 0.5, booklet.marks: true").encode(), "a.yaml", EXAMPLES
    )
    pressing = press.press(source, ("booklet",))
    outer, _, inner, _ = measure(pressing.artifacts[0].data).pages
    margin = 13

    assert outer.width == pytest.approx(420 + 2 * margin, abs=0.01)
    # Page 1 lies right on the outer sheet, page 3 right on the inner one: both odd pages
    # begin at the same column.
    right = [min(g.x for g in page.glyphs if g.x > 223) for page in (outer, inner)]
    assert right[0] - right[1] == pytest.approx(0.5, abs=0.05)


def test_the_plates_have_previews(made: dict[str, Path]) -> None:
    names = {name for name in made if name.endswith(".png")}

    assert names == {f"363-plate-{ink}-{n}.png" for ink in ("red", "black") for n in range(1, 12)}


def test_the_folder_where_the_command_runs_has_no_say(
    press: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile is looked for beside the issue and in TeX's tree, nowhere else."""
    (tmp_path / "here").mkdir()
    (tmp_path / "issue").mkdir()
    for name in ("FOGRA39L_coated.icc", "srgb.icc", "ours.icc"):
        (tmp_path / "here" / name).write_bytes(b"no profile")
    (tmp_path / "issue" / "link.icc").symlink_to(tmp_path / "here" / "ours.icc")
    monkeypatch.chdir(tmp_path / "here")
    text = "masthead: {name: 工作简报}\narticles: {body: 正文。}\n"

    assert press.press(Workshop.source(text, tmp_path / "issue"), ("print", "archive")).artifacts
    for name in ("ours.icc", "link.icc", "../here/ours.icc"):
        options = f"options: {{print.profile: {name}}}\n"
        source = Workshop.source(text + options, tmp_path / "issue")
        with pytest.raises(JianbaoError, match="JB430"):
            press.press(source, ("print",))


def test_a_page_without_text_can_be_folded(press: Press) -> None:
    """Blank sides have marks like all others."""
    text = "masthead: {name: 工作简报}\noptions: {booklet.marks: true, print.bars: true}\n"
    (artifact,) = press.press(Workshop.source(text), ("booklet",)).artifacts

    assert len(measure(artifact.data).pages) == 2


@pytest.mark.parametrize("ink", ["All", "none", "Cyan", "BLACK", "RGB"])
def test_the_red_ink_is_no_other_one(press: Press, ink: str) -> None:
    text = (
        f"masthead: {{name: 工作简报}}\noptions: {{print.ink: {ink}}}\narticles: {{body: 文。}}\n"
    )
    with pytest.raises(JianbaoError, match="JB373"):
        press.press(Workshop.source(text), ("print",))


def test_a_department_may_print_in_dark_blue(press: Press) -> None:
    """A colour that holds black is no black text that went wrong."""
    folder = ROOT / "tests" / "broken" / "master_with_a_third_ink"
    text = (folder / "issue.yaml").read_text(encoding="utf-8")
    text = text.replace("layout: own\n", "layout: own\noptions: {print.colours: cmyk}\n")
    found = plugin_at(folder / "plugins" / "own")
    owned = Press(plugins={found.name: found}, sandbox=press.sandbox)
    (artifact,) = owned.press(Workshop.source(text), ("print",)).artifacts
    owned.engine.close()
    with pikepdf.open(io.BytesIO(artifact.data)) as document:
        assert {"Cyan", "Magenta", "Yellow", "Black"} >= read_pages(document)[0].plates >= {"Cyan"}


def test_patches_of_the_inks_need_no_marks(press: Press) -> None:
    """Each setting does what it says, whatever the others are: the patches stand on the sheet."""
    drawn = []
    for options in ("print.marks: false", "print.marks: false, print.bars: true"):
        text = f"masthead: {{name: 工作简报}}\noptions: {{{options}}}\narticles: {{body: 文。}}\n"
        (artifact,) = press.press(Workshop.source(text), ("print",)).artifacts
        with pikepdf.open(io.BytesIO(artifact.data)) as document:
            drawn.append(document.pages[0].Contents.read_bytes().count(b"/Artifact BMC q"))

    # Two inks on the first page, each full and half.
    assert drawn == [0, 4]


INTENTS = {
    "the default": ("", "FOGRA39", "http://www.color.org"),
    "a shop's own": ("Our press 2026", "Our press 2026", None),
    "a shop's own with a registered name in its own": (
        "FOGRA39 with our ink",
        "FOGRA39 with our ink",
        None,
    ),
    "another registered one": ("ISO Coated v2 (ECI)", "FOGRA39", "http://www.color.org"),
}


@pytest.mark.parametrize("output", ["print", "booklet", "archive"])
@pytest.mark.parametrize("profile", INTENTS)
def test_only_a_registered_condition_names_the_registry(
    press: Press, tmp_path: Path, profile: str, output: str
) -> None:
    """
    A press that reads the registry's name takes the registered values in place of the profile's:
    a shop's own profile must not claim to be there (ISO 15930-7).
    """
    description, condition, registry = INTENTS[profile]
    options = ""
    if description:
        (tmp_path / "shop.icc").write_bytes(with_description(fogra39(), description))
        options = "options: {print.profile: shop.icc}\n"
    text = f"masthead: {{name: 工作简报}}\n{options}articles: {{body: 文。}}\n"
    pressing = press.press(Workshop.source(text, tmp_path), (output,))
    for artifact in pressing.artifacts:
        with pikepdf.open(io.BytesIO(artifact.data)) as document:
            (intent,) = document.Root.OutputIntents

            assert str(intent.OutputConditionIdentifier) == condition
            assert intent.get("/RegistryName") == registry
            assert str(intent.Info) == (description or "FOGRA39L Coated")
            assert "/DestOutputProfile" in intent


@pytest.mark.parametrize(
    ("target", "condition"),
    [("ICCHDAT FOGRA51", "FOGRA51"), ("ICCHDAT our own", "Shop"), ("CGATS.17 IT8.7/4", "Shop")],
)
def test_a_profile_may_name_the_registered_data_that_it_is_made_from(
    target: str, condition: str
) -> None:
    """The ICC asks for it in the tag of the target; other texts there are a shop's measurements."""
    profile = Profile.read(press_profile("Shop", target=target))

    assert profile.condition == condition
    assert bool(profile.registered) == (condition != "Shop")
