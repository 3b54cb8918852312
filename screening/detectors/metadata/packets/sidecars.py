"""Reads the files that programs lay beside a picture to keep metadata for it.

They are not posted with the picture, but whoever sends the folder sends them, and they often
keep what was removed from the picture itself. Source: Adobe XMP Specification Part 3 (2020),
annex A (`.xmp`); Apple Photos (`.aae`, a property list); Google Takeout (`.json`).
"""

from __future__ import annotations

import json
import os
import plistlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.parsers.expat import ExpatError

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.packets.properties import structures_in_json
from screening.detectors.metadata.packets.property_facts import note_properties
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import DamagedError, Source

Sidecar = Callable[[Source], Harvest]

_TAKEOUT_NAME_CHARS = 46
"""Google cuts names of sidecars to so many characters before `.json`."""


def read_sidecars(path: Path, max_block_bytes: int, harvest: Harvest) -> None:
    """Note what the sidecars of a file say, each fact with the remark `sidecar`.

    Only a few exact names are tried, because listing a folder of millions of files for each of
    them would take days. Facts have no spans: those would be bytes of another file.
    """
    for sidecar, carrier, reader in _beside(path):
        try:
            with sidecar.open("rb") as handle:
                found = reader(Source(handle, max_block_bytes))
        except OSError as error:
            harvest.add_damage(
                f"The {carrier} beside this file could not be opened: {error.strerror}."
            )
            continue
        for sentence in found.damage:
            harvest.add_damage(sentence.replace("of this file", f"of the {carrier} of this file"))
        for fact in found.facts:
            if fact.label == "embedded_media":
                harvest.add_damage(
                    f"The {carrier} of this file holds a picture that was not examined."
                )
                continue
            remarks = {**fact.remarks, "sidecar": True}
            harvest.facts.append(replace(fact, carrier=carrier, remarks=remarks, spans=()))


def _beside(path: Path) -> Iterator[tuple[Path, str, Sidecar]]:
    """The sidecars that are there, what each is called, and its reader."""
    whole, stem = os.fspath(path), os.fspath(path.with_suffix(""))
    takeout = f"{path.name}.supplemental-metadata"[:_TAKEOUT_NAME_CHARS]
    seen: set[tuple[int, int]] = set()
    for name, carrier, reader in (
        (f"{stem}.xmp", "XMP sidecar", _read_xmp),
        (f"{stem}.XMP", "XMP sidecar", _read_xmp),
        (f"{whole}.xmp", "XMP sidecar", _read_xmp),
        (f"{whole}.XMP", "XMP sidecar", _read_xmp),
        (f"{stem}.aae", "AAE sidecar", _read_property_list),
        (f"{stem}.AAE", "AAE sidecar", _read_property_list),
        (f"{whole}.json", "JSON sidecar", _read_json),
        (os.fspath(path.with_name(f"{takeout}.json")), "JSON sidecar", _read_json),
    ):
        # Path.is_file takes five times as long, and almost none of these is there.
        if name == whole or not os.access(name, os.F_OK):
            continue
        sidecar = Path(name)
        status = sidecar.stat()
        # The same file under two spellings, where the file system ignores case.
        if sidecar.is_file() and (status.st_dev, status.st_ino) not in seen:
            seen.add((status.st_dev, status.st_ino))
            yield sidecar, carrier, reader


def _read_xmp(source: Source) -> Harvest:
    return read_metadata(source, BlockKind.XMP)


def _read_property_list(source: Source) -> Harvest:
    """What Apple Photos did to the picture, and when."""
    found = Harvest()
    with found.reading("property list"):
        try:
            data = plistlib.loads(source.read_all(), fmt=plistlib.FMT_XML)
        except (ExpatError, ValueError, LookupError, AttributeError, TypeError) as error:
            raise DamagedError from error
        if isinstance(data, dict):
            program = data.get("adjustmentFormatIdentifier")
            found.add_edit("", "adjustmentFormatIdentifier", "software", _text(program))
            changed = data.get("adjustmentTimestamp")
            found.add_edit("", "adjustmentTimestamp", "step", _text(changed))
    return found


def _read_json(source: Source) -> Harvest:
    """Position, persons, texts and time as Google Takeout and others write them."""
    found = Harvest()
    with found.reading("JSON text"):
        try:
            data = json.loads(source.read_all())
        except (ValueError, RecursionError) as error:
            raise DamagedError from error
        structures = structures_in_json(data)
        note_properties(structures, "JSON", found, lambda _: ())
        for structure in structures:
            seconds = structure.first("timestamp")
            if structure.owner == "photoTakenTime" and seconds:
                found.add_time("", structure.owner, _time(seconds.text))
    return found


def _time(seconds: str) -> str | None:
    """UTC from seconds since 1970."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _text(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str) else None
