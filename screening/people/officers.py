"""A verdict on each officer: what the files in the folder come to, and what links them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from screening.people.links import Link, Picture
from screening.people.roster import Officer
from screening.records import Decision, FileResult, strictest


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A picture of an officer that somebody else has as well.

    Attributes:
        path: the officer's file.
        other: id of the other officer, or name of the public set.
        other_path: the other file.
        link: how alike they are.
        decision: block where one of them works undercover.
    """

    path: Path
    other: str
    other_path: Path
    link: Link
    decision: Decision


@dataclass(slots=True)
class OfficerVerdict:
    """What is known of one officer so far.

    Attributes:
        officer: who.
        profile: what the files are judged by.
        decisions: files by decision.
        rules: files by rule that stands.
        incomplete: files that were not fully examined.
        uncompared: files that could not be compared with those of others.
        worst: the files that are not allowed, with their decision and reasons.
        links: pictures that others have as well.
        exposures: kinds of thing that strangers could learn, by the number of files.
    """

    officer: Officer
    profile: str
    decisions: Counter[Decision] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    incomplete: int = 0
    uncompared: int = 0
    worst: list[tuple[Path, Decision, tuple[str, ...]]] = field(default_factory=list)
    links: list[LinkedFile] = field(default_factory=list)
    exposures: Counter[str] = field(default_factory=Counter)

    def add(self, result: FileResult) -> None:
        """Count one file."""
        decision = result.verdict.decision
        self.decisions[decision] += 1
        self.incomplete += not result.complete
        standing = [one for one in result.verdict.violations if not one.settled]
        self.rules.update({one.rule for one in standing})
        if decision is not Decision.ALLOW:
            messages = dict.fromkeys(one.message for one in standing)
            reasons = (*messages, *dict.fromkeys(one.message for one in result.failures))
            self.worst.append((result.media.path, decision, reasons))

    @property
    def decision(self) -> Decision:
        """The strictest of all files and links; `review` where a file could not be compared."""
        linked = [one.decision for one in self.links]
        floor = [Decision.REVIEW] if self.uncompared else []
        return strictest((*self.decisions, *linked, *floor))


def worst_first(verdicts: Sequence[OfficerVerdict]) -> list[OfficerVerdict]:
    """The strictest decision first, then the most blocked files, links and files to review."""
    return sorted(
        verdicts,
        key=lambda one: (
            -one.decision.rank,
            -one.decisions[Decision.BLOCK],
            -len(one.links),
            -one.decisions[Decision.REVIEW],
            one.officer.id,
        ),
    )


def add_links(
    verdicts: Sequence[OfficerVerdict],
    public: Sequence[str],
    pictures: Sequence[Picture],
    links: Sequence[Link],
) -> None:
    """Tell each officer the links of the own pictures, once for each pair of files.

    Args:
        verdicts: the owners 0, 1, 2 and so on of `pictures`.
        public: names of the public sets, the owners after them.
        pictures: what was compared.
        links: between them.
    """
    told: set[tuple[Path, Path]] = set()
    for link in links:
        for mine, theirs in ((link.one, link.other), (link.other, link.one)):
            one, other = pictures[mine], pictures[theirs]
            if one.owner >= len(verdicts) or (one.path, other.path) in told:
                continue
            told.add((one.path, other.path))
            is_officer = other.owner < len(verdicts)
            undercover = verdicts[one.owner].officer.undercover or (
                is_officer and verdicts[other.owner].officer.undercover
            )
            verdicts[one.owner].links.append(
                LinkedFile(
                    path=one.path,
                    other=(
                        verdicts[other.owner].officer.id
                        if is_officer
                        else public[other.owner - len(verdicts)]
                    ),
                    other_path=other.path,
                    link=link,
                    decision=Decision.BLOCK if undercover else Decision.REVIEW,
                )
            )
