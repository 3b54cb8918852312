"""Previews that show something else than their picture, and those that do not."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from screening.config import MediaLimits
from screening.detectors.base import DetectorResources
from screening.detectors.metadata.previews.comparison import compare
from screening.detectors.metadata.previews.detector import PreviewDetector, PreviewOptions
from screening.detectors.metadata.previews.examples import (
    picture_with_other_thumbnail,
    with_exif_thumbnail,
)
from screening.errors import DetectorError
from screening.media import identify, open_frames
from screening.records import Finding, Frame

Detect = Callable[..., list[Finding]]
SIZE = (480, 320)


def scene(seed: int = 0, size: tuple[int, int] = SIZE) -> Image.Image:
    """Coloured shapes on a slope: no two seeds look alike."""
    rng = np.random.default_rng(seed)
    slope = np.linspace(40, 200, size[0])[None, :, None] * np.ones((size[1], 1, 3))
    picture = Image.fromarray(slope.astype(np.uint8))
    canvas = ImageDraw.Draw(picture)
    for _ in range(24):
        x, y = rng.integers(0, size[0]), rng.integers(0, size[1])
        box = (x, y, x + rng.integers(20, 120), y + rng.integers(20, 120))
        color = tuple(int(value) for value in rng.integers(0, 256, 3))
        (canvas.ellipse if rng.integers(2) else canvas.rectangle)(box, fill=color)
    return picture


def jpeg(picture: Image.Image, quality: int = 85) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def small(picture: Image.Image) -> Image.Image:
    copy = picture.copy()
    copy.thumbnail((160, 160))
    return copy


@pytest.fixture
def detect(resources: DetectorResources, tmp_path: Path) -> Detect:
    """Findings in a JPEG with this thumbnail."""

    def run(picture: Image.Image, thumbnail: bytes, orientation: int = 1) -> list[Finding]:
        path = tmp_path / "photo.jpg"
        path.write_bytes(with_exif_thumbnail(jpeg(picture), thumbnail, orientation))
        media = identify(path, MediaLimits())
        with open_frames(media, MediaLimits()) as frames:
            return PreviewDetector(PreviewOptions(), resources).detect_first(
                media, next(iter(frames))
            )

    return run


def test_another_picture_is_reported_with_both_sizes_and_its_bytes(
    detect: Detect, tmp_path: Path
) -> None:
    thumbnail = jpeg(small(scene(1)))
    (finding,) = detect(scene(0), thumbnail)
    assert finding.label == "embedded_preview_mismatch"
    assert finding.score > 0.6
    assert finding.box is None
    assert finding.evidence["carrier"] == "EXIF thumbnail"
    assert finding.evidence["difference"] == "shows another picture"
    assert finding.evidence["preview_width_px"] == 160
    assert finding.embedded
    content = (tmp_path / "photo.jpg").read_bytes()
    spans = [content[span.start : span.start + span.size_bytes] for span in finding.spans]
    assert b"".join(spans) == thumbnail


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_true_thumbnail_lies_as_the_picture_does(detect: Detect, orientation: int) -> None:
    assert detect(scene(), jpeg(small(scene()), 50), orientation) == []


def test_an_untrue_thumbnail_is_reported_however_it_lies(detect: Detect) -> None:
    for orientation in (3, 6, 7):
        assert detect(scene(), jpeg(small(scene(2))), orientation)


def test_a_thumbnail_that_the_program_had_already_turned_is_true(detect: Detect) -> None:
    upright = scene().transpose(Image.Transpose.ROTATE_270)
    assert detect(scene(), jpeg(small(upright)), 6) == []


@pytest.mark.parametrize("size", [(480, 270), (270, 480)])
def test_bars_around_a_thumbnail_are_no_part_of_it(detect: Detect, size: tuple[int, int]) -> None:
    picture = scene(3, size)
    for color in ("black", "white"):
        barred = ImageOps.pad(picture, (160, 120), color=color)
        assert detect(picture, jpeg(barred, 75)) == []


@pytest.mark.parametrize("seed", range(3))
def test_edits_of_tone_and_sharpness_make_no_other_picture(detect: Detect, seed: int) -> None:
    picture = scene(seed)
    thumbnail = jpeg(small(picture), 70)
    assert detect(picture.convert("L").convert("RGB"), thumbnail) == []
    assert detect(ImageEnhance.Brightness(picture).enhance(0.7), thumbnail) == []
    assert detect(ImageEnhance.Contrast(picture).enhance(1.3), thumbnail) == []
    assert detect(picture.filter(ImageFilter.UnsharpMask(4, 120)), thumbnail) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_cropped_picture_whose_thumbnail_is_not_cropped(detect: Detect, seed: int) -> None:
    cropped = scene(seed).crop((60, 0, 480, 280))
    (finding,) = detect(cropped, jpeg(small(scene(seed))))
    assert finding.evidence["difference"] == "shows more of the scene"
    assert 0.1 < finding.evidence["outside"] < 0.35, "23 % were cut off"


@pytest.mark.parametrize("seed", range(4))
def test_a_thumbnail_of_the_middle_says_no_more_than_the_picture(detect: Detect, seed: int) -> None:
    assert detect(scene(seed), jpeg(small(scene(seed).crop((60, 20, 420, 300))))) == []


@pytest.mark.parametrize("seed", [8, 9])
def test_what_was_covered_in_the_picture_and_not_in_the_thumbnail(
    detect: Detect, seed: int
) -> None:
    picture = scene(seed)
    covered = picture.copy()
    ImageDraw.Draw(covered).rectangle((180, 120, 280, 200), fill=(0, 0, 0))
    (finding,) = detect(covered, jpeg(small(picture)))
    assert finding.evidence["difference"] == "shows a part that was changed or covered"


def test_pictures_without_structure_are_held_against_their_tone(detect: Detect) -> None:
    white, black = Image.new("RGB", SIZE, "white"), Image.new("RGB", SIZE, "black")
    assert detect(white, jpeg(small(white))) == []
    assert detect(white, jpeg(small(black)))
    assert detect(white, jpeg(small(scene())))
    assert detect(scene(), jpeg(small(white)))


def test_hardly_any_structure_may_vanish_in_a_copy(detect: Detect) -> None:
    for depth in (6, 8, 10, 12, 16, 24):
        rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
        waves = 200 + depth / 4 * (np.sin(columns / 9) + np.sin(rows / 7))
        faint = Image.fromarray(waves.astype(np.uint8)).convert("RGB")
        assert detect(faint, jpeg(small(faint), 60)) == [], depth


def test_previews_of_a_few_pixels(detect: Detect) -> None:
    picture = scene(6)
    assert detect(picture, jpeg(picture.resize((9, 6), Image.Resampling.BOX), 95)) == []
    assert detect(picture, jpeg(Image.new("RGB", (1, 1), (255, 255, 255)), 95)) != []


@pytest.mark.parametrize("thumbnail", [b"no picture at all", jpeg(small(scene()))[:900]])
def test_a_preview_that_cannot_be_opened_is_said(detect: Detect, thumbnail: bytes) -> None:
    with pytest.raises(DetectorError, match="EXIF thumbnail") as caught:
        detect(scene(), thumbnail)
    assert caught.value.code == "preview_unreadable"
    assert not caught.value.findings


@pytest.mark.parametrize("same", [True, False])
def test_thumbnails_of_heic_are_taken_out_and_compared(
    resources: DetectorResources, tmp_path: Path, same: bool
) -> None:
    path = tmp_path / "photo.heic"
    file = pillow_heif.from_pillow(scene())
    file[0].info["thumbnails"] = [160]
    file.save(path, quality=80)
    media = identify(path, MediaLimits())
    shown = scene() if same else scene(1)
    detector = PreviewDetector(PreviewOptions(), resources)
    frame = Frame(np.asarray(shown))
    if same:
        assert detector.detect_first(media, frame) == []
        return
    with pytest.raises(DetectorError, match="HEIF thumbnail") as caught:
        detector.detect_first(media, frame)
    (finding,) = caught.value.findings
    assert finding.evidence["difference"] == "shows another picture"
    assert finding.evidence["preview_width_px"] == 160
    assert not finding.embedded, "it has no file of its own that could be screened"


def test_odd_shapes_are_compared_without_a_crash() -> None:
    rng = np.random.default_rng(0)
    shapes = [(1, 1), (1, 400), (400, 1), (3, 200), (17, 15), (200, 300)]
    for shape in shapes:
        for other in shapes:
            one, two = (rng.integers(0, 256, (*side, 3), np.uint8) for side in (shape, other))
            found = compare(one, two)
            assert -1 <= found.similarity <= 1
            assert 0 <= found.outside <= 1
            assert found.covered >= 0


def test_the_example_shows_something_else(detect: Detect, resources: DetectorResources) -> None:
    content, frame = picture_with_other_thumbnail()
    with Image.open(io.BytesIO(content)) as picture:
        assert np.array_equal(np.asarray(picture), frame.pixels)
    assert b"Exif" in content[:32]
