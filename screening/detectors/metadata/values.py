"""Texts, times and paths as metadata spells them, into plain ones."""

from __future__ import annotations

import re
from urllib.parse import unquote

_TIME = re.compile(
    r"(?P<year>\d{4})(?:[-:/. ]?(?P<month>\d{2})(?:[-:/. ]?(?P<day>\d{2}))?)?"
    r"(?:[T ]*(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)


def clean_text(text: str | None) -> str | None:
    """One line without control characters or padding; None when nothing is left."""
    if not text:
        return None
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split()) or None


def decode_text(raw: bytes) -> str:
    """UTF-8 where it is, else Latin-1; up to the first NUL."""
    raw = raw.partition(b"\0")[0]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def iso_time(text: str | None) -> str | None:
    """ISO 8601 (RFC 3339 separators) from EXIF, XMP, IPTC or ISO spelling.

    Fractions of a second are dropped. None for blank, zero and impossible times.
    """
    match = _TIME.match((clean_text(text) or "").strip("'\""))
    if match is None:
        return None
    parts = match.groupdict()
    numbers = {key: int(parts[key] or low) for key, low in _LOWEST.items()}
    if any(not low <= numbers[key] <= _HIGHEST[key] for key, low in _LOWEST.items()):
        return None
    date = "-".join(parts[key] for key in ("year", "month", "day") if parts[key])
    if parts["hour"] is None or parts["day"] is None:
        return date
    zone = parts["zone"] or ""
    if zone and zone != "Z" and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return f"{date}T{parts['hour']}:{parts['minute']}:{parts['second'] or '00'}{zone}"


def local_path(text: str) -> str | None:
    """The first path of somebody's disk or network drive in a text, up to the end of its line.

    Absolute Windows, UNC and `file:` paths, old Macintosh ones, and Unix ones below a folder
    that systems have, so that `/metadata` and the like are none. Web addresses are none.
    """
    match = _LOCAL_PATH.search(text)
    return match.group().rstrip(" ,;)") if match else None


def may_hold_path(text: str) -> bool:
    """Whether `local_path` is worth asking; a no comes in a fraction of its time."""
    lowered = text.lower()
    return any(hint in lowered for hint in _PATH_HINTS) or ":/" in lowered.replace("://", "")


def account_name(path: str) -> str | None:
    r"""Whose home folder a path leads through; None for folders that all accounts share.

    Understands `/Users/NAME`, `/home/NAME`, `C:\Users\NAME`, `C:\Documents and Settings\NAME`
    and `Disk:Users:NAME`, with percent signs in `file:` paths undone.
    """
    match = _HOME.search(unquote(path) if path.lower().startswith("file:") else path)
    name = (clean_text(match.group(1)) or "") if match else ""
    return None if name.lower() in _SHARED_HOMES else name


_FOLDERS = (
    r"Users|home|Volumes|mnt|media|run/media|private|var|tmp|opt|srv|data|storage|sdcard|root"
)
_PATH_HINTS = (
    "\\\\", ":\\", "file:/", ":users:", *(f"/{name.lower()}/" for name in _FOLDERS.split("|"))
)  # fmt: skip
_LOCAL_PATH = re.compile(
    rf"""(?i:file:/{{1,3}}[^/\s]|(?<![a-z0-9])[a-z]:[\\/](?![/\\])|\\\\[\w.$-]+\\"""
    rf"""|(?<![\w./:-])/(?:{_FOLDERS})/|:Users:)[^\r\n"<>|*?]*"""
)
_HOME = re.compile(
    r"(?i:(?:^|[\\/:])(?:Users|home|Documents and Settings|Benutzer|Utilisateurs)[\\/:]+)"
    r"""([^\\/:"<>|*?\r\n]+)"""
)
_SHARED_HOMES = frozenset(
    {"", ".", "..", "all users", "default", "default user", "public", "shared"}
)
_LOWEST = {"year": 1, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}
_HIGHEST = {"year": 9999, "month": 12, "day": 31, "hour": 24, "minute": 59, "second": 60}
