"""Pictures and videos embedded in a screened file: which there are, and how people name them."""

from __future__ import annotations

from collections.abc import Iterable

from screening.records import FileResult, Finding
from screening.reports.wording import clock

_MOST_TIMES = 6
_PREVIEW_LABEL = "embedded_preview_mismatch"


def embedded_media(result: FileResult) -> dict[str, Finding]:
    """The findings that are pictures or videos of their own, by id, in the order of the result."""
    return {finding.id: finding for finding in result.findings if finding.embedded}


def noun(embedded: Finding) -> str:
    """What is embedded: preview, video, picture, or data of no known kind."""
    if embedded.label == _PREVIEW_LABEL:
        return "preview"
    kind = str(embedded.evidence.get("media_type", "")).partition("/")[0]
    return {"video": "video", "image": "picture"}.get(kind, "data")


def named(embedded: Finding) -> str:
    """What is embedded, and how: `video inside the file (Samsung trailer)`."""
    carrier = embedded.evidence.get("carrier")
    return f"{noun(embedded)} inside the file" + (f" ({carrier})" if carrier else "")


def inside_words(findings: Iterable[Finding], result: FileResult) -> str:
    """In what embedded media `findings` were made; empty for those in the file itself.

    Returns:
        Such as `in the video inside the file (Samsung trailer) at 0:03.0, 0:05.0`.
    """
    media = embedded_media(result)
    times: dict[str, dict[str, None]] = {}
    for finding in findings:
        if finding.within in media:
            known = times.setdefault(named(media[finding.within]), {})
            if finding.time_s is not None and len(known) < _MOST_TIMES:
                known[clock(finding.time_s)] = None
    return " and ".join(
        f"in the {place}" + (f" at {', '.join(at)}" if at else "") for place, at in times.items()
    )
