"""Which pictures and videos embedded in a file are screened in their turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from screening.errors import LimitExceededError
from screening.records import Finding

MAX_EMBEDDED = 64
"""Pictures and videos followed per file; a burst photo carries some 20."""


def to_follow(findings: Sequence[Finding], max_bytes: int) -> Iterator[Finding]:
    """The embedded ones among `findings`, those added meanwhile included.

    Args:
        findings: grows while they are followed.
        max_bytes: of all embedded pictures and videos together.

    Raises:
        LimitExceededError: there are more, or more bytes of them, than are examined.
    """
    followed, bytes_left, index = 0, max_bytes, 0
    while index < len(findings):
        finding = findings[index]
        index += 1
        if not finding.embedded:
            continue
        followed += 1
        bytes_left -= sum(span.size_bytes for span in finding.spans)
        if followed > MAX_EMBEDDED or bytes_left < 0:
            raise LimitExceededError(
                f"This file holds more than {MAX_EMBEDDED} pictures and videos, or more than"
                f" {max_bytes} bytes of them (limits.max_bytes); the rest was not examined."
            )
        yield finding
