"""The reference index: built once per catalog, and never used when it does not fit."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from insignia_scenes import drawing, reference
from PIL import Image

from screening.catalog import Reference
from screening.detectors.insignia.index import (
    MIN_KEYPOINTS,
    ReferenceIndex,
    catalog_digest,
    ensure_index,
    index_folder,
    load_index,
)
from screening.errors import ConfigError


def built(references: list[Reference], cache: Path) -> tuple[ReferenceIndex, list[int]]:
    """The index, and the steps of building it that were reported."""
    steps: list[int] = []
    digest = catalog_digest(references)
    ensure_index(references, cache, digest, lambda what, done, total: steps.append(done))
    return load_index(cache, digest), steps


@pytest.fixture
def seals(tmp_path: Path) -> list[Reference]:
    first, second, third = (drawing(tmp_path / f"{seed}.png", seed) for seed in range(3))
    return [reference(first, second, name="own/a"), reference(third, name="own/b")]


def test_one_row_per_picture(seals: list[Reference], tmp_path: Path) -> None:
    index, steps = built(seals, tmp_path / "cache")
    assert steps == [0, 1, 2, 3]
    assert [row.id for row in index.references] == ["own/a", "own/a", "own/b"]
    assert [row.files for row in index.references] == [
        (seals[0].files[0],), (seals[0].files[1],), seals[1].files
    ]  # fmt: skip
    assert set(index.owner) == {0, 1, 2}
    assert index.nearest.ntotal == len(index.features) == len(index.owner)
    assert min(np.bincount(index.owner)) >= MIN_KEYPOINTS
    norms = np.linalg.norm(index.features.descriptors, axis=1)
    assert norms == pytest.approx(1, abs=1e-3)


def test_the_second_time_comes_from_the_cache(seals: list[Reference], tmp_path: Path) -> None:
    first, _ = built(seals, tmp_path / "cache")
    second, steps = built(seals, tmp_path / "cache")
    assert steps == []
    assert second.references == first.references
    assert np.array_equal(second.features.descriptors, first.features.descriptors)


def test_two_builds_are_the_same(seals: list[Reference], tmp_path: Path) -> None:
    digest = catalog_digest(seals)
    for cache in ("x", "y"):
        built(seals, tmp_path / cache)
    for path in sorted(index_folder(tmp_path / "x", digest).iterdir()):
        assert path.read_bytes() == (index_folder(tmp_path / "y", digest) / path.name).read_bytes()


def test_a_changed_picture_or_name_makes_another_index(
    seals: list[Reference], tmp_path: Path
) -> None:
    before = catalog_digest(seals)
    assert catalog_digest([replace(seals[0], name="Other"), seals[1]]) != before
    assert catalog_digest(seals[:1]) != before
    drawing(seals[0].files[0], seed=9)
    assert catalog_digest(seals) != before
    _, steps = built(seals, tmp_path / "cache")
    assert steps == [0, 1, 2, 3]


def test_where_the_pictures_lie_does_not_matter(seals: list[Reference], tmp_path: Path) -> None:
    moved = Path(shutil.copy(seals[1].files[0], tmp_path / "moved.png"))
    assert catalog_digest([seals[0], replace(seals[1], files=(moved,))]) == catalog_digest(seals)


def test_a_picture_too_plain_is_named(tmp_path: Path) -> None:
    plain = tmp_path / "plain.png"
    Image.new("RGB", (300, 300), "navy").save(plain)
    with pytest.raises(ConfigError, match="too plain") as caught:
        built([reference(plain)], tmp_path / "cache")
    assert caught.value.file == plain
    assert list((tmp_path / "cache").iterdir()) == [], "nothing half built is left behind"


def test_a_picture_that_vanished_is_named(seals: list[Reference]) -> None:
    seals[1].files[0].unlink()
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        catalog_digest(seals)
    assert caught.value.file == seals[1].files[0]


def test_a_cache_that_cannot_be_written_says_what_to_do(
    seals: list[Reference], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="SCREENING_CACHE_DIR"):
        built(seals, tmp_path / "file" / "cache")


@pytest.mark.parametrize(
    "name", ["checksums.json", "references.json", "points.npy", "art.npy", "nearest.faiss"]
)
@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "scrambled"])
def test_a_damaged_cache_is_built_again(
    seals: list[Reference], tmp_path: Path, name: str, damage: str
) -> None:
    """Nobody should have to know where a cache lies to get out of this."""
    cache = tmp_path / "cache"
    whole, _ = built(seals, cache)
    path = index_folder(cache, catalog_digest(seals)) / name
    content = path.read_bytes()
    match damage:
        case "gone":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "scrambled":
            middle = len(content) // 2
            path.write_bytes(content[:middle] + bytes(64) + content[middle + 64 :])
    again, steps = built(seals, cache)
    assert steps == [0, 1, 2, 3]
    assert again.references == whole.references
    assert np.array_equal(again.features.descriptors, whole.features.descriptors)
