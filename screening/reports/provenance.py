"""What a file tells about its own making, in plain words: where, when, with what, by whom.

In clear for those who may see it, and else only which kinds of thing it tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from screening.records import EvidenceValue, Finding
from screening.reports.wording import listed, sentence, visible

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_TIME = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d\d)(?:T(?P<clock>\d\d:\d\d)[:\d]*"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?"
)
_SERIAL_NUMBERS = {
    "serial_number": "serial number",
    "lens_serial_number": "serial number of the lens",
}
_CAMERA = ("make", "model", *_SERIAL_NUMBERS)
_SAME_PLACE_DEG = 0.001
"""About 100 m: several carriers in one file round one position differently."""
_MOST_TEXT = 200


def provenance(findings: Iterable[Finding], *, reveal: bool) -> str:
    """One to four sentences; empty when the file tells nothing.

    Args:
        findings: of one file, not masked.
        reveal: the values in clear instead of only their kinds.
    """
    told = _Told(findings)
    return _values(told) if reveal else _kinds(told)


class _Told:
    """What the findings of one file say; the file's own metadata before that inside it.

    Attributes:
        positions: distinct ones, without those that only lie in the direction of view.
        places: distinct names of places.
        times: the original one first.
        camera: make, model and serial numbers, as far as they are known.
        computer: name of the computer; empty if unknown.
        names: distinct names of persons.
        texts: distinct descriptions.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        by_label: dict[str, list[Finding]] = {}
        for finding in sorted(findings, key=lambda one: "inside" in one.evidence):
            by_label.setdefault(finding.label, []).append(finding)
        self.positions = _distinct_positions(by_label.get("gps_location", []))
        self.places = _texts(by_label.get("place_name", []), "place")
        self.times = _texts(sorted(by_label.get("capture_time", []), key=_time_rank), "time")
        devices = by_label.get("device_identity", [])
        self.camera = _camera_of(devices)
        self.computer = next(iter(_texts(devices, "host_computer")), "")
        self.names = _texts(by_label.get("person_name", []), "name")
        self.texts = _texts(by_label.get("description", []), "description")


def _camera_of(devices: Sequence[Finding]) -> dict[str, str]:
    """The device that most is known of, with serial numbers that stand elsewhere in the file."""
    known = [
        {key: text for key in _CAMERA if (text := _text(device.sensitive.get(key)))}
        for device in devices
    ]
    known.sort(key=len, reverse=True)
    camera: dict[str, str] = {}
    camera.update(*known[:1])
    for other in known:
        for key in _SERIAL_NUMBERS.keys() & other.keys():
            camera.setdefault(key, other[key])
    return camera


def _distinct_positions(findings: Sequence[Finding]) -> list[Finding]:
    distinct: list[Finding] = []
    for finding in findings:
        if not _has_coordinates(finding):
            continue
        seen_from_afar = str(finding.evidence.get("field", "")).startswith("GPSDest")
        if not seen_from_afar and not any(_same_place(finding, other) for other in distinct):
            distinct.append(finding)
    return distinct


def _has_coordinates(finding: Finding) -> bool:
    return {"latitude_deg", "longitude_deg"} <= finding.sensitive.keys()


def _same_place(one: Finding, other: Finding) -> bool:
    return all(
        abs(_number(one, key) - _number(other, key)) < _SAME_PLACE_DEG
        for key in ("latitude_deg", "longitude_deg")
    )


def _number(finding: Finding, key: str) -> float:
    value = finding.sensitive.get(key)
    return float(value) if isinstance(value, int | float) else float("nan")


def _time_rank(finding: Finding) -> tuple[bool, int]:
    field = str(finding.evidence.get("field", "")).lower()
    made = 0 if "original" in field else 1 if "creat" in field else 2
    return "inside" in finding.evidence, made


def _texts(findings: Iterable[Finding], key: str) -> list[str]:
    values = (_text(finding.sensitive.get(key)) for finding in findings)
    return list(dict.fromkeys(value for value in values if value))


def _text(value: EvidenceValue) -> str:
    return visible(value) if isinstance(value, str) else ""


def _values(told: _Told) -> str:
    where, when = _where(told.positions), time_words(told.times[0]) if told.times else ""
    taken = [f"taken {', '.join(filter(None, (where, when)))}"] if where or when else []
    computer = [f"computer: {told.computer}"] if told.computer else []
    sentences = [
        "; ".join([*taken, *_camera(told), *computer]),
        f"it names the place{'s' * (len(told.places) > 1)} {listed(told.places)}"
        if told.places
        else "",
        f"it names {listed(told.names)}" if told.names else "",
        f"it holds {_quoted(told.texts)}" if told.texts else "",
    ]
    return " ".join(sentence(one) for one in sentences if one)


def _where(positions: Sequence[Finding]) -> str:
    if not positions:
        return ""
    first = positions[0]
    town = _text(first.sensitive.get("nearest_town"))
    if town:
        where = f"{distance_words(_number(first, 'nearest_town_distance_m'))} {town}"
    else:
        where = f"at {_number(first, 'latitude_deg'):.5f}, {_number(first, 'longitude_deg'):.5f}"
    several = f" (one of {len(positions)} positions in the file)" if len(positions) > 1 else ""
    return where + several


def _camera(told: _Told) -> list[str]:
    make, model = told.camera.get("make", ""), told.camera.get("model", "")
    made_known = set(make.casefold().split()) & set(model.casefold().split()[:1])
    name = model if made_known else f"{make} {model}".strip()
    serials = [
        f"{what} {told.camera[key]}" for key, what in _SERIAL_NUMBERS.items() if key in told.camera
    ]
    facts = [name, *serials]
    return [f"camera: {', '.join(filter(None, facts))}"] if told.camera else []


def _quoted(texts: Sequence[str]) -> str:
    first = texts[0] if len(texts[0]) <= _MOST_TEXT else f"{texts[0][:_MOST_TEXT]} ..."
    more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
    return f"the text \N{LEFT DOUBLE QUOTATION MARK}{first}\N{RIGHT DOUBLE QUOTATION MARK}{more}"


def _kinds(told: _Told) -> str:
    count = len(told.positions)
    position = ["GPS position" if count == 1 else f"{count} GPS positions"] if count else []
    place = (
        ["name of a place" if len(told.places) == 1 else "names of places"] if told.places else []
    )
    says = []
    if position or place:
        says.append(("where", f" ({' and '.join(position + place)})"))
    if told.times:
        says.append(("when", ""))
    if told.camera:
        says.append(("with which camera", ""))
    parts = []
    if says:
        (first, detail), *others = says
        parts.append(
            f"says {listed([f'{first} it was taken{detail}', *(what for what, _ in others)])}"
        )
    if told.computer:
        parts.append("names a computer")
    if told.names:
        parts.append("names a person" if len(told.names) == 1 else "names several persons")
    if told.texts:
        parts.append("holds a hidden text")
    return f"The file {'; it '.join(parts)}." if parts else ""


def distance_words(distance_m: float) -> str:
    """How far the centre of a town is: `about 200 m from`, `about 12 km from`."""
    if distance_m < 100:
        return "less than 100 m from the centre of"
    if distance_m < 1000:
        return f"about {distance_m:.0f} m from"
    km = distance_m / 1000
    return f"about {km:.0f} km from" if km >= 10 else f"about {km:.2g} km from"


def time_words(iso: str) -> str:
    """A time, or the part of it that is known: `on 6 May 2024 at 07:08`, `in May 2024`."""
    match = _TIME.match(iso)
    if match is None:
        return ""
    year, month, day, clock, zone = match.group("year", "month", "day", "clock", "zone")
    if month is None:
        return f"in {year}"
    if day is None:
        return f"in {_MONTHS[int(month) - 1]} {year}"
    zone = {None: "", "Z": " UTC"}.get(zone, f" (UTC{zone})")
    return f"on {int(day)} {_MONTHS[int(month) - 1]} {year}" + (
        f" at {clock}{zone}" if clock else ""
    )
