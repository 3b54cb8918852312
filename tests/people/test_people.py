"""Rosters, links between folders, verdicts on officers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from screening.people.fingerprints import fingerprint_of, fingerprints
from screening.people.links import Link, Picture, find_links
from screening.people.officers import OfficerVerdict, add_links, worst_first
from screening.people.roster import Officer, handles_read, load_roster, searchable_names
from screening.records import Decision, Finding


def scene(seed: int) -> Image.Image:
    """A picture with as much in it as a photo: smooth ground, shapes, noise."""
    chance = np.random.default_rng(seed)
    ground = chance.integers(0, 255, (9, 12, 3), dtype=np.uint8)
    picture = Image.fromarray(ground).resize((640, 480), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y, width, height = (
            int(value) for value in chance.integers((0, 0, 8, 8), (600, 440, 90, 90))
        )
        colour = tuple(int(value) for value in chance.integers(0, 255, 3))
        shape = draw.ellipse if chance.random() < 0.5 else draw.rectangle
        shape((x, y, x + width, y + height), fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(1))


def pictures(*owned: tuple[int, Image.Image]) -> list[Picture]:
    return [
        Picture(owner, Path(f"{number}.png"), str(number), fingerprint_of(np.asarray(image)))
        for number, (owner, image) in enumerate(owned)
    ]


def crop(picture: Image.Image, share: float = 0.6) -> Image.Image:
    width, height = picture.size
    left, top = round(width * 0.3), round(height * 0.2)
    return picture.crop((left, top, left + round(width * share), top + round(height * share)))


@pytest.mark.parametrize(
    ("name", "mirrored"),
    [("same", False), ("half", False), ("crop", False), ("mirror", True), ("both", True)],
)
def test_the_same_picture_is_found_however_it_was_changed(name: str, mirrored: bool) -> None:
    original = scene(1)
    changed = {
        "same": original,
        "half": original.reduce(2),
        "crop": crop(original),
        "mirror": ImageOps.mirror(original),
        "both": ImageOps.mirror(crop(original)),
    }[name]
    others = [(owner, scene(10 + owner)) for owner in range(2, 8)]
    [link] = find_links(pictures((0, original), (1, changed), *others))
    assert (link.one, link.other, link.mirrored) == (0, 1, mirrored)
    assert link.correlation > 0.9
    assert link.overlap > 0.8


def test_pictures_of_one_owner_and_different_ones_are_not_linked() -> None:
    original = scene(1)
    assert find_links(pictures((0, original), (0, crop(original)), (1, scene(2)))) == []


def test_what_only_shares_a_badge_is_not_the_same_picture() -> None:
    badge = scene(3).resize((120, 90))
    one, other = scene(4), scene(5)
    for picture, place in ((one, (50, 60)), (other, (400, 300))):
        picture.paste(badge, place)
    assert find_links(pictures((0, one), (1, other))) == []


def test_equal_files_are_linked_even_without_keypoints() -> None:
    plain = np.full((40, 60, 3), 120, np.uint8)
    same = [Picture(owner, Path(f"{owner}.png"), "same", fingerprint_of(plain)) for owner in (0, 1)]
    [link] = find_links(same)
    assert link.identical
    assert find_links([]) == []


def test_all_pages_of_a_file_are_compared(repository: Path) -> None:
    from screening.config import MediaLimits

    assert len(list(fingerprints(repository / "samples" / "multipage.tiff", MediaLimits()))) > 1


def officer(number: int, *, undercover: bool = False) -> Officer:
    return Officer(f"{number}", f"Given{number} Family", (), undercover, "", (), f"f{number}")


def link(one: int, other: int) -> Link:
    return Link(one, other, identical=False, mirrored=False, overlap=1.0, correlation=1.0)


def test_links_are_told_to_both_and_block_where_one_is_undercover() -> None:
    verdicts = [
        OfficerVerdict(officer(0), "employee"),
        OfficerVerdict(officer(1, undercover=True), "undercover"),
        OfficerVerdict(officer(2), "employee"),
        OfficerVerdict(officer(3), "employee"),
    ]
    small = Image.new("RGB", (8, 8))
    compared = pictures(*((owner, small) for owner in (0, 1, 2, 4)))
    add_links(verdicts, ["site"], compared, [link(0, 1), link(2, 3)])
    assert [one.decision for one in verdicts] == [
        Decision.BLOCK,
        Decision.BLOCK,
        Decision.REVIEW,
        Decision.ALLOW,
    ]
    assert [one.other for verdict in verdicts for one in verdict.links] == ["1", "0", "site"]
    assert [one.officer.id for one in worst_first(verdicts)] == ["0", "1", "2", "3"]


def test_a_file_that_could_not_be_compared_is_for_review() -> None:
    verdict = OfficerVerdict(officer(0), "employee", uncompared=1)
    assert verdict.decision is Decision.REVIEW


def test_the_example_roster(repository: Path, tmp_path: Path) -> None:
    people = load_roster(repository / "docs" / "examples" / "roster.csv")
    assert [(one.id, one.undercover, one.handles) for one in people] == [
        ("1001", False, ("avery_on_bikes",)),
        ("1002", True, ("rv_fishing", "valefish")),
    ]
    assert searchable_names(people) == ["Avery Stone", "A. Stone", "Ave Stone", "Robin Vale"]
    (tmp_path / "roster.toml").write_text(
        '[[officers]]\nid = "1001"\nname = "Avery Stone"\naliases = ["A. Stone", "Ave Stone"]\n'
        'undercover = false\nunit = "Patrol"\nhandles = ["avery_on_bikes"]\nfolder = "stone"\n'
    )
    assert load_roster(tmp_path / "roster.toml") == people[:1]


def test_names_that_cannot_be_looked_for_stop_no_run() -> None:
    aliases = ("Rex", "Unit 7", "# 1", "A. B.", "Kim\n  Reed")
    [one] = [Officer("1", "Reed, Kim", aliases, undercover=False, unit="", handles=(), folder="f")]
    assert searchable_names([one]) == ["Reed, Kim", "Kim Reed"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("follow @rv_fishing today", True),
        ("RV_FISHING", True),
        ("rv_fishing2", False),
        ("prv_fishing", False),
        ("gone fishing", False),
    ],
)
def test_handles_in_what_is_read(repository: Path, text: str, found: bool) -> None:
    people = load_roster(repository / "docs" / "examples" / "roster.csv")
    read = handles_read([Finding("text", "text", 0.8, text=text)], people)
    hidden = Finding("metadata", "description", 1.0, sensitive={"description": text})
    assert bool(read) == bool(handles_read([hidden], people)) == found
    assert all(one.label == "roster_name" and "fishing" not in str(one.evidence) for one in read)


def run_profiles(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "screening", "profiles", "collected", "--roster", "roster.csv"]
    flags = ["--detectors", "metadata", "--workers", "0"]
    return subprocess.run(
        [*command, *flags, *words], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def collected(tmp_path: Path, repository: Path) -> Path:
    names = {"stone": 1, "vale": 2, "reed": 3}
    rows = ["id,name,undercover,folder"]
    for name, seed in names.items():
        (tmp_path / "collected" / name).mkdir(parents=True)
        scene(seed).save(tmp_path / "collected" / name / "own.png")
        undercover = "yes" if name == "vale" else "no"
        rows.append(f"{seed},Given {name.title()},{undercover},{name}")
    ImageOps.mirror(crop(scene(2))).save(
        tmp_path / "collected" / "stone" / "shared.jpg", quality=60
    )
    (tmp_path / "roster.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "site").mkdir()
    scene(3).reduce(2).save(tmp_path / "site" / "banner.jpg", quality=70)
    return tmp_path


def test_one_folder_per_officer(collected: Path) -> None:
    run = run_profiles(collected, "--out", "report", "--public", "site", "--audit", "audit.jsonl")
    assert run.returncode == 1, run.stderr
    report = json.loads((collected / "report" / "officers.json").read_text(encoding="utf-8"))
    by_id = {one["id"]: one for one in report["officers"]}
    assert [one["decision"] for one in report["officers"]] == ["block", "block", "review"]
    assert by_id["1"]["links"][0]["other"] == "2"
    assert by_id["2"]["profile"] == "undercover"
    assert by_id["3"]["links"][0]["other"] == "site"
    for one in report["officers"]:
        assert (collected / "report" / one["report"]).is_file()
    page = (collected / "report" / "officers.html").read_text(encoding="utf-8")
    audit = (collected / "audit.jsonl").read_text()
    for written in (json.dumps(report), page, run.stderr, audit):
        assert "Given" not in written
    assert not list((collected / "report").glob("*.tmp"))
    revealed = run_profiles(collected, "--out", "open", "--reveal")
    assert revealed.returncode == 1
    assert "Given Vale" in (collected / "open" / "officers.html").read_text(encoding="utf-8")


def test_a_folder_without_officer_and_an_officer_without_folder(collected: Path) -> None:
    (collected / "collected" / "stranger").mkdir()
    run = run_profiles(collected, "--out", "report")
    assert run.returncode == 1
    assert "nobody's folder: stranger" in run.stderr
    (collected / "roster.csv").write_text("id,name,undercover,folder\n9,Given Gone,no,gone\n")
    run = run_profiles(collected, "--out", "second")
    assert run.returncode == 2
    assert "no folder 'gone' for officer 9" in run.stderr
    assert not (collected / "second").exists()


def test_undercover_officers_are_judged_by_their_profile(collected: Path, repository: Path) -> None:
    for name in ("vale", "reed"):
        target = collected / "collected" / name / "trip.jpg"
        target.write_bytes((repository / "samples" / "gps_exif.jpg").read_bytes())
    run_profiles(collected, "--out", "report")
    lines = (collected / "report" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    decisions = {
        Path(result["path"]).parent.name: result["decision"]
        for result in map(json.loads, lines)
        if result["path"].endswith("trip.jpg")
    }
    assert decisions == {"vale": "block", "reed": "review"}
