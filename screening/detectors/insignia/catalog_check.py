"""What is wrong with the pictures of a catalog, in plain words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from screening.catalog import InsigniaKind, Reference
from screening.detectors.base import Progress
from screening.detectors.insignia.art import SIDE_PX, drawn_size_px, load_art, on_ground
from screening.detectors.insignia.index import BY_KEYPOINTS, refuse_plain
from screening.detectors.insignia.likeness import Likeness, measure_likeness
from screening.errors import ConfigError

LEAST_SIDE_PX = 100
"""Below that the legend of a seal is a blur, and every photo of it would be compared with that."""
_LEAST_CONTRAST = 8.0
_RIM_PX = round(0.04 * SIDE_PX)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one picture.

    Attributes:
        reference: id.
        file: the picture.
        words: a sentence.
        unusable: no picture can be searched with it; a scan would stop.
    """

    reference: str
    file: Path
    words: str
    unusable: bool


@dataclass(frozen=True, slots=True)
class AlikeGroup:
    """References that cannot be told apart.

    Attributes:
        ids: of the references.
        family: what all of them are called together; empty where the catalog has no word for it.
    """

    ids: tuple[str, ...]
    family: str


@dataclass(frozen=True, slots=True, eq=False)
class CatalogReport:
    """What a check found.

    Attributes:
        problems: of single pictures.
        groups: of references that cannot be told apart.
        likeness: how alike the usable references are; None where there are none.
    """

    problems: tuple[Problem, ...]
    groups: tuple[AlikeGroup, ...]
    likeness: Likeness | None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong; look-alikes that share a family are meant to be."""
        return not self.problems and all(group.family for group in self.groups)


def picture_problem(reference: Reference, file: Path) -> Problem | None:
    """What is wrong with one picture by itself; None where nothing is."""
    try:
        size_px = drawn_size_px(file)
        refuse_plain(reference.kind, file)
    except ConfigError as error:
        return Problem(reference.id, file, error.message, unusable=True)
    if reference.kind not in BY_KEYPOINTS and _inner_contrast(file) < _LEAST_CONTRAST:
        words = (
            "the insignia in this picture is of one colour inside its outline, which is too plain"
            " to match; use one with lettering or figures"
        )
        return Problem(reference.id, file, words, unusable=False)
    if size_px is not None and size_px < LEAST_SIDE_PX:
        words = (
            f"the insignia in this picture is only {size_px:.0f} pixels large; use one of at least"
            f" {LEAST_SIDE_PX}, better 400"
        )
        return Problem(reference.id, file, words, unusable=False)
    return None


def _inner_contrast(file: Path) -> float:
    """Standard deviation of the grey levels of an insignia without its rim.

    Measured on every third court seal and half of the development art, seals, arms and logos: the
    plainest with something to see has 9.7, 95 of 100 have more than 32, a silhouette has 0.
    """
    art = load_art(file)
    gray = cv2.cvtColor(on_ground(art), cv2.COLOR_RGB2GRAY)
    mask = np.pad((art[..., 3] > 127).astype(np.uint8), 1)
    inner = cv2.erode(mask, np.ones((3, 3)), iterations=_RIM_PX)[1:-1, 1:-1]
    chosen = inner if inner.sum() > 0.1 * mask.sum() else mask[1:-1, 1:-1]
    return float(gray[chosen > 0].std()) if chosen.any() else 0.0


def refuse_unusable(kind: InsigniaKind, files: Sequence[Path]) -> None:
    """Do nothing where a scan can use all these pictures.

    Raises:
        ConfigError: one cannot be read or shows too little.
    """
    for file in files:
        refuse_plain(kind, file)


def check_catalog(
    references: Sequence[Reference],
    cache_dir: Path,
    progress: Progress,
    about: Collection[str] | None = None,
) -> CatalogReport:
    """Look at every picture, then hold the usable references against each other.

    Args:
        references: all that a scan would look for.
        cache_dir: where indexes lie.
        progress: told every step.
        about: ids of the references to check; the others are only compared with. None for all.
    """
    chosen = {reference.id for reference in references} if about is None else set(about)
    problems: list[Problem] = []
    usable: list[Reference] = []
    for done, reference in enumerate(references):
        progress("Looking at reference insignia", done, len(references))
        found = []
        if reference.id in chosen:
            found = [picture_problem(reference, file) for file in reference.files]
            problems += [problem for problem in found if problem]
        refused = {problem.file for problem in found if problem and problem.unusable}
        files = tuple(file for file in reference.files if file not in refused)
        if files:
            usable.append(replace(reference, files=files))
    progress("Looking at reference insignia", len(references), len(references))
    if not chosen.intersection(one.id for one in usable):
        return CatalogReport(tuple(problems), (), None)
    likeness = measure_likeness(usable, cache_dir, progress, chosen)
    by_id = {reference.id: reference for reference in usable}
    problems += [_faint(by_id[one]) for one in likeness.faint]
    groups = tuple(
        AlikeGroup(ids, _shared_family([by_id[one] for one in ids]))
        for ids in likeness.groups()
        if chosen.intersection(ids)
    )
    return CatalogReport(tuple(problems), groups, likeness)


def _faint(reference: Reference) -> Problem:
    words = (
        "a small copy of this picture was not recognised again; it is too plain to match, use one"
        " with more detail"
    )
    return Problem(reference.id, reference.files[0], words, unusable=False)


def _shared_family(references: Sequence[Reference]) -> str:
    families = {reference.family for reference in references}
    return families.pop() if len(families) == 1 else ""
