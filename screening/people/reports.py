"""`officers.json`, `officers.html` and a report for each officer.

Names, aliases and handles of the roster are sensitive: reports have the id, and the name masked
unless it is revealed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from screening.people.officers import LinkedFile, OfficerVerdict, worst_first
from screening.records import Decision
from screening.reports.atomic_text import AtomicText
from screening.reports.base import ReportContext
from screening.reports.html_page import csp_hash
from screening.reports.masking import mask_text
from screening.reports.wording import shown_path, visible
from screening.resources import package_file

SCHEMA = "screening/officers/1"

_TEMPLATES = package_file("reports/templates")
_MOST_FILES = 50
"""Files of one officer in the overview; the officer's own report has all."""


def officer_folder(out_dir: Path, officer_id: str) -> Path:
    """Where the report of one officer lies."""
    return out_dir / "officers" / officer_id


def officer_context(context: ReportContext, verdict: OfficerVerdict) -> ReportContext:
    """What the writers of the report of one officer are told."""
    folder = officer_folder(context.out_dir, verdict.officer.id)
    return replace(context, out_dir=folder, profile=verdict.profile)


def write_overview(
    verdicts: Sequence[OfficerVerdict], context: ReportContext, unlisted: Sequence[str]
) -> None:
    """Write `officers.json` and `officers.html`, the worst officer first.

    Args:
        verdicts: of everybody.
        context: of the run.
        unlisted: folders that belong to nobody on the roster.
    """
    records = [_record(one, context) for one in worst_first(verdicts)]
    content = {
        "schema": SCHEMA,
        "fingerprint": context.fingerprint,
        "unlisted_folders": list(unlisted),
        "officers": records,
    }
    page = AtomicText(context.out_dir / "officers.json")
    page.write(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    page.close()
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    html = AtomicText(context.out_dir / "officers.html")
    html.write(
        environment.get_template("officers.html.j2").render(
            officers=records,
            unlisted=unlisted,
            counts={
                decision: sum(one["decision"] == decision for one in records)
                for decision in (Decision.BLOCK, Decision.REVIEW, Decision.ALLOW)
            },
            context=context,
            style=Markup(style),  # noqa: S704 (our own file)
            style_hash=csp_hash(style),
        )
    )
    html.close()


def _record(verdict: OfficerVerdict, context: ReportContext) -> dict[str, object]:
    officer = verdict.officer
    name = officer.name if context.reveal else mask_text("name", officer.name)
    ranked = sorted(verdict.worst, key=lambda one: -one[1].rank)
    return {
        "id": officer.id,
        "name": visible(name),
        "undercover": officer.undercover,
        "profile": verdict.profile,
        "decision": str(verdict.decision),
        "files": verdict.decisions.total(),
        "blocked": verdict.decisions[Decision.BLOCK],
        "to_review": verdict.decisions[Decision.REVIEW],
        "incomplete": verdict.incomplete,
        "uncompared": verdict.uncompared,
        "rules": dict(sorted(verdict.rules.items(), key=lambda item: (-item[1], item[0]))),
        "exposures": dict(verdict.exposures.most_common()),
        "links": [_link(one) for one in verdict.links],
        "worst_files": [
            {
                "path": visible(shown_path(path)),
                "decision": str(decision),
                "reasons": list(reasons),
            }
            for path, decision, reasons in ranked[:_MOST_FILES]
        ],
        "report": f"officers/{officer.id}/report.html",
    }


def _link(one: LinkedFile) -> dict[str, object]:
    link = one.link
    return {
        "path": visible(shown_path(one.path)),
        "other": one.other,
        "other_path": visible(shown_path(one.other_path)),
        "decision": str(one.decision),
        "how": how_alike(one),
        "identical": link.identical,
        "mirrored": link.mirrored,
        "overlap": round(link.overlap, 3),
        "correlation": round(link.correlation, 3),
    }


def how_alike(one: LinkedFile) -> str:
    """`the same file`, `the same picture` or `the same picture, mirrored,`: goes before "as"."""
    if one.link.identical:
        return "the same file"
    return "the same picture, mirrored," if one.link.mirrored else "the same picture"
