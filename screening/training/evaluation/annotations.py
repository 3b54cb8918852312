"""Boxes that people drew: COCO as labelling programs export it, or one JSON line per picture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, PositiveInt, ValidationError

from screening.documents import mistake_in_rows, validate_values
from screening.errors import ConfigError
from screening.geometry import Box
from screening.training.objects.figures import Truth

_MOST_OUTSIDE = 0.01
"""Of a side, and at least one pixel: programs that draw in percent round over the edge."""

_Side = Annotated[FiniteFloat, Field(gt=0)]


class AnnotatedPicture(NamedTuple):
    """A picture and what is in it.

    Attributes:
        path: of the picture.
        truths: by class, the boxes in pixels of the upright picture.
        crowd: whether not everything was boxed; unmatched detections then do not count.
        size_wh: of the upright picture in pixels, as the file says; None where it does not.
    """

    path: Path
    truths: dict[str, list[Truth]]
    crowd: bool
    size_wh: tuple[int, int] | None = None


class _Form(BaseModel):
    """Other keys are left alone: every labelling program adds its own."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Sized(_Form):
    width: PositiveInt | None = None
    height: PositiveInt | None = None

    @property
    def size_wh(self) -> tuple[int, int] | None:
        if self.width is None or self.height is None:
            return None
        return self.width, self.height


class _CocoImage(_Sized):
    id: int
    file_name: str


class _CocoBox(_Form):
    image_id: int
    category_id: int
    bbox: tuple[FiniteFloat, FiniteFloat, _Side, _Side]
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
    box: tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]
    difficult: bool = False


class _Line(_Sized):
    file: str
    labels: list[_Label]
    crowd: bool = False
    negative: bool = False


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
    text = _read(chosen)
    rows = (
        _lines(chosen, text, folder) if chosen.suffix == ".jsonl" else _coco(chosen, text, folder)
    )
    pictures = list(rows)
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


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=file) from error
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8 text", file=file) from error


def _coco(file: Path, text: str, folder: Path) -> Iterator[AnnotatedPicture]:
    try:
        content = validate_values(json.loads(text), _Coco, str(file))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"not valid JSON: {error}", file=file) from error
    _check_once(file, "images", [image.id for image in content.images])
    _check_once(file, "categories", [category.id for category in content.categories])
    names = {category.id: category.name for category in content.categories}
    sizes = {image.id: image.size_wh for image in content.images}
    truths: dict[int, dict[str, list[Truth]]] = {image.id: {} for image in content.images}
    for number, one in enumerate(content.annotations):
        for key, known in (("image_id", truths), ("category_id", names)):
            if getattr(one, key) not in known:
                raise ConfigError(
                    f"annotation {number} names {getattr(one, key)}, which is not in the file",
                    file=file, key=f"annotations.{number}.{key}",
                )  # fmt: skip
        x, y, wide, high = one.bbox
        try:
            box = _inside((x, y, x + wide, y + high), sizes[one.image_id])
        except ValueError as error:
            key = f"annotations.{number}.bbox"
            raise ConfigError(str(error), file=file, key=key) from error
        crowd = bool(one.iscrowd)
        truths[one.image_id].setdefault(names[one.category_id], []).append(Truth(box, crowd, crowd))
    seen: set[Path] = set()
    for number, image in enumerate(content.images):
        try:
            path = _found(folder, image.file_name, seen)
        except (ValueError, OSError) as error:  # OSError: no file can have such a name
            key = f"images.{number}.file_name"
            raise ConfigError(str(error), file=file, key=key) from error
        yield AnnotatedPicture(path, truths[image.id], False, image.size_wh)


def _check_once(file: Path, key: str, numbers: list[int]) -> None:
    seen: set[int] = set()
    for place, number in enumerate(numbers):
        if number in seen:
            raise ConfigError(f"{number} is there twice", file=file, key=f"{key}.{place}.id")
        seen.add(number)


def _lines(file: Path, text: str, folder: Path) -> Iterator[AnnotatedPicture]:
    seen: set[Path] = set()
    # Not splitlines(): a JSON string may hold the other line ends of Unicode.
    for number, written in enumerate(text.split("\n"), 1):
        if not written.strip():
            continue
        try:
            line = _Line.model_validate(json.loads(written))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise mistake_in_rows(file, number, key, first["msg"]) from error
        except (ValueError, RecursionError) as error:
            raise mistake_in_rows(file, number, "", f"not valid JSON: {error}") from error
        if line.negative and line.labels:
            raise mistake_in_rows(file, number, "negative", "a picture without anything has boxes")
        truths: dict[str, list[Truth]] = {}
        key = "file"
        try:
            path = _found(folder, line.file, seen)
            for place, label in enumerate(line.labels):
                key = f"labels.{place}.box"
                truth = Truth(_inside(label.box, line.size_wh), label.difficult)
                truths.setdefault(label.category, []).append(truth)
        except (ValueError, OSError) as error:
            raise mistake_in_rows(file, number, key, str(error)) from error
        yield AnnotatedPicture(path, truths, line.crowd, line.size_wh)


def _inside(corners: tuple[float, float, float, float], size_wh: tuple[int, int] | None) -> Box:
    """The box, cut to the picture if its size is known.

    Raises:
        ValueError: it is empty, or reaches out by more than rounding explains.
    """
    box = Box(*corners)
    if not box.area_px:
        raise ValueError(f"the box {corners} is empty")
    if size_wh is None:
        return box
    width, height = size_wh
    out_x, out_y = max(-box.x_min, box.x_max - width), max(-box.y_min, box.y_max - height)
    cut = box.clip(width, height)
    far = out_x > max(1, _MOST_OUTSIDE * width) or out_y > max(1, _MOST_OUTSIDE * height)
    if far or not cut.area_px:
        raise ValueError(f"the box {corners} is not inside the picture of {width} x {height}")
    return cut


def _found(folder: Path, name: str, seen: set[Path]) -> Path:
    """The picture, named from the folder, from the folder above, or by its bare name.

    Raises:
        ValueError: there is none, or it is in `seen`, to which it is added.
    """
    # Exports made on Windows write backslashes, which are no separators elsewhere.
    for written in dict.fromkeys((name, name.replace("\\", "/"))):
        for candidate in (folder / written, folder.parent / written, folder / Path(written).name):
            if written and candidate.is_file():
                if candidate.resolve() in seen:
                    raise ValueError(f"the picture {name!r} is there twice")
                seen.add(candidate.resolve())
                return candidate
    raise ValueError(f"the picture {name!r} is not in {folder}")
