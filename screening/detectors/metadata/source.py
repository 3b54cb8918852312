"""Bounded reading: exact byte ranges of a file or of a block inside it.

Every loop over untrusted structures reads through a `Source`, so its one budget of reads
bounds them all, and its block limit bounds memory.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import BinaryIO

from screening.records import ByteSpan, spans_within

MAX_READS = 500_000
"""Reads spent on one file; of 614 test files the neediest takes 4,373."""
BLOCKS_PER_FILE = 8
"""All blocks of one file together take at most this many times the longest one allowed."""
TOO_MANY_PARTS = "has far more parts than a real file has and was not read to its end"


class DamagedError(Exception):
    """Something in a block cannot be read; `reason` completes "The ... of this file"."""

    def __init__(self, reason: str = "is damaged and could not be read to its end") -> None:
        super().__init__(reason)
        self.reason = reason


class ReadBudget:
    """Reads and block bytes that are left; shared by a file and all blocks found in it."""

    def __init__(self, reads: int, block_bytes: int) -> None:
        self._left, self._bytes_left = reads, block_bytes

    def spend(self, reads: int = 1) -> None:
        """Use up reads.

        Raises:
            DamagedError: not so many are left.
        """
        if self._left < reads:
            self._left = 0  # or the same work could be asked for again and again
            raise DamagedError(TOO_MANY_PARTS)
        self._left -= reads

    def spend_bytes(self, length: int) -> None:
        """Use up memory for a block that is kept.

        Raises:
            DamagedError: there is not enough left.
        """
        if self._bytes_left < length:
            raise DamagedError(TOO_MANY_PARTS)
        self._bytes_left -= length


class Source:
    """Random access to bytes that nobody has checked yet.

    Args:
        handle: seekable; read only here.
        max_block_bytes: no single read is longer.
        budget: shared count of reads; a fresh one by default.

    Attributes:
        size: bytes there are.
        exact: whether these are bytes of the file as they stand, so that `spans` can tell
            where each of them lies; not so for what was decompressed or converted.
    """

    def __init__(
        self, handle: BinaryIO, max_block_bytes: int, budget: ReadBudget | None = None
    ) -> None:
        self._handle = handle
        self._max_block_bytes = max_block_bytes
        self._budget = budget or ReadBudget(MAX_READS, BLOCKS_PER_FILE * max_block_bytes)
        self._start = 0
        self.size = handle.seek(0, io.SEEK_END)
        self.exact = True
        self._spans: tuple[ByteSpan, ...] = (ByteSpan(0, self.size),)

    def part(self, offset: int, length: int) -> Source:
        """A copy of exactly `length` bytes of this source, to be read on its own.

        Raises:
            DamagedError: as `read`.
        """
        return self.joined(((offset, length),))

    def joined(self, ranges: Iterable[tuple[int, int]]) -> Source:
        """A copy of several ranges (offset, length), put together in this order.

        Raises:
            DamagedError: as `read`.
        """
        ranges = tuple(ranges)
        block = b"".join(self.read(offset, length) for offset, length in ranges)
        spans = tuple(span for one in ranges for span in self.spans(*one))
        return self._nested(block, spans, exact=self.exact)

    def converted(self, block: bytes) -> Source:
        """A source over bytes that were made from this one, which `spans` then names as a whole.

        Raises:
            DamagedError: the file has too many bytes of blocks.
        """
        self._budget.spend_bytes(len(block))
        return self._nested(block, self._spans, exact=False)

    def window(self, offset: int, length: int) -> Source:
        """The same bytes seen through a window, without a copy; cut at the end of this source."""
        length = max(min(length, self.size - offset), 0)
        view = self._nested(b"", self.spans(offset, length), exact=self.exact)
        view._handle, view._start, view.size = self._handle, self._start + offset, length
        return view

    def spans(self, offset: int = 0, length: int | None = None) -> tuple[ByteSpan, ...]:
        """Where in the file a range of this source lies; all of it by default."""
        if not self.exact:
            return self._spans
        return spans_within(self._spans, offset, self.size - offset if length is None else length)

    def _nested(self, block: bytes, spans: tuple[ByteSpan, ...], *, exact: bool) -> Source:
        nested = Source(io.BytesIO(block), self._max_block_bytes, self._budget)
        nested._spans, nested.exact = spans, exact
        return nested

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes, which the reader may keep.

        Raises:
            DamagedError: the range is not all there, or longer than the limit.
        """
        data = self.read_up_to(offset, length)
        self._budget.spend_bytes(len(data))
        if len(data) != length:
            raise DamagedError
        return data

    def read_up_to(self, offset: int, length: int) -> bytes:
        """The bytes of the range that are there, possibly none, to look at and let go.

        Raises:
            DamagedError: the range is longer than the limit, or the budget is spent.
        """
        self._budget.spend()
        available = min(length, self.size - offset)
        if offset < 0 or available <= 0:
            return b""
        self._check_length(available)
        self._handle.seek(self._start + offset)
        return self._handle.read(available)

    def spend(self, reads: int) -> None:
        """Use up reads for work that costs as much, such as parts that were read together.

        Raises:
            DamagedError: not so many are left.
        """
        self._budget.spend(reads)

    def read_all(self) -> bytes:
        """Everything.

        Raises:
            DamagedError: that is longer than the limit.
        """
        return self.read(0, self.size)

    def _check_length(self, length: int) -> None:
        """Refuse a block that is longer than the limit.

        Raises:
            DamagedError: it is.
        """
        if length > self._max_block_bytes:
            raise DamagedError(
                f"is larger than the limit of {self._max_block_bytes} bytes (max_block_bytes)"
                " and was not read"
            )
