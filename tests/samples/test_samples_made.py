"""The samples and the reference insignia: remade by their scripts, placed, small, distinct."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from screening.catalog import InsigniaKind, load_agencies
from screening.geometry import Box, Polygon

MAX_FILE_BYTES, MAX_TOTAL_BYTES, MAX_REFERENCE_BYTES = 300_000, 3_000_000, 250_000
# Encoders and vector units of other machines may round otherwise: one step in 255 on average.
MEAN_DIFFERENCE = 1.0
MIN_KEYPOINTS, MATCH_SIDE_PX = 150, 400
# Measured: 12 inliers between the two most alike (round, lettered) references; one planted in a
# sample at about 200 px gets 110 and more.
MAX_FALSE_INLIERS = 18

SAMPLE_NAMES = sorted(
    path.name
    for path in (Path(__file__).resolve().parents[2] / "samples").iterdir()
    if path.suffix not in {".py", ".md", ".json"} and path.is_file()
)
STILL_NAMES = [name for name in SAMPLE_NAMES if name not in {"truncated.jpg"}]


@pytest.fixture(scope="module")
def samples(repository: Path) -> Path:
    return repository / "samples"


@pytest.fixture(scope="module")
def expected(samples: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((samples / "expected.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def remade(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    subprocess.run(
        [sys.executable, str(repository / "tools" / "samples" / "make_samples.py"), str(folder)],
        check=True,
    )
    return folder


def frames_of(path: Path) -> list[NDArray[np.uint8]]:
    """Every frame of a sample, upright, read without the product's own code."""
    if path.suffix == ".mp4":
        with av.open(str(path)) as container:
            decoded = container.decode(video=0)
            return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in decoded]
    pillow_heif.register_heif_opener()
    with Image.open(path) as image:
        pages = range(getattr(image, "n_frames", 1))
        return [_page(image, page) for page in pages]


def _page(image: Image.Image, number: int) -> NDArray[np.uint8]:
    image.seek(number)
    return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def test_every_sample_is_expected_and_every_expectation_has_its_sample(
    expected: dict[str, Any],
) -> None:
    assert sorted(expected.keys() - {"expected.json"}) == SAMPLE_NAMES
    assert len(SAMPLE_NAMES) >= 13


def test_script_repeats_what_it_planted(remade: Path, expected: dict[str, Any]) -> None:
    again = json.loads((remade / "expected.json").read_text(encoding="utf-8"))
    assert again == expected


@pytest.mark.parametrize("name", STILL_NAMES)
def test_script_makes_the_same_pictures(name: str, samples: Path, remade: Path) -> None:
    for shipped, again in zip(frames_of(samples / name), frames_of(remade / name), strict=True):
        assert shipped.shape == again.shape
        difference = np.abs(shipped.astype(np.int16) - again.astype(np.int16))
        assert difference.mean() <= MEAN_DIFFERENCE


def test_truncated_sample_is_the_start_of_a_whole_picture(samples: Path) -> None:
    content = (samples / "truncated.jpg").read_bytes()
    assert content.startswith(b"\xff\xd8")
    assert not content.endswith(b"\xff\xd9")
    with pytest.raises(OSError, match="truncated"), Image.open(samples / "truncated.jpg") as image:
        image.load()


def test_wrong_extension_is_a_jpeg(samples: Path) -> None:
    assert (samples / "wrong_extension.png").read_bytes().startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("name", STILL_NAMES)
def test_planted_insignia_lie_in_their_frames(
    name: str, samples: Path, expected: dict[str, Any]
) -> None:
    frames = frames_of(samples / name)
    height, width = frames[0].shape[:2]
    assert [width, height] == expected[name]["size_wh"]
    for planted in expected[name]["insignia"]:
        polygon = Polygon(tuple((x, y) for x, y in planted["polygon"]))
        assert polygon.is_convex()
        assert polygon.clip(width, height) == polygon
        assert polygon.bounds == Box(*planted["box"])
        assert 0 <= planted["frame_index"] <= planted["last_frame_index"] < len(frames)


def test_planted_references_are_in_the_catalogs(repository: Path, expected: dict[str, Any]) -> None:
    agencies = load_agencies([repository / "reference_insignia"])
    known = {ref.id: ref.kind for agency in agencies for ref in agency.references}
    for entry in expected.values():
        for planted in entry["insignia"]:
            assert entry["labels"][known[planted["reference"]].value] >= 1


def test_insignia_of_the_animation_is_in_one_frame_only(
    samples: Path, expected: dict[str, Any]
) -> None:
    frames = frames_of(samples / "animated.gif")
    (planted,) = expected["animated.gif"]["insignia"]
    assert len(frames) >= 10
    assert planted["frame_index"] == planted["last_frame_index"] == 7
    x_min, y_min, x_max, y_max = (round(value) for value in planted["box"])
    detail = [frame[y_min:y_max, x_min:x_max].astype(np.float64).std() for frame in frames]
    others = detail[:7] + detail[8:]
    assert detail[7] > 1.5 * max(others)


def test_clip_says_where_it_was_made(samples: Path) -> None:
    with av.open(str(samples / "clip_with_location.mp4")) as container:
        assert container.metadata["location"].startswith("+12.3456-023.4567")


def test_clean_samples_carry_no_metadata(samples: Path) -> None:
    with Image.open(samples / "clean_landscape.jpg") as image:
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    with Image.open(samples / "clean_still_life.png") as image:
        assert image.info == {}


def test_samples_are_small(samples: Path) -> None:
    sizes = [(samples / name).stat().st_size for name in SAMPLE_NAMES]
    assert max(sizes) < MAX_FILE_BYTES
    assert sum(sizes) < MAX_TOTAL_BYTES


def test_two_agencies_with_four_kinds_each(repository: Path) -> None:
    agencies = load_agencies([repository / "reference_insignia"])
    assert len(agencies) == 2
    for agency in agencies:
        kinds = {reference.kind for reference in agency.references}
        assert kinds == {
            InsigniaKind.SEAL,
            InsigniaKind.BADGE,
            InsigniaKind.PATCH,
            InsigniaKind.LOGO,
        }
        for file in (file for reference in agency.references for file in reference.files):
            assert file.stat().st_size < MAX_REFERENCE_BYTES


def test_script_draws_the_same_references(repository: Path, tmp_path: Path) -> None:
    folder = repository / "reference_insignia"
    subprocess.run(
        [
            sys.executable,
            str(repository / "tools" / "insignia" / "draw_insignia.py"),
            str(tmp_path),
        ],
        check=True,
    )
    drawn = sorted(path.relative_to(tmp_path) for path in tmp_path.glob("*/*.png"))
    assert drawn == sorted(path.relative_to(folder) for path in folder.glob("*/*.png"))
    for name in drawn:
        shipped, again = on_white(folder / name), on_white(tmp_path / name)
        assert np.abs(shipped.astype(np.int16) - again).mean() <= MEAN_DIFFERENCE


def on_white(path: Path) -> NDArray[np.uint8]:
    """A reference as it looks on paper, grey, at its full size."""
    with Image.open(path) as image:
        picture = image.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return np.asarray(paper.convert("L"))


@pytest.fixture(scope="module")
def features(repository: Path) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Keypoints (N, 2) and SIFT descriptors (N, 128) of each reference at 400 px."""
    sift = cv2.SIFT_create(nfeatures=1500)
    found = {}
    for agency in load_agencies([repository / "reference_insignia"]):
        for reference in agency.references:
            size = (MATCH_SIDE_PX, MATCH_SIDE_PX)
            grey = cv2.resize(on_white(reference.files[0]), size, interpolation=cv2.INTER_AREA)
            keypoints, descriptors = sift.detectAndCompute(grey, None)
            points = np.asarray([keypoint.pt for keypoint in keypoints], np.float32)
            found[reference.id] = points, descriptors
    return found


def test_references_have_enough_keypoints(features: dict[str, Any]) -> None:
    poor = {name: len(points) for name, (points, _) in features.items()}
    poor = {name: count for name, count in poor.items() if count < MIN_KEYPOINTS}
    assert not poor
    assert len(features) == 8


def test_references_are_not_taken_for_one_another(features: dict[str, Any]) -> None:
    for first, second in itertools.permutations(features, 2):
        inliers = inliers_between(features[first], features[second])
        assert inliers <= MAX_FALSE_INLIERS, f"{first} looks like {second}: {inliers} inliers"


def test_reference_matches_itself(features: dict[str, Any]) -> None:
    for points, descriptors in features.values():
        same = inliers_between((points, descriptors), (points, descriptors))
        assert same > 10 * MAX_FALSE_INLIERS


def inliers_between(query: tuple[Any, Any], train: tuple[Any, Any]) -> int:
    """Matches that agree on one plausible homography; 0 where the homography is none.

    Ratio test at 0.75 (Lowe 2004), each point of `train` used once, MAGSAC at 4 px; the
    square of `query` must land on a convex shape of at least a tenth of its side.
    """
    matcher = cv2.BFMatcher()
    best: dict[int, Any] = {}
    for nearest, second in matcher.knnMatch(query[1], train[1], k=2):
        rival = best.get(nearest.trainIdx)
        unclear = nearest.distance >= 0.75 * second.distance
        if not unclear and (rival is None or nearest.distance < rival.distance):
            best[nearest.trainIdx] = nearest
    if len(best) < 4:
        return 0
    source = query[0][[match.queryIdx for match in best.values()]]
    target = train[0][[match.trainIdx for match in best.values()]]
    matrix, mask = cv2.findHomography(source, target, cv2.USAC_MAGSAC, 4.0)
    if matrix is None:
        return 0
    side = MATCH_SIDE_PX
    square = np.asarray([[[0, 0], [side, 0], [side, side], [0, side]]], np.float32)
    shape = cv2.perspectiveTransform(square, matrix)[0]
    plausible = cv2.isContourConvex(shape) and cv2.contourArea(shape) >= (side / 10) ** 2
    return int(mask.sum()) if plausible else 0
