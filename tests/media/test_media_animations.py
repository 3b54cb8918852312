"""Animations, pages, caps, bombs and damaged pictures."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from screening.config import MediaLimits
from screening.errors import (
    LimitExceededError,
    MediaError,
    TruncatedMediaError,
    UnreadableMediaError,
    UnsupportedMediaError,
)
from screening.media import identify, open_frames

SHADES = [(40 + 30 * number, 220 - 30 * number, 60) for number in range(7)]
LOSSLESS = {"WEBP": {"lossless": True}}


def shades(count: int = 7) -> list[Image.Image]:
    """Frames of one colour each, with detail, so that no writer merges two of them."""
    frames = []
    for number in range(count):
        image = Image.new("RGB", (48, 32), SHADES[number % 7])
        image.putpixel((number % 48, number // 48), (255, 255, 255))
        frames.append(image)
    return frames


def animation(encoded, format_name: str, count: int = 7, **options: object) -> bytes:
    first, *rest = shades(count)
    return encoded(first, format_name, save_all=True, append_images=rest, **options)


@pytest.mark.parametrize("format_name", ["GIF", "PNG", "WEBP", "AVIF"])
def test_every_frame_of_an_animation_with_its_time(tmp_path, read, encoded, format_name):
    path = tmp_path / "a"
    options = LOSSLESS.get(format_name, {})
    path.write_bytes(animation(encoded, format_name, duration=200, **options))
    frames, error = read(path)
    assert error is None
    assert [frame.index for frame in frames] == list(range(7))
    assert [frame.time_s for frame in frames] == pytest.approx([0.2 * n for n in range(7)])
    for frame, colour in zip(frames, SHADES, strict=True):
        assert np.abs(frame.pixels[20, 20].astype(int) - colour).max() < 12


@pytest.mark.parametrize(("format_name", "count"), [("TIFF", 7), ("HEIF", 7), ("MPO", 2)])
def test_every_page_without_a_time(tmp_path, read, encoded, format_name, count):
    path = tmp_path / "a"
    path.write_bytes(animation(encoded, format_name, count))
    frames, error = read(path)
    assert error is None
    assert [(frame.index, frame.time_s) for frame in frames] == [(n, None) for n in range(count)]
    for frame, colour in zip(frames, SHADES[:count], strict=True):
        assert np.abs(frame.pixels[20, 20].astype(int) - colour).max() < 12


def test_the_pages_of_a_tiff_may_differ_in_size_mode_and_orientation(tmp_path, read):
    path = tmp_path / "pages.tif"
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.new("L", (30, 10), 128)
    turned.encoderinfo = {"exif": exif}
    Image.new("RGB", (20, 10), (9, 8, 7)).save(path, save_all=True, append_images=[turned])
    frames, error = read(path)
    assert error is None
    assert [frame.pixels.shape for frame in frames] == [(10, 20, 3), (30, 10, 3)]


@pytest.mark.parametrize("format_name", ["GIF", "PNG", "WEBP", "TIFF"])
def test_beyond_the_cap_is_said_not_hidden(tmp_path, read, encoded, format_name):
    path = tmp_path / "a"
    path.write_bytes(animation(encoded, format_name, 9, **LOSSLESS.get(format_name, {})))
    frames, error = read(path, max_image_frames=4)
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert isinstance(error, LimitExceededError)
    assert "first 4" in str(error)
    assert ("more than 4" if format_name == "TIFF" else "9 frames") in str(error)
    assert read(path, max_image_frames=9)[1] is None


def test_many_large_frames_are_bounded_together(tmp_path, read, encoded):
    path = tmp_path / "a.gif"
    path.write_bytes(animation(encoded, "GIF", 12))
    frames, error = read(path, max_pixels=48 * 32)
    assert len(frames) == 8
    assert isinstance(error, LimitExceededError)


def test_frames_come_one_by_one_and_once(tmp_path, encoded):
    path = tmp_path / "a.gif"
    path.write_bytes(animation(encoded, "GIF", 6))
    limits = MediaLimits()
    with open_frames(identify(path, limits), limits) as reader:
        frames = iter(reader)
        assert next(frames).index == 0
        assert next(frames).index == 1
        with pytest.raises(RuntimeError, match="once"):
            next(iter(reader))


def png_claiming(width_px: int, height_px: int) -> bytes:
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    rows = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60_000, 60_000), (13_000, 13_000), (2_000_000, 10), (5000, 20)])
def test_bombs_are_refused_by_their_header(tmp_path, size, recwarn):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_claiming(*size))
    limits = MediaLimits()
    media = identify(path, limits)
    before = Image.MAX_IMAGE_PIXELS
    with pytest.raises(LimitExceededError, match=r"limits\.max_"):
        open_frames(media, limits)
    assert not recwarn.list
    assert before == Image.MAX_IMAGE_PIXELS


def test_a_gif_frame_larger_than_its_screen_is_a_bomb_too(tmp_path, read, encoded):
    first = bytearray(encoded(Image.new("P", (4, 4)), "GIF"))
    at = first.index(b"\x2c\x00\x00\x00\x00\x04\x00\x04\x00")
    first[at + 5 : at + 9] = struct.pack("<HH", 60_000, 60_000)
    path = tmp_path / "bomb.gif"
    path.write_bytes(first)
    frames, error = read(path)
    assert frames == []
    assert isinstance(error, LimitExceededError)


@pytest.mark.parametrize(
    ("format_name", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("GIF", {}),
    ],
)
def test_the_upper_part_of_a_cut_picture_is_examined(
    tmp_path, read, encoded, photo, format_name, options
):
    data = encoded(photo, format_name, **options)
    path = tmp_path / "whole"
    path.write_bytes(data)
    (whole,), _ = read(path)
    path.write_bytes(data[: len(data) * 6 // 10])
    frames, error = read(path)
    assert isinstance(error, TruncatedMediaError)
    assert "complete file" in str(error)
    assert len(frames) == 1
    # A progressive JPEG brings a coarse picture first, a BMP its lowest rows.
    rows = slice(200, 240) if format_name == "BMP" else slice(0, 40)
    difference = np.abs(frames[0].pixels[rows].astype(int) - whole.pixels[rows]).mean()
    assert difference < (30 if options else 1)


@pytest.mark.parametrize("format_name", ["WEBP", "HEIF", "AVIF"])
def test_a_cut_picture_without_a_usable_part_says_so(tmp_path, read, encoded, photo, format_name):
    data = encoded(photo, format_name)
    path = tmp_path / "cut"
    path.write_bytes(data[: len(data) * 6 // 10])
    frames, error = read(path)
    assert frames == []
    assert isinstance(error, TruncatedMediaError)


def test_a_cut_animation_yields_its_good_frames(tmp_path, read, encoded):
    for format_name in ("GIF", "PNG"):
        data = animation(encoded, format_name)
        path = tmp_path / "cut"
        path.write_bytes(data[: len(data) * 7 // 10])
        frames, error = read(path)
        assert isinstance(error, TruncatedMediaError), format_name
        assert 2 <= len(frames) < 7
        for frame, colour in zip(frames[:2], SHADES, strict=False):
            assert np.abs(frame.pixels[20, 20].astype(int) - colour).max() < 12


def test_a_cut_between_two_gif_frames_is_noticed(tmp_path, read, encoded):
    data = animation(encoded, "GIF")
    path = tmp_path / "cut.gif"
    path.write_bytes(data[: data.rindex(b"\x21\xf9\x04")])
    frames, error = read(path)
    assert len(frames) == 6
    assert isinstance(error, TruncatedMediaError)


def test_pages_behind_a_broken_one_are_still_examined(tmp_path, read, encoded):
    data = bytearray(animation(encoded, "TIFF", 3, compression="tiff_deflate"))
    streams = [at for at in range(len(data) - 1) if data[at : at + 2] == b"\x78\x9c"]
    data[streams[1] : streams[1] + 12] = bytes(12)
    path = tmp_path / "broken.tif"
    path.write_bytes(data)
    frames, error = read(path)
    assert isinstance(error, UnreadableMediaError)
    assert [frame.index for frame in frames] == [0, 2]


# Where each format notices changed bytes: a mark, the distance behind it, how many, which value.
SORE_SPOTS = {
    "JPEG": (b"\xff\xc0", 4, 8, 0xFF),
    "PNG": (b"IDAT", 200, 40, 0),
    "GIF": (b"\x2c\x00\x00\x00\x00", 10, 1, 0x63),
    "BMP": (b"BM", 28, 2, 0x63),
    "WEBP": (b"VP8 ", 8, 60, 0),
    "TIFF": (b"\x78\x9c", 40, 400, 0),
    "HEIF": (b"mdat", 4, 10_000, 0xFF),
    "AVIF": (b"mdat", 4, 10_000, 0xFF),
}


def damaged(data: bytes, format_name: str) -> bytes:
    mark, distance, length, value = SORE_SPOTS[format_name]
    start = data.index(mark) + distance
    spoiled = bytearray(data)
    spoiled[start : start + length] = bytes([value]) * len(data[start : start + length])
    return bytes(spoiled)


@pytest.mark.parametrize("format_name", SORE_SPOTS)
def test_damage_is_a_failure_in_plain_words(tmp_path, read, encoded, photo, format_name):
    options = {"compression": "tiff_deflate"} if format_name == "TIFF" else {}
    path = tmp_path / "damaged"
    path.write_bytes(damaged(encoded(photo, format_name, **options), format_name))
    assert identify(path, MediaLimits()).kind == "image"
    frames, error = read(path)
    assert len(frames) <= 1
    assert isinstance(error, MediaError)
    assert str(error).endswith(".")
    assert "Error" not in str(error)


@pytest.mark.parametrize("format_name", SORE_SPOTS)
def test_damage_writes_nothing_to_the_terminal(
    tmp_path, read, encoded, format_name, capfd, recwarn
):
    image = Image.effect_noise((320, 240), 90).convert("RGB")
    options = {"compression": "tiff_deflate"} if format_name == "TIFF" else {}
    data = damaged(encoded(image, format_name, **options), format_name)
    capfd.readouterr()  # what the encoder said
    path = tmp_path / "damaged"
    path.write_bytes(data)
    read(path)
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


def test_the_video_behind_a_motion_photo_is_named(tmp_path, read, encoded, photo):
    path = tmp_path / "motion.jpg"
    video = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42" + bytes(100)
    path.write_bytes(encoded(photo, "JPEG") + video)
    frames, error = read(path)
    assert len(frames) == 1
    assert isinstance(error, UnsupportedMediaError)
    assert "motion photo" in str(error)
