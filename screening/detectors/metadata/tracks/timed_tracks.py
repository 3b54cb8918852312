"""Finds the positions in metadata and text tracks of movies without reading media data.

Of a track, at most `MAX_SAMPLES_READ` samples are read: from the front up to the first with a
position, from the back up to the last, and some in between where neither end has one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.movies.boxes import MediaBox, walk_boxes
from screening.detectors.metadata.movies.movie_texts import picture_type
from screening.detectors.metadata.positions import Position, checked_position, parse_iso_6709
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tracks.gpmf import TelemetryPosition, gpmf_positions, note_camera
from screening.detectors.metadata.tracks.sample_table import Samples, Track, read_track
from screening.detectors.metadata.tracks.telemetry import (
    packed_minutes,
    positions_in_camm,
    positions_in_free_gps,
    positions_in_rtmd,
    positions_in_text,
)
from screening.detectors.metadata.values import decode_text

CARRIER = "QuickTime track"

SampleReader = Callable[[Source], Iterable[TelemetryPosition]]

_MEDIA_HANDLERS = (b"vide", b"soun", b"hint", b"auxv", b"pict", b"tmcd", b"fdsm")
# Timecodes, and GoPro's stream of lens settings, which has no text and no position.
_WITHOUT_METADATA = (b"tmcd", b"fdsc", b"c608", b"c708", b"dvc1", b"mp4s", b"mp4v", b"mp4a")
_CUES = (b"vttc", b"vtte", b"vtta")  # ISO/IEC 14496-30, 7.3: WebVTT cues are boxes
_UNREAD = "holds a telemetry track that is not read here"
_TEXT_FORMATS = (b"text", b"tx3g", b"sbtl", b"subt", b"wvtt", b"stpp", b"mett", b"metx", b"stxt")
_LOCATION_KEY = "location.ISO6709"
_MAX_TEXT = 2000
_MAX_RECORDS = 100_000
_MAX_TRACK_BYTES = 8 * 1024**2
"""Of the samples that are read of one track: 48 of the longest real ones, 100 KB of telemetry."""
_MAX_TEXT_SAMPLE = 65_536
_CTMD_EXIF = (7, 8, 9)
_CTMD_DIRECTORIES = {0x8769: BlockKind.EXIF, 0x8825: BlockKind.GPS}


def read_timed_track(trak: MediaBox, source: Source, harvest: Harvest) -> bool:
    """Note first and last position, and the camera, of a track that is no sound or picture.

    Returns:
        False for a metadata track without samples, whose samples may lie in movie fragments.

    Raises:
        DamagedError: its tables are damaged, or it holds telemetry that is not read here.
    """
    track = read_track(trak, source, _MEDIA_HANDLERS)
    if track is None or track.entry.kind in _WITHOUT_METADATA:
        return True
    samples = Samples(track, source)
    if samples.count:
        _read_samples(track, samples, source, harvest)
    return bool(samples.count)


def _read_samples(track: Track, samples: Samples, source: Source, harvest: Harvest) -> None:
    kind = track.entry.kind
    if kind == b"CTMD":
        _queue_canon(samples.window(0), harvest)
    elif kind == b"gpmd" and samples.window(0).read_up_to(0, 4) == b"DEVC":
        note_camera(samples.window(0), harvest)
        _note_positions(samples, gpmf_positions, harvest)
    elif kind == b"mebx":
        keys = _location_keys(track, source)
        if keys:
            _note_positions(samples, lambda sample: _keyed_positions(sample, keys), harvest)
    elif kind in _READERS or track.handler in _READERS:
        _note_positions(samples, _READERS.get(kind) or _READERS[track.handler], harvest)
    elif kind in _TEXT_FORMATS or track.handler in (b"text", b"sbtl", b"subt"):
        if not _note_positions(samples, _short(positions_in_text), harvest):
            _note_text(samples, harvest)
    else:
        raise DamagedError(_UNREAD)


def _short(read: SampleReader) -> SampleReader:
    """A reader that is too slow for long samples, which are none of its kind."""

    def checked(sample: Source) -> Iterable[TelemetryPosition]:
        if sample.size > _MAX_TEXT_SAMPLE:
            raise DamagedError("has far longer samples than a real file has")
        return read(sample)

    return checked


_READERS: dict[bytes, SampleReader] = {
    b"camm": positions_in_camm,
    b"rtmd": _short(positions_in_rtmd),
    b"gpmd": _short(positions_in_text),
}


def read_dashcam_index(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """Note the first and last position of a `gps ` box, which lists `freeGPS` blocks.

    Raises:
        DamagedError: a block lies outside the file, or is in a layout that is not read here.
    """
    content = source.read(box.start, box.size_bytes)
    (count,) = struct.unpack_from(">I", content.ljust(8, b"\0"), 4)
    entries = [
        (offset, length)
        for offset, length in struct.iter_unpack(">II", content[8 : 8 + min(count, 10**6) * 8])
        if offset and length
    ] if len(content[8:]) >= count * 8 else []  # fmt: skip
    if count and not entries:
        raise DamagedError
    ends = [entries[:16], entries[::-1][:16]]
    for run, which in zip(ends, ("first", "last"), strict=True):
        for offset, length in run:
            found = list(positions_in_free_gps(source.window(offset, length)))
            for one in found[:1]:
                remarks: dict[str, str | int] = {"which": which, "count": len(entries)}
                harvest.add_position(CARRIER, one.stream, one.position, remarks, one.spans)
            if found:
                break


def _note_positions(samples: Samples, read: SampleReader, harvest: Harvest) -> bool:
    """Note the positions of the first and the last sample that has a fix; whether any has one.

    Where no sample has a fix, those without are noted, because they may be the last known ones.
    """
    noted: set[tuple[str, float, float]] = set()
    unfixed: list[TelemetryPosition] = []
    left = _MAX_TRACK_BYTES
    for order, which in zip(samples.planned(), ("first", "last", "between"), strict=True):
        if which == "between" and noted:
            break
        for index in order:
            left -= samples.size_bytes(index)
            if left < 0:
                raise DamagedError("has far longer samples than a real file has")
            found = _read_sample(samples, index, read, harvest)
            fixed = [one for one in found if one.fixed]
            unfixed += [one for one in found if not one.fixed]
            for one in fixed if which == "first" else fixed[::-1]:
                _note(one, which, samples.count, harvest, noted)
            if fixed:
                break
    for one in [] if noted else [unfixed[0], unfixed[-1]] if unfixed else []:
        _note(one, "without a fix", samples.count, harvest, noted)
    return bool(noted)


def _read_sample(
    samples: Samples, index: int, read: SampleReader, harvest: Harvest
) -> list[TelemetryPosition]:
    found: list[TelemetryPosition] = []
    with harvest.reading("telemetry track"):
        found.extend(read(samples.window(index)))
    return found


def _note(
    found: TelemetryPosition,
    which: str,
    count: int,
    harvest: Harvest,
    noted: set[tuple[str, float, float]],
) -> None:
    """Note a position once, however often a camera that stands still repeats it."""
    key = (found.stream, found.position.latitude_deg, found.position.longitude_deg)
    if key not in noted:
        noted.add(key)
        remarks: dict[str, str | int] = {"which": which, "count": count}
        harvest.add_position(CARRIER, found.stream, found.position, remarks, found.spans)


def _note_text(samples: Samples, harvest: Harvest) -> None:
    """Note the beginning of what a subtitle or chapter track says, or the pictures in it.

    Raises:
        DamagedError: its samples are neither texts nor pictures.
    """
    texts: list[str] = []
    for index in next(samples.planned()):
        sample = samples.window(index)
        raw = sample.read_up_to(0, min(sample.size, _MAX_TEXT))
        picture = picture_type(raw)
        if picture:
            harvest.add_embedded(CARRIER, "sample", sample, {"media_type": picture})
            continue
        length = int.from_bytes(raw[:2], "big")
        if raw[4:8] in _CUES:
            raw = raw.partition(b"payl")[2]
        elif length <= len(raw) - 2:
            raw = raw[2 : 2 + length]
        if b"\0" in raw.strip(b"\0"):
            raise DamagedError(_UNREAD)
        texts.append(decode_text(raw))
    text = " / ".join(filter(None, texts))[:_MAX_TEXT]
    harvest.add_description(CARRIER, "text", text, samples.window(0).spans())


def _location_keys(track: Track, source: Source) -> frozenset[bytes]:
    """Local names of the keys of a `mebx` track that hold positions."""
    found = set()
    entry = track.entry
    for box in walk_boxes(source, entry.start + 8, entry.end):
        if box.kind == b"keys":
            for key in walk_boxes(source, box.start, box.end):
                for part in walk_boxes(source, key.start, key.end):
                    name = source.read(part.start, part.size_bytes)
                    if part.kind == b"keyd" and decode_text(name[4:]).endswith(_LOCATION_KEY):
                        found.add(key.kind)
    return frozenset(found)


def _keyed_positions(sample: Source, keys: frozenset[bytes]) -> Iterator[TelemetryPosition]:
    for box in walk_boxes(sample, 0, sample.size):
        if box.kind in keys:
            text = decode_text(sample.read_up_to(box.start, box.size_bytes))
            position = parse_iso_6709(text)
            if position is not None:
                spans = sample.spans(box.start, box.size_bytes)
                yield TelemetryPosition("mebx", position, True, spans)


def _queue_canon(sample: Source, harvest: Harvest) -> None:
    """Queue the EXIF blocks of Canon's timed metadata: size, type, 6 bytes, then records."""
    offset = 0
    while offset + 12 <= sample.size:
        size, kind = struct.unpack("<IH", sample.read(offset, 6))
        if size < 12 or offset + size > sample.size:
            raise DamagedError
        inner = offset + 12
        while kind in _CTMD_EXIF and inner + 8 < offset + size:
            length, tag = struct.unpack("<II", sample.read(inner, 8))
            if length < 8 or inner + length > offset + size:
                break  # other records than EXIF, in Canon's movies
            if tag in _CTMD_DIRECTORIES:
                block = sample.part(inner + 8, length - 8)
                harvest.add_block(_CTMD_DIRECTORIES[tag], block)
            inner += length
        offset += size


def read_fixed_records(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """Note the first and last position of a `gps0` or `GPS ` box of a dashcam.

    Raises:
        DamagedError: a record is not on Earth.
    """
    read, record_bytes = {b"gps0": (_gps0_record, 32), b"GPS ": (_gps_record, 36)}[box.kind]
    count = min(box.size_bytes // record_bytes, _MAX_RECORDS)
    found: dict[str, int] = {}
    for which, order in (("first", range(count)), ("last", range(count - 1, -1, -1))):
        for index in order:
            offset = box.start + index * record_bytes
            position = read(source.read_up_to(offset, record_bytes))
            if position is not None:
                if found.setdefault("first", index) != index or which == "first":
                    spans = source.spans(offset, record_bytes)
                    remarks: dict[str, str | int] = {"which": which, "count": count}
                    name = box.kind.decode().strip()
                    harvest.add_position(CARRIER, name, position, remarks, spans)
                break


def _gps0_record(raw: bytes) -> Position | None:
    latitude, longitude = struct.unpack_from("<dd", raw)
    if not (abs(latitude) <= 9000 and abs(longitude) <= 18000):
        return None
    return checked_position(packed_minutes(latitude), packed_minutes(longitude))


def _gps_record(raw: bytes) -> Position | None:
    north, latitude, east, longitude = struct.unpack_from("<16xcIcI", raw)
    return checked_position(
        packed_minutes(latitude / 1e3, north), packed_minutes(longitude / 1e3, east)
    )
