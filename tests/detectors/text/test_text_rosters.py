"""The roster: what may stand in the file, which mistakes are named, and that it stays secret."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from screening.detectors.base import DetectorResources
from screening.detectors.registry import detector_options
from screening.detectors.text.detector import TextDetector
from screening.detectors.text.recognisers.rosters import RosterNames, roster_digest
from screening.errors import ConfigError


def roster(folder: Path, *lines: str) -> Path:
    path = folder / "names.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "text", "score"),
    [
        ("Jane M. Doverley", "JANE DOVERLEY", 0.95),
        ("Jane M. Doverley", "Doverley, Jane", 0.95),
        ("Doverley, Jane", "jane doverley", 0.95),
        ('"Doverley, Jane"', "Jane Q Doverley", 0.95),
        ("Doverley", "DOVERLEY", 0.5),
        ("Jane Doverley", "J. DOVERLEY", 0.6),
        ("Jane Doverley", "DOVERLEY J", 0.6),
        ("Jane Doverley", "JANE D0VERLEY", 0.883),
        ("Jane Doverley", "JANE DOVERLAY", 0.883),
        ("Jane Doverley", "JANEDOVERLEY", 0.9),
        ("Zoë Doverley", "ZOE DOVERLEY", 0.95),
    ],
)
def test_names_score_by_how_much_of_them_is_there(
    tmp_path: Path, line: str, text: str, score: float
) -> None:
    [span] = RosterNames(roster(tmp_path, line)).find(text)
    assert span.score == score
    assert (span.start, span.end) == (0, len(text))


@pytest.mark.parametrize(
    "text", ["JANE DOE", "JOHN DOVERLEY", "JANE AND DOVERLEY", "K. DOVERLEY", "JANET", "DOVER"]
)
def test_other_people_are_left_alone(tmp_path: Path, text: str) -> None:
    assert RosterNames(roster(tmp_path, "Jane Doverley")).find(text) == []


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["Jane Doverley", "", "# fine", "314-555-0142"], 4),
        (["Jane Doverley", "??"], 2),
        (["J D"], 1),
        (["# only a comment", ""], None),
        ([""], None),
    ],
)
def test_mistakes_are_named_by_line_and_not_repeated(
    tmp_path: Path, lines: list[str], line: int | None
) -> None:
    path = roster(tmp_path, *lines)
    with pytest.raises(ConfigError) as caught:
        RosterNames(path)
    assert (caught.value.file, caught.value.line) == (path, line)
    assert caught.value.key == "options.text.roster"
    assert "Doverley" not in str(caught.value)
    assert "555" not in str(caught.value)


def test_headings_of_columns_are_no_names(tmp_path: Path) -> None:
    names = RosterNames(roster(tmp_path, "Last name,First name", "Doverley,Jane"))
    assert names.find("NAME") == []
    assert len(names.find("JANE DOVERLEY")) == 1


def test_no_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        RosterNames(tmp_path / "none.txt")
    with pytest.raises(ConfigError, match="cannot be read"):
        roster_digest(tmp_path)
    path = tmp_path / "names.txt"
    path.write_bytes(b"Jane Doverley\n\xff\xfe Doe\n")
    with pytest.raises(ConfigError, match="not UTF-8") as caught:
        RosterNames(path)
    assert caught.value.line == 2


def test_the_detector_checks_it_first_and_its_digest_is_an_asset(
    tmp_path: Path, resources: DetectorResources, caplog: pytest.LogCaptureFixture
) -> None:
    path = roster(tmp_path, "Jane Doverley")
    options = detector_options(TextDetector, {"text": {"roster": str(path)}})
    with caplog.at_level(logging.DEBUG):
        TextDetector.prepare(options, resources, lambda what, done, total: None)
        before = TextDetector.assets(options, resources)
    assert "Doverley" not in caplog.text
    assert before["roster"] == roster_digest(path)
    roster(tmp_path, "Jane Doverley", "John Doverley")
    assert TextDetector.assets(options, resources)["roster"] != before["roster"]
    roster(tmp_path, "4711")
    with pytest.raises(ConfigError):
        TextDetector.prepare(options, resources, lambda what, done, total: None)
