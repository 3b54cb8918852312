"""`report.html`: one page for people, self-contained, opened from disk without a network."""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from screening.records import Decision, FileResult, Finding
from screening.reports import wording
from screening.reports.atomic_text import AtomicText
from screening.reports.base import ReportContext
from screening.reports.drawing import finding_weights
from screening.reports.exposure import exposure
from screening.reports.inside import inside_words
from screening.reports.masking import shown_result
from screening.reports.provenance import provenance
from screening.reports.reasons import Reason, reasons
from screening.reports.side_by_side import compared_pictures
from screening.reports.small_pictures import SmallPicture, inside_pictures, telling_picture
from screening.resources import package_file

_TEMPLATES = package_file("reports/templates")

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
        self._environment = page_environment()
        self._card = self._environment.get_template("card.html.j2")
        self._decisions: Counter[Decision] = Counter()
        self._incomplete = 0

    def write(self, result: FileResult) -> None:
        """Render the card of one file."""
        number = self._decisions.total() + 1
        shown = shown_result(result, reveal=self._context.reveal)
        picture, inside = self._pictures(shown, number)
        self._decisions[shown.verdict.decision] += 1
        self._incomplete += not shown.complete
        card = self._card.render(
            number=number,
            result=shown,
            exposed=exposure(result.findings),
            told=provenance(result.findings, reveal=self._context.reveal),
            reasons=[(reason, _seen_at(reason, shown)) for reason in reasons(shown)],
            weights=finding_weights(shown),
            findings=_ordered_findings(shown)[:MAX_FINDING_ROWS],
            picture=picture,
            inside=inside,
            compared=self._compared(shown, number),
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
            script_hash=csp_hash(script),
            style_hash=csp_hash(style),
            cards=self._cards(),
        )
        for part in parts:
            page.write(part)
        page.close()
        self._spool.close()

    def _compared(self, shown: FileResult, number: int) -> list[SmallPicture]:
        """Insignia beside their references."""
        if number > MAX_THUMBNAILS:
            return []
        return compared_pictures(shown, self._context.limits, self._context.reference_art)

    def _cards(self) -> Iterator[Markup]:
        for line in self._spool:
            yield Markup(line)  # noqa: S704 (rendered by an escaping template)

    def _pictures(self, shown: FileResult, number: int) -> tuple[SmallPicture, list[SmallPicture]]:
        """The most telling frame, and what is embedded."""
        if number > MAX_THUMBNAILS:
            missing = f"Pictures are shown for the first {MAX_THUMBNAILS} files."
            return SmallPicture("", missing), []
        limits = self._context.limits
        return telling_picture(shown, limits), inside_pictures(shown, limits)


def page_environment() -> Environment:
    """Templates of pages, with the filters they use."""
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
        "settlement": wording.settlement_words,
        "words": wording.words,
        "percent": wording.percent,
        "span_words": wording.span_words,
        "media_words": wording.media_words,
        "places": lambda finding, shown: _places([finding], shown),
    }
    environment.globals |= {
        "Decision": Decision,
        "drawn_only": DRAWN_ONLY,
        "decision_words": DECISION_WORDS,
    }
    return environment


DRAWN_ONLY = frozenset({"points", "picture"})
"""Evidence that a picture shows better than numbers do."""

DECISION_WORDS = {
    Decision.BLOCK: ("Block", "Do not post"),
    Decision.REVIEW: ("Review", "A person must look first"),
    Decision.ALLOW: ("Allow", "No rule broken"),
}


def _seen_at(reason: Reason, shown: FileResult) -> str:
    return _places([one for one in shown.findings if one.id in reason.findings], shown)


def _places(findings: Sequence[Finding], shown: FileResult) -> str:
    """In which frames of the file, and in what embedded in it; empty for a single picture."""
    frames = wording.place_words(findings, shown.media)
    inside = inside_words(findings, shown)
    return ", ".join(part for part in (frames and f"at {frames}", inside) if part)


def _ordered_findings(shown: FileResult) -> list[Finding]:
    """Those that break a rule first, the strictest rule before the others."""
    weights = finding_weights(shown)
    return sorted(
        shown.findings,
        key=lambda finding: weights.get(finding.id, Decision.ALLOW).rank,
        reverse=True,
    )


def csp_hash(text: str) -> str:
    """The hash by which a Content Security Policy allows one inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
