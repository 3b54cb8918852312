"""Says what properties mean: which name holds a person, a place, a time, a position.

Source: Adobe XMP Specification Part 2 (2016), "exif", "photoshop", "xmpMM", "xmpRights",
"aux"; IPTC Photo Metadata Standard 2023.1; Metadata Working Group Guidelines 2.0, 5.9
(regions); PLUS LDF 2.0.1; Darwin Core (places and persons); C2PA 2.1 (actions).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from screening.detectors.metadata.harvest import Harvest, Spans
from screening.detectors.metadata.packets.properties import Structure, Text, texts_of
from screening.detectors.metadata.packets.property_positions import positions_in
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError
from screening.detectors.metadata.values import (
    account_name,
    clean_text,
    iso_time,
    local_path,
    may_hold_path,
)

MAX_FACTS = 2000
"""Facts of one block; of 230 test packets the fullest gives 60."""
_MAX_DOCUMENT_IDS = 6
_MAX_NAMED_STEPS = 12
_MAX_PATH_CHARS = 2_000_000
"""Searched for paths in one block, 0.3 s; whole editing logs are a hundredth of it."""

Locate = Callable[[Text], Spans]
"""Where in the file a text stands; empty where only its block is known."""

_PERSONS = (
    "creator", "author", "authors", "artist", "photographer", "firstphotographer", "imageeditor",
    "ownername", "cameraownername", "owner", "captionwriter", "personinimage", "personname",
    "persondisplayname", "people", "imagecreatorname", "copyrightownername", "licensorname",
    "imagesuppliername", "endusername", "licenseename", "licensoremail", "licensortelephone1",
    "licensortelephone2", "licensorurl", "ciemailwork", "citelwork", "ciurlwork", "rights",
    "copyright", "copyrightnotice", "credit", "creditline", "source", "contributor", "publisher",
    "attributionname", "recordedby", "identifiedby", "georeferencedby", "director", "father",
    "initial-creator", "last-author", "namedphotographer", "fullname", "aocreator",
    "aocopyrightnotice", "aosource",
)  # fmt: skip
_TIMES = (
    "datetimeoriginal", "datecreated", "createdate", "datetimedigitized", "dateacquired",
    "creationdate", "date", "eventdate",
)  # fmt: skip
_DESCRIPTIONS = (
    "title", "headline", "description", "imagedescription", "usercomment", "instructions",
    "caption", "comment", "comments", "notes", "authorsposition", "usageterms", "event",
    "organisationinimagename", "persondescription", "alttextaccessibility",
    "extdescraccessibility", "logcomment", "objectname", "webstatement", "attributionurl",
    "aotitle", "li",
)  # fmt: skip
_KEYWORDS = (
    "subject", "keywords", "keyword", "tagslist", "hierarchicalsubject", "lastkeywordxmp",
    "lastkeywordiptc", "catalogsets", "supplementalcategories",
)  # fmt: skip
_SOFTWARE = ("creatortool", "software", "softwareagent", "producer", "claim_generator", "generator")
_FILE_NAMES = (
    "filepath",
    "rawfilename",
    "preservedfilename",
    "filenameasdelivered",
    "docname",
    "export-filename",
)
_DOCUMENT_IDS = (
    "documentid", "instanceid", "originaldocumentid", "documentancestors", "imageuniqueid",
    "digimageguid",
)  # fmt: skip
_PDF = "http://ns.adobe.com/pdf/1.3/"
"""Here `Creator` is a program."""

# Parts of a place, narrowest first; a code counts only where the name is missing.
_PLACE = (
    "locationname", "sublocation", "location", "shotlocation", "locality", "verbatimlocality",
    "city", "municipality", "county", "provincestate", "state", "stateprovince", "country",
    "countryname", "artstorcountry", "creationdiscoverysite", "worldregion",
)  # fmt: skip
_PLACE_CODES = ("countrycode",)
_CONTACTS = {
    "CreatorContactInfo": (
        "ciadrextadr", "ciadrcity", "ciadrregion", "ciadrpcode", "ciadrctry",
    ),
    "Licensor": (
        "licensorstreetaddress", "licensorextendedaddress", "licensorcity", "licensorregion",
        "licensorpostalcode", "licensorcountry",
    ),
}  # fmt: skip
_DEVICE = {
    "make": ("make",),
    "model": ("model",),
    "host_computer": ("hostcomputer",),
    "serial_number": (
        "serialnumber", "bodyserialnumber", "cameraserialnumber", "droneserialnumber",
    ),
    "lens_serial_number": ("lensserialnumber",),
}  # fmt: skip

_PLACE_NAMES = frozenset({*_PLACE, *_PLACE_CODES, *chain(*_CONTACTS.values())})
_DEVICE_NAMES = frozenset(chain(*_DEVICE.values()))

_NAME_OWNERS = frozenset({"creator", "contributor", "publisher", "rights", "author", "people"})
"""Properties whose value may be a structure with the name of a person in it."""
_PEOPLE_TAGS = frozenset({"people", "persons", "person", "faces", "personen", "personnes"})
_PLACE_TAGS = frozenset({"places", "place", "locations", "location", "orte", "lieux"})
_TAG_SEPARATOR = re.compile(r"[|/\\]")


def note_properties(
    structures: Sequence[Structure], carrier: str, harvest: Harvest, locate: Locate
) -> None:
    """Note what structures say; nested ones first, then the document itself, which is first.

    Raises:
        DamagedError: they say more than any real block does.
    """
    notes = _Notes(carrier, harvest, locate)
    nested_first = (*structures[1:], *structures[:1])
    # Positions and places before all else, so that no number of other facts displaces them.
    for structure in nested_first:
        with harvest.reading(f"{carrier} block"):
            for field, position, texts in positions_in(structure):
                spans = notes.spans(texts)
                harvest.add_position(carrier, field, position, spans=spans)
        if not _PLACE_NAMES.isdisjoint(structure.texts):
            notes.places(structure)
    for structure in nested_first:
        known = (structure.texts.keys() & _KINDS.keys()) - notes.names(structure)
        for name in sorted(known, key=_RANKS.__getitem__):
            _KINDS[name](notes, structure.texts[name])
        if not _DEVICE_NAMES.isdisjoint(structure.texts):
            notes.device(structure)
    notes.history(structures)
    notes.document_ids(structures)
    notes.paths(structures)


class _Notes:
    """Notes facts of one carrier, up to a number of them."""

    def __init__(self, carrier: str, harvest: Harvest, locate: Locate) -> None:
        self._carrier, self._harvest, self._locate = carrier, harvest, locate
        self._left = MAX_FACTS

    def spans(self, texts: Iterable[Text]) -> Spans:
        """Where all of these texts stand; empty unless each is known."""
        self._left -= 1
        if self._left < 0:
            raise DamagedError(TOO_MANY_PARTS)
        found = [self._locate(text) for text in texts]
        return tuple(span for spans in found for span in spans) if all(found) else ()

    def persons(self, texts: Sequence[Text]) -> None:
        """One person per text."""
        for text in texts:
            if text.namespace == _PDF and text.name == "Creator":
                self.software([text])
            else:
                self._harvest.add_person(
                    self._carrier, text.name, text.text, spans=self.spans([text])
                )

    def times(self, texts: Sequence[Text]) -> None:
        """One capture time per text."""
        for text in texts:
            self._harvest.add_time(self._carrier, text.name, text.text, spans=self.spans([text]))

    def descriptions(self, texts: Sequence[Text]) -> None:
        """One description per text."""
        for text in texts:
            self._harvest.add_description(
                self._carrier, text.name, text.text, spans=self.spans([text])
            )

    def keywords(self, texts: Sequence[Text]) -> None:
        """All of one property as one description, besides the persons and places among them."""
        joined = ", ".join(dict.fromkeys(filter(None, (clean_text(text.text) for text in texts))))
        self._harvest.add_description(
            self._carrier, texts[0].name, joined, spans=self.spans(texts[:64])
        )
        for text in texts:
            root, *path = _TAG_SEPARATOR.split(text.text)
            if path and root.strip().lower() in _PEOPLE_TAGS:
                self._harvest.add_person(
                    self._carrier, text.name, path[-1], spans=self.spans([text])
                )
            elif path and root.strip().lower() in _PLACE_TAGS:
                self._harvest.add_place(
                    self._carrier, text.name, reversed(path), spans=self.spans([text])
                )

    def software(self, texts: Sequence[Text]) -> None:
        """Each program once."""
        for text in {text.text: text for text in texts}.values():
            self._harvest.add_edit(
                self._carrier, text.name, "software", text.text, spans=self.spans([text])
            )

    def file_names(self, texts: Sequence[Text]) -> None:
        """Names of files on somebody's disk, with or without folders."""
        for text in texts:
            self._harvest.add_edit(
                self._carrier, text.name, "file_path", text.text, spans=self.spans([text])
            )

    def names(self, structure: Structure) -> frozenset[str]:
        """Note names that only the structure around them makes somebody's; which these were."""
        owner, name = structure.owner.lower(), structure.texts.get("name", ())
        if owner == "regionlist":
            kind = structure.first("type")
            is_face = kind is None or kind.text.strip().lower() == "face"
            (self.persons if is_face else self.descriptions)(name)
        elif owner == "jobref":
            self.descriptions(name)
        elif owner in _NAME_OWNERS:
            named = (*name, *structure.texts.get("title", ()))
            self.persons([text._replace(name=structure.owner) for text in named])
            return frozenset({"title"})
        return frozenset()

    def places(self, structure: Structure) -> None:
        """The place a structure describes, and addresses of persons in it."""
        parts = _texts(structure, _PLACE) or _texts(structure, _PLACE_CODES)
        if parts:
            field = structure.owner or parts[0].name
            self._place(field, parts)
        for field, names in _CONTACTS.items():
            self._place(field, _texts(structure, names))

    def _place(self, field: str, parts: Sequence[Text]) -> None:
        if parts:
            self._harvest.add_place(
                self._carrier, field, [part.text for part in parts], spans=self.spans(parts)
            )

    def device(self, structure: Structure) -> None:
        """Camera, lens and computer."""
        found = {key: structure.first(*names) for key, names in _DEVICE.items()}
        known = {key: text for key, text in found.items() if text}
        if known:
            identity = {key: (text.name, text.text) for key, text in known.items()}
            self._harvest.add_device(self._carrier, identity, spans=self.spans(known.values()))

    def history(self, structures: Sequence[Structure]) -> None:
        """All steps of editing as one fact; that there was a change at all where none is named."""
        steps = [structure for structure in structures if "action" in structure.texts]
        last = iso_time(max((_first(step, "when") for step in steps), default=""))
        if steps:
            actions = dict.fromkeys(_first(step, "action") for step in steps)
            named = ", ".join(list(actions)[:_MAX_NAMED_STEPS])
            field = steps[0].owner or "action"
            remarks = {"steps": len(steps)}
            text = f"{named}; {last}" if last else named
            self._harvest.add_edit(self._carrier, field, "step", text, remarks=remarks)
        elif structures:
            created = iso_time(_first(structures[0], "createdate"))
            modified = iso_time(_first(structures[0], "modifydate"))
            if modified and modified != created:
                text = f"modified {modified}"
                self._harvest.add_edit(self._carrier, "ModifyDate", "step", text)

    def document_ids(self, structures: Sequence[Structure]) -> None:
        """The first few distinct ones, the document's own before those of what it was made of."""
        found: dict[str, Text] = {}
        for structure in structures:
            for text in _texts(structure, _DOCUMENT_IDS):
                found.setdefault(text.text.strip(), text)
        ids = list(found.values())
        for text in ids[:_MAX_DOCUMENT_IDS]:
            self._harvest.add_edit(
                self._carrier,
                text.name,
                "document_id",
                text.text,
                remarks={"document_ids": len(ids)},
                spans=self.spans([text]),
            )

    def paths(self, structures: Sequence[Structure]) -> None:
        """Paths of somebody's disk in any text, and the name of the account in them."""
        texts = list(texts_of(structures))
        if not may_hold_path("\n".join(text.text for text in texts)):
            return
        left = _MAX_PATH_CHARS
        for text in texts:
            if not may_hold_path(text.text):
                continue
            left -= len(text.text)
            if left < 0:
                raise DamagedError(TOO_MANY_PARTS)
            path = local_path(text.text)
            if path:
                spans = self.spans([text])
                self._harvest.add_edit(self._carrier, text.name, "file_path", path, spans=spans)
                self._harvest.add_person(self._carrier, text.name, account_name(path), spans=spans)


def _texts(structure: Structure, names: Iterable[str]) -> list[Text]:
    return [text for name in names for text in structure.texts.get(name, ())]


def _first(structure: Structure, name: str) -> str:
    text = structure.first(name)
    return text.text if text else ""


_Noting = Callable[[_Notes, Sequence[Text]], None]
_KINDS: dict[str, _Noting] = {
    name: noting
    for names, noting in (
        (_PERSONS, _Notes.persons),
        (_TIMES, _Notes.times),
        (_DESCRIPTIONS, _Notes.descriptions),
        (_KEYWORDS, _Notes.keywords),
        (_SOFTWARE, _Notes.software),
        (_FILE_NAMES, _Notes.file_names),
    )
    for name in names
}
_RANKS = {name: rank for rank, name in enumerate(_KINDS)}
