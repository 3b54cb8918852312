"""How reports name paths, labels, sizes and places to people."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from screening.records import ByteSpan, Clause, Finding, MediaFile, MediaKind, Settlement

# Controls, format characters that reorder or hide text, surrogate halves, line separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

_WORDS = {  # labels and keys whose own words would tell a reader too little
    "carrier": "Written in",
    "container": "File type",
    "description": "Hidden text",
    "edit_history": "Trace of editing",
    "embedded_media": "Picture or video inside the file",
    "embedded_preview_mismatch": "Preview of another picture",
    "field": "Name of the field",
    "media_type": "Type",
}

_MOST_LISTED = 4

_UNITS = frozenset({"bytes", "deg", "m", "px", "s"})


def shown_path(path: Path) -> str:
    r"""`path` with forward slashes; bytes that are not UTF-8 appear as `\xNN`."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def visible(text: str) -> str:
    r"""`text` on one line, with invisible and reordering characters spelled as `\uNNNN`.

    The zero-width joiners stay: emoji and several scripts need them.
    """
    return "".join(
        f"\\u{ord(char):04x}"
        if unicodedata.category(char) in _HIDDEN and char not in "\u200c\u200d"
        else char
        for char in text
    )


def words(name: str) -> str:
    """A label or key in words: `gps_location` is `GPS location`, `altitude_m` `Altitude (m)`."""
    if name in _WORDS:
        return _WORDS[name]
    stem, _, unit = name.rpartition("_")
    spaced = f"{stem} ({unit})" if stem and unit in _UNITS else name
    spaced = spaced.replace("_", " ")
    return "GPS" + spaced[3:] if spaced.startswith("gps") else spaced[:1].upper() + spaced[1:]


def clause_words(clause: Clause) -> str:
    """Where a clause stands: `Code of Conduct, section 2.c(2)`."""
    numbered = " " not in clause.section
    return f"{clause.document}, {'section ' if numbered else ''}{clause.section}"


def settlement_words(one: Settlement) -> str:
    """Why a violation is allowed: `consent W-12, valid until 2027-01-31 (consents.csv, line 3)`."""
    return f"{visible(one.reason)} ({visible(one.entry)})"


def sentence(message: str) -> str:
    """A message with a capital and a full stop: `It shows a seal.`."""
    capital = message[:1].upper() + message[1:]
    return capital if capital.endswith((".", "!", "?")) else f"{capital}."


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`; from the sixth on only how many more there are."""
    if len(parts) > _MOST_LISTED + 1:
        parts = [*parts[:_MOST_LISTED], f"{len(parts) - _MOST_LISTED} more"]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def span_words(spans: Sequence[ByteSpan]) -> str:
    """Where in a file something stands, counted from 0: `bytes 123 to 456`; empty if unknown."""
    runs = [f"{span.start} to {span.start + span.size_bytes - 1}" for span in spans]
    return f"bytes {listed(runs)}" if runs else ""


def percent(score: float) -> str:
    """A score 0..1 as `93 %`."""
    return f"{score * 100:.0f} %"


def size_words(size_bytes: int) -> str:
    """A length in bytes as people say it: `2.3 MB`."""
    size = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def clock(time_s: float) -> str:
    """A time in a video as `m:ss.t`."""
    minutes, seconds = divmod(time_s, 60)
    return f"{minutes:.0f}:{seconds:04.1f}"


def media_words(media: MediaFile) -> str:
    """One line about a file: `image/jpeg · 4000 x 3000 px · 2.3 MB`."""
    parts = [media.media_type, size_words(media.size_bytes)]
    if media.width_px and media.height_px:
        parts.insert(1, f"{media.width_px} x {media.height_px} px")
    if media.duration_s is not None:
        parts.append(f"{clock(media.duration_s)} long")
    if media.kind is MediaKind.VIDEO or media.frames > 1:
        parts.append(f"{media.frames} frames examined")
    return " \N{MIDDLE DOT} ".join(parts)


def place_words(findings: Iterable[Finding], media: MediaFile, at_most: int = 6) -> str:
    """Where in a video or a multi-frame picture `findings` are; empty for a single picture.

    Those made in something that is embedded in the file have no place among its frames.
    """
    if media.kind is not MediaKind.VIDEO and media.frames <= 1:
        return ""
    seen = (finding for finding in findings if finding.box and not finding.within)
    places = list(dict.fromkeys(_place(finding) for finding in seen))
    rest = len(places) - at_most
    return ", ".join(places[:at_most]) + (f" and {rest} more" if rest > 0 else "")


def _place(finding: Finding) -> str:
    frame = f"frame {finding.frame_index + 1}"
    return frame if finding.time_s is None else f"{clock(finding.time_s)} ({frame})"
