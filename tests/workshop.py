"""Where things lie, and issues pressed once."""

from __future__ import annotations

from pathlib import Path

from jianbao_tex.errors import PreflightFailed
from jianbao_tex.findings import errors_among
from jianbao_tex.hooks import MasterSubject
from jianbao_tex.master import Master
from jianbao_tex.measure import measure
from jianbao_tex.press import Composed, Press, PressResult, Proof, Source
from jianbao_tex.store import key_of

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
# The printed issues lie beside the checkout where the project is developed; a copy of
# their text is kept here, so that the tests need nothing but the checkout.
BULLETINS = Path(__file__).resolve().parent / "bulletins"


class Workshop:
    """Presses issues given as YAML text or as files; each one once."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self._pressed: dict[str, PressResult] = {}
        self._proved: dict[str, Proof] = {}

    @staticmethod
    def source(text: str, folder: Path | None = None) -> Source:
        return Source.from_bytes(text.encode(), "issue.yaml", folder)

    def compose(self, text: str, folder: Path | None = None) -> Composed:
        return self.press.compose(self.source(text, folder))

    def body(self, text: str, folder: Path | None = None) -> str:
        """The TeX between \\begin{document} and \\end{document}."""
        main = self.compose(text, folder).tree.files["issue.tex"].decode()
        return main.split("\\begin{document}\n")[1].split("\\end{document}")[0]

    def pressing(self, text: str, folder: Path | None = None) -> PressResult:
        key = f"{folder}{text}"
        if key not in self._pressed:
            self._pressed[key] = self.press.press(self.source(text, folder))
        return self._pressed[key]

    def pdf(self, text: str, folder: Path | None = None) -> bytes:
        """The master, of which all outputs are made; refused where it has errors."""
        key = f"{folder}{text}"
        if key not in self._proved:
            self._proved[key] = self.press.prove(self.compose(text, folder))
        found = self._proved[key].findings
        if errors_among(found):
            raise PreflightFailed(found)
        return self._proved[key].pdf

    def subject(self, text: str, folder: Path | None = None) -> MasterSubject:
        """
        The finished master as its checks see it, also where they find errors.

        What TeX writes is the same for the same input, so the cache of the run may have it.
        """
        composed = self.compose(text, folder)
        tree = composed.tree
        store = self.press.store
        assert store is not None
        key = key_of("master", *(part for item in sorted(tree.files.items()) for part in item))
        pdf = store.get("results", key)
        if pdf is None:
            pdf = self.press.prove(composed).pdf
            store.put("results", key, pdf)
        measured = measure(pdf)
        return composed.subject.with_master(Master(pdf, len(measured.pages)), measured)

    def master(self, name: str) -> bytes:
        """The master of an example."""
        if name not in self._proved:
            source = Source.from_file(EXAMPLES / f"{name}.yaml")
            self._proved[name] = self.press.prove(self.press.compose(source))
        return self._proved[name].pdf

    def example(self, name: str) -> PressResult:
        if name not in self._pressed:
            source = Source.from_file(EXAMPLES / f"{name}.yaml")
            self._pressed[name] = self.press.press(source, ("pdf", "txt"))
        return self._pressed[name]
