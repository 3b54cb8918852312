"""Decodes CBOR, as far as C2PA uses it: no library for it is among the dependencies.

Source: RFC 8949, 3 (major types, indefinite lengths) and 3.3 (simple values).
"""

from __future__ import annotations

import struct

from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError

_MAX_ITEMS = 50_000
_MAX_DEPTH = 32
_BREAK = object()
_SIMPLE: dict[int, object] = {20: False, 21: True, 31: _BREAK}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}


def decode_cbor(raw: bytes) -> object:
    """The first data item as Python builds it: map keys that are no text become text.

    Raises:
        DamagedError: it is cut, malformed, or has more or deeper parts than a real manifest.
    """
    return _Decoder(raw).item(_MAX_DEPTH)


class _Decoder:
    def __init__(self, raw: bytes) -> None:
        self._raw, self._at, self._items_left = raw, 0, _MAX_ITEMS

    def item(self, depth: int) -> object:
        self._items_left -= 1
        if depth < 0 or self._items_left < 0:
            raise DamagedError(TOO_MANY_PARTS)
        major, detail = divmod(self._take(1)[0], 32)
        if major == 6:
            self._argument(detail)
            return self.item(depth - 1)  # a tag says what kind of text or number follows
        if major == 7:
            return self._simple(detail)
        length = self._argument(detail)
        if major in (0, 1):
            return -1 - (length or 0) if major else length
        if major in (2, 3):
            raw = self._chunks(depth) if length is None else self._take(length)
            return raw if major == 2 else raw.decode("utf-8", "replace")
        found = self._list(length, depth, 1 if major == 4 else 2)
        if major == 4:
            return found
        return {str(key): value for key, value in zip(found[::2], found[1::2], strict=False)}

    def _simple(self, detail: int) -> object:
        if detail in _FLOATS:
            size = struct.calcsize(_FLOATS[detail])
            return struct.unpack(_FLOATS[detail], self._take(size))[0]
        return _SIMPLE.get(detail)

    def _argument(self, detail: int) -> int | None:
        """The number in or behind the first byte; None for an indefinite length."""
        if detail < 24:
            return detail
        if detail < 28:
            return int.from_bytes(self._take(1 << (detail - 24)), "big")
        if detail == 31:
            return None
        raise DamagedError

    def _list(self, length: int | None, depth: int, items_each: int = 1) -> list[object]:
        found: list[object] = []
        while length is None or len(found) < length * items_each:
            value = self.item(depth - 1)
            if value is _BREAK:
                break
            found.append(value)
        return found

    def _chunks(self, depth: int) -> bytes:
        parts = self._list(None, depth)
        return b"".join(
            part.encode() if isinstance(part, str) else part
            for part in parts
            if isinstance(part, str | bytes)
        )

    def _take(self, length: int) -> bytes:
        taken = self._raw[self._at : self._at + length]
        if len(taken) != length:
            raise DamagedError
        self._at += length
        return taken
