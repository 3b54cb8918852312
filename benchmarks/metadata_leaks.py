"""Kinds of leak that exiftool, exifread, Pillow and we find, side by side in one run.

`python benchmarks/metadata_leaks.py [--check]`. Needs `exiftool`. The cases are made by
`tests/detectors/metadata/leak_cases.py` (ten) and `further_leak_cases.py`. Writes its table into
`docs/metadata.md` (`--check` leaves that alone); exit code 1 when we miss one of the ten.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import exifread
from doc_tables import write_table
from PIL import ExifTags, Image, IptcImagePlugin

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "detectors" / "metadata"))
from further_leak_cases import further_kinds
from leak_cases import LATITUDE_DEG, LONGITUDE_DEG, PERSON, PLACE, LeakCase, ten_kinds

from screening.config import ScreenConfig
from screening.screen import screen_file

TOLERANCE_DEG = 1e-4  # `loci` keeps 16 binary digits
WORDS = (PLACE, PERSON)
SPELLINGS = ("10,20.4", "+10.34", "[10, 20, 24]")
"""Of the latitude, as XMP, ISO 6709 and exifread write it."""


def by_us(path: Path, label: str) -> bool:
    """A finding of the wanted label that holds the position, the place or the name."""
    result = screen_file(path, ScreenConfig(detectors=("metadata",)))
    return any(
        _tells(finding.sensitive.values()) for finding in result.findings if finding.label == label
    )


def by_exiftool(path: Path, _label: str) -> bool:
    """Any value it prints."""
    command = ["exiftool", "-a", "-ee", "-G1", "-n", "-j", str(path)]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    entry: dict[str, Any] = (json.loads(output or "[{}]") or [{}])[0]
    values = [value for key, value in entry.items() if not key.startswith(("System", "Source"))]
    return _tells(values)


def by_exifread(path: Path, _label: str) -> bool:
    """Any tag, and its own conversion of the position."""
    with path.open("rb") as handle:
        tags = exifread.process_file(handle)
        place = exifread.utils.get_gps_coords(tags)
    return _tells([*(place or ()), *map(str, tags.values())])


def by_pillow(path: Path, _label: str) -> bool:
    """Everything its documented calls give: EXIF with GPS, XMP, IPTC, comments and texts."""
    with Image.open(path) as image:
        image.load()
        exif = image.getexif()
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        iptc = IptcImagePlugin.getiptcinfo(image) or {}
        values = [*exif.values(), *image.info.values(), *iptc.values(), image.getxmp()]
        for prefix in ("GPS", "GPSDest"):
            degrees = [_degrees(gps, f"{prefix}{name}") for name in ("Latitude", "Longitude")]
            values += [value for value in degrees if value is not None]
        return _tells(values)


def _degrees(gps: dict[int, Any], name: str) -> float | None:
    parts = gps.get(ExifTags.GPS[name].value)
    reference = gps.get(ExifTags.GPS[f"{name}Ref"].value)
    if not parts:
        return None
    value = sum(float(part) / 60**power for power, part in enumerate(parts))
    return -value if reference in ("S", "W") else value


def _tells(values: Any) -> bool:
    """Whether both coordinates, the place or the name are among the values."""
    texts = list(_flat(values))
    numbers = [number for text in texts for number in _numbers(text)]
    latitude = any(abs(abs(number) - LATITUDE_DEG) < TOLERANCE_DEG for number in numbers)
    longitude = any(abs(abs(number) + LONGITUDE_DEG) < TOLERANCE_DEG for number in numbers)
    spelled = any(spelling in text for text in texts for spelling in SPELLINGS)
    return (latitude and longitude) or spelled or any(word in t for word in WORDS for t in texts)


def _flat(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _flat(value.values())
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, str):
        yield value
    elif hasattr(value, "__iter__"):
        for one in value:
            yield from _flat(one)
    else:
        yield str(value)


def _numbers(text: str) -> Iterator[float]:
    for word in text.replace("=", " ").replace(",", " ").split():
        try:
            yield float(word)
        except ValueError:
            continue


TOOLS: dict[str, Callable[[Path, str], bool]] = {
    "this project": by_us,
    "exiftool": by_exiftool,
    "exifread": by_exifread,
    "Pillow": by_pillow,
}


def examine(case: LeakCase) -> dict[str, bool]:
    """Whether each tool finds the leak; one that stops with an error does not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / case.file_name
        path.write_bytes(case.content)
        for name, content in case.beside.items():
            (path.parent / name).write_bytes(content)
        found = {}
        for tool, look in TOOLS.items():
            try:
                found[tool] = look(path, case.label)
            except Exception as error:
                found[tool] = False
                if tool == "this project":
                    raise SystemExit(f"{case.name}: {error!r}") from error
        return found


def main() -> int:
    """Run and print; exit code 1 when one of the ten is missed."""
    ten, further = ten_kinds(), further_kinds()
    rows = [(case.name, examine(case)) for case in (*ten, *further)]
    lines = [f"| kind of leak | {' | '.join(TOOLS)} |", "|---" * (len(TOOLS) + 1) + "|"]
    for title, part in (
        (f"**the ten kinds, of {len(ten)}**", rows[: len(ten)]),
        (f"**{len(further)} more kinds**", rows[len(ten) :]),
    ):
        counts = [str(sum(found[tool] for _, found in part)) for tool in TOOLS]
        lines.append(f"| {title} | " + " | ".join(f"**{count}**" for count in counts) + " |")
        for name, found in part:
            cells = ["yes" if found[tool] else "-" for tool in TOOLS]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    text = "\n".join(lines)
    print(text)
    if "--check" not in sys.argv:
        write_table("metadata.md", "metadata_leaks", text)
    return int(not all(found["this project"] for _, found in rows[: len(ten)]))


if __name__ == "__main__":
    sys.exit(main())
