"""Boxes that people drew: COCO as labelling programs export it, or one JSON line per picture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.documents import mistake_in_rows, validate_values
from screening.errors import ConfigError
from screening.geometry import Box
from screening.training.objects.figures import Truth

LINES = "annotations.jsonl"

_Side = Annotated[float, Field(gt=0)]


class AnnotatedPicture(NamedTuple):
    """A picture and what is in it.

    Attributes:
        path: of the picture.
        truths: by class, the boxes in pixels of the upright picture.
        crowd: whether not everything was boxed; unmatched detections then do not count.
    """

    path: Path
    truths: dict[str, list[Truth]]
    crowd: bool


class _Form(BaseModel):
    """Other keys are left alone: every labelling program adds its own."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _CocoImage(_Form):
    id: int
    file_name: str


class _CocoBox(_Form):
    image_id: int
    category_id: int
    bbox: tuple[float, float, _Side, _Side]
    iscrowd: int = 0


class _CocoCategory(_Form):
    id: int
    name: str


class _Coco(_Form):
    images: list[_CocoImage]
    annotations: list[_CocoBox]
    categories: list[_CocoCategory]


class _Label(_Form):
    category: str
    box: tuple[float, float, float, float]
    difficult: bool = False


class _Line(_Form):
    file: str
    labels: list[_Label]
    crowd: bool = False


def load_annotations(folder: Path, file: Path | None = None) -> list[AnnotatedPicture]:
    """The annotated pictures of a folder.

    Args:
        folder: holds the pictures.
        file: COCO (`.json`) or JSON lines (`.jsonl`); None takes the one there is in the folder.

    Raises:
        ConfigError: no or several such files, something wrong in it, or a picture is missing;
            names the file and the line or key.
    """
    if not folder.is_dir():
        raise ConfigError("there is no such folder", file=folder)
    chosen = file or _only(folder)
    if not chosen.is_file():
        raise ConfigError("there is no such file", file=chosen)
    pictures = list(_lines(chosen, folder) if chosen.suffix == ".jsonl" else _coco(chosen, folder))
    if not any(picture.truths for picture in pictures):
        raise ConfigError("no picture has a box", file=chosen)
    return pictures


def _only(folder: Path) -> Path:
    found = sorted([*folder.glob("*.json"), *folder.glob("*.jsonl")])
    if len(found) != 1:
        listed = ", ".join(path.name for path in found) or "none"
        raise ConfigError(
            "one file of annotations is needed, COCO (.json) or JSON lines (.jsonl); there are:"
            f" {listed}. Name it with --annotations",
            file=folder,
        )
    return found[0]


def _coco(file: Path, folder: Path) -> Iterator[AnnotatedPicture]:
    try:
        content = validate_values(json.loads(file.read_bytes()), _Coco, str(file))
    except ValueError as error:
        raise ConfigError(f"not valid JSON: {error}", file=file) from error
    names = {category.id: category.name for category in content.categories}
    boxes: dict[int, dict[str, list[Truth]]] = {image.id: {} for image in content.images}
    for number, one in enumerate(content.annotations):
        for key, known in (("image_id", boxes), ("category_id", names)):
            if getattr(one, key) not in known:
                raise ConfigError(
                    f"annotation {number} names {getattr(one, key)}, which is not in the file",
                    file=file, key=f"annotations.{number}.{key}",
                )  # fmt: skip
        x, y, wide, high = one.bbox
        truth = Truth(Box(x, y, x + wide, y + high), bool(one.iscrowd))
        boxes[one.image_id].setdefault(names[one.category_id], []).append(truth)
    for image in content.images:
        yield AnnotatedPicture(_found(file, folder, image.file_name), boxes[image.id], False)


def _lines(file: Path, folder: Path) -> Iterator[AnnotatedPicture]:
    try:
        written = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"this file cannot be read: {error}", file=file) from error
    for number, text in enumerate(written, 1):
        if not text.strip():
            continue
        try:
            line = _Line.model_validate(json.loads(text))
            truths: dict[str, list[Truth]] = {}
            for label in line.labels:
                truth = Truth(Box(*label.box), label.difficult)
                truths.setdefault(label.category, []).append(truth)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise mistake_in_rows(file, number, key, first["msg"]) from error
        except ValueError as error:
            raise mistake_in_rows(file, number, "", str(error)) from error
        yield AnnotatedPicture(_found(file, folder, line.file), truths, line.crowd)


def _found(file: Path, folder: Path, name: str) -> Path:
    """The picture, named from the folder, from the folder above, or by its bare name."""
    for candidate in (folder / name, folder.parent / name, folder / Path(name).name):
        if candidate.is_file():
            return candidate
    raise ConfigError(f"the picture {name!r} is not in {folder}", file=file)
