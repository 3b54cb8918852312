"""The reference index: built once per catalog, and never used when it does not fit."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from insignia_scenes import drawing, reference
from PIL import Image

from screening.catalog import InsigniaKind, Reference
from screening.detectors.insignia.index import (
    ART_PX,
    TURNS,
    ReferenceIndex,
    build_index,
    catalog_digest,
    ensure_index,
    index_folder,
    load_index,
)
from screening.detectors.insignia.keypoints import MIN_KEYPOINTS
from screening.detectors.insignia.prints import Print
from screening.errors import ConfigError


def built(references: list[Reference], cache: Path) -> tuple[ReferenceIndex, list[int]]:
    """The index, and the steps of building it that were reported."""
    steps: list[int] = []
    digest = catalog_digest(references)
    ensure_index(references, cache, digest, lambda what, done, total: steps.append(done))
    return load_index(cache, digest), steps


def embeddings_of(references: list[Reference], cache: Path) -> np.ndarray:
    """Every vector of a small index that was built."""
    folder = index_folder(cache, catalog_digest(references))
    vectors: np.ndarray = np.load(folder / "embeddings.npy")
    return vectors


@pytest.fixture
def seals(tmp_path: Path) -> list[Reference]:
    first, second, third = (drawing(tmp_path / f"{seed}.png", seed) for seed in range(3))
    house = replace(
        reference(third, name="own/b"), kind=InsigniaKind.BUILDING, position=(10.0, 20.0)
    )
    return [reference(first, second, name="own/a"), house]


def test_one_row_per_picture(seals: list[Reference], tmp_path: Path) -> None:
    index, steps = built(seals, tmp_path / "cache")
    assert steps == [0, 1, 2, 3]
    assert [row.id for row in index.references] == ["own/a", "own/a", "own/b"]
    assert [row.files for row in index.references] == [
        (seals[0].files[0],), (seals[0].files[1],), seals[1].files
    ]  # fmt: skip
    assert index.references[2].kind is InsigniaKind.BUILDING
    assert index.references[2].position == (10.0, 20.0)
    vectors = embeddings_of(seals, tmp_path / "cache")
    assert vectors.shape == (3, len(Print) * TURNS, 128)
    norms = np.linalg.norm(vectors, axis=2)
    assert norms[:2] == pytest.approx(1, abs=1e-3)
    assert norms[2] == pytest.approx(0), "buildings are matched by their keypoints"


def test_every_picture_is_kept_in_grey_with_its_mask(
    seals: list[Reference], tmp_path: Path
) -> None:
    index, _ = built(seals, tmp_path / "cache")
    for row in range(3):
        art, mask = index.picture(row)
        assert art.shape == mask.shape
        assert max(art.shape) == ART_PX
        assert art.std() > 10
        assert mask.mean() > 100
        assert set(np.unique(mask)) <= {0, 255}


def test_turned_references_are_kept_as_they_would_be_seen(tmp_path: Path) -> None:
    upright = drawing(tmp_path / "a.png", 1)
    with Image.open(upright) as picture:
        picture.rotate(-90).save(tmp_path / "b.png")
    references = [reference(upright, name="own/a"), reference(tmp_path / "b.png", name="own/b")]
    built(references, tmp_path / "cache")
    first, second = embeddings_of(references, tmp_path / "cache")[:, :TURNS]
    likeness = [
        float((np.roll(first, -turn, axis=0) * second).sum(axis=1).mean()) for turn in range(TURNS)
    ]
    assert int(np.argmax(likeness)) == TURNS // 4


def test_buildings_have_keypoints_of_their_own(seals: list[Reference], tmp_path: Path) -> None:
    index, _ = built(seals, tmp_path / "cache")
    points = index.buildings
    assert points is not None
    assert index.keypoints is None
    assert points.pictures.tolist() == [2]
    assert len(points.xy) == len(points.owner) == len(points.descriptors) >= MIN_KEYPOINTS
    none, _ = built(seals[:1], tmp_path / "cache")
    assert none.buildings is None


def test_only_logos_and_letterheads_have_keypoints_of_print(
    seals: list[Reference], tmp_path: Path
) -> None:
    logo = replace(seals[1], kind=InsigniaKind.LOGO)
    index, _ = built([seals[0], logo], tmp_path / "cache")
    assert index.buildings is None
    points = index.keypoints
    assert points is not None
    assert list(points.pictures) == [2]
    assert points.nearest.ntotal == len(points.features) == len(points.owner) >= MIN_KEYPOINTS
    norms = np.linalg.norm(points.features.descriptors, axis=1)
    assert norms == pytest.approx(1, abs=1e-3)
    none, _ = built(seals[:1], tmp_path / "cache")
    assert none.keypoints is None


def test_the_second_time_comes_from_the_cache(seals: list[Reference], tmp_path: Path) -> None:
    first, _ = built(seals, tmp_path / "cache")
    second, steps = built(seals, tmp_path / "cache")
    assert steps == []
    assert second.references == first.references


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
    with pytest.raises(ConfigError, match="nothing to recognise") as caught:
        built([reference(plain)], tmp_path / "cache")
    assert caught.value.file == plain
    house = replace(reference(plain), kind=InsigniaKind.BUILDING)
    with pytest.raises(ConfigError, match="too plain"):
        built([house], tmp_path / "cache")
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
    "name",
    [
        "checksums.json",
        "references.json",
        "embeddings.npy",
        "art.npy",
        "nearest.faiss",
        "building_owner.npy",
    ],
)
@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "scrambled"])
def test_a_damaged_cache_is_built_again(
    seals: list[Reference], tmp_path: Path, name: str, damage: str
) -> None:
    """Nobody should have to know where a cache lies to get out of this."""
    seals.append(replace(seals[1], id="own/c", kind=InsigniaKind.LOGO))
    cache = tmp_path / "cache"
    whole, _ = built(seals, cache)
    embeddings = embeddings_of(seals, cache)
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
            turned = bytes(byte ^ 255 for byte in content[middle : middle + 64])
            path.write_bytes(content[:middle] + turned + content[middle + 64 :])
    again, steps = built(seals, cache)
    assert steps == [0, 1, 2, 3, 4]
    assert again.references == whole.references
    assert np.array_equal(embeddings_of(seals, cache), embeddings)
    assert again.keypoints is not None


def test_what_was_built_is_told(seals: list[Reference], tmp_path: Path) -> None:
    first = build_index(seals, tmp_path / "cache", lambda what, done, total: None)
    second = build_index(seals, tmp_path / "cache", lambda what, done, total: None)
    assert first.seconds is not None
    assert first.seconds > 0
    assert second.seconds is None
    assert first.folder == second.folder == index_folder(tmp_path / "cache", catalog_digest(seals))
    assert second.size_bytes == sum(path.stat().st_size for path in second.folder.iterdir()) > 1000
