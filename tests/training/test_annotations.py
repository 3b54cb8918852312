"""Boxes that people drew, and files that hold none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from screening.errors import ConfigError
from screening.geometry import Box
from screening.training.evaluation.annotations import load_annotations

IMAGES = [
    {"id": 3, "file_name": "a.png", "width": 60, "height": 40},
    {"id": 4, "file_name": "b.png"},
]
COCO = {
    "info": {"contributor": "somebody"},
    "images": IMAGES,
    "categories": [{"id": 7, "name": "badge"}],
    "annotations": [
        {"id": 1, "image_id": 3, "category_id": 7, "bbox": [5, 6, 10, 20], "area": 200},
        {"id": 2, "image_id": 3, "category_id": 7, "bbox": [0, 0, 4, 4], "iscrowd": 1},
    ],
}
LINE = {"file": "photos/a.png", "labels": [{"category": "badge", "box": [5, 6, 15, 26]}]}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (60, 40)).save(folder / name)
    return folder


def write(folder: Path, content: object, name: str = "boxes.json") -> Path:
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return path


def test_coco(photos: Path) -> None:
    write(photos, COCO)
    first, second = load_annotations(photos)
    assert first.path == photos / "a.png"
    assert [truth.box for truth in first.truths["badge"]] == [Box(5, 6, 15, 26), Box(0, 0, 4, 4)]
    assert [truth.difficult for truth in first.truths["badge"]] == [False, True]
    assert [truth.is_region for truth in first.truths["badge"]] == [False, True]
    assert (first.size_wh, second.size_wh) == ((60, 40), None)
    assert second.truths == {}


@pytest.mark.parametrize("name", ["photos/a.png", "a.png", "elsewhere/a.png"])
def test_json_lines(photos: Path, name: str) -> None:
    crowd = {"file": "b.png", "labels": [], "crowd": True, "notes": "many"}
    text = f"{json.dumps({**LINE, 'file': name})}\n\n{json.dumps(crowd)}\n"
    write(photos, text, "annotations.jsonl")
    first, second = load_annotations(photos)
    assert first.path == photos / "a.png"
    assert first.truths["badge"][0].box == Box(5, 6, 15, 26)
    assert (first.crowd, second.crowd) == (False, True)


def test_a_file_elsewhere(photos: Path, tmp_path: Path) -> None:
    write(photos, COCO, "one.json")
    write(photos, COCO, "two.json")
    with pytest.raises(ConfigError, match=r"one\.json, two\.json.*--annotations"):
        load_annotations(photos)
    assert len(load_annotations(photos, write(tmp_path, COCO, "own.json"))) == 2


def changed(**parts: object) -> dict[str, object]:
    return {**COCO, **parts}


def boxed(*bbox: float) -> dict[str, object]:
    return changed(annotations=[{"image_id": 3, "category_id": 7, "bbox": bbox}])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[]", "Input should be"),
        ({}, "images"),
        (changed(annotations=[]), "no picture has a box"),
        (changed(images=[{"id": 3, "file_name": "c.png"}]), r"c\.png"),
        (changed(categories=[]), r"annotations\.0\.category_id"),
        (changed(annotations=[{"image_id": 9, "category_id": 7, "bbox": [0, 0, 1, 1]}]), "names 9"),
        (changed(annotations=[{"image_id": 3, "category_id": 7, "bbox": [0, 0, 0, 1]}]), "bbox"),
        (changed(annotations=[{"image_id": 3, "category_id": 7, "bbox": [0, 0, 1]}]), "bbox"),
        (boxed(float("nan"), 0, 1, 1), r"annotations\.0\.bbox"),
        (boxed(0, 0, float("inf"), 1), r"annotations\.0\.bbox"),
        (boxed(1e308, 0, 1e308, 1), r"annotations\.0\.bbox"),
        (boxed(30, 0, 40, 10), r"annotations\.0\.bbox.*not inside the picture of 60 x 40"),
        (boxed(60, 0, 1, 1), "not inside"),
        (changed(images=[*IMAGES, IMAGES[0]]), r"images\.2\.id.*twice"),
        (
            changed(images=[*IMAGES, {"id": 5, "file_name": "a.png"}]),
            r"images\.2\.file_name.*twice",
        ),
        (changed(images=[*IMAGES, {"id": 5, "file_name": ""}]), r"images\.2\.file_name"),
        (changed(images=[*IMAGES, {"id": 5, "file_name": "a" * 999}]), r"images\.2\.file_name"),
        (changed(images=[{**IMAGES[0], "width": 0}]), r"images\.0\.width"),
        (
            changed(categories=[{"id": 7, "name": "a"}, {"id": 7, "name": "b"}]),
            r"categories\.1\.id",
        ),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_coco_that_is_none(photos: Path, content: object, said: str) -> None:
    path = write(photos, content)
    with pytest.raises(ConfigError, match=said) as caught:
        load_annotations(photos)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "Expecting"),
        ("3", "dict"),
        ({"file": "a.png"}, "labels"),
        ({**LINE, "labels": [{"category": "badge", "box": [9, 0, 1, 1]}]}, "min <= max"),
        ({**LINE, "labels": [{"category": "badge", "box": "large"}]}, r"labels\.0\.box"),
        ({**LINE, "labels": [{"category": "badge", "box": [1, 1, 1, 9]}]}, "is empty"),
        (
            {**LINE, "width": 10, "height": 10},
            r"labels\.0\.box.*not inside the picture of 10 x 10",
        ),
        ({**LINE, "labels": [{"category": "badge", "box": [0, 0, 1, float("nan")]}]}, "finite"),
        ({**LINE, "negative": True}, "negative"),
        ({**LINE, "file": "missing.png"}, r"file.*missing\.png"),
        ({**LINE, "file": "a" * 999}, "file"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_a_line_that_is_none_is_named(photos: Path, line: object, said: str) -> None:
    good = {"file": "b.png", "labels": LINE["labels"]}
    text = line if isinstance(line, str) else json.dumps(line)
    path = write(photos, f"{json.dumps(good)}\n{text}\n", "annotations.jsonl")
    with pytest.raises(ConfigError, match=said) as caught:
        load_annotations(photos)
    assert caught.value.file == path
    assert caught.value.line == 2


def test_a_picture_on_two_lines(photos: Path) -> None:
    write(photos, f"{json.dumps(LINE)}\n\n{json.dumps({**LINE, 'file': 'a.png'})}\n", "a.jsonl")
    with pytest.raises(ConfigError, match="twice") as caught:
        load_annotations(photos)
    assert caught.value.line == 3


def test_a_box_that_rounding_put_over_the_edge_is_cut(photos: Path) -> None:
    write(photos, boxed(-0.4, 39, 60.9, 1.5))
    [badge] = load_annotations(photos)[0].truths["badge"]
    assert badge.box == Box(0, 39, 60, 40)


def test_texts_as_other_programs_write_them(photos: Path) -> None:
    """A byte order mark, a line end of Unicode inside a string, a path from Windows."""
    line = {**LINE, "file": "photos\\a.png", "notes": "one\u2028two"}
    text = json.dumps(line, ensure_ascii=False)
    (photos / "annotations.jsonl").write_text(f"{text}\r\n", encoding="utf-8-sig")
    assert load_annotations(photos)[0].path == photos / "a.png"


def test_a_file_that_is_no_text(photos: Path) -> None:
    (photos / "boxes.json").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(ConfigError, match=r"boxes\.json: is not UTF-8 text"):
        load_annotations(photos)


def test_no_folder_and_no_file(tmp_path: Path, photos: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        load_annotations(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="none"):
        load_annotations(photos)
    with pytest.raises(ConfigError, match="no such file"):
        load_annotations(photos, photos / "nowhere.json")
