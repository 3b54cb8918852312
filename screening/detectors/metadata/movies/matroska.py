"""Reads the metadata of Matroska and WebM files without reading their clusters.

Source: RFC 9559 (Matroska), 5.1.2 (Info), 5.1.4 (Tracks), 5.1.6 (Attachments), 5.1.7
(Chapters), 5.1.8 (Tags); draft-ietf-cellar-tags; FFmpeg writes the position of an MP4 that it
remuxes as `LOCATION`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.movies.ebml import Element, variable_integer, walk_elements
from screening.detectors.metadata.movies.matroska_tags import TAGS, TECHNICAL
from screening.detectors.metadata.movies.movie_texts import picture_type
from screening.detectors.metadata.movies.named_tags import NamedTexts
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tracks.telemetry import positions_in_text
from screening.detectors.metadata.trailers.trailer import read_trailer
from screening.detectors.metadata.values import decode_text

CARRIER = "Matroska"
EBML_START = b"\x1a\x45\xdf\xa3"

_SEGMENT, _CLUSTER, _INFO, _TRACKS = 0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B
_TAGS, _ATTACHMENTS, _CHAPTERS, _VOID = 0x1254C367, 0x1941A469, 0x1043A770, 0xEC
_CUES, _SEEK_HEAD = 0x1C53BB6B, 0x114D9B74
_TOP_LEVEL = (_CLUSTER, _INFO, _TRACKS, _TAGS, _ATTACHMENTS, _CHAPTERS, _CUES, _SEEK_HEAD)
_DATE_UTC, _SEGMENT_UUID = 0x4461, 0x73A4
_INFO_TEXTS = {
    0x7BA9: "TITLE", 0x4D80: "MuxingApp", 0x5741: "WritingApp", 0x7384: "SegmentFilename",
    0x3C83AB: "PrevFilename", 0x3E83BB: "NextFilename",
}  # fmt: skip
_TRACK_ENTRY, _TRACK_NAME, _TRACK_NUMBER, _TRACK_TYPE, _CODEC = 0xAE, 0x536E, 0xD7, 0x83, 0x86
_SUBTITLES, _DATA_TRACKS = 0x11, (0x21, 0x20)
_SIMPLE_TAG, _TAG_NAME, _TAG_STRING, _TAG = 0x67C8, 0x45A3, 0x4487, 0x7373
_ATTACHED_FILE, _FILE_NAME, _FILE_DESCRIPTION = 0x61A7, 0x466E, 0x467E
_FILE_TYPE, _FILE_DATA = 0x4660, 0x465C
_CHAPTER_HOLDERS, _CHAPTER_TEXT = (0x45B9, 0xB6, 0x80), 0x85
_SIMPLE_BLOCK, _BLOCK_GROUP, _BLOCK = 0xA3, 0xA0, 0xA1
_MATROSKA_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_MAX_TEXT_BYTES = 65536
_MAX_DEPTH = 8
_MAX_SUBTITLE_CLUSTERS, _MAX_POSITIONS = 8, 2
_FONTS = re.compile(r"(application/(x-)?(font|truetype|vnd\.ms-opentype)|font/)")
_MEDIA_TYPE = re.compile(r"(image|video|audio)/[\w.+-]{1,40}")


class _Movie:
    """Collects texts on the way through one segment, and reads subtitles of its first clusters."""

    def __init__(self, source: Source, harvest: Harvest) -> None:
        self.source, self.harvest = source, harvest
        self.texts = NamedTexts()
        self.subtitle_tracks: set[int] = set()
        self.clusters = 0
        self.positions = 0

    def text(self, element: Element) -> str:
        """The text of an element.

        Raises:
            DamagedError: it is longer than in any real file.
        """
        if element.size_bytes > _MAX_TEXT_BYTES:
            raise DamagedError("holds a text that is too long and was not read")
        return decode_text(self.source.read(element.start, element.size_bytes))

    def keep(self, name: str, element: Element) -> None:
        """Keep the text of an element under a name."""
        self._keep(name, self.text(element), element)

    def keep_tag(self, name: str, element: Element) -> None:
        """Keep the text of a tag; FFmpeg appends the language to the name (`LOCATION-eng`)."""
        name = name.upper().partition("-")[0]
        if TAGS.wants(name):
            self._keep(name, self.text(element), element)
        elif not TECHNICAL.match(name):
            spans = self.source.spans(element.start, element.size_bytes)
            shown = name if re.fullmatch(r"[\w./]{1,64}", name) else "tag"
            self.harvest.add_description(CARRIER, shown, self.text(element), spans)

    def _keep(self, name: str, text: str, element: Element) -> None:
        spans = self.source.spans(element.start, element.size_bytes)
        self.texts.keep(name, text, spans)


def read_matroska(source: Source, harvest: Harvest) -> None:
    """Note what segment, tracks, tags and chapters say; attachments become embedded media.

    Raises:
        DamagedError: the elements do not fit; what came before is noted.
    """
    movie = _Movie(source, harvest)
    end = 0
    try:
        for element in walk_elements(source, 0, source.size, (_SEGMENT,)):
            if end and element.kind not in (_SEGMENT, _VOID):
                break
            if element.kind == _SEGMENT:
                end = element.end
                _read_segment(element, movie)
    except DamagedError:
        if not end or end == source.size:
            raise
    finally:
        TAGS.note(movie.texts, harvest)
    if not end:
        raise DamagedError
    if end < source.size:
        read_trailer(source, end, harvest)


def _read_segment(segment: Element, movie: _Movie) -> None:
    start = segment.start
    while start < segment.end:
        following = segment.end
        for element in walk_elements(movie.source, start, segment.end, (_CLUSTER,)):
            if element.sized or element.kind != _CLUSTER:
                _read_top_level(element, movie)
            else:
                following = _end_of_cluster(element, movie.source)
                _read_top_level(Element(_CLUSTER, element.start, following), movie)
        start = following


def _read_top_level(element: Element, movie: _Movie) -> None:
    reader = _READERS.get(element.kind)
    if reader is not None:
        with movie.harvest.reading("tag block"):
            reader(element, movie)


def _end_of_cluster(cluster: Element, source: Source) -> int:
    """Where a cluster of unknown size ends: at the next element of the top level."""
    for inner in walk_elements(source, cluster.start, cluster.end):
        if inner.kind in _TOP_LEVEL:
            # Its header: a four-byte ID and the size before the content.
            return _header_start(inner, source)
    return cluster.end


def _header_start(element: Element, source: Source) -> int:
    for size_bytes in range(1, 9):
        start = element.start - 4 - size_bytes
        if source.read_up_to(start, 4) == element.kind.to_bytes(4, "big"):
            return start
    raise DamagedError


def _read_info(info: Element, movie: _Movie) -> None:
    for element in walk_elements(movie.source, info.start, info.end):
        spans = movie.source.spans(element.start, element.size_bytes)
        if element.kind in _INFO_TEXTS:
            movie.keep(_INFO_TEXTS[element.kind], element)
        elif element.kind == _DATE_UTC and element.size_bytes == 8:
            raw = movie.source.read(element.start, 8)
            passed_ns = int.from_bytes(raw, "big", signed=True)
            try:
                time = _MATROSKA_EPOCH + timedelta(microseconds=passed_ns // 1000)
            except OverflowError:
                continue
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ")
            movie.harvest.add_time(CARRIER, "DateUTC", stamp, spans)
        elif element.kind == _SEGMENT_UUID and element.size_bytes == 16:
            number = movie.source.read(element.start, 16)
            movie.harvest.add_edit(CARRIER, "SegmentUUID", "document_id", number.hex(), spans)


def _read_tracks(tracks: Element, movie: _Movie) -> None:
    for entry in walk_elements(movie.source, tracks.start, tracks.end):
        if entry.kind != _TRACK_ENTRY:
            continue
        fields = {
            element.kind: element
            for element in walk_elements(movie.source, entry.start, entry.end)
        }  # fmt: skip
        if _TRACK_NAME in fields:
            movie.keep("TrackName", fields[_TRACK_NAME])
        kind = _number(fields.get(_TRACK_TYPE), movie.source)
        codec = movie.text(fields[_CODEC]) if _CODEC in fields else ""
        if kind == _SUBTITLES and codec.startswith(("S_TEXT", "D_WEBVTT")):
            movie.subtitle_tracks.add(_number(fields.get(_TRACK_NUMBER), movie.source))
        elif kind in _DATA_TRACKS:
            with movie.harvest.reading("telemetry track"):
                raise DamagedError("is of a kind that is not read here")


def _number(element: Element | None, source: Source) -> int:
    if element is None or element.size_bytes > 8:
        return 0
    return int.from_bytes(source.read(element.start, element.size_bytes), "big")


def _read_tags(tags: Element, movie: _Movie, depth: int = 0) -> None:
    """Tags, and simple tags inside others."""
    name, value = "", None
    for element in walk_elements(movie.source, tags.start, tags.end):
        if element.kind in (_TAG, _SIMPLE_TAG):
            if depth >= _MAX_DEPTH:
                raise DamagedError
            _read_tags(element, movie, depth + 1)
        elif element.kind == _TAG_NAME:
            name = movie.text(element)
        elif element.kind == _TAG_STRING:
            value = element
    if value is not None:
        movie.keep_tag(name, value)


def _read_attachments(attachments: Element, movie: _Movie) -> None:
    for entry in walk_elements(movie.source, attachments.start, attachments.end):
        if entry.kind == _ATTACHED_FILE:
            _read_attachment(entry, movie)


def _read_attachment(entry: Element, movie: _Movie) -> None:
    fields = {e.kind: e for e in walk_elements(movie.source, entry.start, entry.end)}
    for kind, name in ((_FILE_NAME, "FileName"), (_FILE_DESCRIPTION, "FileDescription")):
        if kind in fields:
            movie.keep(name, fields[kind])
    data = fields.get(_FILE_DATA)
    if data is None or not data.size_bytes:
        return
    claimed = movie.text(fields[_FILE_TYPE]) if _FILE_TYPE in fields else ""
    medium = movie.source.window(data.start, data.size_bytes)
    found = picture_type(medium.read_up_to(0, 16))
    if found or _MEDIA_TYPE.fullmatch(claimed):
        movie.harvest.add_embedded(CARRIER, "attachment", medium, {"media_type": found or claimed})
    elif not _FONTS.match(claimed):
        raise DamagedError("holds an attached file that is not read here")


def _read_chapters(chapters: Element, movie: _Movie, depth: int = 0) -> None:
    for element in walk_elements(movie.source, chapters.start, chapters.end):
        if element.kind == _CHAPTER_TEXT:
            movie.keep("Chapter", element)
        elif element.kind in _CHAPTER_HOLDERS and depth < _MAX_DEPTH:
            _read_chapters(element, movie, depth + 1)


def _read_cluster(cluster: Element, movie: _Movie) -> None:
    """Positions that the subtitles of the first clusters spell out; other blocks are skipped."""
    movie.clusters += 1
    if not movie.subtitle_tracks or movie.clusters > _MAX_SUBTITLE_CLUSTERS:
        return
    for element in walk_elements(movie.source, cluster.start, cluster.end):
        if element.kind == _SIMPLE_BLOCK:
            _read_block(element, movie)
        elif element.kind == _BLOCK_GROUP:
            for inner in walk_elements(movie.source, element.start, element.end):
                if inner.kind == _BLOCK:
                    _read_block(inner, movie)


def _read_block(block: Element, movie: _Movie) -> None:
    track, length = variable_integer(movie.source.read_up_to(block.start, 8))
    if track not in movie.subtitle_tracks or movie.positions >= _MAX_POSITIONS:
        return
    text = movie.source.window(block.start + length + 3, block.size_bytes - length - 3)
    if text.size > _MAX_TEXT_BYTES:
        return
    for found in positions_in_text(text, "subtitles"):
        movie.positions += 1
        movie.harvest.add_position(CARRIER, found.stream, found.position, spans=found.spans)


def _read_void(void: Element, movie: _Movie) -> None:
    """Tags that an editor struck out by writing a void element's header over them."""
    head = movie.source.read_up_to(void.start, min(void.size_bytes, _MAX_TEXT_BYTES))
    start = head.find(_SIMPLE_TAG.to_bytes(2, "big"))
    while start >= 0:
        for element in walk_elements(movie.source, void.start + start, void.end):
            if element.kind == _SIMPLE_TAG:
                _read_tags(element, movie)
            break
        start = head.find(_SIMPLE_TAG.to_bytes(2, "big"), start + 2)


_READERS = {
    _INFO: _read_info,
    _TRACKS: _read_tracks,
    _TAGS: _read_tags,
    _ATTACHMENTS: _read_attachments,
    _CHAPTERS: _read_chapters,
    _CLUSTER: _read_cluster,
    _VOID: _read_void,
}
