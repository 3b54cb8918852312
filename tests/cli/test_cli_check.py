"""`screening check`: an answer that an employee understands in seconds."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from screening.detectors.insignia.art import load_art, on_ground
from screening.detectors.insignia.court_seals import court_seals
from screening.records import (
    Clause,
    Decision,
    Failure,
    FileResult,
    MediaFile,
    MediaKind,
    Verdict,
    Violation,
    strictest,
)
from screening.reports.plain import plain_answer

Screening = Callable[..., "subprocess.CompletedProcess[str]"]

SEAL_IS_FORBIDDEN = (
    "Do not post this: it shows the seal of District Court, E.D. Missouri. Policy: Social"
    " Networking Policy, Eastern District of Missouri (2016), section 2.c(2)"
)

STRANGERS = "A stranger could learn from this file for which agency or court its owner works."


@pytest.fixture
def court_seal(tmp_path: Path) -> Path:
    """The seal of the Eastern District of Missouri, askew on a wall."""
    reference = next(seal for seal in court_seals() if seal.id.endswith("/moed"))
    art = cv2.cvtColor(on_ground(load_art(reference.files[0])), cv2.COLOR_RGB2GRAY)
    wall = np.full((600, 800), 190, np.uint8)
    wall[::7] = 180
    height, width = art.shape
    place = cv2.getPerspectiveTransform(
        np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32),
        np.array([[300, 150], [520, 165], [510, 395], [290, 370]], np.float32),
    )
    inside = cv2.warpPerspective(np.full_like(art, 255), place, (800, 600)) > 0
    wall[inside] = cv2.warpPerspective(art, place, (800, 600))[inside]
    path = tmp_path / "podium.jpg"
    Image.fromarray(wall).convert("RGB").save(path, quality=85)
    return path


def test_court_seal(screening: Screening, court_seal: Path) -> None:
    run = screening("check", court_seal, "--detectors", "insignia")
    assert run.returncode == 1, run.stderr
    assert run.stdout.startswith(SEAL_IS_FORBIDDEN)
    assert run.stdout.splitlines()[1:] == ["", STRANGERS]
    quoted = screening("check", court_seal, "--detectors", "insignia", "--quotes").stdout
    assert "section 2.c(2): “An employee must not use the Court's seal" in quoted


def test_exit_codes_and_answers(
    screening: Screening, picture: Path, tmp_path: Path, repository: Path
) -> None:
    text = tmp_path / "note.jpg"
    text.write_text("not a picture")
    answers = [
        (picture, 0, "Nothing was found in this file that your policies forbid."),
        (
            repository / "samples" / "gps_exif.jpg",
            1,
            "Ask your supervisor before you post this: its metadata tells where it was taken.",
        ),
        (
            repository / "samples" / "truncated.jpg",
            3,
            "This file could not be fully examined, so it is not cleared for posting: the segment"
            " structure of this file breaks off before the end of the picture.",
        ),
        (text, 3, ""),
    ]
    for file, code, start in answers:
        run = screening("check", file, "--detectors", "metadata")
        assert run.returncode == code, run.stderr
        assert run.stdout.startswith(start)
    assert "not cleared for posting" in run.stdout


def test_undercover_profile_blocks(screening: Screening, repository: Path) -> None:
    photo = repository / "samples" / "gps_exif.jpg"
    run = screening("check", photo, "--detectors", "metadata", "--profile", "undercover")
    assert run.stdout.startswith("Do not post this: its metadata tells where it was taken.")


def test_reveal_shows_where_and_when(screening: Screening, repository: Path) -> None:
    photo = repository / "samples" / "gps_exif.jpg"
    masked = screening("check", photo, "--detectors", "metadata").stdout
    assert masked.splitlines()[-1] == (
        "The file says where it was taken (GPS position) and when. Show it with --reveal."
    )
    clear = screening("check", photo, "--detectors", "metadata", "--reveal").stdout
    assert clear.splitlines()[-1].startswith("Taken about 2500 km from Adamstown, Pitcairn, on 17")
    assert "Adamstown" not in masked


def violation(
    message: str, decision: Decision, findings: tuple[str, ...], document: str = "Rules"
) -> Violation:
    clauses = (
        Clause("1", document, "1", f"The main clause of {document}."),
        Clause("2", document, "2", f"The second clause of {document}."),
    )
    return Violation(f"{document}-1", "conduct", decision, clauses, findings, message)


def answer(*violations: Violation, failures: tuple[Failure, ...] = (), quotes: bool = False) -> str:
    decision = strictest([Decision.REVIEW] * len(failures) + [one.decision for one in violations])
    media = MediaFile(Path("a.png"), "0" * 64, MediaKind.IMAGE, "image/png", 1)
    result = FileResult(media, (), Verdict(decision, violations), failures, "f")
    return plain_answer(result, quotes=quotes)


BLOCK, REVIEW = Decision.BLOCK, Decision.REVIEW


def test_strictest_reason_stands_first() -> None:
    told = answer(violation("it tells b", REVIEW, ("b",)), violation("it shows a", BLOCK, ("a",)))
    assert told == (
        "Do not post this: it shows a. Policy: Rules, section 1.\n\n"
        "Even without that, ask your supervisor first: it tells b. Policy: Rules, section 1."
    )


def test_same_message_of_several_policies_stands_once() -> None:
    told = answer(
        violation("it shows a", REVIEW, ("a",), "City rules"),
        violation("it shows a", BLOCK, ("a",), "Court rules"),
    )
    assert told == (
        "Do not post this: it shows a. Policy: Court rules, section 1; City rules, section 1."
    )


def test_milder_reason_about_the_same_thing_is_left_out_unless_quotes_are_wanted() -> None:
    violations = (
        violation("it shows a", BLOCK, ("a", "b"), "Court rules"),
        violation("it shows a, which tells where you work", REVIEW, ("a",), "City rules"),
        violation("it shows a and c", REVIEW, ("a", "c"), "Unit rules"),
    )
    assert "where you work" not in answer(*violations)
    assert "it shows a and c" in answer(*violations)
    quoted = answer(*violations, quotes=True)
    assert "where you work" in quoted
    assert "City rules, section 2: “The second clause of City rules.”" in quoted


def test_further_reasons_and_what_was_not_examined_follow() -> None:
    failure = Failure("media", "truncated", "The picture is cut off.")
    told = answer(
        violation("it shows a", BLOCK, ("a",)),
        violation("it shows b", BLOCK, ("b",)),
        failures=(failure,),
    )
    assert told == (
        "Do not post this: it shows a. Policy: Rules, section 1.\n\n"
        "Also: it shows b. Policy: Rules, section 1.\n\n"
        "This file could not be fully examined, so it is not cleared for posting: the picture is"
        " cut off."
    )
