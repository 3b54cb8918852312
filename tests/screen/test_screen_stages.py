"""One file through every stage: what fails is named, what was found is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import screening
from screening.records import Decision, Failure, FileResult, MediaKind
from screening.screen import unexamined

Screen = Callable[..., FileResult]
Pages = Callable[[list[int]], Path]
PROBE = ("frame_probe",)


def codes(result: FileResult) -> list[tuple[str, str]]:
    return [(failure.stage, failure.error) for failure in result.failures]


def frames(result: FileResult) -> list[int]:
    return [finding.frame_index for finding in result.findings]


def assert_not_cleared(result: FileResult) -> None:
    assert not result.complete
    assert result.verdict.decision is not Decision.ALLOW


def test_clean_picture_is_allowed(picture: Path) -> None:
    config = screening.ScreenConfig(detectors=("metadata", "previews"))
    result = screening.screen_file(picture, config)
    assert result.verdict.decision is Decision.ALLOW
    assert result.complete
    assert result.findings == ()
    assert (result.media.width_px, result.media.height_px, result.media.frames) == (48, 32, 1)
    assert set(result.timings_s) == {"media", "metadata", "previews", "fusion", "policy"}


def test_nothing_is_decoded_when_nobody_looks_at_pixels(screen: Screen, picture: Path) -> None:
    content = bytearray(picture.read_bytes())
    content[content.index(b"IDAT") + 6] ^= 0xFF
    picture.write_bytes(content)
    result = screen(picture, detectors=("metadata",))
    assert result.complete
    assert result.media.frames == 0


def test_screen_file_takes_a_text_path(picture: Path) -> None:
    config = screening.ScreenConfig(detectors=("metadata",))
    assert screening.screen_file(str(picture), config).media.path == picture


def test_public_names_are_what_they_say() -> None:
    assert all(hasattr(screening, name) for name in screening.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        screening.nonsense  # noqa: B018


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"Dear diary, this is no picture.\n", "unsupported"),
        (bytes(range(256)) * 20, "unsupported"),
    ],
)
def test_what_is_no_picture_is_not_cleared(
    screen: Screen, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(content)
    result = screen(path, detectors=("metadata",))
    assert ("media", code) in codes(result)
    assert_not_cleared(result)


def test_missing_file_and_folder_are_not_cleared(screen: Screen, tmp_path: Path) -> None:
    for path in (tmp_path / "gone.png", tmp_path):
        result = screen(path, detectors=("metadata",))
        assert codes(result) == [("media", "unreadable")]
        assert result.media.sha256 == ""
        assert_not_cleared(result)


@pytest.mark.usefixtures("probe")
def test_damaged_picture_is_not_cleared(screen: Screen, tmp_path: Path) -> None:
    path = tmp_path / "holiday.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    result = screen(path, detectors=PROBE)
    assert codes(result) == [("media", "unreadable")]
    assert_not_cleared(result)


@pytest.mark.usefixtures("probe")
def test_cut_off_picture_keeps_its_findings(screen: Screen, repository: Path) -> None:
    result = screen(repository / "samples" / "truncated.jpg", detectors=PROBE)
    assert ("media", "truncated") in codes(result)
    assert frames(result) == [0]
    assert_not_cleared(result)


@pytest.mark.usefixtures("probe")
def test_too_large_file_is_named_and_not_read(screen: Screen, picture: Path) -> None:
    result = screen(picture, detectors=PROBE, limits={"max_bytes": 10})
    assert codes(result) == [("media", "limit")]
    assert result.findings == ()
    assert_not_cleared(result)


@pytest.mark.usefixtures("probe")
def test_frames_come_in_batches(screen: Screen, make_pages: Pages) -> None:
    result = screen(make_pages(list(range(0, 190, 10))), detectors=PROBE)
    assert result.complete
    assert frames(result) == list(range(19))
    assert [finding.evidence["in_batch"] for finding in result.findings] == [8] * 16 + [3] * 3


@pytest.mark.usefixtures("probe")
def test_equal_frames_are_counted_and_examined_once(screen: Screen, make_pages: Pages) -> None:
    result = screen(make_pages([10, 10, 20, 10, 20, 30]), detectors=PROBE)
    assert result.complete
    assert result.media.frames == 6
    assert frames(result) == [0, 2, 5]


@pytest.mark.usefixtures("probe")
def test_same_bytes_in_another_shape_are_another_frame(screen: Screen, tmp_path: Path) -> None:
    shades = np.arange(24 * 32 * 3, dtype=np.uint8)
    pages = [Image.fromarray(shades.reshape(shape)) for shape in ((24, 32, 3), (32, 24, 3))]
    path = tmp_path / "reshaped.tiff"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    assert frames(screen(path, detectors=PROBE)) == [0, 1]


@pytest.mark.usefixtures("probe")
def test_findings_before_the_time_limit_are_kept(screen: Screen, make_pages: Pages) -> None:
    result = screen(make_pages([10, 20, 30]), detectors=PROBE, limits={"time_limit_s": 1e-9})
    assert codes(result) == [("media", "limit")]
    assert "after frame 1;" in result.failures[0].message
    assert frames(result) == [0]
    assert result.media.frames == 1
    assert_not_cleared(result)


@pytest.mark.usefixtures("probe")
def test_more_frames_than_allowed_keeps_those_examined(screen: Screen, make_pages: Pages) -> None:
    result = screen(make_pages([10, 20, 30]), detectors=PROBE, limits={"max_image_frames": 2})
    assert codes(result) == [("media", "limit")]
    assert frames(result) == [0, 1]


@pytest.mark.usefixtures("probe")
def test_findings_of_a_detector_that_fails_are_judged(
    screen: Screen, make_pages: Pages, pack: Path
) -> None:
    result = screen(
        make_pages([10, 20, 30]),
        detectors=PROBE,
        policies=(str(pack),),
        options={"frame_probe": {"refuse_from": 2}},
    )
    assert codes(result) == [("frame_probe", "frame")]
    assert frames(result) == [0, 1]
    assert result.verdict.decision is Decision.BLOCK
    [violation] = result.verdict.violations
    assert violation.findings == tuple(finding.id for finding in result.findings)


@pytest.mark.usefixtures("probe")
def test_one_detector_that_fails_leaves_the_others_at_work(
    screen: Screen, make_pages: Pages
) -> None:
    path = make_pages([10, 20]).rename(make_pages([10, 20]).with_name("raise.tiff"))
    result = screen(path, detectors=("file_fault", "frame_probe"))
    assert codes(result) == [("file_fault", "internal")]
    assert frames(result) == [0, 1]


@pytest.mark.usefixtures("probe")
def test_internal_error_does_not_tell_what_was_read(
    screen: Screen, picture: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from screening_faults import SENSITIVE

    caplog.set_level("DEBUG")
    result = screen(picture.rename(picture.with_name("raise.png")), detectors=("file_fault",))
    assert codes(result) == [("file_fault", "internal")]
    assert "ValueError" in result.failures[0].message
    assert SENSITIVE not in repr(result) + caplog.text
    assert_not_cleared(result)


@pytest.mark.usefixtures("probe")
@pytest.mark.parametrize(
    ("profile", "decision"),
    [
        ("employee", Decision.BLOCK),
        ("undercover", Decision.REVIEW),
        ("official", Decision.ALLOW),
    ],
)
def test_profile_shifts_the_decision(
    screen: Screen, picture: Path, pack: Path, profile: str, decision: Decision
) -> None:
    result = screen(picture, detectors=PROBE, policies=(str(pack),), profile=profile)
    assert result.verdict.decision is decision
    assert result.complete


def test_file_of_a_dead_worker_is_hashed_only(picture: Path) -> None:
    failure = Failure("run", "crashed", "The program crashed.")
    result = unexamined(picture, failure, "f" * 64)
    assert len(result.media.sha256) == 64
    assert result.media.size_bytes == picture.stat().st_size
    assert result.media.kind is MediaKind.UNSUPPORTED
    assert result.failures == (failure,)
    assert_not_cleared(result)


def test_dead_worker_on_a_file_that_is_gone(tmp_path: Path) -> None:
    failure = Failure("run", "crashed", "The program crashed.")
    result = unexamined(tmp_path / "gone.png", failure, "f" * 64)
    assert (result.media.sha256, result.media.size_bytes) == ("", 0)
    assert_not_cleared(result)
