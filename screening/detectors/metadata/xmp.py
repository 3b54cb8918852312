"""Reads XMP packets: positions, places, names, times and serial numbers.

Source: ISO 16684-1 (XMP data model and RDF form); Adobe XMP Specification Part 2 (2016),
"exif", "photoshop" and "aux"; IPTC Photo Metadata Standard 2023.1.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.positions import checked_position, degrees
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source
from screening.detectors.metadata.values import iso_time

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CARRIER = "XMP"

_AUX = "{http://ns.adobe.com/exif/1.0/aux/}"
_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_EXIF_EX = "{http://cipa.jp/exif/1.0/}"
_EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_TIFF = "{http://ns.adobe.com/tiff/1.0/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"

_PERSONS = (
    f"{_DC}creator", f"{_TIFF}Artist", f"{_AUX}OwnerName", f"{_EXIF_EX}CameraOwnerName",
    f"{_EXIF_EX}Photographer", f"{_PHOTOSHOP}CaptionWriter", f"{_EXT}PersonInImage",
    f"{_EXT}PersonName", "{http://ns.microsoft.com/photo/1.2/t/Region#}PersonDisplayName",
    "{http://www.metadataworkinggroup.com/schemas/regions/}Name",
)  # fmt: skip
_TIMES = (
    f"{_EXIF}DateTimeOriginal", f"{_PHOTOSHOP}DateCreated", f"{_XMP}CreateDate",
    f"{_EXIF}DateTimeDigitized",
)  # fmt: skip
# Parts of a place, narrowest first; a code counts only where the name is missing.
_SHOOTING_PLACE = (
    f"{_CORE}Location", f"{_PHOTOSHOP}City", f"{_PHOTOSHOP}State", f"{_PHOTOSHOP}Country",
)  # fmt: skip
_CONTACT_PLACE = tuple(f"{_CORE}CiAdr{part}" for part in ("Extadr", "City", "Region", "Ctry"))
_STRUCTURE_PLACE = tuple(
    f"{_EXT}{part}"
    for part in ("LocationName", "Sublocation", "City", "ProvinceState", "CountryName")
)
_DEVICE = {
    "make": (f"{_TIFF}Make",),
    "model": (f"{_TIFF}Model",),
    "serial_number": (f"{_AUX}SerialNumber", f"{_EXIF_EX}BodySerialNumber"),
    "lens_serial_number": (f"{_AUX}LensSerialNumber", f"{_EXIF_EX}LensSerialNumber"),
}
_COORDINATE = re.compile(
    r"([+-]?)(\d+(?:\.\d+)?)(?:[, ]+(\d+(?:\.\d+)?))?(?:[, ]+(\d+(?:\.\d+)?))?\s*([NSEWnsew]?)$"
)

_ENCODINGS = (
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# The frame holds a byte order mark, often one broken by a conversion; it says nothing else.
_PACKET_FRAME = re.compile(r"<\?xpacket[^<>]*>")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

_MAX_PARTS = 400_000
"""Tags and attributes; at some 300 bytes each they take 120 MB."""

Properties = Mapping[str, list[str]]


def looks_like_xmp(head: bytes) -> bool:
    """Whether the first bytes of a file announce XMP."""
    compact = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return compact.startswith(b"<") and any(
        mark in compact for mark in (b"<x:xmpmeta", b"<x:xapmeta", b"<rdf:RDF")
    )


def read_xmp(block: Source, harvest: Harvest) -> None:
    """Note what an XMP packet, or a file that is one, says."""
    with harvest.reading("XMP block"):
        root = _parse(block.read_all())
        if root is not None:
            _note(root, harvest)


def _parse(packet: bytes) -> Element | None:
    """The root element; None for a packet of padding.

    Raises:
        DamagedError: not well-formed, or with entities, which XMP never needs.
    """
    text = _NOT_IN_XML.sub(" ", _PACKET_FRAME.sub("", _decode(packet)))
    # Writers leave bytes of another block before and behind the packet.
    text = text[max(text.find("<"), 0) : text.rfind(">") + 1]
    if not text:
        return None
    if text.count("<") + text.count("=") > _MAX_PARTS:
        raise DamagedError(TOO_MANY_PARTS)
    try:
        root: Element = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise DamagedError from error
    return root


def _decode(packet: bytes) -> str:
    """Text in the encoding its first bytes show; XMP allows UTF-8, UTF-16 and UTF-32."""
    for start, encoding in _ENCODINGS:
        if packet.startswith(start):
            return packet.decode(encoding, "replace")
    return packet.decode("utf-8-sig", "replace")


def _note(root: Element, harvest: Harvest) -> None:
    document: dict[str, list[str]] = defaultdict(list)
    structure_names: dict[Element, str] = {}
    for node in root.iter():
        name = node.tag.removeprefix(_EXT)
        if name in ("LocationCreated", "LocationShown"):
            structure_names |= {item: name for child in node for item in (child, *child)}
        properties = _properties(node)
        if not properties:
            continue
        for key, values in properties.items():
            document[key] += values
        with harvest.reading("XMP block"):
            _note_positions(properties, harvest)
        place = _first(properties, _STRUCTURE_PLACE) or _first(properties, [f"{_EXT}CountryCode"])
        harvest.add_place(CARRIER, structure_names.get(node, "Location"), place)
    _note_document(document, harvest)


def _properties(node: Element) -> dict[str, list[str]]:
    """Texts by property of one RDF node, written as attributes or as child elements.

    An array is two levels down (`rdf:Seq`, `rdf:li`); deeper structures are nodes themselves.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in node.attrib.items():
        found[key].append(value)
    for child in node:
        texts = [child.text, *(item.text for part in child for item in (part, *part))]
        kept = [text for text in texts if text and not text.isspace()]
        if kept:
            found[child.tag] += kept
    return found


def _note_document(document: Properties, harvest: Harvest) -> None:
    for key in _PERSONS:
        for person in document.get(key, ()):
            harvest.add_person(CARRIER, _local(key), person)
    for key in _TIMES:
        for time in document.get(key, ()):
            harvest.add_time(CARRIER, _local(key), time)
    place = _first(document, _SHOOTING_PLACE) or _first(document, [f"{_CORE}CountryCode"])
    field = next((key for key in _SHOOTING_PLACE if document.get(key)), f"{_CORE}CountryCode")
    harvest.add_place(CARRIER, _local(field), place)
    harvest.add_place(CARRIER, "CreatorContactInfo", _first(document, _CONTACT_PLACE))
    identity: dict[str, tuple[str, str | None]] = {}
    for name, keys in _DEVICE.items():
        key = next((key for key in keys if document.get(key)), keys[0])
        identity[name] = (_local(key), next(iter(document.get(key, ())), None))
    harvest.add_device(CARRIER, identity)


def _note_positions(properties: Properties, harvest: Harvest) -> None:
    """Positions in any namespace: drone makers use their own, one with a spelling mistake."""
    by_namespace: dict[str, dict[str, str]] = defaultdict(dict)
    for key, values in properties.items():
        local = _local(key).lower().replace("gpslongtitude", "gpslongitude")
        if local in ("gpslatitude", "gpslongitude"):
            by_namespace[key.rpartition("}")[0]][local] = values[0]
    for namespace, pair in by_namespace.items():
        times = properties.get(f"{namespace}}}GPSTimeStamp", ())
        position = checked_position(
            _coordinate(pair.get("gpslatitude")),
            _coordinate(pair.get("gpslongitude")),
            _altitude(properties, namespace),
            next(filter(None, map(iso_time, times)), None),
        )
        harvest.add_position(CARRIER, "GPSLatitude", position)


def _coordinate(text: str | None) -> float | None:
    """`12,34.5678N`, `12,34,56S` or signed decimal degrees; NaN where it is none of these."""
    if text is None or not text.strip():
        return None
    match = _COORDINATE.match(text.strip())
    if match is None:
        return float("nan")
    sign, *parts, hemisphere = match.groups()
    value = degrees([float(part) if part else None for part in parts]) or 0.0
    return -value if sign == "-" or hemisphere.upper() in ("S", "W") else value


def _altitude(properties: Properties, namespace: str) -> float | None:
    """Metres from `GPSAltitude`, a rational; reference 1 is below sea level."""
    text = next(iter(properties.get(f"{namespace}}}GPSAltitude", ())), "")
    numerator, _, denominator = text.partition("/")
    try:
        altitude = float(numerator) / float(denominator or 1)
    except (ValueError, ZeroDivisionError):
        return None
    below = properties.get(f"{namespace}}}GPSAltitudeRef", [""])[0].strip() == "1"
    return -altitude if below else altitude


def _first(properties: Properties, keys: Iterable[str]) -> list[str | None]:
    """The first text of each property that is there."""
    return [properties[key][0] for key in keys if properties.get(key)]


def _local(key: str) -> str:
    return key.rpartition("}")[2]
