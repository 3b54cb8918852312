"""Reads what follows the end of a picture or video: trailers, appended media, hidden data.

Nothing behind the end is left unsaid: what is neither padding nor known becomes a medium of an
unknown type, which nobody can examine, so that the file goes to a person.
"""

from __future__ import annotations

import io

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import Source
from screening.detectors.metadata.stills.mpf import picture_kind
from screening.detectors.metadata.text_positions import note_text
from screening.detectors.metadata.trailers.extents import find_media
from screening.detectors.metadata.trailers.footers import (
    Footer,
    FooterReader,
    Range,
    read_afcp,
    read_canon_vrd,
    read_foto_station,
    read_insta360,
    read_mie,
    read_phone_mark,
    read_photo_mechanic,
)
from screening.detectors.metadata.trailers.samsung import read_samsung_trailer
from screening.detectors.metadata.values import decode_text
from screening.media import media_type

CARRIER = "data after the end"

_FOOTERS: tuple[FooterReader, ...] = (
    read_samsung_trailer,
    read_afcp,
    read_foto_station,
    read_photo_mechanic,
    read_canon_vrd,
    read_mie,
    read_insta360,
    read_phone_mark,
)
_MAX_FOOTERS = 64
_WINDOW_BYTES = 1 << 16
_SNIFFED_BYTES = 1 << 16
_LEAST_BYTES = 16
"""Two doubles are the shortest position, and no picture is as short; stray bytes are common."""
_PADDING = b"\0\xff\xd9 \r\n\t"
"""Zeros, erased flash memory, a second end marker, blanks."""
_MAX_PADDING_BYTES = 1 << 27
"""Padding that is looked through, 0.7 s of it at worst; more of it counts as unknown."""
_ZEROS = bytes(_WINDOW_BYTES)


def read_appended(block: Source, harvest: Harvest) -> None:
    """Note everything in a block that follows the end of a medium."""
    with harvest.reading("data after the end"):
        for start, end in _not_noted(block, harvest):
            for part in _behind_footers(block, start, end, harvest):
                _search(block, *part, harvest)


def _not_noted(block: Source, harvest: Harvest) -> list[Range]:
    """The parts of a block that no finding and no preview covers yet."""
    if not block.exact or not block.size:
        return [(0, block.size)] if block.size else []
    spans = [
        span for fact in harvest.facts if fact.label == "embedded_media" for span in fact.spans
    ]
    spans += [span for preview in harvest.previews for span in preview.source.spans()]
    origin = block.spans(0, 1)[0].start
    free: list[Range] = []
    start = 0
    for span in sorted(spans):
        low = span.start - origin
        if low < 0:  # it holds the medium whose end this block follows
            continue
        if low + span.size_bytes <= start or low >= block.size:
            continue
        if low > start:
            free.append((start, low))
        start = low + span.size_bytes
    return [*free, (start, block.size)] if start < block.size else free


def _behind_footers(block: Source, start: int, end: int, harvest: Harvest) -> list[Range]:
    """What is left of a range when the trailers at its end are read: the start, unread parts."""
    view = block.window(start, end - start)
    unread: list[Range] = []
    stop = view.size
    for _ in range(_MAX_FOOTERS):
        footer = _read_footer(view, stop, harvest)
        if footer is None:
            break
        unread += footer.unread
        stop = footer.start
    return [(start + low, start + high) for low, high in [(0, stop), *reversed(unread)]]


def _read_footer(view: Source, stop: int, harvest: Harvest) -> Footer | None:
    """The trailer that ends at `stop` or before padding; some of them end with zeros."""
    for end in dict.fromkeys((stop, _without_padding(view, 0, stop))):
        for read in _FOOTERS:
            with harvest.reading("trailer"):
                footer = read(view, end, harvest)
                if footer is not None and footer.start < stop:
                    return footer
    return None


def _without_padding(view: Source, start: int, end: int) -> int:
    """Where the padding at the end of a range starts."""
    limit = max(start, end - _MAX_PADDING_BYTES)
    while end > limit:
        low = max(end - _WINDOW_BYTES, limit)
        window = view.read_up_to(low, end - low)
        kept = 0 if window == _ZEROS[: len(window)] else len(window.rstrip(_PADDING))
        if kept:
            return low + kept
        end = low
    return end


def _behind_padding(view: Source, start: int, end: int) -> int:
    """Where the padding at the start of a range ends."""
    end = min(end, start + _MAX_PADDING_BYTES)
    while start < end:
        window = view.read_up_to(start, min(end - start, _WINDOW_BYTES))
        kept = 0 if window == _ZEROS[: len(window)] else len(window.lstrip(_PADDING))
        start += len(window) - kept
        if kept:
            break
    return start


def _search(block: Source, start: int, end: int, harvest: Harvest) -> None:
    """Note the media in a range, and what lies between them."""
    behind = start
    for found in find_media(block, start, end):
        _note_unknown(block, behind, found.start, harvest)
        stop = found.end if found.known_end else _without_padding(block, found.start, found.end)
        _note_medium(block.window(found.start, stop - found.start), harvest)
        behind = found.end
    _note_unknown(block, behind, end, harvest)


def _note_medium(medium: Source, harvest: Harvest) -> None:
    head = medium.read_up_to(0, _SNIFFED_BYTES)
    content_type = media_type(io.BytesIO(head))
    if content_type == "application/rdf+xml":
        harvest.add_block(BlockKind.XMP, medium)
    else:
        kind = picture_kind(medium)
        remarks = {"media_type": content_type, **({"kind": kind} if kind else {})}
        harvest.add_embedded(CARRIER, "appended file", medium, remarks)


def _note_unknown(block: Source, start: int, end: int, harvest: Harvest) -> None:
    end = _without_padding(block, start, end)
    start = _behind_padding(block, start, end)
    rest = block.window(start, end - start)
    if rest.size <= 0:
        return
    content = rest.read_up_to(0, min(rest.size, _SNIFFED_BYTES))
    content_type = media_type(io.BytesIO(content))
    if content_type == "text/plain" and rest.size <= _SNIFFED_BYTES:
        note_text(harvest, CARRIER, "text", decode_text(content.replace(b"\0", b" ")), rest.spans())
    elif rest.size >= _LEAST_BYTES:
        remarks = {"media_type": content_type}
        harvest.add_embedded(CARRIER, "appended data", rest, remarks)
