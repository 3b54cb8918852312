"""`results.jsonl`: one line of JSON per file, for programs."""

from __future__ import annotations

from typing import ClassVar

from screening.records import FileResult
from screening.reports.atomic_text import AtomicText
from screening.reports.base import ReportContext
from screening.reports.result_json import result_line


class JsonlWriter:
    """Writes the complete results; docs/results.md explains every field."""

    name: ClassVar[str] = "jsonl"
    summary: ClassVar[str] = "results.jsonl: everything about each file, one line per file"

    def __init__(self, context: ReportContext) -> None:
        self._context = context
        self._file = AtomicText(context.out_dir / "results.jsonl")

    def write(self, result: FileResult) -> None:
        """Append one line."""
        context = self._context
        self._file.write(result_line(result, reveal=context.reveal, timings=context.timings))

    def close(self) -> None:
        """Put `results.jsonl` in place."""
        self._file.close()
