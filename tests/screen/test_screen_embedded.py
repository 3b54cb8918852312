"""Pictures and videos inside a file are screened as it is, by the real readers and detectors."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from screening.detectors.metadata.previews.examples import with_exif_thumbnail
from screening.records import Decision, FileResult, Finding
from screening.screen.embedded import MAX_EMBEDDED

Screen = Callable[..., FileResult]
LOOKING = ("metadata", "previews", "insignia")


def jpeg(picture: Image.Image, quality: int = 85) -> bytes:
    stream = io.BytesIO()
    picture.convert("RGB").save(stream, "JPEG", quality=quality)
    return stream.getvalue()


@pytest.fixture
def plain() -> bytes:
    """A JPEG of soft hills, in which nothing is to be found."""
    rows, columns = np.mgrid[0:240, 0:320]
    hills = np.stack([rows / 2 + 60, 90 + 40 * np.sin(columns / 40), columns / 3], axis=2)
    return jpeg(Image.fromarray(hills.astype(np.uint8)))


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    """A file with this content under a harmless name."""

    def to_file(content: bytes) -> Path:
        path = tmp_path / "holiday.jpg"
        path.write_bytes(content)
        return path

    return to_file


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that temporary files go to, empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def seen(result: FileResult, detector: str) -> list[Finding]:
    return [finding for finding in result.findings if finding.detector == detector]


def by_label(result: FileResult, label: str) -> list[Finding]:
    return [finding for finding in result.findings if finding.label == label]


@pytest.mark.parametrize(
    ("sample", "detector"), [("seal_on_podium.jpg", "insignia"), ("sign_with_text.jpg", "text")]
)
def test_an_appended_picture_is_judged_as_if_it_stood_alone(
    screen: Screen,
    write: Callable[[bytes], Path],
    plain: bytes,
    repository: Path,
    sample: str,
    detector: str,
) -> None:
    inner = repository / "samples" / sample
    detectors = ("metadata", "previews", detector)
    alone = screen(inner, detectors=detectors)
    hidden = screen(write(plain + inner.read_bytes()), detectors=detectors)
    (embedded,) = by_label(hidden, "embedded_media")
    assert embedded.spans[0].start == len(plain)
    assert seen(alone, detector)
    assert [(one.label, one.box, one.text) for one in seen(hidden, detector)] == [
        (one.label, one.box, one.text) for one in seen(alone, detector)
    ]
    assert {one.within for one in seen(hidden, detector)} == {embedded.id}
    assert hidden.complete
    assert hidden.verdict.decision.rank >= alone.verdict.decision.rank
    rules = {violation.rule for violation in hidden.verdict.violations}
    assert {violation.rule for violation in alone.verdict.violations} <= rules


def test_an_appended_video_is_looked_through(
    screen: Screen, write: Callable[[bytes], Path], plain: bytes, repository: Path
) -> None:
    clip = repository / "samples" / "clip_with_location.mp4"
    result = screen(write(plain + clip.read_bytes()), detectors=LOOKING)
    (embedded,) = by_label(result, "embedded_media")
    assert embedded.evidence["media_type"] == "video/mp4"
    badges = seen(result, "insignia")
    assert badges
    assert all(one.within == embedded.id and one.time_s for one in badges)
    assert by_label(result, "gps_location")
    assert result.verdict.decision is Decision.BLOCK


def test_appended_data_that_nobody_knows_is_not_cleared(
    screen: Screen, write: Callable[[bytes], Path], plain: bytes
) -> None:
    result = screen(write(plain + bytes(range(256)) * 8), detectors=LOOKING)
    assert [(one.stage, one.error) for one in result.failures] == [("media", "unsupported")]
    assert "inside this file" in result.failures[0].message
    assert result.verdict.decision is Decision.REVIEW


def test_a_thumbnail_of_something_else_is_looked_at(
    screen: Screen, write: Callable[[bytes], Path], plain: bytes, repository: Path
) -> None:
    with Image.open(repository / "samples" / "seal_on_podium.jpg") as picture:
        picture.thumbnail((640, 640))
        thumbnail = jpeg(picture, 80)
    result = screen(write(with_exif_thumbnail(plain, thumbnail)), detectors=LOOKING)
    (preview,) = by_label(result, "embedded_preview_mismatch")
    (seal,) = by_label(result, "seal")
    assert seal.within == preview.id
    assert result.complete


def test_a_true_thumbnail_is_nothing_to_report(
    screen: Screen, write: Callable[[bytes], Path], plain: bytes
) -> None:
    with Image.open(io.BytesIO(plain)) as picture:
        picture.thumbnail((160, 120))
        thumbnail = jpeg(picture, 60)
    result = screen(write(with_exif_thumbnail(plain, thumbnail)), detectors=LOOKING)
    assert result.findings == ()
    assert result.verdict.decision is Decision.ALLOW


def test_what_is_inside_something_inside_is_found(
    screen: Screen, write: Callable[[bytes], Path], plain: bytes, repository: Path
) -> None:
    with Image.open(repository / "samples" / "seal_on_podium.jpg") as picture:
        picture.thumbnail((640, 640))
        thumbnail = jpeg(picture, 80)
    path = write(plain + with_exif_thumbnail(jpeg(Image.new("RGB", (90, 60), "tan")), thumbnail))
    result = screen(path, detectors=LOOKING)
    (appended,) = by_label(result, "embedded_media")
    (preview,) = by_label(result, "embedded_preview_mismatch")
    (seal,) = by_label(result, "seal")
    assert (appended.within, preview.within, seal.within) == ("", appended.id, preview.id)
    (span,) = preview.spans
    content = path.read_bytes()
    assert content[span.start : span.start + span.size_bytes] == thumbnail


def test_a_damaged_picture_inside_is_named(
    screen: Screen, write: Callable[[bytes], Path], plain: bytes
) -> None:
    cut = jpeg(Image.effect_noise((300, 200), 80))[:4000]
    result = screen(write(plain + cut), detectors=LOOKING)
    assert not result.complete
    assert any("inside this file" in one.message for one in result.failures)
    assert result.verdict.decision is not Decision.ALLOW


def test_more_pictures_than_are_followed(
    screen: Screen, write: Callable[[bytes], Path], plain: bytes
) -> None:
    shades = (
        jpeg(Image.new("RGB", (16, 16), (shade, 90, 90))) for shade in range(MAX_EMBEDDED + 2)
    )
    result = screen(write(plain + b"".join(shades)), detectors=("metadata", "previews"))
    assert ("media", "limit") in [(one.stage, one.error) for one in result.failures]
    assert result.verdict.decision is not Decision.ALLOW


@pytest.mark.parametrize("refuse_from", [0, 1_000_000], ids=["refused", "examined"])
@pytest.mark.usefixtures("probe")
def test_copies_are_deleted_and_the_original_stays(
    screen: Screen,
    write: Callable[[bytes], Path],
    plain: bytes,
    pack: Path,
    temporary: Path,
    refuse_from: int,
) -> None:
    path = write(plain + jpeg(Image.new("RGB", (90, 60), "tan")))
    before, stat = path.read_bytes(), path.stat()
    result = screen(
        path,
        detectors=("metadata", "previews", "frame_probe"),
        policies=(str(pack),),
        options={"frame_probe": {"refuse_from": refuse_from}},
    )
    assert len(result.failures) == (2 if refuse_from == 0 else 0)
    assert list(temporary.iterdir()) == []
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == stat.st_mtime_ns
