"""What the networks say about pictures: kept as JSON lines, so that fitting needs no second run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from screening.detectors.objects.judging import LEAST, Looks, look_again
from screening.detectors.objects.networks import Networks
from screening.detectors.objects.places import Eye, Place, find_places
from screening.geometry import Box
from screening.training.objects.reading import read_rgb

_MOST_TILES = 4


class Seen(NamedTuple):
    """What the networks say about one picture.

    Attributes:
        file: relative to the data.
        size_wh: of the picture as it was read.
        places: everything the detector marks.
        looks: what the second look says.
    """

    file: str
    size_wh: tuple[int, int]
    places: list[Place]
    looks: Looks


def look_at(data: Path, files: Iterable[str], networks: Networks) -> Iterator[Seen]:
    """Run both networks on each file."""
    eye = Eye(networks.detect)
    for file in files:
        pixels = read_rgb(data / file)
        if pixels is None:
            raise ValueError(f"{file}: cannot be read")
        height, width = pixels.shape[:2]
        places = find_places(pixels, eye, LEAST, _MOST_TILES)
        yield Seen(file, (width, height), places, look_again(pixels, places, networks.look))


def write(path: Path, seen: Iterable[Seen]) -> None:
    """Write JSON lines."""
    with path.open("w", encoding="utf-8") as lines:
        for one in seen:
            told: dict[str, Any] = one._asdict()
            told["places"] = [_plain(place) for place in one.places]
            rows = [[_plain(place), _rounded(row)] for place, row in one.looks.places]
            told["looks"] = {"frame": _rounded(one.looks.frame), "places": rows}
            lines.write(json.dumps(told) + "\n")


def read(path: Path) -> list[Seen]:
    """Read what `write` wrote."""
    found = []
    for told in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        told["places"] = [_place(one) for one in told["places"]]
        rows = [(_place(one), row) for one, row in told["looks"]["places"]]
        told["looks"] = Looks(told["looks"]["frame"], rows)
        told["size_wh"] = tuple(told["size_wh"])
        found.append(Seen(**told))
    return found


def _rounded(row: Iterable[float]) -> list[float]:
    return [round(one, 4) for one in row]


def _plain(place: Place) -> list[object]:
    return [place.label, [round(one, 1) for one in place.box.as_tuple()], round(place.score, 4)]


def _place(told: list[object]) -> Place:
    label, corners, score = told
    return Place(str(label), Box(*corners), float(score))  # type: ignore[misc, arg-type]
