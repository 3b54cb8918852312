"""Annotated pictures: boxes and captions on a copy that carries nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from screening.geometry import Box
from screening.records import Decision, FileResult, Finding, MediaFile, with_ids
from screening.reports.annotated import NOT_DRAWN, AnnotatedWriter, safe_stem
from screening.reports.base import ReportContext
from screening.reports.drawing import Mark, draw_marks

MakeResult = Callable[..., FileResult]
MakeContext = Callable[..., ReportContext]


def drawn(context: ReportContext, *results: FileResult) -> list[Path]:
    writer = AnnotatedWriter(context)
    for result in results:
        writer.write(result)
    writer.close()
    return sorted((context.out_dir / "annotated").iterdir())


def test_differs_from_the_original_only_near_the_boxes(
    make_context: MakeContext, make_result: MakeResult, pixels: np.ndarray
) -> None:
    (path,) = drawn(make_context(), make_result())
    with Image.open(path) as picture:
        annotated = np.asarray(picture)
    changed = (annotated != pixels).any(axis=2)
    near = np.zeros_like(changed)
    near[50:190, 60:] = True  # the seal at (100, 80)-(180, 160) and its caption
    near[175:230, :] = True  # the docket number at (20, 200)-(120, 220) and its caption
    assert changed[80:160, 100:180].any()
    assert changed[198:222, 18:122].any()
    assert not (changed & ~near).any()
    assert not changed[100:140, 120:160].any(), "the middle of the seal stays as it is"


@pytest.mark.parametrize("name", ["steps.png", "steps.jpg"])
def test_carries_no_metadata_and_leaves_the_original_alone(
    name: str, make_context: MakeContext, make_result: MakeResult
) -> None:
    result = make_result(name)
    before = result.media.path.read_bytes()
    (path,) = drawn(make_context(), result)
    assert path.suffix == Path(name).suffix
    with Image.open(result.media.path) as original:
        assert original.getexif(), "the original has what must not be carried over"
    with Image.open(path) as picture:
        assert picture.size == (320, 240)
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert result.media.path.read_bytes() == before


def test_a_file_without_boxes_gets_no_picture(
    make_context: MakeContext, make_result: MakeResult
) -> None:
    whole_file = with_ids([Finding("metadata", "gps_location", 1.0)])
    assert drawn(make_context(), make_result(findings=whole_file)) == []


def test_each_frame_with_findings_gets_its_picture(
    make_context: MakeContext, make_result: MakeResult, tmp_path: Path
) -> None:
    frames = [Image.new("RGB", (64, 48), (40 * index, 0, 0)) for index in range(4)]
    path = tmp_path / "blink.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    found = with_ids(
        [Finding("insignia", "seal", 0.9, Box(20, 30, 40, 44), frame_index=i) for i in (1, 3)]
    )
    result = make_result(findings=found)
    media = replace(
        result.media,
        path=path,
        media_type="image/gif",
        size_bytes=path.stat().st_size,
        frames=4,
    )
    pictures = drawn(make_context(), replace(result, media=media))
    assert [picture.name.rpartition("-")[2] for picture in pictures] == [
        "frame00002.png",
        "frame00004.png",
    ]
    with Image.open(pictures[1]) as picture:
        red, *_ = picture.convert("RGB").getpixel((63, 2))
    assert red == pytest.approx(120, abs=4)


def test_files_that_are_gone_are_listed(make_context: MakeContext, make_result: MakeResult) -> None:
    gone = make_result("gone.png")
    gone.media.path.unlink()
    context = make_context()
    paths = drawn(context, gone, make_result())
    assert [path.name for path in paths if path.suffix == ".txt"] == [NOT_DRAWN]
    note = (context.out_dir / "annotated" / NOT_DRAWN).read_text(encoding="utf-8")
    assert "gone.png" in note
    assert "moved or deleted" in note
    assert len(paths) == 2
    assert [path.suffix for path in drawn(context, make_result())] == [".png"]


def test_same_names_in_different_folders_get_different_pictures(
    make_context: MakeContext, make_result: MakeResult
) -> None:
    assert len(drawn(make_context(), make_result("a/x.png"), make_result("b/x.png"))) == 2


@given(st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1), max_size=3))
def test_safe_stems_are_plain_and_short(parts: list[str]) -> None:
    path = Path(*[part.encode("utf-8", "replace").decode() for part in parts])
    stem = safe_stem(path)
    assert stem.isascii()
    assert len(stem) <= 69
    assert not set(stem) & set("/\\:*?\"<>|. '")
    assert not stem.startswith("-")


@pytest.mark.parametrize("background", [(0, 0, 0), (255, 255, 255), (255, 82, 82), (255, 183, 3)])
@pytest.mark.parametrize("weight", list(Decision))
def test_outlines_contrast_with_any_background(
    background: tuple[int, int, int], weight: Decision
) -> None:
    picture = Image.new("RGB", (400, 300), background)
    mark = Mark(((50, 100), (150, 100), (150, 200), (50, 200)), weight, "Seal")
    draw_marks(picture, [mark], with_captions=False)
    across_left_edge = np.asarray(picture)[150, 40:60].astype(int)
    distance = np.abs(across_left_edge - np.array(background)).sum(axis=1)
    assert distance.max() > 250


def test_captions_of_broken_rules_are_never_left_out_and_do_not_overlap() -> None:
    outline = ((150.0, 100.0), (250.0, 100.0), (250.0, 200.0), (150.0, 200.0))
    marks = [Mark(outline, Decision.BLOCK, "Seal") for _ in range(6)]
    picture = Image.new("RGB", (400, 300), (255, 255, 255))
    draw_marks(picture, marks)
    plates = (np.asarray(picture) == (179, 22, 34)).all(axis=2)
    rows = np.flatnonzero(plates.any(axis=1))
    one = Image.new("RGB", (400, 300), (255, 255, 255))
    draw_marks(one, marks[:1])
    area = (np.asarray(one) == (179, 22, 34)).all(axis=2).sum()
    assert plates.sum() == pytest.approx(6 * area, rel=0.02)
    assert rows.min() >= 0


@given(
    st.integers(1, 200),
    st.integers(1, 200),
    st.lists(st.floats(-1e4, 1e4), min_size=4, max_size=4),
    st.text(max_size=100),
)
@settings(deadline=None)  # loading the font takes long the first time
@example(1, 1, [0.0, 0.0, 0.0, 0.0], "two\nlines and half a pair: \ud800")
def test_any_box_on_any_picture_can_be_drawn(
    width: int, height: int, values: list[float], caption: str
) -> None:
    box = Box.around([(values[0], values[1]), (values[2], values[3])])
    corners = (
        (box.x_min, box.y_min),
        (box.x_max, box.y_min),
        (box.x_max, box.y_max),
        (box.x_min, box.y_max),
    )
    picture = Image.new("RGB", (width, height))
    draw_marks(picture, [Mark(corners, Decision.BLOCK, caption)])
    assert picture.size == (width, height)


def test_a_frame_that_is_no_longer_there_is_noted(
    make_context: MakeContext, make_result: MakeResult, make_media: Callable[..., MediaFile]
) -> None:
    found = with_ids(
        [Finding("insignia", "seal", 0.9, Box(9, 9, 40, 44), frame_index=i) for i in (0, 5)]
    )
    paths = drawn(make_context(), make_result(media=make_media(), findings=found))
    assert [path.suffix for path in paths] == [".txt", ".png"]
