"""What the findings of the metadata detector say, and what they keep to themselves."""

from __future__ import annotations

import logging
import pickle
import struct
from datetime import UTC, datetime
from pathlib import Path

import metadata_builders as build
import pytest

from screening.detectors.base import FileDetector
from screening.detectors.metadata.detector import MetadataDetector
from screening.detectors.metadata.values import clean_text, iso_time

CAMERA = build.jpeg(build.exif_segment(build.camera_block()))


def test_it_is_a_file_detector() -> None:
    assert isinstance(build.detector(), FileDetector)


@pytest.mark.parametrize("example", MetadataDetector.examples(), ids=lambda example: example.label)
def test_examples_fire(tmp_path: Path, example: object) -> None:
    path = tmp_path / example.file_name
    path.write_bytes(example.file_bytes)
    media_type = "image/png" if example.file_bytes.startswith(b"\x89PNG") else "image/jpeg"
    findings = build.detector().detect_file(build.media_file(path, media_type))
    assert example.label in {finding.label for finding in findings}
    assert {finding.label for finding in findings} <= MetadataDetector.labels
    assert pickle.loads(pickle.dumps(findings)) == findings  # noqa: S301 (own bytes)


@pytest.mark.parametrize(
    "content",
    [b"", b"BM" + bytes(60), b"plain text", build.jpeg(), build.png(), build.movie()],
    ids=["empty", "bmp", "text", "jpeg", "png", "mp4"],
)
def test_without_metadata_there_is_nothing(tmp_path: Path, content: bytes) -> None:
    assert build.detect(tmp_path, content) == []


def test_exif_camera(tmp_path: Path) -> None:
    findings = build.detect(tmp_path, CAMERA, media_type="image/jpeg")
    assert build.values(findings, "device_identity") == [
        {
            "make": "Example Optics",
            "model": "Lighthouse 1",
            "serial_number": "EX-0001",
            "lens_serial_number": "LX-0002",
        }
    ]
    assert build.values(findings, "capture_time") == [{"time": "2024-05-06T07:08:09+02:00"}]
    names = [
        (finding.evidence["field"], finding.sensitive["name"])
        for finding in findings
        if finding.label == "person_name"
    ]
    assert names == [("Artist", "Robin Example"), ("CameraOwnerName", "Kim Example")]


def test_evidence_shows_no_value(tmp_path: Path) -> None:
    findings = build.detect(tmp_path, CAMERA, media_type="image/jpeg")
    assert [dict(finding.evidence) for finding in findings if finding.label != "person_name"] == [
        {"carrier": "EXIF", "field": "GPSLatitude", "container": "image/jpeg"},
        {"carrier": "EXIF", "field": "DateTimeOriginal", "container": "image/jpeg"},
        {
            "carrier": "EXIF",
            "field": "BodySerialNumber",
            "container": "image/jpeg",
            "kind": "serial_number",
        },
    ]
    assert all(finding.box is None and finding.score == 1.0 for finding in findings)


def test_the_same_value_of_one_carrier_is_one_finding(tmp_path: Path) -> None:
    block = build.exif_segment(build.camera_block())
    assert len(build.detect(tmp_path, build.jpeg(block, block))) == len(
        build.detect(tmp_path, CAMERA)
    )


def test_xmp_says_everything(tmp_path: Path) -> None:
    packet = build.xmp_packet(
        'exif:GPSLatitude="12,30,45N" exif:GPSLongitude="34,15.0W"'
        ' exif:GPSAltitude="501/2" exif:GPSAltitudeRef="1"'
        ' exif:GPSTimeStamp="2024-05-06T07:08:09Z" aux:SerialNumber="EX-0001"'
        ' aux:OwnerName="Kim Example" xmp:CreateDate="2024-05-06T07:08:09+02:00"'
        ' drone:GpsLatitude="+1.5" drone:GpsLongtitude="-2.5"',
        "<dc:creator><rdf:Seq><rdf:li>Robin Example</rdf:li></rdf:Seq></dc:creator>"
        "<photoshop:City>Fairhaven</photoshop:City><Iptc4xmpCore:Location>Pier 3"
        "</Iptc4xmpCore:Location><Iptc4xmpExt:LocationShown><rdf:Bag>"
        '<rdf:li rdf:parseType="Resource"><Iptc4xmpExt:City>Oldport</Iptc4xmpExt:City>'
        "<Iptc4xmpExt:CountryName>Nowhere</Iptc4xmpExt:CountryName></rdf:li></rdf:Bag>"
        "</Iptc4xmpExt:LocationShown>",
    )
    findings = build.detect(tmp_path, build.jpeg(build.xmp_segment(packet)))
    assert build.values(findings, "gps_location") == [
        {
            "latitude_deg": 12.5125,
            "longitude_deg": -34.25,
            "altitude_m": -250.5,
            "timestamp_utc": "2024-05-06T07:08:09Z",
        },
        {
            "latitude_deg": 1.5,
            "longitude_deg": -2.5,
        },
    ]
    places = [
        (finding.evidence["field"], finding.text)
        for finding in findings
        if finding.label == "place_name"
    ]
    assert places == [("LocationShown", "Oldport, Nowhere"), ("Location", "Pier 3, Fairhaven")]
    assert build.values(findings, "person_name") == [
        {"name": "Robin Example"},
        {"name": "Kim Example"},
    ]
    assert build.values(findings, "capture_time") == [{"time": "2024-05-06T07:08:09+02:00"}]
    assert build.values(findings, "device_identity") == [{"serial_number": "EX-0001"}]


def test_iptc_says_everything(tmp_path: Path) -> None:
    block = build.iptc_block(
        (1, 90, b"\x1b%G"),
        (2, 55, b"20240506"),
        (2, 60, b"070809+0200"),
        (2, 80, "Robin Exämple".encode()),
        (2, 90, b"Fairhaven"),
        (2, 92, b"Pier 3"),
        (2, 101, b"Nowhere"),
        (2, 118, b"Kim Example"),
    )
    resource = build.image_resource(0x0404, block)
    # Photoshop cuts long resources where a segment is full.
    content = build.jpeg(
        build.photoshop_segment(resource[:30]), build.photoshop_segment(resource[30:])
    )
    findings = build.detect(tmp_path, content)
    assert {finding.evidence["carrier"] for finding in findings} == {"IPTC"}
    assert build.values(findings, "place_name") == [{"place": "Pier 3, Fairhaven, Nowhere"}]
    assert build.values(findings, "capture_time") == [{"time": "2024-05-06T07:08:09+02:00"}]
    assert build.values(findings, "person_name") == [
        {"name": "Robin Exämple"},
        {"name": "Kim Example"},
    ]


def test_quicktime_says_everything(tmp_path: Path) -> None:
    taken = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    seconds = int((taken - datetime(1904, 1, 1, tzinfo=UTC)).total_seconds())
    content = build.movie(
        build.full_box(b"mvhd", struct.pack(">II", seconds, seconds), bytes(88)),
        build.box(b"udta", build.full_box(b"auth", b"\0\0", b"Robin Example\0")),
        build.key_list(
            com_apple_quicktime_make="Example Optics",
            com_apple_quicktime_model="Lighthouse 1",
            com_apple_quicktime_location_name="Fairhaven",
            com_apple_quicktime_author="Kim Example",
        ),
    )
    findings = build.detect(tmp_path, content)
    assert build.values(findings, "capture_time") == [{"time": "2024-05-06T07:08:09Z"}]
    assert build.values(findings, "place_name") == [{"place": "Fairhaven"}]
    assert build.values(findings, "person_name") == [
        {"name": "Robin Example"},
        {"name": "Kim Example"},
    ]
    assert build.values(findings, "device_identity") == [
        {"make": "Example Optics", "model": "Lighthouse 1"}
    ]


def test_canon_maker_note_has_serial_and_owner(tmp_path: Path) -> None:
    # Offsets in a Canon note count from the TIFF header, so the block is laid out by hand:
    # image directory at 8, EXIF directory at 38, note at 56, texts at 86.
    make, owner = b"Canon\0", b"Kim Example\0"
    block = b"II*\0" + struct.pack("<IH", 8, 2)
    block += struct.pack("<HHII", 0x010F, 2, len(make), 86)
    block += struct.pack("<HHII", 0x8769, 4, 1, 38) + bytes(4)
    block += struct.pack("<H", 1) + struct.pack("<HHII", 0x927C, 7, 30, 56) + bytes(4)
    block += struct.pack("<H", 2) + struct.pack("<HHII", 0x0009, 2, len(owner), 92)
    block += struct.pack("<HHII", 0x000C, 4, 1, 4711) + bytes(4)
    block += make + owner
    findings = build.detect(tmp_path, build.jpeg(build.exif_segment(block)))
    assert build.values(findings, "person_name") == [{"name": "Kim Example"}]
    assert build.values(findings, "device_identity") == [{"make": "Canon", "serial_number": "4711"}]


def test_type_mismatch(tmp_path: Path) -> None:
    path = tmp_path / "photo.PNG"
    path.write_bytes(build.jpeg())
    (finding,) = build.detector().detect_file(build.media_file(path, "image/jpeg"))
    assert finding.label == "type_mismatch"
    assert finding.evidence == {"extension": ".png", "media_type": "image/jpeg"}


def test_coordinates_are_never_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert build.detect(tmp_path, CAMERA)
    assert caplog.records == []


def test_originals_are_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(CAMERA)
    path.chmod(0o400)
    build.detector().detect_file(build.media_file(path, "image/jpeg"))
    assert path.read_bytes() == CAMERA


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024:05:06 07:08:09", "2024-05-06T07:08:09"),
        ("2024:05:06 07:08:09+0200", "2024-05-06T07:08:09+02:00"),
        ("2024-05-06T07:08:09.123Z", "2024-05-06T07:08:09Z"),
        ("20240506T070809-0530", "2024-05-06T07:08:09-05:30"),
        ("20240506T", "2024-05-06"),
        ("2024-05-06T07:08", "2024-05-06T07:08:00"),
        ("2024", "2024"),
        ("0000:00:00 00:00:00", None),
        ("2024:13:06 07:08:09", None),
        ("    :  :     :  :  ", None),
        ("last summer", None),
        ("", None),
    ],
)
def test_iso_time(text: str, expected: str | None) -> None:
    assert iso_time(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [(" Kim \0\t Example\n", "Kim Example"), ("\0\0 ", None), (None, None)]
)
def test_clean_text(text: str | None, expected: str | None) -> None:
    assert clean_text(text) == expected
