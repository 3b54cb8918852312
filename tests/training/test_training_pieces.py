"""What is known of the places that may be an emblem, and the pieces that are cut there."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from screening.detectors.objects.cutting import EMBLEM, PLACE
from screening.detectors.objects.networks import TOLD
from screening.geometry import Box
from screening.training.objects.crops import UNKNOWN, Crop, Part, emblem_truth, truth_of
from screening.training.objects.pieces import as_it_is, keep, varied
from screening.training.objects.proposals import emblem_crops

POST, WORN, NOTHING, UNSEEN = (
    "posts/a.jpg", "insignia/worn/b.jpg", "negative/things/c.jpg", "uniform/police/d.jpg",
)  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Annotations of one post and one worn insignia; no pictures."""
    badge = {"category": "badge", "box": [10, 10, 30, 30], "difficult": False}
    unclear = {"category": "patch", "box": [60, 10, 80, 30], "difficult": True}
    post = {"file": POST, "width": 100, "height": 100, "labels": [badge, unclear]}
    worn = {"file": WORN, "boxes": [[0, 0, 20, 20, "badge:x"], [50, 50, 70, 70, "ribbon:y"]]}
    notes = {"posts": [post], "insignia/worn": [worn], "uniform/scenes": []}
    for folder, lines in notes.items():
        path = tmp_path / folder / "annotations.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    manifest = "path,origin\n" + "".join(f"{one},some/where\n" for one in (POST, WORN))
    (tmp_path / "MANIFEST.csv").write_text(manifest, encoding="utf-8")
    return tmp_path


def known(data: Path, file: str, *corners: float, width: int = 100, score: float = 0.5) -> float:
    """What is known of one place; `UNKNOWN` if it is left out."""
    places = [["badge", list(corners), score]]
    line = {"file": file, "width": width, "height": 100, "places": places}
    proposals = data / "proposals.jsonl"
    proposals.write_text(json.dumps(line), encoding="utf-8")
    crops = list(emblem_crops(data, proposals))
    return crops[0].truth[TOLD.index("emblem")] if crops else UNKNOWN


def test_a_place_on_a_box_drawn_by_hand_is_an_emblem(data: Path) -> None:
    assert known(data, POST, 11, 11, 31, 31) == 1
    assert known(data, POST, 22, 22, 62, 62, width=200) == 1
    assert known(data, WORN, 0, 0, 19, 20) == 1


def test_a_place_elsewhere_is_none(data: Path) -> None:
    assert known(data, POST, 10, 60, 30, 80) == 0
    assert known(data, WORN, 80, 0, 99, 20) == 0
    assert known(data, NOTHING, 10, 10, 30, 30) == 0


@pytest.mark.parametrize(
    ("file", "corners"),
    [
        (POST, (61, 11, 79, 29)),  # difficult
        (POST, (12, 12, 18, 18)),  # a part of a badge
        (POST, (20, 10, 40, 30)),  # half of it
        (WORN, (50, 50, 70, 70)),  # a ribbon
        (UNSEEN, (0, 0, 10, 10)),  # nobody looked
    ],
)
def test_what_nobody_knows_is_left_out(data: Path, file: str, corners: tuple[float, ...]) -> None:
    assert known(data, file, *corners) == UNKNOWN


def test_of_an_emblem_nothing_else_is_known_and_the_other_way_round() -> None:
    assert emblem_truth(1.0) == (*[UNKNOWN] * (len(TOLD) - 1), 1.0)
    assert truth_of(uniform=1.0)[TOLD.index("emblem")] == UNKNOWN
    assert truth_of(uniform=1.0)[TOLD.index("courthouse")] == 0


@pytest.mark.parametrize(("kind", "shape"), [("person", PLACE), ("emblem", EMBLEM)])
def test_pieces_have_the_shape_the_network_is_shown(
    tmp_path: Path, kind: str, shape: tuple[int, float]
) -> None:
    pixels = np.zeros((200, 300, 3), np.uint8)
    pixels[80:120, 100:140] = (0, 0, 255)
    cv2.imwrite(str(tmp_path / "a.png"), pixels)
    crop = Crop("a.png", Box(100, 80, 140, 120), kind, truth_of(), Part.TRAINING, "a/b")
    (kept,) = keep(tmp_path, [crop])
    side_px = shape[0]
    assert as_it_is(kept).shape == (side_px, side_px, 3)
    assert as_it_is(kept)[side_px // 2, side_px // 2].tolist() == [255, 0, 0]
    rng = np.random.default_rng(1)
    made = [varied(kept, rng) for _ in range(8)]
    assert {piece.shape for piece in made} == {(side_px, side_px, 3)}
    assert any((piece != made[0]).any() for piece in made[1:])


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    crop = Crop("a.png", Box(0, 0, 9, 9), "person", truth_of(), Part.TRAINING, "a/b")
    with pytest.raises(ValueError, match=r"a\.png"):
        list(keep(tmp_path, [crop]))
