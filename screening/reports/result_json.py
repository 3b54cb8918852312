"""One result as JSON, schema `screening/result/1` (screening/schemas/result-1.json)."""

from __future__ import annotations

import json
from math import isfinite

from screening.records import EvidenceValue, FileResult, Finding, Violation
from screening.reports.masking import shown_result
from screening.reports.wording import shown_path

SCHEMA = "screening/result/1"

# Some programs end a line at these too; inside JSON strings the escapes mean the same.
_LINE_ENDS = str.maketrans({char: f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"})


def result_to_json(result: FileResult, *, reveal: bool, timings: bool) -> dict[str, object]:
    """What `results.jsonl` says about one file, keys in their documented order.

    Args:
        result: the file.
        reveal: sensitive values in clear instead of masked.
        timings: keep `timings_s`, the only part that differs between two equal runs.
    """
    shown = shown_result(result, reveal=reveal)
    media = shown.media
    record: dict[str, object] = {
        "schema": SCHEMA,
        "fingerprint": shown.fingerprint,
        "path": shown_path(media.path),
        "sha256": media.sha256,
        "media": {
            "type": media.media_type,
            "size_bytes": media.size_bytes,
            "width_px": media.width_px,
            "height_px": media.height_px,
            "frames": media.frames,
            "duration_s": _rounded(media.duration_s, 3),
        },
        "decision": str(shown.verdict.decision),
        "complete": shown.complete,
        "findings": [_finding(finding) for finding in shown.findings],
        "violations": [_violation(violation) for violation in shown.verdict.violations],
        "failures": [
            {"stage": failure.stage, "error": failure.error, "message": failure.message}
            for failure in shown.failures
        ],
    }
    if timings:
        record["timings_s"] = {
            stage: _rounded(seconds, 3) for stage, seconds in shown.timings_s.items()
        }
    return record


def result_line(result: FileResult, *, reveal: bool, timings: bool) -> str:
    """`result_to_json` as one compact line that ends with a line feed."""
    text = json.dumps(
        result_to_json(result, reveal=reveal, timings=timings),
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )
    return text.translate(_LINE_ENDS) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    box, polygon = finding.box, finding.polygon
    return {
        "id": finding.id,
        "detector": finding.detector,
        "label": finding.label,
        "score": _rounded(finding.score, 3),
        "box": [_rounded(value, 1) for value in box.as_tuple()] if box else None,
        "polygon": (
            [[_rounded(x, 1), _rounded(y, 1)] for x, y in polygon.points] if polygon else None
        ),
        "frame_index": finding.frame_index,
        "time_s": _rounded(finding.time_s, 3),
        "text": finding.text,
        "evidence": {name: _stable(value) for name, value in finding.evidence.items()},
        "spans": [[span.start, span.size_bytes] for span in finding.spans],
        "within": finding.within or None,
    }


def _violation(violation: Violation) -> dict[str, object]:
    return {
        "rule": violation.rule,
        "category": violation.category,
        "decision": str(violation.decision),
        "clauses": [
            {"document": clause.document, "section": clause.section, "quote": clause.quote}
            for clause in violation.clauses
        ],
        "findings": list(violation.findings),
        "message": violation.message,
        "settled": [
            {"kind": one.kind, "entry": one.entry, "reason": one.reason}
            for one in violation.settled
        ],
    }


def _stable(value: EvidenceValue | float) -> object:
    """Evidence as JSON can say it: floats to six decimals (0.1 m in degrees), NaN as null."""
    if isinstance(value, list):
        return [_stable(item) for item in value]
    return _rounded(value, 6) if isinstance(value, float) else value


def _rounded(value: float | None, digits: int) -> float | None:
    if value is None or not isfinite(value):
        return None
    return round(float(value), digits) + 0.0  # turns -0.0 into 0.0
