"""Thumbnails for the benchmark of previews: true copies as programs make them, and leaks."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PHOTOS = ("posts", "courthouse/uk", "courthouse/us", "negative", "insignia/worn", "text/icdar2015")
SEED = 3
THUMBNAIL = (160, 120)
ORIENTATIONS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How an upright picture lies in its file, by EXIF orientation."""
RESAMPLING = (
    Image.Resampling.NEAREST,
    Image.Resampling.BOX,
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
)
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Case:
    """A picture as it lies in its file, its EXIF orientation and its encoded thumbnail."""

    name: str
    kind: str
    stored: Image.Image
    orientation: int
    thumbnail: bytes


def photos(count: int) -> list[Path]:
    """`count` photos of the shared data, the same ones every time."""
    found = sorted(
        path
        for folder in PHOTOS
        for path in (DATA / folder).rglob("*.jp*g")
        if not path.name.startswith(".")
    )
    order = np.random.default_rng(SEED).permutation(len(found))
    return [found[index] for index in order[:count]]


def opened(path: Path) -> Image.Image:
    """Upright, RGB, at most 1600 px wide, as most pictures that are posted."""
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    picture.thumbnail((1600, 1600))
    return picture


def true_cases(paths: list[Path]) -> Iterator[Case]:
    """One true thumbnail per photo, each made in another way."""
    for number, path in enumerate(paths):
        rng = np.random.default_rng([SEED, number])
        kind, picture, source = _pair_of(number, opened(path), rng)
        orientation = 1 + number % 8
        turn = ORIENTATIONS[orientation]
        stored, lying = picture, source
        if turn is not None:
            stored = picture.transpose(turn)
            lying = source if kind == "turned by the program" else source.transpose(turn)
        thumbnail = _small(lying, rng, barred=kind == "letterboxed")
        yield Case(path.name, kind, stored, orientation, _jpeg(thumbnail, rng.integers(50, 91)))


KINDS = (
    "letterboxed", "plain", "sharper thumbnail", "toned picture", "grey picture",
    "turned by the program", "letterboxed", "squeezed", "centre of the picture", "filtered picture",
)  # fmt: skip


def _pair_of(
    number: int, picture: Image.Image, rng: np.random.Generator
) -> tuple[str, Image.Image, Image.Image]:
    """Kind, picture as posted, picture that the thumbnail is made from."""
    kind, source = KINDS[number % len(KINDS)], picture
    match kind:
        case "sharper thumbnail":
            source = picture.filter(ImageFilter.UnsharpMask(6, int(rng.integers(50, 200))))
        case "toned picture":
            picture = ImageEnhance.Brightness(picture).enhance(float(rng.uniform(0.6, 1.5)))
            picture = ImageEnhance.Contrast(picture).enhance(float(rng.uniform(0.6, 1.5)))
            picture = ImageEnhance.Color(picture).enhance(float(rng.uniform(0, 2)))
        case "grey picture":
            picture = picture.convert("L").convert("RGB")
        case "squeezed":
            source = picture.resize((400, 300))
        case "centre of the picture":
            source = ImageOps.fit(picture, (640, 480))
        case "filtered picture":
            picture = ImageOps.autocontrast(picture, cutoff=2)
            picture = Image.blend(picture, Image.new("RGB", picture.size, (200, 140, 60)), 0.25)
            picture = _vignetted(picture)
        case "letterboxed" if number % 3 == 0:
            wide = (picture.width, max(1, round(picture.width * 9 / 16)))
            picture = source = ImageOps.fit(picture, wide)
    return kind, picture, source


def _vignetted(picture: Image.Image) -> Image.Image:
    rows, columns = np.mgrid[-1 : 1 : picture.height * 1j, -1 : 1 : picture.width * 1j]
    light = 1 - 0.35 * (rows**2 + columns**2)[..., None] / 2
    return Image.fromarray((np.asarray(picture) * light).astype(np.uint8))


def _small(source: Image.Image, rng: np.random.Generator, *, barred: bool) -> Image.Image:
    method = RESAMPLING[rng.integers(1, len(RESAMPLING))]
    if barred:
        return ImageOps.pad(source, THUMBNAIL, method)
    scale = THUMBNAIL[0] / max(source.size)
    size = tuple(max(1, round(side * scale)) for side in source.size)
    return source.resize((size[0], size[1]), method)


def crop_cases(paths: list[Path], away: float) -> Iterator[Case]:
    """Photos of which a share `away` of the area was cut off; the thumbnail shows it still."""
    for number, path in enumerate(paths):
        rng = np.random.default_rng([SEED, number, 1])
        picture = opened(path)
        width, height = picture.size
        # Half of them keep their shape, the others lose it at one side or both.
        across = (1 - away) ** (0.5 if number % 2 else rng.uniform(0, 1))
        kept = (round(width * across), round(height * (1 - away) / across))
        left = int(rng.integers(0, width - kept[0] + 1))
        top = int(rng.integers(0, height - kept[1] + 1))
        cropped = picture.crop((left, top, left + kept[0], top + kept[1]))
        thumbnail = _small(picture, rng, barred=number % 3 == 0)
        yield Case(path.name, "cropped", cropped, 1, _jpeg(thumbnail, rng.integers(50, 91)))


def covered_cases(way: str) -> Iterator[tuple[float, Case]]:
    """Posts in which every small labelled thing was covered: share of the area, case."""
    with (DATA / "posts" / "annotations.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    for number, record in enumerate(records):
        rng = np.random.default_rng([SEED, number, 2])
        area = record["width"] * record["height"]
        for label in record["labels"]:
            left, top, right, bottom = label["box"]
            share = (right - left) * (bottom - top) / area
            if 0.002 < share < 0.2:
                picture = Image.open(DATA / record["file"]).convert("RGB")
                changed = _covered(picture, (left, top, right, bottom), way)
                thumbnail = _jpeg(_small(picture, rng, barred=False), rng.integers(50, 91))
                yield share, Case(record["file"], way, changed, 1, thumbnail)
                break


def _covered(picture: Image.Image, box: tuple[float, float, float, float], way: str) -> Image.Image:
    left, top, right, bottom = (round(value) for value in box)
    pixels = np.array(picture)
    part = pixels[top:bottom, left:right]
    if way == "black box":
        part[:] = 0
    elif way == "blur":
        part[:] = cv2.GaussianBlur(part, (0, 0), max(part.shape[:2]) / 5)
    else:
        cells = cv2.resize(part, (4, 4), interpolation=cv2.INTER_AREA)
        part[:] = cv2.resize(cells, part.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return Image.fromarray(pixels)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=int(quality))
    return stream.getvalue()
