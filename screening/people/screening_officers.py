"""Screens one folder for each officer, judges each by the own profile, and compares pictures."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from screening.config import MediaLimits
from screening.errors import MediaError
from screening.people.fingerprints import fingerprints
from screening.people.links import Picture, find_links
from screening.people.officers import OfficerVerdict, add_links
from screening.people.roster import Officer, handles_read
from screening.records import FileResult, with_ids
from screening.reports.exposure import learned
from screening.run.executors import Executor
from screening.screen import ScreenPlan

logger = logging.getLogger(__name__)

UNDERCOVER = "undercover"


@dataclass(slots=True)
class Crowd:
    """Everybody on the roster with what is known so far.

    Attributes:
        officers: the roster.
        verdicts: one for each, in the same order.
        owner_of: per file, the position of the officer it belongs to.
        pictures: of everybody and of public sets, to be compared.
        skipped: files of public sets that could not be compared.
    """

    officers: Sequence[Officer]
    verdicts: list[OfficerVerdict]
    owner_of: Mapping[Path, int]
    pictures: list[Picture] = field(default_factory=list)
    skipped: int = 0

    def take(self, result: FileResult, limits: MediaLimits) -> None:
        """Count the result of one file and describe its pictures."""
        owner = self.owner_of[result.media.path]
        verdict = self.verdicts[owner]
        verdict.add(result)
        verdict.exposures.update(learned(result.findings))
        # A file whose worker died is not opened in this process, which nothing protects.
        died = any(failure.stage == "run" for failure in result.failures)
        if died or not self._describe(owner, result.media.path, result.media.sha256, limits):
            verdict.uncompared += 1

    def take_public(self, number: int, path: Path, sha256: str, limits: MediaLimits) -> None:
        """Describe a picture of public set `number`."""
        if not self._describe(len(self.officers) + number, path, sha256, limits):
            self.skipped += 1

    def _describe(self, owner: int, path: Path, sha256: str, limits: MediaLimits) -> bool:
        try:
            for fingerprint in fingerprints(path, limits):
                self.pictures.append(Picture(owner, path, sha256, fingerprint))
        except MediaError:
            return False
        return True

    def compare(self, public: Sequence[str]) -> None:
        """Find the links and tell the officers."""
        add_links(self.verdicts, public, self.pictures, find_links(self.pictures))


class JudgedByOfficer:
    """An executor whose results are judged by the profile of the officer they belong to."""

    def __init__(self, executor: Executor, crowd: Crowd) -> None:
        self._executor, self._crowd = executor, crowd

    def run(self, plan: ScreenPlan, files: Iterable[Path]) -> Generator[FileResult, None, None]:
        """One result per file, in the order of `files`."""
        for result in self._executor.run(plan, files):
            owner = self._crowd.owner_of[result.media.path]
            profile = self._crowd.verdicts[owner].profile
            yield judged(plan, result, profile, self._crowd.officers)


def judged(
    plan: ScreenPlan, result: FileResult, profile: str, officers: Iterable[Officer]
) -> FileResult:
    """`result` by another profile, with the handles of officers that were read in it."""
    found = handles_read(result.findings, officers)
    findings = with_ids((*result.findings, *found)) if found else result.findings
    verdict = plan.judge(findings, result.failures, result.media.sha256, profile)
    return replace(result, findings=findings, verdict=verdict)
