"""Pictures and videos inside a file: shown beside it, and never mixed up with it."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from screening.config import MediaLimits
from screening.geometry import Box
from screening.media import identify
from screening.records import ByteSpan, Decision, FileResult, Finding, Verdict, Violation
from screening.reports.annotated import NOT_DRAWN
from screening.reports.base import ReportContext
from screening.reports.inside import inside_words
from screening.reports.registry import writer_class
from screening.reports.small_pictures import MAX_INSIDE, inside_pictures

MakeContext = Callable[..., ReportContext]
GREY, GREEN = (128, 128, 128), (20, 200, 20)


def jpeg(color: tuple[int, int, int], size: tuple[int, int] = (200, 100)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, "JPEG")
    return stream.getvalue()


def embedded(start: int, content: bytes, number: int = 1, **changes: object) -> Finding:
    finding = Finding(
        "metadata",
        "embedded_media",
        1.0,
        evidence={"carrier": f"trailer {number}", "media_type": "image/jpeg"},
        spans=(ByteSpan(start, len(content)),),
        embedded=True,
        id=f"inner-{number}",
    )
    return replace(finding, **changes)  # type: ignore[arg-type]


def seal(within: str, **changes: object) -> Finding:
    box = Box(20, 20, 60, 60)
    finding = Finding("insignia", "seal", 0.9, box, within=within, id=f"seal-{within}")
    return replace(finding, **changes)  # type: ignore[arg-type]


@pytest.fixture
def make_inside(tmp_path: Path) -> Callable[..., FileResult]:
    """A grey JPEG with a green one behind its end, and findings in both or one of them."""

    def make(*findings: Finding) -> FileResult:
        path = tmp_path / "photo.jpg"
        path.write_bytes(jpeg(GREY, (400, 300)) + jpeg(GREEN))
        media = replace(identify(path, MediaLimits()), width_px=400, height_px=300, frames=1)
        inner = embedded(len(jpeg(GREY, (400, 300))), jpeg(GREEN))
        found = (inner, *findings)
        broken = tuple(one.id for one in findings if one.label == "seal")
        violation = Violation("R", "insignia", Decision.BLOCK, (), broken, "it shows a seal")
        return FileResult(media, found, Verdict(Decision.BLOCK, (violation,)), (), "f")

    return make


def written(name: str, context: ReportContext, result: FileResult) -> Path:
    writer = writer_class(name)(context)
    writer.write(result)
    writer.close()
    return context.out_dir


def pictures(html: str) -> list[np.ndarray]:
    sources = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', html)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(one)))) for one in sources]


def test_boxes_are_drawn_on_the_picture_they_were_found_in(
    make_context: MakeContext, make_inside: Callable[..., FileResult]
) -> None:
    result = make_inside(seal("inner-1"))
    folder = written("annotated", make_context(), result) / "annotated"
    (path,) = folder.iterdir()
    assert path.name.endswith("-embedded1.jpg")
    with Image.open(path) as drawn:
        assert drawn.size == (200, 100)
        assert np.abs(np.asarray(drawn)[20:60, 19:22].astype(int) - GREEN).max() > 60
        assert np.abs(np.asarray(drawn)[90:, 180:].astype(int) - GREEN).max() < 8


def test_the_file_and_what_is_inside_are_drawn_apart(
    make_context: MakeContext, make_inside: Callable[..., FileResult]
) -> None:
    result = make_inside(seal(""), seal("inner-1"))
    folder = written("annotated", make_context(), result) / "annotated"
    sizes = {}
    for path in folder.iterdir():
        with Image.open(path) as drawn:
            sizes["embedded" in path.name] = drawn.size
    assert sizes == {False: (400, 300), True: (200, 100)}


def test_the_page_shows_both_and_outlines_only_the_right_one(
    make_context: MakeContext, make_inside: Callable[..., FileResult]
) -> None:
    html = (
        written("html", make_context(), make_inside(seal("inner-1"))) / "report.html"
    ).read_text()
    outer, inner = pictures(html)
    assert np.abs(outer.astype(int) - GREY).max() < 8, "nothing is outlined in the picture itself"
    assert np.abs(inner[20:60, 19:22].astype(int) - GREEN).max() > 60
    assert "Small picture, nothing outlined" in html
    assert "Seen in the picture inside the file (trailer 1)" in html
    assert "Picture inside the file (trailer 1)" in html


def test_a_preview_is_shown_beside_the_picture_it_differs_from(
    make_context: MakeContext, make_inside: Callable[..., FileResult]
) -> None:
    result = make_inside()
    (inner,) = result.findings
    evidence = {"carrier": "EXIF thumbnail", "difference": "shows another picture"}
    preview = replace(inner, label="embedded_preview_mismatch", evidence=evidence)
    result = replace(result, findings=(preview,))
    html = (written("html", make_context(), result) / "report.html").read_text()
    _, seen, other = pictures(html)
    assert seen.mean(axis=(0, 1)) == pytest.approx(GREY, abs=4)
    assert other.mean(axis=(0, 1)) == pytest.approx(GREEN, abs=4)
    assert "Preview inside the file (EXIF thumbnail): shows another picture" in html


def test_what_cannot_be_opened_any_more_is_said(
    make_context: MakeContext, make_inside: Callable[..., FileResult]
) -> None:
    result = make_inside(seal("inner-1"))
    inner, found = result.findings
    result = replace(result, findings=(replace(inner, spans=(ByteSpan(5, 9),)), found))
    html = (written("html", make_context(), result) / "report.html").read_text()
    assert len(pictures(html)) == 1
    assert "of no type that is known here" in html
    folder = written("annotated", make_context(), result) / "annotated"
    assert [path.name for path in folder.iterdir()] == [NOT_DRAWN]


def test_data_of_no_known_kind_has_no_picture(make_inside: Callable[..., FileResult]) -> None:
    result = make_inside()
    (inner,) = result.findings
    unknown = replace(inner, evidence={"carrier": "x", "media_type": "application/octet-stream"})
    assert inside_pictures(replace(result, findings=(unknown,)), MediaLimits()) == []


def test_of_very_many_only_the_first_are_shown(make_inside: Callable[..., FileResult]) -> None:
    result = make_inside()
    (inner,) = result.findings
    many = tuple(replace(inner, id=f"inner-{number}") for number in range(MAX_INSIDE + 3))
    shown = inside_pictures(replace(result, findings=many), MediaLimits())
    assert len(shown) == MAX_INSIDE + 1
    assert all(one.source for one in shown[:-1])
    assert shown[-1].caption == "and 3 more"


def test_tables_say_in_what_a_box_lies(
    make_context: MakeContext, make_inside: Callable[..., FileResult]
) -> None:
    context, result = make_context(), make_inside(seal(""), seal("inner-1"))
    with (written("csv", context, result) / "results.csv").open(encoding="utf-8-sig") as stream:
        (row,) = csv.DictReader(stream)
    assert row["boxes"] == "[20.0, 20.0, 60.0, 60.0]; [20.0, 20.0, 60.0, 60.0]"
    assert row["within"] == "in the file; in the picture inside the file (trailer 1)"
    line = json.loads((written("jsonl", context, result) / "results.jsonl").read_text())
    assert [one["within"] for one in line["findings"]] == [None, None, "inner-1"]


def test_times_in_an_embedded_video_are_its_own(make_inside: Callable[..., FileResult]) -> None:
    result = make_inside()
    (inner,) = result.findings
    video = replace(inner, evidence={"carrier": "trailer", "media_type": "video/mp4"})
    seen = [seal("inner-1", time_s=time_s, frame_index=9) for time_s in (3.0, 5.0, 5.0)]
    words = inside_words(seen, replace(result, findings=(video, *seen)))
    assert words == "in the video inside the file (trailer) at 0:03.0, 0:05.0"
    assert inside_words([seal("")], result) == ""


def test_values_stay_masked_beside_the_pictures(
    make_context: MakeContext, make_inside: Callable[..., FileResult]
) -> None:
    secret = seal("inner-1", text="ABC 1234", sensitive={"name": "Robin Example"})
    for name in ("html", "csv", "jsonl"):
        written(name, make_context(), make_inside(secret))
    for path in make_context().out_dir.iterdir():
        content = path.read_text(encoding="utf-8-sig")
        assert "1234" not in content
        assert "Robin" not in content
