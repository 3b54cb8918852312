"""Properties in structures, whatever wrote them down: RDF in XML (XMP, SVG) or JSON-LD (C2PA).

Names are compared without namespace and case: writers use several namespaces for one property,
and drone makers, cataloguers and converters have their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XML = "http://www.w3.org/XML/1998/namespace"
_META = "adobe:ns:meta/"
_CC = "http://creativecommons.org/ns#"
_WRAPPERS = frozenset({(_CC, "Work"), (_CC, "Agent")})
"""Typed nodes: they hold properties without being one, as everything of RDF itself does."""
_NO_PROPERTIES = frozenset({RDF, _XML, _META})
_RESOURCE = f"{{{RDF}}}resource"

_MAX_JSON_VALUES = 50_000


class Text(NamedTuple):
    """A text and the property that holds it: namespace (or prefix), name as it is written."""

    namespace: str
    name: str
    text: str


@dataclass(slots=True)
class Structure:
    """Properties that belong together.

    Attributes:
        owner: name of the property whose value they are; empty for the document's own.
        texts: texts by name in lower case, in the order they are written.
    """

    owner: str = ""
    texts: dict[str, list[Text]] = field(default_factory=dict)

    def add(self, namespace: str, name: str, text: str) -> None:
        """Note one text; blank ones are left out."""
        if text and not text.isspace():
            self.texts.setdefault(name.lower(), []).append(Text(namespace, name, text))

    def first(self, *names: str) -> Text | None:
        """The first text of the first of these properties that is there."""
        return next((self.texts[name][0] for name in names if name in self.texts), None)


@lru_cache(maxsize=4096)
def split_tag(tag: str) -> tuple[str, str]:
    """Namespace and local name of an element or attribute as ElementTree writes them."""
    namespace, _, name = tag.rpartition("}")
    return namespace[1:], name


def structures_in_xml(root: Element) -> list[Structure]:
    """Every structure of an RDF tree, the document's own first.

    An element with attributes or with elements that are no RDF syntax is a structure; all
    that describe the document are one. An array is RDF syntax, so its items are texts of the
    property that holds it.
    """
    document = Structure()
    found = [document]
    waiting: list[tuple[Element, str, str, Structure]] = [(root, "", "", document)]
    while waiting:
        element, namespace, name, structure = waiting.pop()
        own = split_tag(element.tag)
        if own[0] not in _NO_PROPERTIES and own not in _WRAPPERS:
            namespace, name = own
        if element.text:
            # An array that stands apart from its property names none: `li` is better than nothing.
            structure.add(namespace, name or own[1], element.text)
        inner = structure
        for key, value in element.attrib.items():
            key_namespace, key_name = split_tag(key)
            if key_namespace not in _NO_PROPERTIES:
                inner = _inner(inner, structure, name, found)
                inner.add(key_namespace, key_name, value)
            elif key == _RESOURCE and name:
                structure.add(namespace, name, value)
        for child in reversed(element):
            if split_tag(child.tag)[0] not in _NO_PROPERTIES:
                inner = _inner(inner, structure, name, found)
                waiting.append((child, "", "", inner))
            else:
                waiting.append((child, namespace, name, structure))
    return found


def _inner(inner: Structure, outer: Structure, name: str, found: list[Structure]) -> Structure:
    """The structure that is the value of the property `name` of `outer`, new where need be."""
    if inner is not outer or not name:
        return inner
    found.append(Structure(owner=name))
    return found[-1]


def structures_in_json(data: object, owner: str = "") -> list[Structure]:
    """Every structure of parsed JSON or CBOR, the document's own first; bytes are left out.

    Raises:
        DamagedError: it has more values than any real manifest or sidecar.
    """
    document = Structure(owner)
    found = [document]
    waiting: list[tuple[object, str, Structure]] = [(data, owner, document)]
    left = _MAX_JSON_VALUES
    while waiting:
        value, name, structure = waiting.pop()
        left -= 1
        if left < 0:
            raise DamagedError(TOO_MANY_PARTS)
        prefix, _, local = name.rpartition(":")
        if isinstance(value, dict):
            if value is not data:
                structure = Structure(local)
                found.append(structure)
            waiting += [(item, str(key), structure) for key, item in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(item, name, structure) for item in reversed(value)]
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            structure.add(prefix, local, str(value))
    return found


def texts_of(structures: Sequence[Structure]) -> Iterator[Text]:
    """Every text of all structures."""
    for structure in structures:
        for texts in structure.texts.values():
            yield from texts
