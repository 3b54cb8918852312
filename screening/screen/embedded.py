"""Pictures and videos embedded in a file, copied out so that they can be screened as files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from screening.errors import LimitExceededError, UnreadableMediaError
from screening.records import ByteSpan, Finding

_COPY_BYTES = 1 << 20
MAX_EMBEDDED = 64
"""Pictures and videos followed per file; a burst photo carries some 20."""


@contextmanager
def copied_out(path: Path, spans: Sequence[ByteSpan]) -> Iterator[Path]:
    """A temporary file with the bytes of `spans`, deleted at the end of the `with` block.

    Raises:
        UnreadableMediaError: the file cannot be read any more.
    """
    with tempfile.TemporaryDirectory(prefix="screening-") as folder:
        copy = Path(folder) / "embedded"
        try:
            with path.open("rb") as original, copy.open("wb") as target:
                for span in spans:
                    original.seek(span.start)
                    left = span.size_bytes
                    while left and (block := original.read(min(left, _COPY_BYTES))):
                        target.write(block)
                        left -= len(block)
        except OSError as error:
            raise UnreadableMediaError(
                "A picture or video inside this file could not be copied out to be examined:"
                f" {error.strerror}."
            ) from error
        yield copy


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
