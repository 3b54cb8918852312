"""`report.html` is self-contained, escapes everything and counts right."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from PIL import Image

from screening.records import Clause, Decision, Failure, FileResult, Finding, Verdict, with_ids
from screening.reports import html_page
from screening.reports.base import ReportContext
from screening.reports.html_page import HtmlWriter

MakeResult = Callable[..., FileResult]
MakeContext = Callable[..., ReportContext]


class Page(HTMLParser):
    """Tags with attributes, and the text of scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: dict[str, str] = {}
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.cdata_elem in {"script", "style"}:
            self.inline[self.cdata_elem] = self.inline.get(self.cdata_elem, "") + data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page(context: ReportContext, *results: FileResult) -> tuple[str, Page]:
    writer = HtmlWriter(context)
    for result in results:
        writer.write(result)
    writer.close()
    html = (context.out_dir / "report.html").read_text(encoding="utf-8")
    return html, Page(html)


def test_nothing_is_loaded_from_anywhere(
    make_context: MakeContext, make_result: MakeResult
) -> None:
    html, parsed = page(make_context(), make_result())
    for _, attributes in parsed.tags:
        assert not {"href", "srcset", "action", "style", "onclick"} & attributes.keys()
        source = attributes.get("src")
        assert source is None or source.startswith("data:image/jpeg;base64,")
    assert not re.search(r"https?:|@import|url\(|fetch\(|XMLHttpRequest", html)


def test_content_security_policy_allows_our_script_and_style_only(
    make_context: MakeContext, make_result: MakeResult
) -> None:
    _, parsed = page(make_context(), make_result())
    (policy,) = [
        meta["content"]
        for meta in parsed.all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    for kind in ("script", "style"):
        digest = hashlib.sha256(parsed.inline[kind].encode()).digest()
        assert f"{kind}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy


def test_hostile_names_and_texts_are_escaped(
    make_context: MakeContext, make_result: MakeResult
) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    found = with_ids([Finding("text", "seal", 0.5, text=hostile, evidence={"a": hostile})])
    result = make_result("<img onerror=x>\u202egnp.png", findings=found, message=hostile)
    failure = Failure("text", "timeout", hostile)
    _, harmless = page(make_context(reveal=True), make_result())
    _, parsed = page(
        make_context(reveal=True),
        FileResult(result.media, found, result.verdict, (failure,), "f"),
    )
    assert len(parsed.all("script")) == len(harmless.all("script")) == 1
    assert len(parsed.all("img")) == len(harmless.all("img")) == 1
    assert not any("onerror" in attributes for _, attributes in parsed.tags)
    assert parsed.text.count(hostile) == 4
    assert "<img onerror=x>\\u202egnp.png" in parsed.text


def test_says_what_why_and_where_in_plain_words(
    make_context: MakeContext, make_result: MakeResult
) -> None:
    failure = Failure("text", "timeout", "reading text took too long")
    _, parsed = page(make_context(), make_result(failures=(failure,)))
    text = " ".join(parsed.text.split())
    assert "It shows the seal of the Court of Fairhaven." in text
    assert "Code of Conduct of Fairhaven, section 2.c(2)" in text
    assert "Employees do not show the seal of the court." in text
    assert "Reading text took too long." in text
    assert "Docket number" in text
    assert "4:2*-cr-****" in text


def test_what_several_policies_forbid_stands_once_with_all_their_clauses(
    make_context: MakeContext, make_result: MakeResult
) -> None:
    result = make_result()
    (block,) = result.verdict.violations
    guidance = Clause("7", "Guidance of Fairhaven", "7", "No seals.")
    review = replace(block, rule="GUIDE-7", decision=Decision.REVIEW, clauses=(guidance,))
    verdict = Verdict(Decision.BLOCK, (review, block))
    _, parsed = page(make_context(), replace(result, verdict=verdict))
    text = " ".join(parsed.text.split())
    assert text.count("It shows the seal of the Court of Fairhaven.") == 1
    assert f"{block.clauses[0].section} and 1 more" in text  # the strictest rule speaks first
    assert "Review by rule GUIDE-7" in text
    assert "Block by rule FAIR-2C2-SEAL" in text
    assert [tag["class"] for tag in parsed.all("section")] == ["violation block"]


def test_counts_and_filters(make_context: MakeContext, make_result: MakeResult) -> None:
    result = make_result()
    clear = FileResult(result.media, (), Verdict(Decision.ALLOW), (), "f")
    failure = Failure("media", "truncated", "It ends too early.")
    broken = FileResult(result.media, (), Verdict(Decision.REVIEW), (failure,), "f")
    html, parsed = page(make_context(), result, clear, broken, clear)
    counts = re.findall(r'data-filter="(\w+)" aria-pressed="\w+"><b>(\d+)</b>', html)
    assert dict(counts) == {
        "all": "4",
        "block": "1",
        "review": "1",
        "allow": "2",
        "incomplete": "1",
    }
    cards = parsed.all("article")
    assert [card["data-decision"] for card in cards] == ["block", "allow", "review", "allow"]
    assert [card["data-rank"] for card in cards] == ["2", "0", "1", "0"]
    assert [card["data-complete"] for card in cards] == ["yes", "yes", "no", "yes"]


def test_thumbnails_are_small_and_show_the_boxes(
    make_context: MakeContext, make_result: MakeResult
) -> None:
    _, with_boxes = page(make_context(), make_result())
    _, without = page(make_context(), make_result(findings=()))
    pictures = []
    for parsed in (with_boxes, without):
        (image,) = parsed.all("img")
        data = base64.b64decode((image["src"] or "").partition(",")[2])
        pictures.append(Image.open(io.BytesIO(data)).convert("RGB"))
    assert max(pictures[0].size) <= 320
    assert pictures[0].tobytes() != pictures[1].tobytes()


def test_thumbnails_end_where_the_page_would_grow_too_large(
    make_context: MakeContext, make_result: MakeResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_page, "MAX_THUMBNAILS", 1)
    _, parsed = page(make_context(), make_result(), make_result())
    assert len(parsed.all("img")) == 1
    assert "Pictures are shown for the first 1 files." in parsed.text


def test_many_findings_are_cut_with_a_word(
    make_context: MakeContext, make_result: MakeResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_page, "MAX_FINDING_ROWS", 2)
    _, parsed = page(make_context(), make_result())
    assert "The first 2 are shown" in parsed.text
    assert "3 findings" in parsed.text


def test_reveal_is_announced(make_context: MakeContext, make_result: MakeResult) -> None:
    _, masked = page(make_context(), make_result())
    _, clear = page(make_context(reveal=True), make_result())
    assert "Contains sensitive values in clear" not in masked.text
    assert "Contains sensitive values in clear" in clear.text


def test_no_results_make_a_page_that_says_so(make_context: MakeContext) -> None:
    _, parsed = page(make_context())
    assert "No file was screened." in parsed.text
