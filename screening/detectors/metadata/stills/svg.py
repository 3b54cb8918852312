"""Reads what an SVG drawing says about itself: texts, RDF, file names, pictures in it.

Source: W3C SVG 2, 5.7 and 5.8 (`title`, `desc`, `metadata`); Inkscape and Sodipodi namespaces
(`docname`, `export-filename`); C2PA Technical Specification 2.1, A.3.4 (`c2pa:manifest`).
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.packets.properties import Structure, split_tag, structures_in_xml
from screening.detectors.metadata.packets.property_facts import note_properties
from screening.detectors.metadata.packets.xmp import encoding_of, locator, parse_tolerantly
from screening.detectors.metadata.source import DamagedError, Source

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CARRIER = "SVG"

_TEXTS = {"title": "title", "desc": "description"}
_FILE_NAMES = ("docname", "export-filename")
_PICTURE = re.compile(r"\s*data:(?:image|video)/[^,]*,", re.IGNORECASE)


def looks_like_svg(head: bytes) -> bool:
    """Whether the first bytes of a file announce a drawing, and no web page with one in it."""
    compact = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return compact.startswith(b"<") and b"<svg" in compact and b"<html" not in compact


def read_svg(source: Source, harvest: Harvest) -> None:
    """Note what a drawing says; queue the pictures and the manifest in it."""
    with harvest.reading("SVG drawing"):
        raw = source.read_all()
        encoding = encoding_of(raw)
        root = parse_tolerantly(raw.decode(encoding, "replace"), harvest, "SVG drawing")
        if root is None:
            return
        document = Structure()
        structures = [document]
        for element in root.iter():
            structures += _read_element(element, document, source, harvest)
        note_properties(structures, CARRIER, harvest, locator(source, raw, encoding))


def _read_element(
    element: Element, document: Structure, source: Source, harvest: Harvest
) -> list[Structure]:
    """Structures below `element` if it is `metadata`; texts and names go to `document`."""
    namespace, name = split_tag(element.tag)
    if name in _TEXTS:
        text = " ".join(element.itertext())
        document.texts.setdefault(_TEXTS[name], [])
        document.add(namespace, _TEXTS[name], text)
    for key, value in element.attrib.items():
        attribute_namespace, attribute = split_tag(key)
        if attribute in _FILE_NAMES:
            document.add(attribute_namespace, attribute, value)
        elif attribute == "version" and "inkscape" in attribute_namespace:
            harvest.add_edit(CARRIER, "inkscape:version", "software", f"Inkscape {value}")
        elif attribute == "href" and _PICTURE.match(value):
            picture = source.converted(_decoded(value))
            harvest.add_block(BlockKind.FILE, picture, within="SVG image")
    if name == "metadata":
        return [found for child in element for found in structures_in_xml(child)]
    if name == "manifest" and element.text and "c2pa" in namespace:
        harvest.add_block(BlockKind.JUMBF, source.converted(_base64(element.text)))
    return []


def _decoded(address: str) -> bytes:
    """The content of a `data:` address (RFC 2397)."""
    header, _, content = address.partition(",")
    return _base64(content) if header.lower().endswith(";base64") else unquote_to_bytes(content)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(unquote_to_bytes(text) + b"===")
    except ValueError as error:  # binascii.Error, or text that is not ASCII
        raise DamagedError from error
