"""Reads plain XML that cameras and editors embed: Sony's and JPEG 2000's, and what is like them.

Source: Sony non-real-time metadata (NRTMD); ISO/IEC 15444-2 annex N (JPX metadata); Google
Spherical Video V1 RFC. Elements and attributes are judged by their local names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.packets.xmp import looks_like_xmp
from screening.detectors.metadata.positions import checked_position
from screening.detectors.metadata.source import DamagedError, Source

CARRIER = "XML"

_MAX_TEXTS = 2000
_MAX_BYTES = 1024**2
_HEAD_BYTES = 4096
_PERSONS = re.compile(
    r"(creator|author|artist|photographer|operator|owner|person|givenname|familyname"
    r"|person_?name|name_?comp|cameraman|director|rightsholder)$",
)
_PLACES = re.compile(
    r"(city|state|province|country|addr_?comp|street|zipcode|place|venue|locality)$"
)
_TIMES = re.compile(r"(creation_?date|creation_?time|date_?time|capture_?(date|time)|shotdate)$")
_DESCRIPTIONS = re.compile(
    r"(caption|title|description|comment|keyword|headline|event|note|label)$"
)
_SOFTWARE = re.compile(r"(software|stitchingsoftware|softw_?creator|writer)$")
_DEVICE = {
    "make": re.compile(r"(manufacturer|make)$"),
    "model": re.compile(r"(modelname|model)$"),
    "serial_number": re.compile(r"(serialno|serialnumber|serial)$"),
}
_LATITUDE, _LONGITUDE = re.compile(r"latitude$"), re.compile(r"longitude$")
_PLAIN_NUMBER = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d+)?)\s*([NSEW])?\s*\Z")
_SEXAGESIMAL = re.compile(r"\s*(\d{1,3})[:;,](\d{1,2})[:;,](\d{1,2}(?:\.\d+)?)\s*([NSEW])?\s*\Z")


def queue_xml(content: Source, harvest: Harvest) -> None:
    """Queue XMP to its own reader; read any other XML at once.

    Raises:
        DamagedError: the file has too many blocks.
    """
    head = content.read_up_to(0, min(content.size, _HEAD_BYTES))
    if looks_like_xmp(head) or b"<rdf:RDF" in head:
        with harvest.reading("XMP block"):
            harvest.add_block(BlockKind.XMP, content)
    else:
        with harvest.reading("XML block"):
            read_xml(content, harvest)


def read_xml(block: Source, harvest: Harvest) -> None:
    """Note persons, places, times, devices, positions and texts of an XML document.

    Raises:
        DamagedError: it is no well-formed XML, or longer than any real one.
    """
    if block.size > _MAX_BYTES:
        raise DamagedError("is longer than in any real file and was not read")
    try:
        root = fromstring(block.read_all().strip(b"\0 \r\n\t"))
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise DamagedError from error
    texts = []
    for name, text in _texts(root):
        texts.append((name, text))
        if len(texts) > _MAX_TEXTS:
            raise DamagedError("has far more parts than a real file has and was not read")
    places = [text for name, text in texts if _PLACES.search(name)]
    harvest.add_place(CARRIER, "address", places)
    for name, text in texts:
        _note_text(name, text, harvest)
    harvest.add_device(CARRIER, _identity(texts))
    _note_position(texts, harvest)


def _note_text(name: str, text: str, harvest: Harvest) -> None:
    """Note a text by its name, of which only the known end is shown to anyone."""
    if found := _PERSONS.search(name):
        harvest.add_person(CARRIER, found[0], text)
    elif found := _TIMES.search(name):
        harvest.add_time(CARRIER, found[0], text)
    elif found := _SOFTWARE.search(name):
        harvest.add_edit(CARRIER, found[0], "software", text)
    elif found := _DESCRIPTIONS.search(name):
        harvest.add_description(CARRIER, found[0], text)


def _texts(root: Element) -> Iterator[tuple[str, str]]:
    """Local names in lower case, with the text of elements and attributes."""
    for element in root.iter():
        name = _local(element.tag)
        if element.text and element.text.strip():
            yield name, element.text
        for key, value in element.attrib.items():
            attribute = _local(key)
            yield (name if attribute == "value" else attribute), value
        # <Item name="Latitude" value="..."/>, as Sony writes acquisition records
        if "name" in element.attrib and "value" in element.attrib:
            yield _local(element.attrib["name"]), element.attrib["value"]


def _local(name: str) -> str:
    return re.sub(r"[^\w]", "", name.rpartition("}")[2]).lower()[:64]


def _identity(texts: list[tuple[str, str]]) -> dict[str, tuple[str, str | None]]:
    identity: dict[str, tuple[str, str | None]] = {}
    for key, pattern in _DEVICE.items():
        for name, text in texts:
            if found := pattern.search(name):
                identity.setdefault(key, (found[0], text))
    return identity


def _note_position(texts: list[tuple[str, str]], harvest: Harvest) -> None:
    values: dict[str, float] = {}
    letters = {name: text.strip()[:1] for name, text in texts if name.endswith("ref")}
    for axis, pattern, negative in (
        ("latitude", _LATITUDE, "S"), ("longitude", _LONGITUDE, "W"),
    ):  # fmt: skip
        for name, text in texts:
            value = _degrees(text) if pattern.search(name) else None
            if value is not None:
                letter = letters.get(f"{name}ref", "")
                values.setdefault(axis, -abs(value) if letter == negative else value)
    if values:
        position = checked_position(values.get("latitude"), values.get("longitude"))
        harvest.add_position(CARRIER, "latitude", position)


def _degrees(text: str) -> float | None:
    plain, parts = _PLAIN_NUMBER.match(text), _SEXAGESIMAL.match(text)
    if plain:
        value, letter = float(plain[1]), plain[2]
    elif parts:
        value = int(parts[1]) + int(parts[2]) / 60 + float(parts[3]) / 3600
        letter = parts[4]
    else:
        return None
    return -abs(value) if letter in ("S", "W") else value
