"""Catalogs of reference insignia: good ones, and what is wrong with bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.catalog import InsigniaKind, load_agencies
from screening.errors import ConfigError
from screening.resources import package_file, shipped_dir

GOOD = """\
agency: Fairhaven Harbour Patrol
aliases: [Harbour Patrol]
email_domains: [harbour.example]
references:
  - {id: seal, name: The seal, kind: seal, files: [seal.png, sub/seal2.png]}
  - {id: badge-2.b, name: The badge, kind: badge, files: [seal.png]}
"""

HERE = "position: {latitude: 10, longitude: 20}"
LATITUDE, LONGITUDE = (f"references.1.position.{name}" for name in ("latitude", "longitude"))


def agency(parent: Path, name: str = "harbour", text: str = GOOD) -> Path:
    folder = parent / name
    (folder / "sub").mkdir(parents=True)
    for picture in ("seal.png", "sub/seal2.png"):
        (folder / picture).write_bytes(b"not looked at here")
    (folder / "catalog.yaml").write_text(text, encoding="utf-8")
    return folder


def failure(folder: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_agencies([folder])
    return caught.value


def test_one_agency(tmp_path: Path) -> None:
    folder = agency(tmp_path)
    [loaded] = load_agencies([folder])
    assert (loaded.name, loaded.aliases) == ("Fairhaven Harbour Patrol", ("Harbour Patrol",))
    assert loaded.email_domains == ("harbour.example",)
    seal, badge = loaded.references
    assert (seal.id, seal.kind, seal.agency) == ("harbour/seal", InsigniaKind.SEAL, loaded.name)
    assert seal.files == ((folder / "seal.png").resolve(), (folder / "sub/seal2.png").resolve())
    assert badge.id == "harbour/badge-2.b"


def test_everything_a_reference_may_say(tmp_path: Path) -> None:
    more = f"kind: building, family: a house, tags: [secret, old-one], min_score: 0.7, {HERE}"
    [loaded] = load_agencies([agency(tmp_path, text=GOOD.replace("kind: badge", more))])
    seal, house = loaded.references
    assert (house.family, house.tags, house.min_score) == ("a house", ("secret", "old-one"), 0.7)
    assert house.position == (10.0, 20.0)
    assert (seal.family, seal.tags, seal.min_score, seal.position) == ("", (), None, None)


def test_a_folder_of_agencies_in_order(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        agency(tmp_path, name)
    (tmp_path / "no_agency").mkdir()
    ids = [ref.id for one in load_agencies([tmp_path]) for ref in one.references]
    assert ids == [f"{name}/{ref}" for name in "abc" for ref in ("seal", "badge-2.b")]


def test_an_agency_may_have_only_names(tmp_path: Path) -> None:
    [loaded] = load_agencies([agency(tmp_path, text="agency: Only a name\n")])
    assert loaded.references == loaded.aliases == loaded.email_domains == ()


def test_no_folders_no_agencies() -> None:
    assert load_agencies([]) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ("agency: Fairhaven Harbour Patrol\n", "", 1, "agency"),
        ("agency: Fairhaven Harbour Patrol", "agency: ''", 1, "agency"),
        ("aliases:", "alias:", 2, "alias"),
        ("kind: badge", "kind: medal", 6, "references.1.kind"),
        ("id: seal", "id: The Seal!", 5, "references.0.id"),
        ("id: seal", "id: ../seal", 5, "references.0.id"),
        ("files: [seal.png]", "files: []", 6, "references.1.files"),
        ("files: [seal.png]", "file: [seal.png]", 6, "references.1.file"),
        ("name: The badge", "name: ''", 6, "references.1.name"),
        ("kind: badge", "kind: badge, tags: [No spaces]", 6, "references.1.tags.0"),
        ("kind: badge", "kind: badge, min_score: 1.5", 6, "references.1.min_score"),
        ("kind: badge", f"kind: badge, {HERE}", 6, "references.1.position"),
        ("kind: badge", f"kind: building, {HERE.replace('10', '91')}", 6, LATITUDE),
        ("kind: badge", f"kind: building, {HERE.replace('10', '.nan')}", 6, LATITUDE),
        ("kind: badge", f"kind: building, {HERE.replace('10', 'north')}", 6, LATITUDE),
        ("kind: badge", f"kind: building, {HERE.replace('20', '-181')}", 6, LONGITUDE),
        ("kind: badge", "kind: building, position: {latitude: 10}", 6, LONGITUDE),
    ],
)
def test_mistakes_name_file_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, key: str
) -> None:
    assert old in GOOD
    folder = agency(tmp_path, text=GOOD.replace(old, new))
    error = failure(folder)
    assert (error.file, error.line, error.key) == (folder / "catalog.yaml", line, key)


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    folder = agency(tmp_path, text=GOOD.replace("sub/seal2.png", "sub/gone.png"))
    error = failure(folder)
    assert (error.file, error.line) == (folder / "catalog.yaml", 5)
    assert "sub/gone.png" in error.message


def test_a_repeated_id_is_an_error(tmp_path: Path) -> None:
    twice = failure(agency(tmp_path, text=GOOD.replace("id: badge-2.b", "id: seal")))
    assert "harbour/seal" in twice.message
    with pytest.raises(ConfigError, match="twice"):
        load_agencies([agency(tmp_path / "x"), agency(tmp_path / "y")])


def test_a_folder_without_catalog_is_an_error(tmp_path: Path) -> None:
    assert failure(tmp_path).file == tmp_path
    assert failure(tmp_path / "not there").file == tmp_path / "not there"


def test_shipped_agencies_are_complete() -> None:
    agencies = load_agencies([shipped_dir("reference_insignia")])
    assert len(agencies) >= 2
    kinds = {InsigniaKind.SEAL, InsigniaKind.BADGE, InsigniaKind.PATCH, InsigniaKind.LOGO}
    for shipped in agencies:
        assert {reference.kind for reference in shipped.references} >= kinds
        assert all(domain.endswith(".example") for domain in shipped.email_domains)


def test_shipped_files_are_found() -> None:
    assert package_file("schemas/result-1.json").is_file()
    with pytest.raises(FileNotFoundError, match="install the package again"):
        shipped_dir("no_such_folder")
