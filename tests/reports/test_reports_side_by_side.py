"""Insignia beside their reference: what is shown, and when nothing is."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from screening.geometry import Box
from screening.records import FileResult, Finding, with_ids
from screening.reports.base import ReportContext, no_reference_art
from screening.reports.csv_table import CsvWriter
from screening.reports.html_page import HtmlWriter
from screening.reports.plain import plain_answer
from screening.reports.side_by_side import MAX_COMPARED, compared_pictures

MakeResult = Callable[..., FileResult]
MakeContext = Callable[..., ReportContext]
RED = np.full((90, 60, 3), (220, 20, 20), np.uint8)
POINTS = [0.25, 0.25, 110.0, 90.0, 0.75, 0.5, 170.5, 120.25]


def seal(score: float = 0.9, **more: object) -> Finding:
    evidence = {
        "reference": "own/seal",
        "picture": 1,
        "name": "Seal of Fairhaven",
        "points": POINTS,
    }
    return Finding("insignia", "seal", score, Box(100, 80, 180, 160), evidence=evidence | more)  # type: ignore[arg-type]


def red_art(reference: str, picture: int) -> np.ndarray | None:
    return RED if (reference, picture) == ("own/seal", 1) else None


def shown(make_result: MakeResult, *findings: Finding, **media: object) -> FileResult:
    return make_result(findings=with_ids(findings), **media)


def pixels_of(source: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))))


def test_the_reference_left_the_place_right_and_lines_between(
    make_result: MakeResult, make_context: MakeContext
) -> None:
    result = shown(make_result, seal())
    [picture] = compared_pictures(result, make_context().limits, red_art)
    sheet = pixels_of(picture.source).astype(int)
    assert sheet.shape == (180, 372, 3)
    assert np.abs(sheet[90, 40] - (220, 20, 20)).max() < 12, "the art, taller than wide"
    assert np.abs(sheet[90, 10] - 246).max() < 12, "ground beside it"
    [plain] = compared_pictures(shown(make_result, seal(points=[])), make_context().limits, red_art)
    difference = np.abs(sheet - pixels_of(plain.source)).max(axis=2) > 40
    assert difference[:, 155:215].any(axis=0).all(), "lines cross the gap"
    # The first pair: a quarter into the art; 22 pixels right of and below the corner of the cut.
    factor = 180 / 104
    assert difference[int(0.25 * 180), int(30 + 0.25 * 120)]
    assert difference[int((90 - 68) * factor), int(192 + (110 - 88) * factor)]


def test_captions_say_what_and_how_sure(make_result: MakeResult, make_context: MakeContext) -> None:
    result = shown(make_result, seal(0.87))
    [picture] = compared_pictures(result, make_context().limits, red_art)
    assert picture.caption == "Seal of Fairhaven, 87 %: 2 matched points shown"


@pytest.mark.parametrize(
    "finding",
    [
        seal(reference="own/gone"),
        seal(picture=2),
        seal(picture="1"),
        replace(seal(), box=None),
        Finding("text", "docket_number", 0.9, Box(1, 1, 9, 9)),
    ],
)
def test_without_a_reference_there_is_no_comparison(
    make_result: MakeResult, make_context: MakeContext, finding: Finding
) -> None:
    assert compared_pictures(shown(make_result, finding), make_context().limits, red_art) == []
    result = shown(make_result, seal())
    assert compared_pictures(result, make_context().limits, no_reference_art) == []


def test_a_file_that_is_gone_leaves_it_away(
    make_result: MakeResult, make_context: MakeContext
) -> None:
    result = shown(make_result, seal())
    result.media.path.unlink()
    assert compared_pictures(result, make_context().limits, red_art) == []


@pytest.mark.parametrize("points", [[1.0, 2.0, 3.0], "nonsense", [float("nan")] * 0, None])
def test_odd_points_do_no_harm(
    make_result: MakeResult, make_context: MakeContext, points: object
) -> None:
    result = shown(make_result, seal(points=points))
    [picture] = compared_pictures(result, make_context().limits, red_art)
    assert picture.caption.endswith("no points")


def test_the_surest_are_shown_when_there_are_many(
    make_result: MakeResult, make_context: MakeContext
) -> None:
    scores = [round(0.5 + number / 50, 2) for number in range(MAX_COMPARED + 3)]
    result = shown(make_result, *(seal(score, number=score) for score in scores))
    captions = [one.caption for one in compared_pictures(result, make_context().limits, red_art)]
    assert len(captions) == MAX_COMPARED
    assert captions[0].startswith(f"Seal of Fairhaven, {100 * scores[-1]:.0f} %")


def test_the_page_shows_it_and_no_table_lists_points(
    make_result: MakeResult, make_context: MakeContext
) -> None:
    result = shown(make_result, seal(tags=["secret"]))
    context = replace(make_context(), reference_art=red_art)
    for writer in (HtmlWriter(context), CsvWriter(context)):
        writer.write(result)
        writer.close()
    html = (context.out_dir / "report.html").read_text(encoding="utf-8")
    assert "Compared with the reference" in html
    assert html.count("data:image/jpeg") == 2
    table = (context.out_dir / "results.csv").read_text(encoding="utf-8-sig")
    for text in (html, table, plain_answer(result)):
        assert "170.5" not in text
    assert "secret" in html


def test_a_page_without_references_has_no_such_part(
    make_result: MakeResult, make_context: MakeContext
) -> None:
    writer = HtmlWriter(make_context())
    writer.write(shown(make_result, seal()))
    writer.close()
    html = (make_context().out_dir / "report.html").read_text(encoding="utf-8")
    assert "Compared with" not in html
