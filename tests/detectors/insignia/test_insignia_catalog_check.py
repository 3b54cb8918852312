"""What a check says of bad pictures and of references that look alike."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from insignia_scenes import drawing
from PIL import Image, ImageDraw

from screening.catalog import InsigniaKind, Reference
from screening.detectors.insignia.catalog_check import (
    CatalogReport,
    check_catalog,
    picture_problem,
    refuse_unusable,
)
from screening.detectors.insignia.catalog_listing import described, named, told
from screening.detectors.insignia.catalog_pictures import (
    ReferenceGallery,
    picture_sheet,
    write_matrix,
)
from screening.detectors.insignia.court_seals import court_seals
from screening.errors import ConfigError
from screening.resources import shipped_dir

FAIRHAVEN = shipped_dir("reference_insignia") / "fairhaven_police"
ELLERY = shipped_dir("reference_insignia") / "port_ellery_court"


def silently(what: str, done: int, total: int) -> None:
    assert what
    assert 0 <= done <= total


def seal(file: Path, name: str, family: str = "") -> Reference:
    return Reference(f"own/{name}", name, "An agency", InsigniaKind.SEAL, (file,), family)


def silhouette(path: Path) -> Path:
    picture = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(picture).polygon([(150, 20), (280, 280), (20, 280)], fill="navy")
    picture.save(path)
    return path


def resaved(source: Path, path: Path, side_px: int) -> Path:
    with Image.open(source) as picture:
        picture.resize((side_px, side_px), Image.Resampling.LANCZOS).save(path)
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> CatalogReport:
    """Two seals, a smaller copy of one, a silhouette, no picture at all, and a family of two."""
    folder = tmp_path_factory.mktemp("catalog")
    (folder / "bad.png").write_text("no picture")
    missouri, iowa = (
        FAIRHAVEN / "badge.png",
        resaved(FAIRHAVEN / "badge.png", folder / "b.png", 400),
    )
    return check_catalog(
        [
            seal(FAIRHAVEN / "seal.png", "bridge"),
            seal(ELLERY / "seal.png", "lighthouse"),
            seal(resaved(FAIRHAVEN / "seal.png", folder / "small.png", 80), "small"),
            seal(silhouette(folder / "plain.png"), "plain"),
            seal(folder / "bad.png", "bad"),
            seal(missouri, "one", "a star"),
            seal(iowa, "two", "a star"),
        ],
        folder / "cache",
        silently,
    )


def test_every_bad_picture_is_named_with_what_is_wrong(report: CatalogReport) -> None:
    words = {problem.reference: problem.words for problem in report.problems}
    assert "cannot be read" in words["own/bad"]
    assert "one colour" in words["own/plain"]
    assert "pixels large" in words["own/small"]
    assert set(words) <= {"own/bad", "own/plain", "own/small"}
    assert [one.reference for one in report.problems if one.unusable] == ["own/bad"]
    assert not report.sound


def test_look_alikes_are_grouped_and_families_are_meant(report: CatalogReport) -> None:
    assert {(group.ids, group.family) for group in report.groups} == {
        (("own/bridge", "own/small"), ""),
        (("own/one", "own/two"), "a star"),
    }


def test_the_matrix_is_highest_where_references_are_the_same(report: CatalogReport) -> None:
    likeness = report.likeness
    assert likeness is not None
    assert "own/bad" not in likeness.ids
    row = {name: number for number, name in enumerate(likeness.ids)}
    assert likeness.agreement[row["own/bridge"], row["own/bridge"]] > 0.85
    assert likeness.agreement[row["own/bridge"], row["own/small"]] > 0.8
    assert likeness.agreement[row["own/bridge"], row["own/lighthouse"]] < 0.6
    assert likeness.nearest("own/one", 1)[0][0] == "own/two"


def test_it_is_told_in_plain_words(report: CatalogReport) -> None:
    lines = list(told(report, 7))
    assert any("too alike to tell apart: own/bridge, own/small" in line for line in lines)
    assert any("reported together as 'a star': own/one, own/two" in line for line in lines)
    assert lines[-1] == "7 references checked, 4 things wrong"


def test_matrices_are_written(report: CatalogReport, tmp_path: Path) -> None:
    likeness = report.likeness
    assert likeness is not None
    write_matrix(likeness, tmp_path / "m.csv")
    rows = list(csv.reader((tmp_path / "m.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["drawn", *likeness.ids]
    assert np.array([row[1:] for row in rows[1:]], float) == pytest.approx(
        likeness.agreement, abs=1e-3
    )
    write_matrix(likeness, tmp_path / "m.png")
    with Image.open(tmp_path / "m.png") as picture:
        assert picture.height == 24 * len(likeness.ids)
        assert picture.width > picture.height
    with pytest.raises(ConfigError, match=r"csv or \.png"):
        write_matrix(likeness, tmp_path / "m.pdf")


def test_a_reference_is_described(report: CatalogReport) -> None:
    assert report.likeness is not None
    text = "\n".join(described(seal(FAIRHAVEN / "badge.png", "one", "a star"), report.likeness))
    assert "own/one: one" in text
    assert "family: a star" in text
    assert "own/two" in text
    assert "cannot be told apart" in text


def test_only_what_is_asked_about_is_judged(tmp_path: Path) -> None:
    references = [
        seal(FAIRHAVEN / "seal.png", "bridge"),
        seal(silhouette(tmp_path / "plain.png"), "plain"),
    ]
    report = check_catalog(references, tmp_path / "cache", silently, about={"own/bridge"})
    assert report.sound
    assert list(told(report, 1)) == ["1 reference checked, nothing wrong"]


def test_nothing_usable_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"")
    report = check_catalog([seal(tmp_path / "bad.png", "bad")], tmp_path / "cache", silently)
    assert report.likeness is None
    assert not report.sound


@pytest.mark.parametrize("kind", [InsigniaKind.BUILDING, InsigniaKind.LETTERHEAD])
def test_buildings_and_letterheads_need_points_to_match(tmp_path: Path, kind: InsigniaKind) -> None:
    def problem(path: Path) -> str:
        found = picture_problem(Reference("own/a", "a", "An agency", kind, (path,)), path)
        return found.words if found else ""

    assert "too plain" in problem(silhouette(tmp_path / "plain.png"))
    assert problem(drawing(tmp_path / "good.png")) == ""


def test_flat_look_alikes_are_found(tmp_path: Path) -> None:
    first, other = drawing(tmp_path / "a.png"), drawing(tmp_path / "c.png", 5)
    with Image.open(first) as picture:
        cv2.imwrite(str(tmp_path / "b.png"), np.asarray(picture)[..., ::-1] // 2 + 60)
    files = {"a": first, "b": tmp_path / "b.png", "c": other}
    references = [
        Reference(f"own/{name}", name, "An agency", InsigniaKind.BUILDING, (path,))
        for name, path in files.items()
    ]
    report = check_catalog(references, tmp_path / "cache", silently)
    assert [group.ids for group in report.groups] == [("own/a", "own/b")]
    assert report.problems == ()


def test_what_no_scan_could_use_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), "navy").save(tmp_path / "even.png")
    for path, words in ((tmp_path / "even.png", "nothing"), (tmp_path / "gone.png", "read")):
        with pytest.raises(ConfigError, match=words) as caught:
            refuse_unusable(InsigniaKind.SEAL, [FAIRHAVEN / "seal.png", path])
        assert caught.value.file == path


def test_a_name_that_is_not_there_lists_near_ones() -> None:
    assert named("us-courts/moed", court_seals()).id == "us-courts/moed"
    with pytest.raises(ConfigError, match="us-courts/moed"):
        named("us-courts/mode", court_seals())
    with pytest.raises(ConfigError, match="none"):
        named("x", ())


def test_a_gallery_hands_out_art(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"")
    one = Reference(
        "own/a", "a", "b", InsigniaKind.SEAL, (FAIRHAVEN / "seal.png", tmp_path / "bad.png")
    )
    gallery = ReferenceGallery([one])
    art = gallery.art("own/a", 1)
    assert art is not None
    assert art.shape[2] == 3
    assert max(art.shape) == 256
    for reference, picture in (("own/a", 0), ("own/a", 2), ("own/a", 3), ("own/b", 1)):
        assert gallery.art(reference, picture) is None


def test_a_sheet_shows_all_pictures() -> None:
    files = (FAIRHAVEN / "seal.png", FAIRHAVEN / "badge.png", ELLERY / "seal.png")
    sheet = picture_sheet(Reference("own/a", "a", "b", InsigniaKind.SEAL, files))
    assert sheet.size == (3 * 272 + 16, 272 + 16)
    for number in range(3):
        part = np.asarray(sheet)[:, 16 + number * 272 : 272 + number * 272]
        assert part.std() > 20
