"""Pictures and videos embedded in a file, copied out so that they can be opened as files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from screening.errors import UnreadableMediaError
from screening.records import ByteSpan

_COPY_BYTES = 1 << 20


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
