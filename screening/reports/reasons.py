"""Why a file may not be posted: violations that say the same, taken together."""

from __future__ import annotations

from dataclasses import dataclass

from screening.records import Clause, Decision, FileResult, Settlement, Violation


@dataclass(frozen=True, slots=True)
class Reason:
    """All violations with one message, settled or not: several policies may forbid the same.

    Attributes:
        message: what is said to people.
        violations: at least one, the strictest first.
    """

    message: str
    violations: tuple[Violation, ...]

    @property
    def decision(self) -> Decision:
        """The strictest decision of all."""
        return self.violations[0].decision

    @property
    def settled(self) -> list[Settlement]:
        """The entries of registers that settle all of it, each once; none where it stands."""
        return list(dict.fromkeys(entry for one in self.violations for entry in one.settled))

    @property
    def findings(self) -> set[str]:
        """Ids of everything that broke one of the rules."""
        return {finding for violation in self.violations for finding in violation.findings}

    @property
    def clauses(self) -> list[Clause]:
        """Each clause once, those of the strictest rule first."""
        return list(dict.fromkeys(clause for one in self.violations for clause in one.clauses))


def reasons(result: FileResult) -> list[Reason]:
    """The reasons of one file, the strictest first."""
    by_message: dict[tuple[str, bool], list[Violation]] = {}
    ranked = sorted(result.verdict.violations, key=lambda violation: -violation.decision.rank)
    for violation in ranked:
        key = (violation.message, bool(violation.settled))
        by_message.setdefault(key, []).append(violation)
    return [Reason(message, tuple(violations)) for (message, _), violations in by_message.items()]
