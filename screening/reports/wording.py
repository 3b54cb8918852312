"""How reports name paths, labels, sizes and places to people."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from screening.records import Clause, Finding, MediaFile, MediaKind

# Controls, format characters that reorder or hide text, surrogate halves, line separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

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
    stem, _, unit = name.rpartition("_")
    spaced = f"{stem} ({unit})" if stem and unit in _UNITS else name
    spaced = spaced.replace("_", " ")
    return "GPS" + spaced[3:] if spaced.startswith("gps") else spaced[:1].upper() + spaced[1:]


def clause_words(clause: Clause) -> str:
    """Where a clause stands: `Code of Conduct, section 2.c(2)`."""
    numbered = " " not in clause.section
    return f"{clause.document}, {'section ' if numbered else ''}{clause.section}"


def sentence(message: str) -> str:
    """A message with a capital and a full stop: `It shows a seal.`."""
    capital = message[:1].upper() + message[1:]
    return capital if capital.endswith((".", "!", "?")) else f"{capital}."


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
    """Where in a video or a multi-frame picture `findings` are; empty for a single picture."""
    if media.kind is not MediaKind.VIDEO and media.frames <= 1:
        return ""
    places = list(dict.fromkeys(_place(finding) for finding in findings if finding.box))
    rest = len(places) - at_most
    return ", ".join(places[:at_most]) + (f" and {rest} more" if rest > 0 else "")


def _place(finding: Finding) -> str:
    frame = f"frame {finding.frame_index + 1}"
    return frame if finding.time_s is None else f"{clock(finding.time_s)} ({frame})"
