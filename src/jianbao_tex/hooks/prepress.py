"""
What an output may use to make PDFs, and to prove them: part of the hooks, of the same version.

A maker opens the master (`opened`), writes its pages in the colours of a `Mode` (`Painter`),
lays them on a `Sheet`, declares the `Standard` of the file (`set_output_intent`), and saves it
as bytes (`save_document`).  The checks of a file read its bytes again: `standard_findings`,
`position_findings`, `plate_findings`.
Import this module inside ``make``, not at the top of the plugin: then a build of another output
does not load it.
"""

from __future__ import annotations

from jianbao_tex.measure import (
    measure,
)
from jianbao_tex.prepress.attachments import (
    attach,
    attached,
)
from jianbao_tex.prepress.coverage import (
    PdfPicture,
    ink_above,
    pictures_in,
)
from jianbao_tex.prepress.identity import (
    A1B,
    A3B,
    PLAIN,
    STANDARDS,
    X1A,
    X4,
    Identity,
    Standard,
)
from jianbao_tex.prepress.imposition import (
    impose,
    padded,
    sides,
)
from jianbao_tex.prepress.inks import (
    RGB,
    SPOT,
    Calibrated,
    Gray,
    Mode,
    Plate,
    Preprinted,
    Process,
    Screen,
    Spot,
    Values,
    tone_of,
)
from jianbao_tex.prepress.lettering import (
    Lettering,
)
from jianbao_tex.prepress.navigation import (
    Bookmark,
    Link,
    Navigation,
    Target,
    write_navigation,
)
from jianbao_tex.prepress.numbering import (
    are_alike,
    number_copies,
    numbers_in,
)
from jianbao_tex.prepress.objects import (
    pdf_name,
)
from jianbao_tex.prepress.painting import (
    Painter,
)
from jianbao_tex.prepress.pictures import (
    PictureConverter,
)
from jianbao_tex.prepress.profiles import (
    Profile,
)
from jianbao_tex.prepress.raster import (
    images_of,
)
from jianbao_tex.prepress.rules import (
    examine,
)
from jianbao_tex.prepress.saving import (
    opened,
    profile_stream,
    save_document,
    set_output_intent,
)
from jianbao_tex.prepress.seeing import (
    PROCESS,
    SeenPage,
    drawing_without_colours,
    read_pages,
)
from jianbao_tex.prepress.sheet import (
    Ink,
    Sheet,
    lay_out,
    move_operators,
    tint_of,
)
from jianbao_tex.proofs import (
    black_findings,
    lost_colour_findings,
    plate_findings,
    position_findings,
    red_of,
    standard_finding,
    standard_findings,
)

__all__ = [
    "A1B",
    "A3B",
    "PLAIN",
    "PROCESS",
    "RGB",
    "SPOT",
    "STANDARDS",
    "X1A",
    "X4",
    "Bookmark",
    "Calibrated",
    "Gray",
    "Identity",
    "Ink",
    "Lettering",
    "Link",
    "Mode",
    "Navigation",
    "Painter",
    "PdfPicture",
    "PictureConverter",
    "Plate",
    "Preprinted",
    "Process",
    "Profile",
    "Screen",
    "SeenPage",
    "Sheet",
    "Spot",
    "Standard",
    "Target",
    "Values",
    "are_alike",
    "attach",
    "attached",
    "black_findings",
    "drawing_without_colours",
    "examine",
    "images_of",
    "impose",
    "ink_above",
    "lay_out",
    "lost_colour_findings",
    "measure",
    "move_operators",
    "number_copies",
    "numbers_in",
    "opened",
    "padded",
    "pdf_name",
    "pictures_in",
    "plate_findings",
    "position_findings",
    "profile_stream",
    "read_pages",
    "red_of",
    "save_document",
    "set_output_intent",
    "sides",
    "standard_finding",
    "standard_findings",
    "tint_of",
    "tone_of",
    "write_navigation",
]
