"""Walks the elements of EBML documents: Matroska and WebM.

Source: RFC 8794, 4 (variable-size integers), 5 (element IDs), 6.2 (unknown sizes).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from screening.detectors.metadata.source import DamagedError, Source

_HEADER_BYTES = 12


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its ID with the marker bits, and where its content lies.

    `sized` is False where the file does not say how long it is; `end` is then that of its parent.
    """

    kind: int
    start: int
    end: int
    sized: bool = True

    @property
    def size_bytes(self) -> int:
        """Length of the content."""
        return self.end - self.start


def walk_elements(
    source: Source, start: int, end: int, clipped: tuple[int, ...] = ()
) -> Iterator[Element]:
    """The elements side by side between two offsets; one of unknown size is the last.

    Those of the `clipped` kinds that reach over `end`, as the last ones of a cut file do, are
    given as far as they are there.

    Raises:
        DamagedError: an element reaches over `end`, or its header is impossible.
    """
    while start < end:
        head = source.read_up_to(start, min(_HEADER_BYTES, end - start))
        id_bytes = _length(head, 4)
        size_bytes = _length(head[id_bytes:], 8)
        header = id_bytes + size_bytes
        if len(head) < header:
            raise DamagedError
        kind = int.from_bytes(head[:id_bytes], "big")
        bits = 7 * size_bytes
        size = int.from_bytes(head[id_bytes:header], "big") & ((1 << bits) - 1)
        if size == (1 << bits) - 1:
            yield Element(kind, start + header, end, sized=False)
            return
        if start + header + size > end:
            if kind in clipped:
                yield Element(kind, start + header, end)
            raise DamagedError
        yield Element(kind, start + header, start + header + size)
        start += header + size


def _length(raw: bytes, longest: int) -> int:
    """How many bytes an integer takes: leading zero bits of the first one, plus one.

    Raises:
        DamagedError: there is none, or it is longer than allowed.
    """
    length = 9 - raw[0].bit_length() if raw else 9
    if length > longest:
        raise DamagedError
    return length


def variable_integer(raw: bytes) -> tuple[int, int]:
    """An integer and the bytes it takes.

    Raises:
        DamagedError: there is none.
    """
    length = _length(raw, 8)
    if len(raw) < length:
        raise DamagedError
    return int.from_bytes(raw[:length], "big") & ((1 << 7 * length) - 1), length
