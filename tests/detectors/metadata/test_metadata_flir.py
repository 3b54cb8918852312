"""FLIR blocks: position, camera, time and the picture in visible light."""

from __future__ import annotations

import struct
from pathlib import Path

import metadata_builders as build
import pytest
import still_builders as still

PICTURE = still.small_jpeg()


def camera(order: str) -> bytes:
    record = bytearray(0x400)
    struct.pack_into(order + "H", record, 0, 2)
    record[0xD4:0xDB] = b"Heat 1\0"
    record[0x104:0x10B] = b"EX-0001"
    record[0x114:0x117] = b"1.2"
    record[0x1A0:0x1A6] = b"LX-002"
    struct.pack_into(order + "IIh", record, 0x384, 1714979289, 250, -120)
    return bytes(record)


def position(order: str, *, valid: int = 1, latitude: float = build.LATITUDE_DEG) -> bytes:
    head = struct.pack(order + "I", valid) + bytes(12)
    return head + struct.pack(order + "ddf", latitude, build.LONGITUDE_DEG, 10.5) + bytes(100)


def flir_block(*records: tuple[int, bytes], order: str = ">") -> bytes:
    head = b"FFF\0CAMCTRL\0" + bytes(8)
    head += struct.pack(order + "III", 100, 0x40, len(records)) + bytes(0x40 - 0x20)
    offset, entries = 0x40 + 0x20 * len(records), []
    for kind, content in records:
        place = struct.pack(order + "II", offset, len(content))
        entries.append(struct.pack(order + "HHII", kind, 1, 100, 1) + place + bytes(12))
        offset += len(content)
    return head + b"".join(entries) + b"".join(content for _, content in records)


def flir_jpeg(block: bytes, size: int = 60_000) -> bytes:
    parts = [block[at : at + size] for at in range(0, len(block), size)]
    return build.jpeg(
        *(
            build.segment(0xE1, b"FLIR\0\x01" + bytes([number, len(parts) - 1]) + part)
            for number, part in enumerate(parts)
        )
    )


@pytest.mark.parametrize("size", [60_000, 100])
@pytest.mark.parametrize("order", [">", "<"])
def test_everything_is_read(tmp_path: Path, order: str, size: int) -> None:
    records = ((0x20, camera(order)), (0x2B, position(order)), (0x0E, bytes(0x20) + PICTURE))
    content = flir_jpeg(flir_block(*records, order=order), size)
    found = build.detect(tmp_path, content)
    assert build.positions(found) == [("FLIR", build.LATITUDE_DEG, build.LONGITUDE_DEG)]
    assert build.values(found, "device_identity") == [
        {
            "make": "FLIR",
            "model": "Heat 1",
            "serial_number": "EX-0001",
            "lens_serial_number": "LX-002",
        }
    ]
    assert build.values(found, "capture_time") == [{"time": "2024-05-06T09:08:09"}]
    (picture,) = still.embedded(found)
    assert picture.evidence["media_type"] == "image/jpeg"
    assert still.bytes_of(picture, content) == PICTURE


def test_a_position_without_a_fix_is_nothing(tmp_path: Path) -> None:
    assert build.detect(tmp_path, flir_jpeg(flir_block((0x2B, position(">", valid=0))))) == []


@pytest.mark.parametrize(
    "block",
    [
        b"FFF\0",
        b"XXX\0" + bytes(100),
        flir_block((0x20, camera(">")))[:-10],
        flir_block((0x2B, position(">", latitude=999.0))),
        flir_block((0x2B, b"\0\0\0\1")),
        b"FFF\0" + bytes(16) + struct.pack(">III", 100, 0x40, 0xFFFFFFFF) + bytes(0x20),
    ],
)
def test_damage_is_said(tmp_path: Path, block: bytes) -> None:
    assert "The FLIR block of this file" in str(build.detect_damaged(tmp_path, flir_jpeg(block)))
