"""Turns message templates into plain words, from public evidence only.

A template completes the sentence "Do not post this: ..." and may use

- `{kinds}`: what was found, without article: `seal`, `seals`, `badge and patch`;
- `{things}`: the same with article: `a seal`, `seals`, `a badge and a patch`;
- `{names}`: the distinct names of what was found: `Fairhaven star and Fairhaven wave`;
- `{agencies}`: the distinct agencies it belongs to;
- `{count}`: the number of findings.

What was seen only in pictures or videos inside the file has that added at its end. Nothing is
ever taken from `Finding.text` or `Finding.sensitive`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from string import Formatter

from screening.records import Finding

_MOST_LISTED = 4  # a fifth name makes a sentence that nobody reads to its end

_NOUNS = {  # singular and plural where they are not the label itself and the label with an s
    "barcode": ("bar code", "bar codes"),
    "campaign": ("campaign slogan", "campaign slogans"),
    "credential": ("password or other credential", "passwords or other credentials"),
    "date_of_birth": ("date of birth", "dates of birth"),
    "description": ("hidden text", "hidden texts"),
    "device_identity": ("device identity", "device identities"),
    "edit_history": ("trace of editing", "traces of editing"),
    "document_or_screen": ("paper or screen", "papers or screens"),
    "crime_scene": ("crime scene", "crime scenes"),
    "email": ("e-mail address", "e-mail addresses"),
    "embedded_media": ("hidden picture or video", "hidden pictures or videos"),
    "embedded_preview_mismatch": ("preview of another picture", "previews of other pictures"),
    "gps_location": ("position", "positions"),
    "id_document": ("identity document", "identity documents"),
    "marking": ("confidentiality marking", "confidentiality markings"),
    "offensive_language": ("offensive word", "offensive words"),
    "id_card": ("identity card", "identity cards"),
    "minor": ("child or youth", "children or youths"),
    "nudity": ("nudity", "nudity"),
    "patch": ("patch", "patches"),
    "person": ("person", "people"),
    "person_name": ("person's name", "persons' names"),
    "police_word": ("word such as POLICE", "words such as POLICE"),
    "protected_place": ("protected place", "protected places"),
    "programme": ("date of a judicial programme", "dates of judicial programmes"),
    "ranked_name": ("name with its rank or office", "names with their rank or office"),
    "roster_name": ("name on the roster", "names on the roster"),
    "social_security_number": ("social-security number", "social-security numbers"),
    "street_address": ("street address", "street addresses"),
    "unidentified_insignia": ("insignia of an unknown agency", "insignia of unknown agencies"),
    "weapon": ("firearm", "firearms"),
    "injury": ("injured person", "injured people"),
    "work_email": ("work e-mail address", "work e-mail addresses"),
}


def check_template(template: str) -> str:
    """`template` itself.

    Raises:
        ValueError: unbalanced braces, or a placeholder that does not exist.
    """
    for _, name, format_spec, conversion in Formatter().parse(template):
        if name is not None and (name not in _WORDS or format_spec or conversion):
            known = ", ".join(f"{{{placeholder}}}" for placeholder in _WORDS)
            raise ValueError(f"there is no placeholder {{{name}}}; there are {known}")
    return template


def fill(template: str, findings: Sequence[Finding], embedded: Sequence[Finding] = ()) -> str:
    """`template` with its placeholders filled.

    Args:
        template: see above.
        findings: at least one.
        embedded: the findings that stand for pictures and videos inside the file.
    """
    words = template.format_map(_Words(findings)) if "{" in template else template
    return words + _seen_inside(findings, embedded) if findings[0].within else words


class _Words(dict[str, str]):
    """The words for each placeholder, made when a template asks for them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__()
        self._findings = findings

    def __missing__(self, placeholder: str) -> str:
        return _WORDS[placeholder](self._findings)


def _seen_inside(findings: Sequence[Finding], embedded: Sequence[Finding]) -> str:
    holders = {finding.within for finding in findings}
    if "" in holders:
        return ""
    types = [str(one.evidence.get("media_type")) for one in embedded if one.id in holders]
    kinds = {media_type.partition("/")[0] for media_type in types}
    thing = kinds.pop() if len(kinds) == 1 and kinds <= {"image", "video"} else ""
    words = {"image": "picture", "video": "video"}.get(thing, "picture or video")
    return f" (in {'a' if len(holders) > 1 else 'the'} {words} inside the file)"


def _kinds(findings: Sequence[Finding]) -> str:
    return _listed([noun for noun, _ in _nouns(findings)])


def _things(findings: Sequence[Finding]) -> str:
    return _listed([f"{article}{noun}" for noun, article in _nouns(findings)])


def _names(findings: Sequence[Finding]) -> str:
    return _listed(_distinct(findings, "name") or ["an unknown name"])


def _agencies(findings: Sequence[Finding]) -> str:
    return _listed(_distinct(findings, "agency") or ["an unnamed agency"])


def _count(findings: Sequence[Finding]) -> str:
    return str(len(findings))


_WORDS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "kinds": _kinds,
    "things": _things,
    "names": _names,
    "agencies": _agencies,
    "count": _count,
}


def _nouns(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """For each label its noun and the article before it; a plural has none."""
    if len(findings) == 1:
        return [_noun(findings[0].label, False)]
    by_label: dict[str, list[Finding]] = {}
    for finding in findings:
        by_label.setdefault(finding.label, []).append(finding)
    return [_noun(label, _are_several(same)) for label, same in by_label.items()]


@cache
def _noun(label: str, several: bool) -> tuple[str, str]:
    words = label.replace("_", " ")
    singular, plural = _NOUNS.get(label, (words, f"{words}s"))
    return (plural, "") if several else (singular, "an " if singular[0] in "aeio" else "a ")


def _are_several(same: Sequence[Finding]) -> bool:
    """Whether one frame holds more than one; the same thing in many frames is one thing."""
    if len(same) == 1:
        return False
    frames = {(finding.within, finding.frame_index) for finding in same}
    return len(frames) < len(same) or (len(same) > 1 and len(_distinct(same, "name")) > 1)


def _distinct(findings: Sequence[Finding], key: str) -> list[str]:
    values = (finding.evidence.get(key) for finding in findings)
    return list(dict.fromkeys(value for value in values if isinstance(value, str) and value))


def _listed(parts: Sequence[str]) -> str:
    if len(parts) > _MOST_LISTED + 1:
        parts = [*parts[:_MOST_LISTED], f"{len(parts) - _MOST_LISTED} more"]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
