"""Reference art: which pixels belong to the insignia, whatever file an agency hands in."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from insignia_scenes import drawing
from PIL import Image, ImageDraw

from screening.detectors.insignia.art import SIDE_PX, load_art, load_photo, on_ground
from screening.errors import ConfigError

CENTRE, CORNER = (SIDE_PX // 2, SIDE_PX // 2), (3, 3)
DISC_SHARE = np.pi / 4
"""Of the square around a disc."""


def disc(mode: str, ground: object, ink: object, size: tuple[int, int] = (400, 400)) -> Image.Image:
    picture = Image.new(mode, size, ground)
    width, height = size
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width * 0.1, height * 0.3, width * 0.7, height * 0.9), fill=ink)
    return picture


def share(art: np.ndarray) -> float:
    return float((art[..., 3] > 127).mean())


def gray(art: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(on_ground(art), cv2.COLOR_RGB2GRAY)


def test_transparent_ground_is_cut_off_and_shown_white(tmp_path: Path) -> None:
    disc("RGBA", (0, 0, 0, 0), (40, 60, 90, 255)).save(tmp_path / "a.png")
    art = load_art(tmp_path / "a.png")
    assert art.shape == (SIDE_PX, SIDE_PX, 4)
    assert art[CORNER][3] == 0
    assert tuple(art[CENTRE]) == (40, 60, 90, 255)
    assert gray(art)[CORNER] == 255
    assert share(art) == pytest.approx(DISC_SHARE, abs=0.01)


@pytest.mark.parametrize("ground", [(255, 255, 255), (250, 250, 250), (0, 0, 0)], ids=str)
def test_even_ground_is_cut_off(tmp_path: Path, ground: tuple[int, int, int]) -> None:
    disc("RGB", ground, (120, 60, 90)).save(tmp_path / "a.png")
    art = load_art(tmp_path / "a.png")
    assert art.shape == (SIDE_PX, SIDE_PX, 4)
    assert (art[CENTRE][3], art[CORNER][3]) == (255, 0)
    assert share(art) == pytest.approx(DISC_SHARE, abs=0.02)


def test_ground_inside_the_drawing_belongs_to_it(tmp_path: Path) -> None:
    ring = disc("RGB", "white", (40, 60, 90))
    ImageDraw.Draw(ring).ellipse((100, 180, 220, 300), fill="white")
    ring.save(tmp_path / "a.png")
    assert tuple(load_art(tmp_path / "a.png")[CENTRE]) == (255, 255, 255, 255)


def test_strokes_of_one_colour_are_seen_on_the_ground_they_enclose(tmp_path: Path) -> None:
    strokes = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    draw = ImageDraw.Draw(strokes)
    draw.ellipse((50, 50, 350, 350), outline=(20, 20, 20, 255), width=6)
    draw.rectangle((150, 150, 250, 250), outline=(20, 20, 20, 255), width=6)
    strokes.save(tmp_path / "a.png")
    art = load_art(tmp_path / "a.png")
    assert tuple(art[CENTRE]) == (255, 255, 255, 255)
    assert art[CORNER][3] == 0
    assert share(art) == pytest.approx(DISC_SHARE, abs=0.01)
    assert gray(art)[art[..., 3] > 127].std() > 30


def test_what_coloured_art_leaves_transparent_stays_so(tmp_path: Path) -> None:
    ring = disc("RGBA", (0, 0, 0, 0), (200, 60, 90, 255))
    ImageDraw.Draw(ring).rectangle((60, 200, 120, 260), fill=(20, 60, 200, 255))
    ImageDraw.Draw(ring).ellipse((120, 200, 200, 280), fill=(0, 0, 0, 0))
    ring.save(tmp_path / "a.png")
    assert load_art(tmp_path / "a.png")[CENTRE][3] == 0


def test_a_picture_without_ground_counts_whole(tmp_path: Path) -> None:
    random = np.random.default_rng(1).integers(0, 256, (80, 80, 3), np.uint8)
    Image.fromarray(random).resize((400, 400)).save(tmp_path / "a.png")
    assert share(load_art(tmp_path / "a.png")) > 0.9


@pytest.mark.parametrize("ground", [(250, 250, 250), (0, 0, 0, 0), (90, 90, 90, 100)], ids=str)
def test_a_flood_that_swallows_the_drawing_is_not_believed(
    tmp_path: Path, ground: tuple[int, ...]
) -> None:
    Image.new("RGB" if len(ground) == 3 else "RGBA", (300, 300), ground).save(tmp_path / "a.png")
    assert share(load_art(tmp_path / "a.png")) == 1


@pytest.mark.parametrize("size", [(800, 400), (400, 800), (60, 30), (3000, 2), (1, 1)], ids=str)
def test_the_longer_side_is_brought_to_size(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size, "navy").save(tmp_path / "a.png")
    height, width, _ = load_art(tmp_path / "a.png").shape
    assert max(height, width) == SIDE_PX
    assert min(height, width) == max(1, round(min(size) / max(size) * SIDE_PX))
    assert (width > height) == (size[0] > size[1])


@pytest.mark.parametrize(
    ("suffix", "mode"),
    [
        ("png", "RGB"), ("png", "L"), ("png", "P"), ("png", "1"), ("png", "I;16"), ("jpg", "CMYK"),
        ("jpg", "L"), ("webp", "RGB"), ("gif", "P"), ("bmp", "RGB"), ("tiff", "RGB"),
    ],
)  # fmt: skip
def test_every_raster_format_and_mode(tmp_path: Path, suffix: str, mode: str) -> None:
    source = drawing(tmp_path / "rgb.png")
    path = tmp_path / f"a.{suffix}"
    with Image.open(source) as picture:
        if mode == "I;16":
            deep = np.asarray(picture.convert("L")).astype(np.uint16) * 257
            Image.fromarray(deep).save(path)
        else:
            picture.convert(mode).save(path)
    first, second = gray(load_art(source)), gray(load_art(path))
    # The grain of a JPEG may move the cut by a few pixels.
    likeness = cv2.matchTemplate(first, second[8:-8, 8:-8], cv2.TM_CCOEFF_NORMED)
    assert likeness.max() > 0.85


def test_svg_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50">'
        '<rect x="10" y="10" width="80" height="30" fill="#204060"/></svg>'
    )
    art = load_art(path)
    assert art.shape == (round(SIDE_PX * 30 / 80), SIDE_PX, 4), "cut to the rectangle"
    assert tuple(art[10, 10]) == (0x20, 0x40, 0x60, 255)
    assert share(art) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b""),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.jpg", b"no picture"),
        ("a.svg", b"<svg"),
        ("a.svg", b""),
        ("a.svg", b"\xff\xfe\x00"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>'),
        ("a.svgz", b"\x1f\x8b\x08\x00"),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
        ("gone.png", None),
        ("gone.svg", None),
    ],
)
def test_what_cannot_be_read_names_the_file(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        load_art(path)
    assert caught.value.file == path


def test_a_truncated_picture_names_the_file(tmp_path: Path) -> None:
    path = drawing(tmp_path / "a.png")
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        load_art(path)
    assert caught.value.file == path


def test_photos_are_read_whole_and_the_right_way_up(tmp_path: Path) -> None:
    pixels = np.full((300, 400, 3), 255, np.uint8)
    pixels[70:230, 120:280] = 40
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it turned clockwise
    Image.fromarray(pixels).save(tmp_path / "photo.jpg", exif=exif)
    photo = load_photo(tmp_path / "photo.jpg", 200)
    assert photo.shape == (200, 150, 3)
    assert photo[0, 0].min() > 240, "even ground stays"
    assert load_art(tmp_path / "photo.jpg").shape[:2] == (256, 256), "of an insignia it does not"


def test_unreadable_photos_are_named(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"no picture")
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        load_photo(tmp_path / "photo.jpg", 200)
    assert caught.value.file == tmp_path / "photo.jpg"
