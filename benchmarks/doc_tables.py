"""Puts a generated table into a page of `docs/`, between two marks."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"


def write_table(page: str, name: str, text: str) -> None:
    """Replace what stands between `<!-- name: start -->` and `<!-- name: end -->`.

    Raises:
        ValueError: the page has no such marks.
    """
    start, end = f"<!-- {name}: start -->", f"<!-- {name}: end -->"
    path = DOCS / page
    content = path.read_text(encoding="utf-8")
    before, first, rest = content.partition(start)
    _, second, after = rest.partition(end)
    if not first or not second:
        raise ValueError(f"{page} needs the marks {start} and {end}")
    path.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")
