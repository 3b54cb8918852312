"""`report.html`: one page for people, self-contained, opened from disk without a network."""

from __future__ import annotations

import base64
import hashlib
import io
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from screening.errors import MediaError
from screening.records import Decision, FileResult, Finding
from screening.reports import wording
from screening.reports.atomic_text import AtomicText
from screening.reports.base import ReportContext
from screening.reports.drawing import draw_marks, finding_weights, telling_marks
from screening.reports.masking import shown_result
from screening.reports.reasons import Reason, reasons
from screening.reports.reopen import frames_again
from screening.resources import package_file

_TEMPLATES = package_file("reports/templates")
_THUMBNAIL_PX = 320
_THUMBNAIL_QUALITY = 80

# A thumbnail takes about 20 kB of the page; with 2000 of them it still opens in a second or two.
MAX_THUMBNAILS = 2000
MAX_FINDING_ROWS = 200


class HtmlWriter:
    """Spools one rendered card per file and writes page head, cards and foot on `close`."""

    name: ClassVar[str] = "html"
    summary: ClassVar[str] = "report.html: a page to read in a browser, with small pictures"

    def __init__(self, context: ReportContext) -> None:
        self._context = context
        self._spool = tempfile.TemporaryFile(  # noqa: SIM115 (closed by close)
            "w+", encoding="utf-8", errors="backslashreplace", newline="\n", dir=context.out_dir
        )
        self._environment = _environment()
        self._card = self._environment.get_template("card.html.j2")
        self._decisions: Counter[Decision] = Counter()
        self._incomplete = 0

    def write(self, result: FileResult) -> None:
        """Render the card of one file."""
        number = self._decisions.total() + 1
        shown = shown_result(result, reveal=self._context.reveal)
        thumbnail, no_thumbnail = self._thumbnail(shown, number)
        self._decisions[shown.verdict.decision] += 1
        self._incomplete += not shown.complete
        card = self._card.render(
            number=number,
            result=shown,
            reasons=[(reason, _seen_at(reason, shown)) for reason in reasons(shown)],
            weights=finding_weights(shown),
            findings=_ordered_findings(shown)[:MAX_FINDING_ROWS],
            thumbnail=thumbnail,
            no_thumbnail=no_thumbnail,
        )
        self._spool.write(card + "\n")

    def close(self) -> None:
        """Put `report.html` in place."""
        if self._spool.closed:
            return
        self._spool.seek(0)
        page = AtomicText(self._context.out_dir / "report.html")
        script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
        style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
        parts = self._environment.get_template("report.html.j2").generate(
            context=self._context,
            written=datetime.now(UTC) if self._context.timings else None,
            total=self._decisions.total(),
            decisions=self._decisions,
            incomplete=self._incomplete,
            script=Markup(script),  # noqa: S704 (our own file)
            style=Markup(style),  # noqa: S704 (our own file)
            script_hash=_csp_hash(script),
            style_hash=_csp_hash(style),
            cards=self._cards(),
        )
        for part in parts:
            page.write(part)
        page.close()
        self._spool.close()

    def _cards(self) -> Iterator[Markup]:
        for line in self._spool:
            yield Markup(line)  # noqa: S704 (rendered by an escaping template)

    def _thumbnail(self, shown: FileResult, number: int) -> tuple[str, str]:
        """The most telling frame as a data URI, or else why there is none."""
        if number > MAX_THUMBNAILS:
            return "", f"Pictures are shown for the first {MAX_THUMBNAILS} files."
        marks = telling_marks(shown)
        index = max(
            marks,
            key=lambda index: (max(mark.weight.rank for mark in marks[index]), -index),
            default=0,
        )
        try:
            with closing(frames_again(shown, {index}, self._context.limits)) as frames:
                frame = next(frames)
        except MediaError as error:
            return "", str(error)
        picture = Image.fromarray(frame.pixels)
        full_width = picture.width
        picture.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
        scale = picture.width / full_width
        draw_marks(picture, marks.get(index, ()), scale, with_captions=False)
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=_THUMBNAIL_QUALITY)
        return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode(), ""


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "file_name": lambda path: wording.visible(wording.shown_path(Path(path.name))),
        "folder": lambda path: wording.visible(wording.shown_path(path.parent)),
        "clause_words": wording.clause_words,
        "sentence": wording.sentence,
        "words": wording.words,
        "percent": wording.percent,
        "media_words": wording.media_words,
        "places": lambda finding, media: wording.place_words([finding], media),
    }
    environment.globals |= {
        "Decision": Decision,
        "decision_words": _DECISION_WORDS,
    }
    return environment


_DECISION_WORDS = {
    Decision.BLOCK: ("Block", "Do not post"),
    Decision.REVIEW: ("Review", "A person must look first"),
    Decision.ALLOW: ("Allow", "No rule broken"),
}


def _seen_at(reason: Reason, shown: FileResult) -> str:
    broken_by = (finding for finding in shown.findings if finding.id in reason.findings)
    return wording.place_words(broken_by, shown.media)


def _ordered_findings(shown: FileResult) -> list[Finding]:
    """Those that break a rule first, the strictest rule before the others."""
    weights = finding_weights(shown)
    return sorted(
        shown.findings,
        key=lambda finding: weights.get(finding.id, Decision.ALLOW).rank,
        reverse=True,
    )


def _csp_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
