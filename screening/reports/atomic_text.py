"""A text file that appears under its name only when it is complete."""

from __future__ import annotations

import os
from pathlib import Path


class AtomicText:
    r"""Writes to `.<name>.part` beside `path` until `close` renames it.

    A process that is killed leaves the part file, with every line written so far; the next
    run into the same folder starts it anew. Characters that UTF-8 cannot express (halves of
    surrogate pairs, from file names and metadata) are written as `\udcXX`.

    Args:
        path: final name.
        encoding: `utf-8`, or `utf-8-sig` for programs that need the mark.
        newline: as for `open`.

    Raises:
        OSError: the folder cannot be written to.
    """

    def __init__(self, path: Path, *, encoding: str = "utf-8", newline: str = "\n") -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._stream = self._part.open(
            "w", encoding=encoding, errors="backslashreplace", newline=newline
        )

    def write(self, text: str) -> int:
        """Append `text`; returns its length in characters."""
        return self._stream.write(text)

    def close(self) -> None:
        """Put the file on disk and under its name; a second call does nothing."""
        if self._stream.closed:
            return
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        self._part.replace(self._path)
