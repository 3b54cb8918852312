"""Which art and which photos training may see; the other half is for calibration and benchmarks.

The split goes by a digest of the file name, so that it is the same everywhere and for art that is
added later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from screening.catalog import InsigniaKind, Reference
from screening.detectors.insignia.court_seals import court_seals

_ART = ("us_agencies", "coats_of_arms", "nigeria_state_seals", "us_state_seals")
CIVILIANS = (
    "chef", "doctor", "engineer", "farmer", "firefighter", "mechanic", "pilot", "waiter",
)  # fmt: skip
"""Folders of `uniform/` that show people at work who are not police."""
_MAX_SIDE_PX = 900


def seen_in_training(name: str) -> bool:
    """Whether the file or reference of this name belongs to the half that training may see."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def reference_catalog(data: Path) -> tuple[Reference, ...]:
    """The court seals and all art of `insignia/reference`, as one catalog of look-alikes.

    Args:
        data: the folder of real media.
    """
    art = [
        Reference(
            id=f"{folder}/{path.stem}",
            name=path.stem,
            agency=folder,
            kind=InsigniaKind.SEAL,
            files=(path,),
        )
        for folder in _ART
        for path in sorted((data / "insignia" / "reference" / folder).iterdir())
        if _is_picture(path)
    ]
    return (*court_seals(), *art)


def _is_picture(path: Path) -> bool:
    """A few of the files are pages of a site that answered with an error."""
    return path.read_bytes()[:4] in (b"\x89PNG", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1")


def training_photos(data: Path) -> Iterator[NDArray[np.uint8]]:
    """Photos without insignia that no benchmark looks at, uint8 RGB."""
    paths = sorted((data / "courthouse" / "uk").glob("*"))
    for folder in CIVILIANS:
        paths += sorted((data / "uniform" / folder).glob("*"))
    paths = [path for path in paths if seen_in_training(path.name)]
    paths += sorted((data / "text" / "icdar2015").rglob("*.jpg"))
    for path in paths:
        photo = Image.open(path).convert("RGB")
        photo.thumbnail((_MAX_SIDE_PX, _MAX_SIDE_PX))
        yield np.asarray(photo)


def unseen_civilians(data: Path) -> list[Path]:
    """Photos of people at work in other professions that training did not see."""
    return [
        path
        for folder in CIVILIANS
        for path in sorted((data / "uniform" / folder).glob("*"))
        if not seen_in_training(path.name)
    ]
