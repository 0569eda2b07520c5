"""Starts programs of TeX in the fence, with what they may read and use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import current_thread, main_thread

from jianbao_tex.children import (
    GUARD,
    ChildLimits,
    Fence,
    Input,
    Process,
    Rung,
    Sandbox,
    is_fenced,
    shortages,
    start,
)
from jianbao_tex.errors import LimitReached, ToolMissing, reason_of
from jianbao_tex.findings import Where, error
from jianbao_tex.store import Store
from jianbao_tex.typesetter.needs import needs_of
from jianbao_tex.typesetter.tools import NO_ANSWER, Tools
from jianbao_tex.typesetter.workplace import Workplace

_SHORTAGE = error(
    "JB438",
    "the limit of the system for {what} is {allowed}; TeX needs {least}",
    "raise the hard limit: ulimit in the shell, LimitNOFILE=, LimitFSIZE=, LimitAS= or LimitNPROC= "
    "in systemd",
)


@dataclass(frozen=True)
class Limits(ChildLimits):
    """
    The limits for one issue: those of each program of TeX, with ``wall_s`` for all runs together.

    ``pages`` of the PDF, ``runs`` of xelatex.
    """

    pages: int = 2000
    runs: int = 3


@dataclass(frozen=True)
class Starter:
    """
    Starts programs of TeX, each over a workplace, within the fence and the limits.

    TeX's own options are not enough: ``openin_any=p`` allows ~ and $VAR, and pictures and
    specials ignore it.

    Raises:
        LimitReached: the system allows less than TeX needs.
    """

    tools: Tools
    sandbox: Sandbox = Sandbox.AUTO
    limits: Limits = field(default_factory=Limits)
    store: Store | None = None

    def __post_init__(self) -> None:
        where = Where(self.tools.xelatex.name)
        faults = [
            _SHORTAGE.at(where, what=s.what, allowed=s.allowed, least=s.least) for s in shortages()
        ]
        if faults:
            raise LimitReached(faults)

    def start(
        self,
        words: Sequence[str],
        place: Workplace,
        *,
        inputs: Mapping[str, Path] | None = None,
        listens: bool = False,
    ) -> Process:
        """
        Starts xelatex with constant arguments.

        Args:
            words: the arguments of the program.
            place: its folder is all that it may write.
            inputs: files that it may read, by their names beside the folder.
            listens: whether it waits for a line on standard input.

        Raises:
            ToolMissing: it cannot be started, or the sandbox is required and does not work.
        """
        files = {place.fontconfig.name: place.fontconfig, **(inputs or {})}
        if self.is_sandboxed:
            fence = self._fence_words(self.fence(place, files))
        else:
            fence = []
            # Nothing is mounted, so links stand where the sandbox would have the files.
            for name, path in files.items():
                if path != place.home / name:
                    (place.home / name).symlink_to(path)
        limits = self.limits.command(self.tools.prlimit, counts_processes=bool(fence))
        guard, given = ((), Input.LINE) if listens else (GUARD, Input.GUARD)
        program = [*self._end_with_us(bool(fence)), *guard, *limits, str(self.tools.xelatex)]
        return self._run([*fence, *program, *words], place, given)

    def start_server(
        self,
        words: Sequence[str],
        place: Workplace,
        jobs: Path,
        *,
        inputs: Mapping[str, Path],
        variables: Mapping[str, str],
        socket: int,
    ) -> Process:
        """
        Starts xelatex as a server, inside the fence.

        Args:
            words: the arguments of the program.
            place: the folder of the server itself.
            jobs: the folder with a folder for each job.
            inputs: files that it may read, by their names beside the folder.
            variables: more variables for it.
            socket: the descriptor of the socket from which it takes jobs.

        Raises:
            ToolMissing: it cannot be started, or there is no fence.
        """
        files = {place.fontconfig.name: place.fontconfig, **inputs}
        fence = self._fence_words(self.fence(place, files, jobs, variables))
        # Each job limits its processes and its time itself: here those of all jobs would count.
        limits = self.limits.command(
            self.tools.prlimit, counts_processes=False, counts_seconds=False
        )
        command = [*fence, *limits, str(self.tools.xelatex), *words]
        return self._run(command, place, Input.NOTHING, kept=[socket])

    @property
    def rung(self) -> Rung:
        """How an engine of its own is isolated here; raises as `is_sandboxed`."""
        return Rung.BWRAP if self.is_sandboxed else Rung.NONE

    @property
    def is_sandboxed(self) -> bool:
        """
        Whether what is started now runs in the fence.

        Raises:
            ToolMissing: the sandbox is required and does not work.
        """
        return is_fenced(self.sandbox, self.tools.bwrap)

    def fence(
        self,
        place: Workplace,
        files: Mapping[str, Path] | None = None,
        jobs: Path | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Fence:
        """What a program sees that works in this place; the arguments are those of `start_server`."""
        needs = needs_of(self.tools, self.store)
        return Fence(
            folder=place.folder,
            reads=needs.paths,
            links=needs.links,
            files=files or {},
            variables={**self.tools.environment("/"), **(variables or {})},
            jobs=jobs,
            # Many threads use a server; it ends when its socket ends.
            outlives_thread=jobs is not None and current_thread() is not main_thread(),
        )

    def _end_with_us(self, is_fenced: bool) -> list[str]:
        """The words that end a program with this process, where no fence does that."""
        # The system would end it with the thread that starts it; other threads may use it.
        if is_fenced or not self.tools.setpriv or current_thread() is not main_thread():
            return []
        return [str(self.tools.setpriv), "--pdeathsig", "KILL"]

    def _fence_words(self, fence: Fence) -> list[str]:
        assert self.tools.bwrap
        return fence.command(self.tools.bwrap)

    def _run(
        self,
        command: Sequence[str],
        place: Workplace,
        given: Input,
        *,
        kept: Sequence[int] = (),
    ) -> Process:
        try:
            return start(
                command,
                folder=place.folder,
                environment=self.tools.environment(str(place.home)),
                terminal=place.terminal,
                given=given,
                kept=kept,
            )
        except OSError as error:
            where = Where(Path(command[0]).name)
            raise ToolMissing(NO_ANSWER.at(where, reason=reason_of(error))) from error
