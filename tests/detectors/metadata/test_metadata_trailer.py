"""Whatever follows the end of a picture is found, with its exact bytes, or said."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import metadata_builders as build
import pytest
import still_builders as still
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source

XMP = build.xmp_packet()
NOISE = still.noise(5000)
RIFF_VIDEO = build.riff(b"AVI ", (b"LIST", b"hdrl" + bytes(60)))
MATROSKA = (
    bytes.fromhex("1a45dfa3 8b 4282 88") + b"matroska" + bytes.fromhex("18538067 90") + bytes(16)
)


def zip_file() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("photo.jpg", still.small_jpeg())
        archive.writestr("other.jpg", still.small_jpeg("red"))
    return stream.getvalue()


CARRIERS = {
    "jpeg": build.jpeg(),
    "png": build.png(),
    "gif": still.small_gif(),
    "exv": b"\xff\x01Exiv2" + build.exif_segment(build.tiff_block(gps={})) + b"\xff\xd9",
    "psd": b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 2, 2, 8, 3)
    + struct.pack(">IIIH", 0, 0, 0, 0) + bytes(12),
    "psd, packed": b"8BPS" + struct.pack(">H6xHIIHH", 1, 1, 2, 2, 8, 1)
    + struct.pack(">IIIH", 0, 0, 0, 1) + struct.pack(">HH", 2, 3) + bytes(5),
}  # fmt: skip
MEDIA = {
    "image/jpeg": still.located_jpeg(),
    "image/png": build.png(build.png_chunk(b"eXIf", build.tiff_block())),
    "image/gif": still.small_gif(b"\x21\xfe" + still.sub_blocks(b"a comment")),
    "image/webp": build.riff(b"WEBP", (b"EXIF", build.tiff_block())),
    "video/x-msvideo": RIFF_VIDEO,
    "video/mp4": still.located_movie(),
    "image/heic": build.heic([(b"Exif", b"", bytes(4) + build.tiff_block())], in_idat=False),
    "image/jxl": build.box(b"JXL ", b"\r\n\x87\n") + build.box(b"Exif", bytes(4), NOISE[:50]),
    "video/x-matroska": MATROSKA,
    "application/zip": zip_file(),
}


@pytest.mark.parametrize("medium", MEDIA.items(), ids=MEDIA)
@pytest.mark.parametrize("picture", CARRIERS.values(), ids=CARRIERS)
def test_an_appended_medium_is_found_with_its_bytes(
    tmp_path: Path, picture: bytes, medium: tuple[str, bytes]
) -> None:
    content = picture + medium[1]
    found = still.embedded(findings_in(tmp_path, content))
    assert [one.evidence["media_type"] for one in found] == [medium[0]]
    assert found[0].evidence["carrier"] == "data after the end"
    assert still.bytes_of(found[0], content) == medium[1]


@pytest.mark.parametrize("medium", [still.located_jpeg(), still.located_movie()])
def test_the_position_of_an_appended_medium_is_read(tmp_path: Path, medium: bytes) -> None:
    found = build.detect(tmp_path, build.jpeg() + medium)
    assert [place[1:] for place in build.positions(found)] == [
        (build.LATITUDE_DEG, build.LONGITUDE_DEG)
    ]
    inside = [one.evidence["inside"] for one in found if one.label == "gps_location"]
    assert inside == ["data after the end"]


def test_several_media_between_unknown_bytes_are_told_apart(tmp_path: Path) -> None:
    first, second = still.located_jpeg(), still.located_movie()
    parts = [NOISE[:100], first, bytes(500), second, build.png()]
    content = build.jpeg() + b"".join(parts)
    found = still.embedded(build.detect(tmp_path, content))
    assert [still.bytes_of(one, content) for one in found] == [
        NOISE[:100],
        first,
        second,
        build.png(),
    ]
    assert found[0].evidence["media_type"] == "application/octet-stream"


def test_unknown_bytes_are_reported_as_such(tmp_path: Path) -> None:
    content = build.jpeg() + NOISE
    (found,) = still.embedded(build.detect(tmp_path, content))
    assert found.evidence["media_type"] == "application/octet-stream"
    assert still.bytes_of(found, content) == NOISE


@pytest.mark.parametrize(
    "padding",
    [bytes(100_000), b"\xff" * 4096, b"\xff\xd9", b"\r\n", b"\x02", bytes(70_000) + b"\x01\x02"],
    ids=["zeros", "erased", "second end", "line end", "stray byte", "stray bytes"],
)
def test_padding_and_stray_bytes_are_nothing(tmp_path: Path, padding: bytes) -> None:
    assert build.detect(tmp_path, build.jpeg() + padding) == []


def test_a_text_is_a_description_and_its_position_is_read(tmp_path: Path) -> None:
    found = build.detect(tmp_path, build.jpeg() + b"taken at 12.5125N 34.25W, Fairhaven\n")
    assert still.carried(found, "description") == [("data after the end", "text")]
    assert build.positions(found) == [
        ("data after the end", build.LATITUDE_DEG, build.LONGITUDE_DEG)
    ]


def test_an_appended_packet_is_xmp(tmp_path: Path) -> None:
    found = build.detect(tmp_path, build.jpeg() + XMP)
    assert [carrier for carrier, *_ in build.positions(found)] == ["XMP"]
    assert still.embedded(found) == []


def test_a_gain_map_is_called_so(tmp_path: Path) -> None:
    packet = build.xmp_packet(
        'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"'
    )
    content = build.jpeg() + still.small_jpeg("grey", build.xmp_segment(packet))
    (found,) = still.embedded(build.detect(tmp_path, content))
    assert found.evidence["kind"] == "gain map"


def test_a_medium_that_breaks_off_reaches_to_the_end(tmp_path: Path) -> None:
    movie = still.located_movie()[:-6]
    content = build.jpeg() + movie
    found = still.embedded(findings_in(tmp_path, content))
    assert [still.bytes_of(one, content) for one in found] == [movie]


def test_a_video_behind_a_picture_without_an_end_is_found(tmp_path: Path) -> None:
    movie = still.located_movie()
    content = b"\xff\xd8" + build.exif_segment(build.tiff_block(gps={})) + movie
    (found,) = still.embedded(build.detect(tmp_path, content))
    assert still.bytes_of(found, content) == movie


def test_bytes_between_segments_are_reported(tmp_path: Path) -> None:
    plain = build.jpeg()
    hidden = bytes(range(1, 200))
    content = plain[:2] + build.segment(0xFE, b"note") + hidden + plain[2:]
    (found,) = still.embedded(build.detect(tmp_path, content))
    assert still.bytes_of(found, content) == hidden


def afcp(*entries: tuple[bytes, bytes], at: int, mark: bytes = b"AXS!") -> bytes:
    order = ">" if mark == b"AXS!" else "<"
    offset = at + 12 + 12 * len(entries)
    rows = []
    for kind, value in entries:
        rows.append(kind + struct.pack(order + "II", len(value), offset))
        offset += len(value)
    head = mark + struct.pack(order + "HHI", 0x0100, len(entries), 0)
    values = b"".join(value for _, value in entries)
    return head + b"".join(rows) + values + mark + struct.pack(order + "II", at, 0)


@pytest.mark.parametrize("mark", [b"AXS!", b"AXS*"])
@pytest.mark.parametrize("moved", [0, 7])
def test_afcp_is_read_even_when_it_moved(tmp_path: Path, mark: bytes, moved: int) -> None:
    picture, thumbnail = build.jpeg(), still.small_jpeg()
    entries = (
        (b"IPTC", build.iptc_block((2, 90, b"Fairhaven"))),
        (b"TEXT", b"a note"),
        (b"Nail", bytes(18) + thumbnail),
    )
    content = picture + afcp(*entries, at=len(picture) + moved, mark=mark)
    found = build.detect(tmp_path, content)
    assert build.values(found, "place_name") == [{"place": "Fairhaven"}]
    assert build.values(found, "description") == [{"description": "a note"}]
    assert still.embedded(found) == []
    assert [one.name for one in previews_of(content)] == ["AFCP preview"]


def test_foto_station_records_are_read_from_the_end(tmp_path: Path) -> None:
    def record(kind: int, value: bytes) -> bytes:
        return value + struct.pack(">HI", kind, len(value) + 10) + b"\xa1\xb2\xc3\xd4"

    iptc = build.iptc_block((2, 90, b"Fairhaven"))
    content = build.jpeg() + record(1, iptc) + record(2, bytes(48)) + record(3, still.small_jpeg())
    found = build.detect(tmp_path, content)
    assert build.values(found, "place_name") == [{"place": "Fairhaven"}]
    assert still.embedded(found) == []
    assert [one.name for one in previews_of(content)] == ["FotoStation preview"]


def test_programs_are_known_by_their_trailers(tmp_path: Path) -> None:
    mechanic = build.iptc_block((2, 221, bytes(4)))
    vrd = b"CANON OPTIONAL DATA\0" + bytes(8) + bytes(36)
    vrd_end = b"CANON OPTIONAL DATA\0" + struct.pack(">I", 36) + bytes(38) + b"\xff\xd9"
    content = build.jpeg() + vrd + vrd_end + mechanic + struct.pack(">I", len(mechanic))
    found = build.detect(tmp_path, content + b"cbipcbbl")
    assert still.carried(found, "edit_history") == [
        ("Photo Mechanic trailer", "SoftEdit"),
        ("CanonVRD", "VRD"),
    ]
    assert still.embedded(found) == []


@pytest.mark.parametrize("trailer", ["MIE", "Insta360"])
def test_a_trailer_that_is_not_read_goes_to_a_person(tmp_path: Path, trailer: str) -> None:
    body = b"~\x10\x04\xfe0MIE" + NOISE[:64]
    if trailer == "MIE":
        size = len(body) + 16
        content = body + b"~\0\x04\0zmie~\0\0\x06" + struct.pack(">I", size) + b"\x10\x04"
    else:
        content = body + bytes(38) + struct.pack("<I", len(body) + 78) + bytes(4)
        content += b"8db42d694ccc418790edff439fe026bf"
    whole = build.jpeg() + content
    found = still.embedded(findings_in(tmp_path, whole))
    assert {one.evidence["media_type"] for one in found} == {"application/octet-stream"}
    assert sum(len(still.bytes_of(one, whole)) for one in found) > len(body)


def test_marks_of_phones_are_no_media(tmp_path: Path) -> None:
    movie = still.located_movie()
    content = build.jpeg() + movie + b"LIVE_3112464   "
    (found,) = still.embedded(build.detect(tmp_path, content))
    assert still.bytes_of(found, content) == movie


@pytest.mark.parametrize(
    "trailer",
    [
        pytest.param(b"\xff\xd8\xff\xe0" * 300_000, id="false starts"),
        pytest.param(still.small_jpeg() * 3000, id="pictures without end"),
        pytest.param(b"\xa1\xb2\xc3\xd4" * 100_000, id="footers"),
        pytest.param(b"AXS!" * 100_000 + bytes(8), id="directories"),
        pytest.param(b"PK\x03\x04\x14\0\0\0\0\0" * 100_000, id="archives"),
        pytest.param(build.box(b"ftyp", b"isom") * 100_000, id="boxes"),
        pytest.param(b"12.51 N " * 200_000, id="text"),
    ],
)
def test_endless_trailers_are_bounded(tmp_path: Path, trailer: bytes) -> None:
    content = build.jpeg() + trailer
    source = Source(io.BytesIO(content), 16 * 1024**2)
    harvest = read_metadata(source)
    noted = [fact for fact in harvest.facts if fact.label == "embedded_media"]
    assert len(noted) <= 1024
    assert noted or harvest.damage


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=300))
def test_every_byte_behind_the_end_is_accounted_for(trailer: bytes) -> None:
    picture = build.jpeg()
    content = picture + trailer
    harvest = read_metadata(Source(io.BytesIO(content), 16 * 1024**2))
    noted = {
        place
        for fact in harvest.facts
        for span in fact.spans
        for place in range(span.start, span.start + span.size_bytes)
    }
    rest = [content[at] for at in range(len(picture), len(content)) if at not in noted]
    assert harvest.damage or len(bytes(rest).strip(b"\0\xff\xd9 \r\n\t")) < 16


def test_data_behind_the_end_of_an_embedded_picture_is_found(tmp_path: Path) -> None:
    hidden, movie = NOISE[:300], still.located_movie()
    content = still.multi_picture((0x020003, still.small_jpeg() + hidden)) + movie
    found = still.embedded(build.detect(tmp_path, content))
    assert [still.bytes_of(one, content) for one in found[1:]] == [movie, hidden]
    assert found[2].evidence["inside"] == "MPF"


def findings_in(folder: Path, content: bytes) -> list[build.Finding]:
    """Findings, those of a damaged file included."""
    try:
        return build.detect(folder, content)
    except build.DetectorError as error:
        return list(error.findings)


def previews_of(content: bytes) -> list[object]:
    return list(read_metadata(Source(io.BytesIO(content), 16 * 1024**2)).previews)


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["posts", "courthouse/us", "text"])
def test_photos_from_the_web_hold_nothing_else(shared_data: Path, folder: str) -> None:
    photos = sorted((shared_data / folder).rglob("*.jpg"))
    assert photos
    for photo in photos:
        with photo.open("rb") as handle:
            harvest = read_metadata(Source(handle, 16 * 1024**2))
        assert [fact for fact in harvest.facts if fact.label == "embedded_media"] == [], photo.name
