"""Matroska and WebM: what FFmpeg writes is read back, and what it does not write is found too."""

from __future__ import annotations

import io
from pathlib import Path

import av
import metadata_builders as build
import numpy as np
import pytest

from screening.config import MediaLimits
from screening.detectors.metadata.detector import MetadataDetector, MetadataOptions
from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source
from screening.errors import DetectorError
from screening.media import identify
from screening.records import Finding

TAGS = {
    "location": "+12.3456-023.4567/",
    "ARTIST": "Robin Example",
    "DATE_RECORDED": "2024-05-21",
    "RECORDING_LOCATION": "Port Ellery",
    "MAKE": "Acme",
    "MODEL": "Field 3",
}


def detect(path: Path) -> list[Finding]:
    detector = MetadataDetector(MetadataOptions(nearest_town=False), None)  # type: ignore[arg-type]
    return detector.detect_file(identify(path, MediaLimits()))


def write_clip(path: Path, codec: str) -> None:
    with av.open(str(path), "w") as container:
        container.metadata.update(TAGS)
        stream = container.add_stream(codec, rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.mark.parametrize(("name", "codec"), [("clip.mkv", "mpeg4"), ("clip.webm", "libvpx-vp9")])
def test_tags_become_findings(tmp_path: Path, name: str, codec: str) -> None:
    write_clip(tmp_path / name, codec)
    found = {finding.label: finding for finding in detect(tmp_path / name)}
    assert found["gps_location"].sensitive == {"latitude_deg": 12.3456, "longitude_deg": -23.4567}
    assert found["gps_location"].evidence["carrier"] == "Matroska"
    assert found["person_name"].sensitive == {"name": "Robin Example"}
    assert found["place_name"].sensitive == {"place": "Port Ellery"}
    assert found["capture_time"].sensitive["time"] == "2024-05-21"
    assert found["device_identity"].sensitive == {"make": "Acme", "model": "Field 3"}


def test_damaged_file_is_said_to_be_unread(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mkv", "mpeg4")
    content = (tmp_path / "clip.mkv").read_bytes()
    (tmp_path / "clip.mkv").write_bytes(content[:60])
    with pytest.raises(DetectorError, match="tag block"):
        detect(tmp_path / "clip.mkv")


def test_everything_ffmpeg_reads_is_found(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mkv", "mpeg4")
    with av.open(str(tmp_path / "clip.mkv")) as container:
        texts = [*container.metadata.values()]
        for stream in container.streams:
            texts += [text for name, text in stream.metadata.items() if name != "DURATION"]
    found = detect(tmp_path / "clip.mkv")
    noted = {str(value) for finding in found for value in finding.sensitive.values()}
    location = {"+12.3456-023.4567/"}
    assert set(texts) - location <= noted


def element(kind: int, *contents: bytes, size_bytes: int = 4) -> bytes:
    content = b"".join(contents)
    size = (1 << 7 * size_bytes) | len(content)
    return (
        kind.to_bytes((kind.bit_length() + 7) // 8, "big")
        + size.to_bytes(size_bytes, "big")
        + content
    )


def unsized(kind: int, *contents: bytes) -> bytes:
    return kind.to_bytes(4, "big") + b"\x01" + b"\xff" * 7 + b"".join(contents)


def tag(name: bytes, text: bytes, *nested: bytes) -> bytes:
    simple = element(0x67C8, element(0x45A3, name), element(0x4487, text), *nested)
    return element(0x1254C367, element(0x7373, simple))


HEADER = element(0x1A45DFA3, element(0x4282, b"matroska"))
PLACE = tag(b"LOCATION", b"+10.3400-040.8350/")
CLUSTER = element(0xE7, b"\0"), element(0xA3, b"\x81\0\0\x80" + bytes(40))


def read(content: bytes) -> Harvest:
    return read_metadata(Source(io.BytesIO(content), 16 << 20))


def seen(harvest: Harvest) -> set[tuple[str, str]]:
    return {(fact.label, str(value)) for fact in harvest.facts for value in fact.values.values()}


@pytest.mark.parametrize(
    "content",
    [
        HEADER + element(0x18538067, element(0x1F43B675, *CLUSTER), PLACE),
        HEADER + unsized(0x18538067, element(0x1F43B675, *CLUSTER), PLACE),
        HEADER + unsized(0x18538067, unsized(0x1F43B675, *CLUSTER),
                         unsized(0x1F43B675, *CLUSTER), PLACE),
        HEADER + element(0x18538067, tag(b"ARTIST", b"", element(
            0x67C8, element(0x45A3, b"LOCATION"), element(0x4487, b"+10.3400-040.8350/")))),
        HEADER + element(0x18538067, element(0xEC, b"\0\0" + PLACE[12:])),
        HEADER + element(0x18538067, element(0xEC, bytes(9))) + element(0x18538067, PLACE),
    ],
    ids=["sized", "live", "live clusters", "nested", "struck out", "second segment"],
)  # fmt: skip
def test_position_wherever_it_stands(content: bytes) -> None:
    harvest = read(content)
    facts = [fact for fact in harvest.facts if fact.label == "gps_location"]
    assert [(f.values["latitude_deg"], f.values["longitude_deg"]) for f in facts] == [
        (10.34, -40.835)
    ]
    (span,) = facts[0].spans
    assert content[span.start : span.start + span.size_bytes] == b"+10.3400-040.8350/"
    assert harvest.damage == ()


def test_info_tracks_and_chapters() -> None:
    info = element(
        0x1549A966,
        element(0x7BA9, b"At the pier"),
        element(0x4D80, b"Example muxer"),
        element(0x4461, (736_326_489_000_000_000).to_bytes(8, "big")),
        element(0x7384, b"/home/robin/clip.mkv"),
        element(0x73A4, bytes(15) + b"\1"),
    )
    tracks = element(
        0x1654AE6B, element(0xAE, element(0x83, b"\1"), element(0x536E, b"Kim's lens"))
    )
    chapters = element(
        0x1043A770,
        element(0x45B9, element(0xB6, element(0x80, element(0x85, b"Robin waves")))),
    )
    harvest = read(HEADER + element(0x18538067, info, tracks, chapters))
    assert seen(harvest) == {
        ("description", "At the pier"),
        ("edit_history", "Example muxer"),
        ("capture_time", "2024-05-02T07:08:09Z"),
        ("edit_history", "/home/robin/clip.mkv"),
        ("person_name", "robin"),
        ("edit_history", bytes(15).hex() + "01"),
        ("description", "Kim's lens"),
        ("description", "Robin waves"),
    }


def attachment(media_type: bytes, content: bytes) -> bytes:
    entry = element(
        0x61A7,
        element(0x466E, b"cover.jpg"),
        element(0x4660, media_type),
        element(0x465C, content),
    )
    return HEADER + element(0x18538067, element(0x1941A469, entry))


def test_attached_picture_is_embedded_with_its_bytes() -> None:
    picture = build.jpeg(build.exif_segment(build.tiff_block()))
    content = attachment(b"image/jpeg", picture)
    harvest = read(content)
    (medium,) = [fact for fact in harvest.facts if fact.label == "embedded_media"]
    assert medium.remarks == {"media_type": "image/jpeg"}
    (span,) = medium.spans
    assert content[span.start : span.start + span.size_bytes] == picture
    assert {fact.carrier for fact in harvest.facts if fact.label == "gps_location"} == {"EXIF"}


def test_other_attachments() -> None:
    font = read(attachment(b"application/x-truetype-font", b"\0\1\0\0"))
    assert font.damage == ()
    unknown = read(attachment(b"application/pdf", b"%PDF"))
    assert unknown.damage == (
        "The tag block of this file holds an attached file that is not read here.",
    )


def test_positions_in_subtitles() -> None:
    tracks = element(
        0x1654AE6B,
        element(0xAE, element(0xD7, b"\2"), element(0x83, b"\x11"), element(0x86, b"S_TEXT/UTF8")),
    )
    text = b"\x82\0\0\0[latitude: 10.3400] [longitude: -40.8350]"
    cluster = element(0x1F43B675, *CLUSTER, element(0xA0, element(0xA1, text)))
    harvest = read(HEADER + element(0x18538067, tracks, cluster))
    assert ("gps_location", "10.34") in seen(harvest)


def test_a_cut_segment_is_read_as_far_as_it_goes() -> None:
    content = HEADER + element(0x18538067, PLACE, element(0x1F43B675, bytes(400)))
    harvest = read(content[:-100])
    assert ("gps_location", "10.34") in seen(harvest)
    assert harvest.damage != ()


def test_elements_in_one_another_without_end() -> None:
    nested = b""
    for _ in range(2000):
        nested = element(0x67C8, nested)
    harvest = read(HEADER + element(0x18538067, element(0x1254C367, element(0x7373, nested))))
    assert harvest.damage != ()
