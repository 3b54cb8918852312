"""Still pictures come out upright and in sRGB, whatever their depth, inks and transparency."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

from screening.config import MediaLimits
from screening.media import identify, open_frames

ORIENTATION = 0x0112
# How a camera stores an upright scene for each EXIF orientation (EXIF 2.32, 4.6.4).
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
QUADRANTS = {
    (8, 8): (255, 0, 0),
    (56, 8): (0, 255, 0),
    (8, 40): (0, 0, 255),
    (56, 40): (99, 99, 99),
}


@pytest.fixture
def save(tmp_path, encoded):
    def save_as(image, format_name, **options):
        path = tmp_path / "picture"
        path.write_bytes(encoded(image, format_name, **options))
        return path

    return save_as


def only_frame(read, path):
    frames, error = read(path)
    assert error is None
    assert len(frames) == 1
    return frames[0].pixels


def scene() -> Image.Image:
    image = Image.new("RGB", (64, 48))
    draw = ImageDraw.Draw(image)
    for (x, y), colour in QUADRANTS.items():
        draw.rectangle((x // 32 * 32, y // 24 * 24, x // 32 * 32 + 31, y // 24 * 24 + 23), colour)
    return image


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_every_orientation_comes_out_upright(read, save, format_name, orientation):
    turn = STORED[orientation]
    stored = scene() if turn is None else scene().transpose(turn)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = save(stored, format_name, exif=exif.tobytes())
    limits = MediaLimits()
    with open_frames(identify(path, limits), limits) as reader:
        assert (reader.width_px, reader.height_px) == (64, 48)
        (frame,) = reader
    for (x, y), colour in QUADRANTS.items():
        assert np.abs(frame.pixels[y, x].astype(int) - colour).max() < 24


def test_frames_are_read_only_rgb(read, save, photo):
    pixels = only_frame(read, save(photo, "PNG"))
    assert pixels.dtype == np.uint8
    assert pixels.shape == (240, 320, 3)
    assert pixels.flags.c_contiguous
    assert not pixels.flags.writeable
    assert np.array_equal(pixels, np.asarray(photo))


def test_damaged_exif_is_no_reason_to_fail_or_to_print(read, save, photo, recwarn, capfd):
    exif = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\x00\x12\x01\x07\x00\xff\xff\xff\xff"
    only_frame(read, save(photo, "JPEG", exif=exif))
    assert not recwarn.list
    assert capfd.readouterr() == ("", "")


def swapped_primaries() -> bytes:
    """SRGB with the red and the green primary exchanged in its tag table (ICC.1:2022, 7.3)."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", profile, 128)
    for entry in range(132, 132 + 12 * count, 12):
        name = bytes(profile[entry : entry + 4])
        profile[entry : entry + 4] = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}.get(name, name)
    return bytes(profile)


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_an_embedded_profile_is_applied(read, save, format_name):
    red = Image.new("RGB", (32, 32), (255, 0, 0))
    pixels = only_frame(read, save(red, format_name, icc_profile=swapped_primaries()))
    assert np.abs(pixels[16, 16].astype(int) - (0, 255, 0)).max() < 16


def test_a_profile_applies_below_transparency_too(read, save):
    image = Image.new("RGBA", (32, 32), (255, 0, 0, 255))
    image.paste((255, 0, 0, 0), (0, 0, 16, 32))
    pixels = only_frame(read, save(image, "PNG", icc_profile=swapped_primaries()))
    assert np.abs(pixels[16, 24].astype(int) - (0, 255, 0)).max() < 8
    assert tuple(pixels[16, 8]) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_broken_or_foreign_profile_is_ignored(read, save, mode):
    for profile in (b"no profile at all", swapped_primaries()[:200]):
        image = Image.new("RGB", (16, 16), (200, 200, 200)).convert(mode)
        pixels = only_frame(read, save(image, "PNG", icc_profile=profile))
        assert tuple(pixels[8, 8]) == (200, 200, 200)
    grey = Image.new("L", (16, 16), 90)
    pixels = only_frame(read, save(grey, "PNG", icc_profile=swapped_primaries()))
    assert tuple(pixels[8, 8]) == (90, 90, 90)


@pytest.mark.parametrize("format_name", ["JPEG", "TIFF"])
def test_cmyk_keeps_its_colour(read, save, format_name):
    cyan = Image.new("CMYK", (32, 32), (255, 0, 0, 0))
    pixels = only_frame(read, save(cyan, format_name))
    assert np.abs(pixels[16, 16].astype(int) - (0, 255, 255)).max() < 16


def test_cmyk_without_the_mark_of_adobe_is_not_inverted(read, tmp_path, encoded):
    data = encoded(Image.new("CMYK", (32, 32), (0, 255, 255, 255)), "JPEG")
    at = data.index(b"\xff\xee\x00\x0eAdobe")
    path = tmp_path / "plain.jpg"
    path.write_bytes(data[:at] + data[at + 16 :])
    assert np.abs(only_frame(read, path)[16, 16].astype(int) - (0, 255, 255)).max() < 16


@pytest.mark.parametrize(
    ("values", "format_name"),
    [
        (np.linspace(0, 65535, 256).astype(np.uint16), "PNG"),
        (np.linspace(0, 65535, 256).astype(np.uint16), "TIFF"),
        (np.linspace(0, 4095, 256).astype(np.uint16), "TIFF"),
        (np.linspace(0, 2**31 - 1, 256).astype(np.int32), "TIFF"),
        (np.linspace(0, 1, 256).astype(np.float32), "TIFF"),
        (np.linspace(-40, 900_000, 256).astype(np.float32), "TIFF"),
    ],
)
def test_deep_grey_is_scaled_not_clipped(read, save, values, format_name):
    image = Image.fromarray(np.tile(values, (16, 1)))
    row = only_frame(read, save(image, format_name))[8, :, 0].astype(int)
    assert np.abs(row - np.arange(256)).max() <= 1


def test_deep_colour_keeps_its_high_byte(read, tmp_path):
    import zlib

    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    row = b"\x00" + struct.pack(">HHH", 0xFFFF, 0x8000, 0x0100) * 8
    path = tmp_path / "deep.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * 8))
        + chunk(b"IEND", b"")
    )
    assert tuple(only_frame(read, path)[4, 4]) == (255, 128, 1)


def logo(ink: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGBA", (64, 64), (255, 255, 255, 0))
    ImageDraw.Draw(image).ellipse((16, 16, 48, 48), fill=(*ink, 255))
    return image


def contrast(pixels: np.ndarray) -> int:
    return int(np.abs(pixels[32, 32].astype(int) - pixels[2, 2]).max())


@pytest.mark.parametrize("ink", [(0, 0, 0), (255, 255, 255), (250, 250, 230), (20, 40, 160)])
@pytest.mark.parametrize("format_name", ["PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF"])
def test_no_ink_vanishes_with_the_background(read, save, ink, format_name):
    pixels = only_frame(read, save(logo(ink), format_name))
    assert contrast(pixels) > 80
    if ink == (0, 0, 0):
        assert pixels[2, 2].min() > 240


@pytest.mark.parametrize("mode", ["LA", "P", "RGB"])
def test_every_kind_of_transparency_is_laid_on_paper(read, save, mode):
    image = logo((0, 0, 0))
    options = {}
    if mode == "RGB":
        image = Image.new("RGB", (64, 64), (255, 0, 255))
        ImageDraw.Draw(image).ellipse((16, 16, 48, 48), fill=(0, 0, 0))
        options["transparency"] = (255, 0, 255)
    else:
        image = image.convert(mode)
    pixels = only_frame(read, save(image, "PNG", **options))
    assert tuple(pixels[2, 2]) == (255, 255, 255)
    assert tuple(pixels[32, 32]) == (0, 0, 0)


@pytest.mark.parametrize("format_name", ["PNG", "TIFF", "BMP"])
def test_one_bit_and_palette(read, save, format_name):
    bits = Image.new("1", (32, 32))
    bits.paste(1, (0, 0, 16, 32))
    pixels = only_frame(read, save(bits, format_name))
    assert (tuple(pixels[4, 4]), tuple(pixels[4, 28])) == ((255, 255, 255), (0, 0, 0))
    colours = only_frame(read, save(scene().quantize(8), format_name))
    assert np.abs(colours[8, 8].astype(int) - (255, 0, 0)).max() < 8


def test_lab_is_converted(read, save):
    lab = Image.merge("LAB", [Image.new("L", (16, 16), value) for value in (138, 208, 195)])
    red = only_frame(read, save(lab, "TIFF"))[8, 8].astype(int)
    assert red[0] > 200
    assert red[1:].max() < 90
