"""What exiftool reads in a folder: positions, persons, places and serial numbers, by file."""

from __future__ import annotations

import json
import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TOLERANCE_DEG = 1e-5
# Coordinates that stand in one text, such as `GPSCoordinates` of QuickTime.
_PAIR_TAGS = ("GPSCoordinates", "GPSPosition", "LocationInformation", "LocationISO6709")
_PAIR = re.compile(r"(?:Lat=)?(-?\d+(?:\.\d+)?)[ ,]+(?:Lon=)?(-?\d+(?:\.\d+)?)")
_POSITION_IN_LOCATION = re.compile(r"([+-]\d{2}\.\d+)([+-]\d{3}\.\d+)")

PERSON_TAGS = frozenset(
    {
        "Artist", "Author", "By-line", "Creator", "OwnerName", "XPAuthor", "Contact",
        "Writer-Editor", "CaptionWriter", "RegionName", "RegionPersonDisplayName",
        "PersonInImage", "PersonInImageName", "ImageCreatorName", "CopyrightOwnerName",
        "EndUserName", "AlbumArtist", "Photographer", "ImageEditor", "WriterName",
    }
)  # fmt: skip
PLACE_TAGS = frozenset(
    {
        "City", "City2", "State", "Country", "Sub-location", "Province-State",
        "Country-PrimaryLocationName", "Location", "GPSAreaInformation", "DCCountry",
        "DCStateProvince", "DCLocality", "Landmark",
        *(
            f"Location{which}{part}"
            for which in ("Created", "Shown")
            for part in ("Sublocation", "City", "ProvinceState", "CountryName", "LocationName")
        ),
    }
)  # fmt: skip
SERIAL_TAGS = frozenset(
    {
        "SerialNumber", "InternalSerialNumber", "LensSerialNumber", "BodySerialNumber",
        "CameraSerialNumber", "FlashSerialNumber", "ExtenderSerialNumber", "SensorSerialNumber",
    }
)  # fmt: skip
KINDS = {"person_name": PERSON_TAGS, "place_name": PLACE_TAGS, "device_identity": SERIAL_TAGS}
# `Creator` of these groups is a program, `Location` of these is a place in a file or in a lens.
_OTHER_MEANING = re.compile(r"PDF|PostScript|Torrent|FITS|ICC|DICOM|RMETA|ITC|Event|JSON|LNK")


@dataclass(frozen=True, slots=True)
class Place:
    """A position as exiftool reads it.

    Attributes:
        group: family 1 group, such as `GPS` or `XMP-exif`.
        tag: of the latitude.
        latitude_deg: north positive; None where it is no number.
        longitude_deg: east positive; None where it is no number.
    """

    group: str
    tag: str
    latitude_deg: float | None
    longitude_deg: float | None

    @property
    def usable(self) -> bool:
        """Whether it is a place on Earth other than 0, 0."""
        if self.latitude_deg is None or self.longitude_deg is None:
            return False
        on_earth = abs(self.latitude_deg) <= 90 and abs(self.longitude_deg) <= 180
        return on_earth and (self.latitude_deg, self.longitude_deg) != (0, 0)

    def equals(self, latitude_deg: float, longitude_deg: float) -> bool:
        """Whether another position is the same within the tolerance."""
        if self.latitude_deg is None or self.longitude_deg is None:
            return False
        return (
            abs(self.latitude_deg - latitude_deg) <= TOLERANCE_DEG
            and abs(self.longitude_deg - longitude_deg) <= TOLERANCE_DEG
        )


@dataclass(slots=True)
class Truth:
    """What exiftool reads in one file.

    Attributes:
        places: positions, those of tracks left out.
        tracks: positions of each track, in order, by group.
        values: distinct texts by label, each with the group and tag it stands in.
    """

    places: list[Place] = field(default_factory=list)
    tracks: dict[str, list[Place]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))


def read_truth(folder: Path) -> dict[str, Truth]:
    """Every file below `folder`, by path."""
    # -e leaves out what exiftool computes from other tags; -G1:3:4 keeps equal names apart
    # by document and copy, which plain JSON drops.
    command = ["exiftool", "-a", "-e", "-ee", "-G1:3:4", "-n", "-j", "-r", "-q", "-ext", "*"]
    output = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    return {entry["SourceFile"]: _truth(entry) for entry in json.loads(output.stdout or "[]")}


def _truth(entry: dict[str, Any]) -> Truth:
    truth = Truth()
    coordinates: dict[tuple[str, str, str], dict[str, list[Any]]] = {}
    for key, value in entry.items():
        group, document, tag = _parts(key)
        for label, tags in KINDS.items():
            if tag in tags and not _OTHER_MEANING.search(group):
                truth.values[label] |= dict.fromkeys(_texts(value), f"{group}:{tag}")
        for name in ("Latitude", "Longitude"):
            prefix, found, rest = tag.partition(name)
            if found and rest in ("", "Ref"):
                same = coordinates.setdefault((group, document, prefix), defaultdict(list))
                same[name + rest] += value if isinstance(value, list) else [value]
        if tag in _PAIR_TAGS:
            _add_pair(_PAIR, group, tag, value, truth)
        elif tag == "Location":
            _add_pair(_POSITION_IN_LOCATION, group, tag, value, truth)
    for (group, document, prefix), found in coordinates.items():
        places = list(_paired(group, f"{prefix}Latitude", found))
        if document != "Main" and group.startswith("Track"):
            truth.tracks.setdefault(group, []).extend(place for place in places if place.usable)
        else:
            truth.places += places
    return truth


def _parts(key: str) -> tuple[str, str, str]:
    """Family 1 group, document and tag; `GPS:Main:Copy1:GPSLatitude` is copy 1."""
    parts = key.split(":")
    return parts[0], parts[1] if len(parts) > 2 else "", parts[-1]


def _paired(group: str, tag: str, found: dict[str, list[Any]]) -> list[Place]:
    """Latitudes with their longitudes and hemispheres, in the order they stand in the file."""
    latitudes, longitudes = found["Latitude"], found["Longitude"]
    count = max(len(latitudes), len(longitudes))
    return [
        Place(
            group,
            tag,
            _signed(_at(latitudes, index), _at(found["LatitudeRef"], index), "S"),
            _signed(_at(longitudes, index), _at(found["LongitudeRef"], index), "W"),
        )
        for index in range(count)
    ]


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else None


def _signed(value: object, reference: object, negative: str) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return -abs(number) if str(reference).strip()[:1].upper() == negative else number


def _add_pair(pattern: re.Pattern[str], group: str, tag: str, value: object, truth: Truth) -> None:
    match = pattern.search(str(value))
    if match:
        truth.places.append(Place(group, tag, float(match[1]), float(match[2])))


def _texts(value: object) -> list[str]:
    """Distinct texts of a value, on one line each, without blanks and dummies."""
    values = value if isinstance(value, list) else [value]
    cleaned = [" ".join(str(one).split()) for one in values]
    return [text for text in cleaned if text.strip("0 .-") and not text.startswith("(Binary")]
