"""What counts on annotated pictures, and which mistakes are shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from screening.config import MediaLimits
from screening.geometry import Box
from screening.records import Finding, Frame
from screening.training.evaluation.annotations import AnnotatedPicture
from screening.training.evaluation.evaluating import (
    Evaluated,
    evaluate,
    figures,
    worst_mistakes,
)
from screening.training.evaluation.sheet import contact_sheet
from screening.training.objects.figures import Detected, Truth

HERE, THERE, LARGE = Box(0, 0, 10, 10), Box(20, 0, 30, 10), Box(0, 0, 30, 30)


class Reds:
    """One finding around whatever is pure red; the whole picture if it is blue."""

    def detect(self, frames: Sequence[Frame]) -> list[Finding]:
        return [one for frame in frames for one in self._look(frame)]

    def _look(self, frame: Frame) -> list[Finding]:
        if (frame.pixels == (0, 0, 255)).all():
            return [Finding(detector="reds", label="badge", score=0.6)]
        rows, columns = np.nonzero((frame.pixels == (255, 0, 0)).all(axis=2))
        if not len(rows):
            return []
        box = Box(*map(float, (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)))
        return [Finding(detector="reds", label="badge", score=0.9, box=box)]


def nothing(what: str, done: int, total: int) -> None:
    """Shows no progress."""


def seen(
    name: str, truths: Sequence[Truth], detected: Sequence[Detected], *, crowd: bool = False
) -> Evaluated:
    """One picture with badges, and perhaps detections of them."""
    picture = AnnotatedPicture(Path(name), {"badge": [*truths]} if truths else {}, crowd)
    return Evaluated(picture, {"badge": detected} if detected else {})


def drawn(path: Path, box: Box | None, **settings: object) -> AnnotatedPicture:
    """A grey picture of 60 x 40 pixels with a red box."""
    picture = Image.new("RGB", (60, 40), (90, 90, 90))
    if box:
        picture.paste((255, 0, 0), tuple(map(int, box.as_tuple())))
    picture.save(path, **settings)
    return AnnotatedPicture(path, {"badge": [Truth(box)]} if box else {}, False, (60, 40))


def test_a_run_over_real_files(tmp_path: Path) -> None:
    """One right, one without, one broken, one on its side, and one with a finding but no box."""
    pictures = [drawn(tmp_path / "a.png", HERE), drawn(tmp_path / "b.png", None)]
    (tmp_path / "c.png").write_bytes(b"no picture")
    pictures.append(AnnotatedPicture(tmp_path / "c.png", {}, False))
    turned = Image.Exif()
    turned[0x0112] = 6
    pictures.append(drawn(tmp_path / "d.png", HERE, exif=turned))
    Image.new("RGB", (60, 40), (0, 0, 255)).save(tmp_path / "e.png")
    pictures.append(AnnotatedPicture(tmp_path / "e.png", {}, False))
    steps: list[int] = []
    done, left_out = evaluate(
        Reds(),  # type: ignore[arg-type]
        pictures,
        MediaLimits(),
        lambda what, done, total: steps.append(done),
    )
    assert steps == [0, 1, 2, 3, 4, 5]
    assert [one.picture.path.name for one in done] == ["a.png", "b.png", "e.png"]
    assert [path.name for path in left_out] == ["c.png", "d.png"]
    assert "40 x 60 pixels, but its boxes were drawn for 60 x 40" in left_out[tmp_path / "d.png"]
    assert done[0].detected == {"badge": [Detected(HERE, 0.9)]}
    assert done[2].detected == {"badge": [Detected(Box(0, 0, 60, 40), 0.6)]}
    [badge] = figures(done)
    assert (badge.average_precision, badge.area_under_curve) == (1, 1)


def test_pictures_with_only_difficult_boxes_are_neither_with_nor_without() -> None:
    [badge] = figures(
        [
            seen("a", [Truth(HERE)], [Detected(HERE, 0.9)]),
            seen("b", [Truth(HERE, difficult=True)], [Detected(HERE, 0.95)]),
            seen("c", [], [Detected(HERE, 0.2)]),
        ]
    )
    assert (badge.pictures_with, badge.pictures_without, badge.boxes) == (1, 1, 1)
    assert badge.area_under_curve == 1
    assert [(one.mean_score, one.share, one.detections) for one in badge.bins] == [
        (0.2, 0, 1),
        (0.9, 1, 1),
    ]


def test_recall_with_its_interval() -> None:
    """Of 10 pictures with it, 9 are surer than the only one of 20 without it that is called."""
    pictures = [seen(f"a{n}", [Truth(HERE)], [Detected(HERE, 0.9 - n / 10)]) for n in range(10)]
    pictures += [seen(f"b{n}", [], [Detected(HERE, 0.05)] if n == 0 else []) for n in range(20)]
    [badge] = figures(pictures)
    assert [one.rate for one in badge.recalls] == [0.01, 0.02, 0.05]
    assert [one.recall for one in badge.recalls] == [0.9, 0.9, 0.9]
    last = badge.recalls[-1]
    assert (round(last.low, 3), round(last.high, 3)) == (0.596, 0.982)


def test_without_pictures_without_it_nothing_is_claimed() -> None:
    [badge] = figures([seen("a", [Truth(HERE)], [])])
    assert badge.recalls == []
    assert math.isnan(badge.area_under_curve)
    assert badge.average_precision == 0


def test_the_worst_come_first() -> None:
    pictures = [
        seen("a", [Truth(HERE)], [Detected(THERE, 0.5)]),
        seen("b", [Truth(LARGE)], [Detected(THERE, 0.8)]),
        seen("c", [Truth(HERE, difficult=True)], [Detected(THERE, 0.2)]),
        seen("d", [], [Detected(THERE, 0.99)], crowd=True),
    ]
    found = worst_mistakes(pictures, 24)
    assert [(one.path.name, one.truth is not None, one.weight) for one in found] == [
        ("b", True, 900),
        ("a", True, 100),
        ("b", False, 0.8),
        ("a", False, 0.5),
    ]


def test_a_box_found_with_too_little_is_missed() -> None:
    [one] = worst_mistakes([seen("a", [Truth(HERE)], [Detected(HERE, 0.29)])], 24)
    assert one.truth == Truth(HERE)
    assert not worst_mistakes([seen("a", [Truth(HERE)], [Detected(HERE, 0.3)])], 24)


@pytest.mark.parametrize(
    ("missed", "wrong", "shown"), [(30, 30, (12, 12)), (30, 3, (21, 3)), (3, 30, (3, 21))]
)
def test_the_sheet_is_filled(missed: int, wrong: int, shown: tuple[int, int]) -> None:
    pictures = [seen(f"a{n}", [Truth(HERE)], []) for n in range(missed)]
    pictures += [seen(f"b{n}", [Truth(LARGE)], [Detected(LARGE, 0.9)]) for n in range(1)]
    pictures += [seen(f"c{n}", [], [Detected(HERE, 0.9)]) for n in range(wrong)]
    found = worst_mistakes(pictures, 24)
    kinds = [one.truth is not None for one in found]
    assert (kinds.count(True), kinds.count(False)) == shown


def test_what_nobody_drew_anywhere_is_no_mistake() -> None:
    """A file with boxes of badges says nothing of persons."""
    one = seen("a", [Truth(HERE)], [Detected(HERE, 0.9)])
    person = Evaluated(one.picture, {**one.detected, "person": [Detected(LARGE, 0.99)]})
    assert not worst_mistakes([person], 24)
    assert [found.name for found in figures([person])] == ["badge"]


def test_tiles_show_truth_in_green_and_detection_in_red(tmp_path: Path) -> None:
    picture = drawn(tmp_path / "a.png", Box(5, 5, 15, 15))
    beside = Evaluated(picture, {"badge": [Detected(Box(9, 9, 22, 22), 0.8)]})
    mistakes = worst_mistakes([beside], 24)
    assert len(mistakes) == 2
    steps: list[str] = []
    sheet = contact_sheet(mistakes, MediaLimits(), lambda what, done, total: steps.append(what))
    assert sheet.size == (6 * 260, 300)
    assert len(steps) == 3
    pixels = np.asarray(sheet)[:256]
    for tile in (pixels[:, :260], pixels[:, 260:520]):
        for colour in ((0, 150, 60), (210, 30, 40)):
            assert (tile == colour).all(axis=2).sum() > 100
    assert (pixels[:, 520:] == 255).all()


def test_a_box_outside_the_picture_still_has_a_tile(tmp_path: Path) -> None:
    """Where the file of annotations gives no size, nothing else notices."""
    picture = drawn(tmp_path / "a.png", None)
    far = picture._replace(truths={"badge": [Truth(Box(500, 500, 600, 600))]}, size_wh=None)
    [mistake] = worst_mistakes([Evaluated(far, {})], 24)
    assert contact_sheet([mistake], MediaLimits(), nothing).size == (1560, 300)
    assert contact_sheet([], MediaLimits(), nothing).size == (1560, 300)
