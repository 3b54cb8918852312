"""Reads single blocks, and builds profiles and JUMBF boxes; every value is invented."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping

from screening.detectors.metadata.harvest import BlockKind, Fact, Harvest
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source

XMP_NAMESPACES = {
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "MP": "http://ns.microsoft.com/photo/1.2/",
    "MPRI": "http://ns.microsoft.com/photo/1.2/t/RegionInfo#",
    "MPReg": "http://ns.microsoft.com/photo/1.2/t/Region#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "drone-dji": "http://www.dji.com/drone-dji/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
    "stRef": "http://ns.adobe.com/xap/1.0/sType/ResourceRef#",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpGImg": "http://ns.adobe.com/xap/1.0/g/img/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
}


def xmp(elements: str = "", attributes: str = "") -> str:
    """An XMP document with the usual namespaces."""
    declared = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in XMP_NAMESPACES.items())
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/" {declared}><rdf:RDF>'
        f'<rdf:Description rdf:about="" {attributes}>{elements}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    )


def bag(*items: str) -> str:
    return "<rdf:Bag>" + "".join(f"<rdf:li>{item}</rdf:li>" for item in items) + "</rdf:Bag>"


def read(kind: BlockKind, content: bytes | str) -> Harvest:
    """What one block says, and all that is in it."""
    raw = content.encode() if isinstance(content, str) else content
    return read_metadata(Source(io.BytesIO(raw), 1 << 24), kind)


def values(harvest: Harvest, label: str) -> list[tuple[str, Mapping[str, str | float]]]:
    """Field and values of every fact with this label."""
    return [(fact.tag, fact.values) for fact in harvest.facts if fact.label == label]


def first(harvest: Harvest, label: str) -> Fact:
    return next(fact for fact in harvest.facts if fact.label == label)


def evidence(content: bytes, fact: Fact) -> list[bytes]:
    """The bytes that a fact points to."""
    return [content[span.start : span.start + span.size_bytes] for span in fact.spans]


def icc_profile(**tags: bytes) -> bytes:
    """A colour profile with these elements."""
    header = bytearray(128)
    header[36:40] = b"acsp"
    table, body = struct.pack(">I", len(tags)), b""
    start = 132 + 12 * len(tags)
    for name, element in tags.items():
        table += struct.pack(">4sII", name.encode(), start + len(body), len(element))
        body += element
    return bytes(header) + table + body


def icc_description(text: str) -> bytes:
    raw = text.encode() + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(raw)) + raw


def icc_languages(**texts: str) -> bytes:
    """A text in several languages, by their codes."""
    table, body = b"", b""
    start = 16 + 12 * len(texts)
    for language, text in texts.items():
        raw = text.encode("utf-16-be")
        table += language.encode() + b"US" + struct.pack(">II", len(raw), start + len(body))
        body += raw
    return b"mluc" + bytes(4) + struct.pack(">II", len(texts), 12) + table + body


def icc_dictionary(**texts: str) -> bytes:
    table, body = b"", b""
    start = 16 + 16 * len(texts)
    for name, text in texts.items():
        for part in (name, text):
            raw = part.encode("utf-16-be")
            table += struct.pack(">II", start + len(body), len(raw))
            body += raw
    return b"dict" + bytes(4) + struct.pack(">II", len(texts), 16) + table + body


def jumbf_box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I4s", len(content) + 8, kind) + content


def superbox(kind: bytes, label: str, *contents: bytes) -> bytes:
    """A JUMBF superbox with a label."""
    uuid = kind + bytes.fromhex("00110010800000aa00389b71")
    return jumbf_box(b"jumb", jumbf_box(b"jumd", uuid, b"\x03", label.encode(), b"\0"), *contents)


def picture_boxes(media_type: str, picture: bytes) -> bytes:
    described = b"\0" + media_type.encode() + b"\0"
    return jumbf_box(b"bfdb", described) + jumbf_box(b"bidb", picture)


def cbor(value: object) -> bytes:
    """CBOR of texts, whole numbers, lists and maps."""
    if isinstance(value, str):
        return _cbor_head(3, len(value.encode())) + value.encode()
    if isinstance(value, bytes):
        return _cbor_head(2, len(value)) + value
    if isinstance(value, int):
        return _cbor_head(0, value) if value >= 0 else _cbor_head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, list):
        return _cbor_head(4, len(value)) + b"".join(map(cbor, value))
    assert isinstance(value, dict)
    pairs = b"".join(cbor(key) + cbor(item) for key, item in value.items())
    return _cbor_head(5, len(value)) + pairs


def _cbor_head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major * 32 + number])
    return bytes([major * 32 + 25]) + struct.pack(">H", number)
