"""Reads XMP packets, the damaged ones as far as they can be read.

Source: ISO 16684-1 (XMP data model and RDF form); Adobe XMP Specification Part 3 (2020), 1.1
(packets and their encodings). What the properties mean is known to `property_facts`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from itertools import islice
from xml.etree.ElementTree import Element, SubElement

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from screening.detectors.metadata.harvest import BlockKind, Harvest, Spans
from screening.detectors.metadata.packets.properties import RDF, Structure, Text, structures_in_xml
from screening.detectors.metadata.packets.property_facts import Locate, note_properties
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source

CARRIER = "XMP"

_ENCODINGS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# The frame holds a byte order mark, often one broken by a conversion; it says nothing else.
_PACKET_FRAME = re.compile(r"<\?xpacket[^<>]*>")
_PADDING = " \t\r\n\0"
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TAG = re.compile(r"(?:([\w.-]+):)?([\w.-]+)")
_ATTRIBUTE = re.compile(
    r"""(?<![\w.:-])(?:([\w.-]{1,64}):)?([\w.-]{1,64})\s{0,8}=\s{0,8}(?:"([^"]*)"|'([^']*)')"""
)

_EXTENSION = re.compile(rb"""HasExtendedXMP(?:\s*=\s*["']|>\s*)([0-9A-Fa-f]{32})""")

_MAX_PARTS = 120_000
"""Tags and attributes of one packet, read in 0.6 s; of 170 test packets the fullest has 538."""
_MAX_SALVAGED = 25_000
"""Tags, and as many attributes, read of a packet that is damaged or has more parts."""
_MAX_SEARCH_BYTES = 64 * 1024**2
"""Bytes compared to find where values stand in one packet, about 30 ms."""
_MAX_OPEN_TAGS = 16
"""How deep the tolerant reading of a damaged packet looks for the start of what ends."""

_THUMBNAIL = ("http://ns.adobe.com/xap/1.0/g/img/", "image")
_PHOTO = ("http://ns.google.com/photos/1.0/image/", "Data")
_DEPTH_MAP = ("http://ns.google.com/photos/1.0/depthmap/", "Data")


def looks_like_xmp(head: bytes) -> bool:
    """Whether the first bytes of a file announce XMP."""
    compact = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return compact.startswith(b"<") and any(
        mark in compact for mark in (b"<x:xmpmeta", b"<x:xapmeta", b"<rdf:RDF")
    )


def announced_extension(packet: bytes) -> bytes | None:
    """The identifier of the extended XMP that a packet says belongs to it, as it is written."""
    match = _EXTENSION.search(packet)
    return match[1] if match else None


def read_xmp(block: Source, harvest: Harvest) -> None:
    """Note what an XMP packet, or a file that is one, says."""
    with harvest.reading("XMP block"):
        packet = block.read_all()
        encoding = encoding_of(packet)
        root = parse_tolerantly(packet.decode(encoding, "replace"), harvest, "XMP block")
        if root is None:
            return
        structures = structures_in_xml(root)
        _queue_pictures(structures, block, harvest)
        note_properties(structures, CARRIER, harvest, locator(block, packet, encoding))


def parse_tolerantly(text: str, harvest: Harvest, what: str) -> Element | None:
    """The root element; None for a packet of padding.

    What is not well-formed, or has entities, which XMP never needs, or more parts than any
    real packet, is noted as damage to `what`, and the root holds what elements can be made out.
    """
    text = _PACKET_FRAME.sub("", text)
    # Writers leave bytes of another block before and behind the packet.
    text = text[max(text.find("<"), 0) : text.rfind(">") + 1] or text.strip(_PADDING)
    if not text:
        return None
    damage = DamagedError(TOO_MANY_PARTS)
    if text.count("<") + text.count("=") <= _MAX_PARTS:
        root = _parsed(text)
        if root is None and _NOT_IN_XML.search(text):
            root = _parsed(_NOT_IN_XML.sub(" ", text))
        if root is not None:
            return root
        damage = DamagedError()
    harvest.add_damage(f"The {what} of this file {damage.reason}.")
    return _salvage(text)


def _parsed(text: str) -> Element | None:
    try:
        root: Element = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root


def encoding_of(packet: bytes) -> str:
    """The encoding that the first bytes show; XMP allows UTF-8, UTF-16 and UTF-32."""
    for start, encoding in _ENCODINGS:
        if packet.startswith(start):
            return encoding
    return "utf-8"


def _salvage(text: str) -> Element:
    """A tree of whatever looks like a tag, with prefixes for namespaces and no entities."""
    root = Element(f"{{{RDF}}}RDF")
    waiting = [root]
    attributes_left = _MAX_SALVAGED
    for piece in text.split("<", _MAX_SALVAGED)[:_MAX_SALVAGED]:
        head, _, content = piece.partition(">")
        if head.startswith("/"):
            tag = _salvaged_tag(head[1:])
            for depth in range(len(waiting) - 1, max(len(waiting) - _MAX_OPEN_TAGS, 0), -1):
                if waiting[depth].tag == tag:
                    del waiting[depth:]
                    break
        elif tag := _salvaged_tag(head):
            element = SubElement(waiting[-1], tag)
            element.text = content
            for match in islice(_ATTRIBUTE.finditer(head), attributes_left):
                prefix, name, *values = match.groups("")
                attributes_left -= 1
                if prefix != "xmlns":
                    element.set(_with_prefix(prefix, name), max(values))
            if not head.endswith("/"):
                waiting.append(element)
    return root


def _salvaged_tag(head: str) -> str:
    match = _TAG.match(head)
    return _with_prefix(match[1] or "", match[2]) if match else ""


def _with_prefix(prefix: str, name: str) -> str:
    namespace = RDF if prefix == "rdf" else "adobe:ns:meta/" if prefix == "x" else prefix
    return f"{{{namespace}}}{name}" if namespace else name


def locator(block: Source, packet: bytes, encoding: str) -> Locate:
    """Finds texts in a packet, where they stand as they are between quotes or tags."""
    width = len("<".encode(encoding))
    quotes = [(left.encode(encoding), right.encode(encoding)) for left, right in ("><", '""', "''")]
    left_bytes = _MAX_SEARCH_BYTES

    def locate(text: Text) -> Spans:
        nonlocal left_bytes
        value = text.text.encode(encoding, "replace")
        for opening, closing in quotes:
            if left_bytes < 0:
                break
            at = packet.find(opening + value + closing)
            left_bytes -= len(packet) if at < 0 else at
            if at >= 0:
                return block.spans(at + width, len(value))
        return ()

    return locate


def _queue_pictures(structures: Sequence[Structure], block: Source, harvest: Harvest) -> None:
    """Pictures that are written as text: thumbnails, the picture before blurring, depth maps."""
    for structure in structures:
        for text in (*structure.texts.get("image", ()), *structure.texts.get("data", ())):
            name = (text.namespace, text.name)
            if name == _THUMBNAIL:
                harvest.add_preview("XMP thumbnail", _picture(text, block))
            elif name == _PHOTO:
                harvest.add_preview("XMP picture", _picture(text, block))
            elif name == _DEPTH_MAP:
                harvest.add_block(BlockKind.FILE, _picture(text, block), within="XMP depth map")


def _picture(text: Text, block: Source) -> Source:
    try:
        return block.converted(base64.b64decode(text.text + "==="))
    except ValueError as error:
        raise DamagedError from error
