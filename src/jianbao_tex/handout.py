"""A typeset issue -> its output files: makes each output, then checks its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from jianbao_tex.cancelling import Handle
from jianbao_tex.errors import JianbaoError, PluginBroken, PreflightFailed
from jianbao_tex.figure_files import FileReader
from jianbao_tex.findings import (
    Finding,
    error,
    errors_among,
    in_order,
    note,
    visible,
    warning,
)
from jianbao_tex.hooks import Files, Output, OutputSubject
from jianbao_tex.language import Phrase, say
from jianbao_tex.master import Artifact, RefusedOutput
from jianbao_tex.packing import pack_finding, pack_record, unpack_finding, unpack_record
from jianbao_tex.portable import portable_finding, portable_name
from jianbao_tex.registry import Registry
from jianbao_tex.registry.frozen import WRITES_INTO_IT, FrozenIssue, IssueWritten
from jianbao_tex.registry.plugins import describe_exception
from jianbao_tex.registry.records import SUFFIX
from jianbao_tex.registry.tasks import Task

_NO_BYTES = error(
    "JB515",
    "the output {output} of plugin {plugin} returns {got} instead of the bytes of files",
    "report it to the plugin's authors; to run without it: jianbao plugins disable {name}",
)
_NOT_PROVED = warning(
    "JB538",
    "the files of output {output} of plugin {plugin} were not checked: {reason}",
    "report it to the plugin's authors; to run without it: jianbao plugins disable {name}",
)
_TWICE = error(
    "JB539",
    "the outputs {first} and {second} both make {file}",
    "ask for one of them; to do without a plugin: jianbao plugins disable {name}",
)
_REFUSED = note(
    "JB434",
    "the output {output} is not made: {codes}",
    "correct its errors and build it again; the other outputs of the issue are made",
)

_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".zip": "application/zip",
}


def refuse_errors(
    registry: Registry, outputs: Iterable[str], findings: tuple[Finding, ...]
) -> None:
    """
    Refuses an issue with an error, unless an output takes it.

    Raises:
        PreflightFailed: no output takes it.
        KeyError: an output that the registry does not know.
    """
    makers = [registry.outputs[name] for name in outputs]
    # One that only describes the files of others has none to describe.
    takes_it = any(maker.takes_refused and not maker.is_last for maker in makers)
    if errors_among(findings) and not takes_it:
        raise PreflightFailed(findings)


@dataclass(frozen=True)
class Handout:
    """
    What the outputs of one issue came to: the files of those that were made, in the order in
    which they were asked for; those that were refused; all findings about both.
    """

    artifacts: tuple[Artifact, ...]
    findings: tuple[Finding, ...]
    refused: tuple[RefusedOutput, ...] = ()


def make_outputs(
    registry: Registry,
    outputs: Sequence[str],
    subject: OutputSubject,
    shelf: FileReader,
    handle: Handle | None = None,
    faults: tuple[Finding, ...] = (),
) -> Handout:
    """
    The files of the outputs, as far as they can be made; each is made and checked by itself, that
    of a plugin in a fork.

    ``faults`` are the errors of the issue: only some outputs take one that has any.

    Raises:
        JianbaoError: no output could be made.  `PreflightFailed`: a file is not what it claims
            to be, or the issue cannot be made so.  `PluginBroken`: a maker of a plugin fails,
            makes no bytes, or the file of another one.  `IssueInvalid`: a file that a figure
            names cannot be read.
        KeyError: an output that the registry does not know.
    """
    makers = [registry.outputs[name] for name in dict.fromkeys(outputs)]
    tray = _Tray(registry, subject, shelf, handle or Handle(), faults)
    for maker in sorted(makers, key=lambda maker: maker.is_last):
        # A certificate of nothing would certify refusals alone.
        if not (maker.is_last and tray.errors and not tray.artifacts):
            tray.add(maker)
    if tray.errors and not tray.artifacts:
        raise _merged([*tray.errors.values()])
    refused = tuple(tray.refused())
    named = (_REFUSED.at(subject.issue.where(()), output=r.output, codes=r.codes) for r in refused)
    reasons = (finding for refusal in refused for finding in refusal.findings)
    return Handout(
        tuple(file for maker in makers for file in tray.artifacts.get(maker.name, ())),
        in_order((*tray.findings, *reasons, *named)),
        refused,
    )


def _merged(errors: Sequence[JianbaoError]) -> JianbaoError:
    """One error with all findings, of the family of the first."""
    first = errors[0]
    if len(errors) == 1:
        return first
    return type(first)(finding for exc in errors for finding in exc.findings)


@dataclass
class _Tray:
    """The outputs of one issue that were made so far, and those that were refused, by name."""

    registry: Registry
    subject: OutputSubject
    shelf: FileReader
    handle: Handle
    faults: tuple[Finding, ...] = ()
    artifacts: dict[str, tuple[Artifact, ...]] = field(default_factory=dict)
    errors: dict[str, JianbaoError] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def refused(self) -> Iterator[RefusedOutput]:
        """The outputs that could not be made, with the names of the files that are missing."""
        for name, exc in self.errors.items():
            maker = self.registry.outputs[name]
            suffixes = maker.suffixes or (maker.suffix,)
            files = tuple(self.subject.job.name + suffix for suffix in suffixes)
            yield RefusedOutput(name, exc.findings, files)

    def add(self, maker: Output) -> None:
        """Makes an output, or notes why it cannot be made."""
        self.handle.check()
        try:
            artifacts, findings = self._make(maker)
        except IssueWritten:
            raise
        except JianbaoError as exc:
            self.errors[maker.name] = exc
        else:
            self.artifacts[maker.name] = artifacts
            self.findings += findings

    def _make(self, maker: Output) -> tuple[tuple[Artifact, ...], tuple[Finding, ...]]:
        """
        The checked files of an output, and the findings about them that are no errors.

        Raises:
            JianbaoError: see `make_outputs`.
        """
        if self.faults and not maker.takes_refused:
            raise PreflightFailed(self.faults)
        own_subject = _subject_for(maker, self)
        files, findings = (
            self._make_here(maker, own_subject)
            if self.registry.owners["outputs", maker.name].is_built_in
            else self._make_apart(maker, own_subject)
        )
        if errors_among(findings):
            raise PreflightFailed(findings)
        artifacts = tuple(
            Artifact(self.subject.job.name + suffix, _media_type(maker, suffix), data)
            for suffix, data in files.items()
        )
        _refuse_same_name(self.registry, maker, artifacts, self.artifacts)
        return artifacts, findings

    def _make_here(
        self, maker: Output, subject: OutputSubject
    ) -> tuple[Files, tuple[Finding, ...]]:
        files = _make_files(self.registry, maker, subject)
        self.handle.check()
        return files, _prove(self.registry, maker, subject, files)

    def _make_apart(
        self, maker: Output, subject: OutputSubject
    ) -> tuple[Files, tuple[Finding, ...]]:
        """The files of an output of a plugin, made in a fork."""
        owner = self.registry.owners["outputs", maker.name]
        task = Task(owner, maker.name, partial(self._work, maker, subject))
        with self.registry.calls.apart([task], self.handle) as tasks:
            data = tasks.answer(0)
            try:
                record, pieces = unpack_record(data)
                self.shelf.add(record)
                findings = tuple(map(unpack_finding, record["findings"]))
                return dict(zip(record["suffixes"], pieces, strict=True)), findings
            except (LookupError, TypeError, ValueError) as exc:
                reason = say("it sent something else than its answer")
                raise PluginBroken(owner.failed(maker.name, reason)) from exc

    def _work(self, maker: Output, subject: OutputSubject) -> bytes:
        owner = self.registry.owners["outputs", maker.name]
        with FrozenIssue(subject.issue).refusing(owner.failed(maker.name, WRITES_INTO_IT)):
            files, findings = self._make_here(maker, subject)
        record = {
            "suffixes": [*files],
            "findings": [*map(pack_finding, findings)],
            **self.shelf.record,
        }
        return pack_record(record, files.values())


def _subject_for(maker: Output, tray: _Tray) -> OutputSubject:
    """
    The subject for one output, with only the figures that it declares.  An output with
    ``is_last`` also gets the files, inputs and findings of all others.
    """
    subject = tray.subject
    names = (*(figure.name for figure in maker.figures), *maker.reads)

    def file(figure: str) -> bytes:
        if figure not in names:
            raise KeyError(figure)
        return subject.job.file(figure)

    settings = {name: subject.job.settings[name] for name in names}
    job = replace(subject.job, settings=settings, file=file)
    if not maker.is_last:
        return replace(subject, job=job)
    digests = {portable_name(name): digest for name, digest in tray.shelf.digests.items()}
    job = replace(
        job,
        artifacts=tuple(file for files in tray.artifacts.values() for file in files),
        refused=tuple(tray.refused()),
        findings=in_order((*subject.job.findings, *map(portable_finding, tray.findings))),
        inputs=dict(sorted({**subject.job.inputs, **digests}.items())),
    )
    return replace(subject, job=job)


def _refuse_same_name(
    registry: Registry,
    maker: Output,
    artifacts: Iterable[Artifact],
    by_output: Mapping[str, tuple[Artifact, ...]],
) -> None:
    """Refuses a file that another output of the same build made."""
    for name, others in by_output.items():
        names = {artifact.name for artifact in others} & {artifact.name for artifact in artifacts}
        for file in sorted(names):
            owner = registry.owners["outputs", maker.name]
            values = {"first": name, "second": maker.name, "file": file}
            raise PluginBroken(_TWICE.at(owner.place, name=owner.name, **values))


def _media_type(maker: Output, suffix: str) -> str:
    if suffix == maker.suffix:
        return maker.media_type
    return _MEDIA_TYPES.get(suffix[suffix.rindex(".") :], "application/octet-stream")


def _make_files(registry: Registry, maker: Output, subject: OutputSubject) -> Files:
    owner = registry.owners["outputs", maker.name]
    result = registry.calls(owner, maker.name, maker.make, subject)
    files = {maker.suffix: result} if isinstance(result, bytes) else result
    fault = _describe_fault(files)
    if fault:
        values = {"plugin": owner.titled, "name": owner.name, "output": maker.name}
        raise PluginBroken(_NO_BYTES.at(owner.place, got=fault, **values))
    return files


def _describe_fault(files: object) -> Phrase | str:
    """A description of a wrong return value; '' if the value is correct."""
    if not isinstance(files, Mapping):
        return type(files).__name__
    if not files:
        return say("no file")
    for suffix, data in files.items():
        if not isinstance(suffix, str) or not SUFFIX.fullmatch(suffix):
            return say("a file name with {suffix}", suffix=visible(str(suffix)))
        if not isinstance(data, bytes):
            return type(data).__name__
    return ""


def _prove(
    registry: Registry, maker: Output, subject: OutputSubject, files: Files
) -> tuple[Finding, ...]:
    owner = registry.owners["outputs", maker.name]
    if maker.prove is None:
        return ()
    if owner.is_built_in:
        return tuple(maker.prove(subject, files))
    values = {"output": maker.name, "plugin": owner.titled, "name": owner.name}
    try:
        findings = registry.calls(owner, maker.name, _collect, maker.prove, subject, files)
    except JianbaoError as exc:
        reason = describe_exception(exc.__cause__ or exc)
        return (_NOT_PROVED.at(owner.place, reason=reason, **values),)
    assert isinstance(findings, tuple)
    sound, faults = registry.kinds.sound(findings, owner)
    warnings = (_NOT_PROVED.at(owner.place, reason=reason, **values) for reason in faults[:1])
    return (*sound, *warnings)


def _collect(
    prove: Callable[[OutputSubject, Files], Iterable[Finding]], subject: OutputSubject, files: Files
) -> tuple[Finding, ...]:
    return tuple(prove(subject, files) or ())
