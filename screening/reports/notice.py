"""`notice.html`: for each file that needs a supervisor, one sheet with the evidence.

Source: RITE Academy, Social Media - Personal Use Guideline, 15: whoever becomes aware of a posting
in violation "shall notify their supervisor immediately for follow-up action".
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from typing import ClassVar

from markupsafe import Markup

from screening.records import Decision, FileResult
from screening.reports.atomic_text import AtomicText
from screening.reports.base import ReportContext
from screening.reports.exposure import exposure
from screening.reports.html_page import DECISION_WORDS, MAX_THUMBNAILS, csp_hash, page_environment
from screening.reports.masking import shown_result
from screening.reports.reasons import reasons
from screening.reports.small_pictures import SmallPicture, telling_picture
from screening.resources import package_file

_SHEETS = """
.notice-page { break-after: page; max-width: 46rem; margin: 2rem auto; }
.notice-page img { max-width: 100%; height: auto; }
.form { width: 100%; border-collapse: collapse; margin-top: 1.5rem; }
.form th { width: 14rem; text-align: left; }
.form th, .form td { border: 1px solid currentColor; padding: 0.6rem; }
"""
_MOST_EVIDENCE = 20


class NoticeWriter:
    """Spools one sheet for each file that is not allowed and writes the page on `close`."""

    name: ClassVar[str] = "notice"
    summary: ClassVar[str] = (
        "notice.html: a sheet with the evidence for each file, for a supervisor"
    )

    def __init__(self, context: ReportContext) -> None:
        self._context = context
        self._spool = tempfile.TemporaryFile(  # noqa: SIM115 (closed by close)
            "w+", encoding="utf-8", errors="backslashreplace", newline="\n", dir=context.out_dir
        )
        self._sheet = page_environment().get_template("notice.html.j2")
        self._count = 0

    def write(self, result: FileResult) -> None:
        """Render the sheet of one file, if a supervisor must see it."""
        if result.verdict.decision is Decision.ALLOW:
            return
        self._count += 1
        shown = shown_result(result, reveal=self._context.reveal)
        by_id = {finding.id: finding for finding in shown.findings}
        evidence = [
            (reason, [by_id[key] for key in sorted(reason.findings)][:_MOST_EVIDENCE])
            for reason in reasons(shown)
        ]
        picture = SmallPicture("", "")
        if self._count <= MAX_THUMBNAILS:
            picture = telling_picture(shown, self._context.limits)
        sheet = self._sheet.render(
            number=self._count,
            result=shown,
            media=shown.media,
            picture=picture,
            reasons=evidence,
            decision_words=DECISION_WORDS[shown.verdict.decision],
            exposed=exposure(result.findings),
        )
        self._spool.write(sheet + "\n")

    def close(self) -> None:
        """Put `notice.html` in place."""
        if self._spool.closed:
            return
        self._spool.seek(0)
        style = (package_file("reports/templates") / "report.css").read_text(encoding="utf-8")
        style += _SHEETS
        page = AtomicText(self._context.out_dir / "notice.html")
        written = f", {datetime.now(UTC):%d %B %Y}" if self._context.timings else ""
        page.write(
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src'
            f" data:; style-src '{csp_hash(style)}'\">\n"
            "<title>Notices to a supervisor</title>\n"
            f"<style>{Markup(style)}</style>\n</head>\n<body>\n"  # noqa: S704 (our own file)
            f'<p class="lead">{self._count or "No"} notice{"" if self._count == 1 else "s"}'
            f"{written}.</p>\n"
        )
        for line in self._spool:
            page.write(line)
        page.write("</body>\n</html>\n")
        page.close()
        self._spool.close()
