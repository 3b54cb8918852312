"""Records that each hold the digest of the one before, and how a chain of them is checked.

A change, a missing or an exchanged line breaks the chain. A cut at the end does not, so a second
file, the head, holds the number and the digest of the last record. Whoever can rewrite the log can
rewrite the head too; the end of every run prints both, to be kept where that person cannot write
(`--expect`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from screening.errors import ConfigError

SCHEMA = "screening/audit/1"
FIRST = "0" * 64
"""What the first record gives as the digest of the one before."""
RECOVERED = "recovered"
"""Event that accounts for a line that a stopped writer left unfinished."""

_KEYS = frozenset({"schema", "number", "time", "event", "data", "previous", "digest"})


@dataclass(frozen=True, slots=True)
class Head:
    """The last record: how many there are, its digest, and the length of the log with it."""

    count: int = 0
    digest: str = FIRST
    size_bytes: int = 0


def head_path(log: Path) -> Path:
    """Where the head of a log lies."""
    return log.with_name(log.name + ".head")


def read_head(log: Path) -> Head | None:
    """The head of a log; None where there is none.

    Raises:
        ConfigError: it cannot be read.
    """
    path = head_path(log)
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return Head(int(values["count"]), str(values["digest"]), int(values["size_bytes"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError("the head of this audit log cannot be read", file=path) from error


def sealed(record: Mapping[str, object]) -> bytes:
    """A record as the line it is written in, with its digest."""
    digest = _digest(record)
    return _canonical({**record, "digest": digest}) + b"\n"


def _canonical(record: Mapping[str, object]) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _digest(record: Mapping[str, object]) -> str:
    return hashlib.sha256(_canonical(record)).hexdigest()


@dataclass(slots=True)
class Chain:
    """The state after some lines; `faults` tells what is wrong with them.

    Attributes:
        count: records so far.
        digest: of the last record.
        size_bytes: of the lines so far.
        torn: digests of unfinished lines that no record has accounted for yet.
        faults: one sentence each, with the line.
    """

    count: int = 0
    digest: str = FIRST
    size_bytes: int = 0
    torn: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, line: bytes, number: int) -> None:
        """Take the next line, without its line feed; `number` counts lines from 1."""
        self.size_bytes += len(line) + 1
        record = _record(line)
        if record is None:
            self.torn.append(hashlib.sha256(line).hexdigest())
            self.faults.append(f"line {number} is no record")
            return
        content = {key: value for key, value in record.items() if key != "digest"}
        if _digest(content) != record["digest"] or _canonical(record) != line:
            self.faults.append(f"line {number} was changed")
        elif record["previous"] != self.digest or record["number"] != self.count + 1:
            self.faults.append(f"a line before line {number} is missing, moved or changed")
        elif record["event"] == RECOVERED:
            self._account_for(record["data"])
        # The chain goes on from here, so that one change is one fault.
        self.count = record["number"] if isinstance(record["number"], int) else self.count + 1
        self.digest = str(record["digest"])

    def _account_for(self, data: object) -> None:
        digest = data.get("sha256") if isinstance(data, dict) else None
        if self.torn and self.torn[-1] == digest:
            self.torn.pop()
            self.faults.pop()
        else:
            self.faults.append(f"record {self.count + 1} accounts for a line that is not there")


def _record(line: bytes) -> dict[str, object] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) and record.keys() == _KEYS else None


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a check found.

    Attributes:
        count: records.
        digest: of the last one.
        faults: one sentence each; none when the log is whole.
        notices: what a writer that was stopped left behind; no sign of a change.
    """

    count: int
    digest: str
    faults: tuple[str, ...]
    notices: tuple[str, ...]


def verify(log: Path, expected: tuple[int, str] | None = None) -> AuditReport:
    """Check every record of a log, and that nothing is missing at its end.

    Args:
        log: the log.
        expected: number and digest of a record that was written down elsewhere; it must be in
            the log, at that number.

    Raises:
        ConfigError: the log or its head cannot be read.
    """
    try:
        content = log.read_bytes()
    except OSError as error:
        raise ConfigError(f"the audit log cannot be read: {error.strerror}", file=log) from error
    chain, reached, head, notices = Chain(), {0: FIRST}, read_head(log), []
    *lines, rest = content.split(b"\n")
    for number, line in enumerate(lines, start=1):
        chain.add(line, number)
        reached[chain.count] = chain.digest
    if rest:
        notices.append("the last line is unfinished: its writer was stopped")
    notices += _ahead_of_head(chain, head)
    faults = [*chain.faults, *_against_head(chain, head, reached)]
    if expected is not None and reached.get(expected[0]) != expected[1]:
        faults.append(f"record {expected[0]} is not the one that was written down")
    return AuditReport(chain.count, chain.digest, tuple(faults), tuple(notices))


def _against_head(chain: Chain, head: Head | None, reached: Mapping[int, str]) -> Iterator[str]:
    if head is None:
        yield "the head of the log is missing, so its end cannot be checked"
    elif head.count > chain.count:
        yield f"the end is cut: {head.count - chain.count} of {head.count} records are missing"
    elif reached.get(head.count) != head.digest:
        yield f"record {head.count} is not the one that the head names"


def _ahead_of_head(chain: Chain, head: Head | None) -> Iterator[str]:
    if head is not None and chain.count > head.count:
        yield (
            f"{chain.count - head.count} records are newer than the head: their writer was"
            " stopped before it wrote the head"
        )
