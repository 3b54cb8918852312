"""Reads the text metadata of movies: `©` atoms, iTunes lists and QuickTime key lists.

Source: QuickTime File Format Specification (2016), "User Data Text Strings", "Metadata Item
Keys Atom", "QuickTime Metadata Keys"; 3GPP TS 26.244, 8; ExifTool's QuickTime tag tables for
the names that cameras made up.
"""

from __future__ import annotations

import re
import struct

from screening.detectors.metadata.harvest import Harvest, Spans
from screening.detectors.metadata.movies.boxes import MediaBox, walk_boxes
from screening.detectors.metadata.movies.named_tags import NamedTags, NamedTexts
from screening.detectors.metadata.packets.xml_texts import queue_xml
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text

CARRIER = "QuickTime"

_APPLE = "com.apple.quicktime."


def _names(plain: str, apple: str = "") -> frozenset[str]:
    return frozenset(plain.split()) | {_APPLE + name for name in apple.split()}


_TAGS = NamedTags(
    carrier=CARRIER,
    positions=_names("\xa9xyz location location-eng", "location.ISO6709"),
    places=_names("\xa9loc", "location.name location.body location.note"),
    times=_names("\xa9day date creation_time rldt purd", "creationdate location.date year"),
    persons=_names(
        "\xa9ART \xa9art \xa9aut \xa9dir \xa9prd \xa9xpd \xa9prf \xa9wrt \xa9com \xa9con \xa9sol"
        " \xa9arg \xa9ope \xa9ard \xa9sne \xa9src \xa9swf \xa9nrt \xa9pub \xa9own \xa9cpy \xa9phg"
        " aART auth perf cprt soar soaa soco apID ownr artist author copyright director",
        "author artist director producer publisher copyright performer performers composer"
        " originalartist credits camera.owner",
    ),
    descriptions=_names(
        "\xa9nam \xa9cmt \xa9des \xa9inf \xa9lyr \xa9alb \xa9gen \xa9grp \xa9snm \xa9st3 \xa9trk"
        " \xa9fmt \xa9req \xa9ed1 \xa9ed2 \xa9ed3 \xa9ed4 \xa9ed5 \xa9ed6 \xa9ed7 \xa9ed8 \xa9ed9"
        " titl dscp desc ldes sdes albm coll kywd keyw name scen shot reel chpl catg tvsh"
        " title comment description",
        "title displayname comment description information keywords album genre"
        " collection.user",
    ),
    edits={
        "software": _names(
            "\xa9swr \xa9too \xa9enc \xa9dji CNCV CNFV FIRM VERS encoder Encoded_With"
            " com.android.version",
            "software encoder player.version",
        ),
        "document_id": _names(
            "clid GUID \xa9uid com.apple.photos.variation-identifier",
            "content.identifier live-photo.asset-identifier",
        ),
        "file_path": _names("clfn \xa9fil"),
    },
    device={
        "make": (
            "\xa9mak", f"{_APPLE}make", "com.android.manufacturer", "manu", "com.android.make",
        ),
        "model": (
            "\xa9mod", f"{_APPLE}model", "com.android.model", "modl", "CNMN", "cmnm", "\xa9mdl",
        ),
        "serial_number": (
            f"{_APPLE}camera.identifier", "slno", "SNum", "cmid", "CAME", f"{_APPLE}camera.serial",
        ),
        "lens_serial_number": ("LENS",),
    },
)  # fmt: skip

_UTF_16, _UNTYPED, _UTF_8 = 2, 0, 1
_MAX_KEYS = 4096
_UNREAD = {b"ID32": "ID3 tag", b"bxml": "XML block"}
KEY_LIST_BOXES = (b"keys", b"ilst", b"xml ", *_UNREAD)
"""What `read_key_list` reads of a `meta` box."""
_MAX_TEXT_BYTES = 65536
# Keys that say how a movie plays, and nothing about who, where or when.
_TECHNICAL = re.compile(
    r"iTun|Encoding|com\.android\.(capture|video)|major_brand|minor_version|compatible_brands"
    r"|.*(live-photo|full-frame-rate|captureMode|player\.|rating|direction\.|camera\.frame"
    r"|accuracy|location\.role|handler|duration|orientation|scoring|spatial|version|cdec)"
)


class MovieTexts:
    """The wanted texts of one movie, by atom name or key."""

    def __init__(self) -> None:
        self._texts, self._others = NamedTexts(), NamedTexts()

    def wants(self, name: str) -> bool:
        """Whether texts of this name say something this detector reports."""
        return _TAGS.wants(name)

    def add(self, name: str, text: str, spans: Spans = ()) -> None:
        """Keep a text, if it says something.

        Raises:
            DamagedError: there are more than in any real file.
        """
        if self.wants(name):
            self._texts.keep(name, text, spans)

    def describe(self, name: str, text: str, spans: Spans = ()) -> None:
        """Keep a text whose name nobody knows, as a description.

        Raises:
            DamagedError: there are more than in any real file.
        """
        self._others.keep(name, text, spans)

    def note(self, harvest: Harvest) -> None:
        """Note everything that was kept; make and model become one device."""
        _TAGS.note(self._texts, harvest)
        for name, text, spans in self._others:
            harvest.add_description(CARRIER, name, text, spans)


def read_key_list(meta: MediaBox, source: Source, texts: MovieTexts, harvest: Harvest) -> None:
    """Keep the texts of a `meta` box: `keys` with `ilst`, or `ilst` alone (iTunes).

    Cover art becomes an embedded picture. Texts under names that nobody knows are descriptions.

    Raises:
        DamagedError: its boxes do not fit.
    """
    # ISO puts version and flags first, QuickTime starts with the handler at once.
    plain = source.read_up_to(meta.start + 4, 4) == b"hdlr"
    keys: list[str] = []
    for box in walk_boxes(source, meta.start + (0 if plain else 4), meta.end):
        if box.kind == b"keys":
            keys = _key_names(source.read(box.start, box.size_bytes))
        elif box.kind == b"ilst":
            for item in walk_boxes(source, box.start, box.end):
                _read_item(item, _item_name(item.kind, keys), source, texts, harvest)
        elif box.kind == b"xml " and box.size_bytes > 4:
            queue_xml(source.part(box.start + 4, box.size_bytes - 4), harvest)
        elif box.kind in _UNREAD:
            with harvest.reading(_UNREAD[box.kind]):
                raise DamagedError("is in a form that is not read here")


def _key_names(content: bytes) -> list[str]:
    """Version and flags, count, then length, namespace and name of each key."""
    names: list[str] = []
    offset = 8
    while offset + 8 <= len(content) and len(names) < _MAX_KEYS:
        (length,) = struct.unpack_from(">I", content, offset)
        if length < 8 or offset + length > len(content):
            raise DamagedError
        names.append(decode_text(content[offset + 8 : offset + length]))
        offset += length
    return names


def _item_name(kind: bytes, keys: list[str]) -> str:
    index = int.from_bytes(kind, "big")
    return keys[index - 1] if 1 <= index <= len(keys) else kind.decode("latin-1")


def _read_item(
    item: MediaBox, name: str, source: Source, texts: MovieTexts, harvest: Harvest
) -> None:
    for value in walk_boxes(source, item.start, item.end):
        if value.kind == b"name" and name == "----":
            name = decode_text(source.read(value.start + 4, max(value.size_bytes - 4, 0)))
        elif value.kind == b"data" and value.size_bytes > 8:
            start, length = value.start + 8, value.size_bytes - 8
            picture = picture_type(source.read_up_to(start, 16))
            if picture and length > 64:
                harvest.add_embedded(
                    CARRIER, name, source.part(start, length), {"media_type": picture}
                )
            elif texts.wants(name) or not _TECHNICAL.match(name):
                _add_value(name, value, source, texts)


def _add_value(name: str, value: MediaBox, source: Source, texts: MovieTexts) -> None:
    kind = int.from_bytes(source.read(value.start, 4), "big")
    start = value.start + 8
    known = texts.wants(name)
    if not known and kind not in (_UTF_8, _UTF_16):
        return
    if value.end - start > _MAX_TEXT_BYTES:
        raise DamagedError("holds a text that is too long and was not read")
    raw = source.read(start, value.end - start)
    text = raw.decode("utf-16-be", "replace") if kind == _UTF_16 else decode_text(raw)
    spans = source.spans(start, value.end - start)
    if known:
        texts.add(name, text, spans)
    else:
        texts.describe(_public_name(name), text, spans)


def _public_name(name: str) -> str:
    """Key names are shown to anyone, so one that could be a text of its own is not."""
    return name if re.fullmatch(r"[\w.\xa9@-]{1,64}", name) else "key"


def picture_type(head: bytes) -> str | None:
    """Media type of a picture by its first bytes; None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if head.startswith(b"\x89PNG\r\n\x1a\n") else None
