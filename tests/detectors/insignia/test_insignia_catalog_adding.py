"""A catalog grows by a reference and stays the one its author wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from insignia_scenes import drawing

from screening.catalog import InsigniaKind, Position, ReferenceEntry, load_agencies
from screening.detectors.insignia.catalog_adding import NewReference, add_reference, id_from_name
from screening.errors import ConfigError


def new(*pictures: Path, agency: str | None = None, **given: object) -> NewReference:
    values = {"id": "star", "name": 'A "star"', "kind": InsigniaKind.BADGE, "files": ("x",)}
    return NewReference(agency, ReferenceEntry.model_validate(values | given), pictures)


def added_to(folder: Path, text: str, reference: NewReference) -> str:
    """What a catalog of this text reads like afterwards."""
    folder.mkdir()
    drawing(folder / "seal.png")
    (folder / "catalog.yaml").write_bytes(text.encode())
    return add_reference(folder, reference).read_bytes().decode()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    (tmp_path / "given").mkdir()
    return drawing(tmp_path / "given" / "star worn.png", 3)


def test_a_new_agency(tmp_path: Path, picture: Path) -> None:
    more = {
        "family": "a star", "tags": ("secret",), "min_score": 0.7, "kind": "building",
        "position": Position(latitude=10, longitude=-20.5),
    }  # fmt: skip
    add_reference(tmp_path / "a" / "harbour", new(picture, agency="Hafen: “Nord”", **more))
    [agency] = load_agencies([tmp_path / "a"])
    [star] = agency.references
    assert (agency.name, star.id, star.name) == ("Hafen: “Nord”", "harbour/star", 'A "star"')
    assert (star.family, star.tags, star.min_score) == ("a star", ("secret",), 0.7)
    assert star.position == (10, -20.5)
    assert star.files[0].read_bytes() == picture.read_bytes()


SEAL = """\
  - id: seal  # the old one
    name: The seal
    kind: seal
    files:
      - seal.png
"""


@pytest.mark.parametrize(
    "text",
    [
        f"# ours\nagency: Harbour\nreferences:\n{SEAL}",
        f"# ours\nagency: Harbour\nreferences:\n{SEAL}\n# the end\naliases: [HP]  # short\n",
        f"# ours\nagency: Harbour\nreferences:\n{SEAL}".replace("\n", "\r\n"),
        "# ours\nagency: Harbour\nreferences:\n"
        "- {id: seal, name: The seal, kind: seal, files: [seal.png]}",
        "# ours\nagency: Harbour\nreferences: [{id: seal, name: The seal, kind: seal,\n"
        "  files: [seal.png]}]  # all\n",
        "# ours\nagency: Harbour\nreferences: []\n",
        "# ours\nagency: Harbour\n",
        "# ours\nagency: Harbour",
    ],
    ids=["block", "in-the-middle", "crlf", "flow-items", "flow", "empty", "none", "no-line-end"],
)
def test_what_stood_there_stays(tmp_path: Path, picture: Path, text: str) -> None:
    after = added_to(tmp_path / "harbour", text, new(picture))
    left = iter(after)
    assert all(character in left for character in text.replace("]", "")), "only more is there"
    [agency] = load_agencies([tmp_path / "harbour"])
    assert [one.id for one in agency.references][-1] == "harbour/star"
    assert len(agency.references) == 1 + ("id: seal" in text)
    if "the end" in text:
        assert after.index("id: star") < after.index("# the end")


@pytest.mark.parametrize(
    "files", ["[seal.png]", "[seal.png, ]  # one", "\n      - seal.png  # art\n    tags: [x]"]
)
def test_pictures_of_a_reference_that_is_there(tmp_path: Path, picture: Path, files: str) -> None:
    text = "agency: Harbour\nreferences:\n  - id: star\n    name: S\n    kind: badge\n"
    text += f"    files: {files}\n"
    after = added_to(tmp_path / "harbour", text, new(picture, name="ignored"))
    [agency] = load_agencies([tmp_path / "harbour"])
    [star] = agency.references
    assert (star.name, [file.name for file in star.files]) == ("S", ["seal.png", "star worn.png"])
    assert ("# one" in after, "# art" in after) == ("# one" in text, "# art" in text)


def test_originals_and_other_pictures_are_never_touched(tmp_path: Path, picture: Path) -> None:
    before = picture.read_bytes()
    folder = tmp_path / "harbour"
    folder.mkdir()
    other = drawing(folder / picture.name, 8).read_bytes()
    add_reference(folder, new(picture, agency="Harbour"))
    assert picture.read_bytes() == before
    assert (folder / "star worn.png").read_bytes() == other
    assert (folder / "star worn-2.png").read_bytes() == before


def test_a_picture_that_lies_there_already_is_not_copied(tmp_path: Path) -> None:
    folder = tmp_path / "harbour"
    folder.mkdir()
    add_reference(folder, new(drawing(folder / "star.png"), agency="Harbour"))
    assert sorted(path.name for path in folder.iterdir()) == ["catalog.yaml", "star.png"]


@pytest.mark.parametrize(
    ("text", "given", "words"),
    [
        (None, {}, "--agency"),
        ("agency: Harbour\n", {"agency": "Another"}, "catalog of 'Harbour'"),
        (f"agency: Harbour\nreferences:\n{SEAL}", {"id": "seal"}, "is a seal"),
        ("agency: Harbour\nrefs: 3\n", {}, "not known"),
        ("agency: Harbour\nreferences: {a: 1}\n", {}, "tuple"),
    ],
)
def test_what_cannot_be_added_changes_nothing(
    tmp_path: Path, picture: Path, text: str | None, given: dict[str, str], words: str
) -> None:
    folder = tmp_path / "harbour"
    folder.mkdir()
    if text is not None:
        (folder / "catalog.yaml").write_text(text)
        drawing(folder / "seal.png")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ConfigError, match=words):
        add_reference(folder, new(picture, **given))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_the_same_picture_twice_is_refused(tmp_path: Path, picture: Path) -> None:
    add_reference(tmp_path / "harbour", new(picture, agency="Harbour"))
    with pytest.raises(ConfigError, match="already"):
        add_reference(tmp_path / "harbour", new(picture))


@pytest.mark.parametrize(
    ("name", "made"),
    [("Star of a deputy", "star-of-a-deputy"), ("  №7 / K-9 ", "7-k-9"), ("Ünit 3", "nit-3")],
)
def test_an_id_is_made_from_a_name(name: str, made: str) -> None:
    assert id_from_name(name) == made


def test_a_name_without_letters_needs_an_id() -> None:
    with pytest.raises(ConfigError, match="--id"):
        id_from_name("星")


@pytest.mark.parametrize("given_id", ["no", "12", "1e3", "null", "a.b_c-d"])
def test_ids_that_yaml_would_take_for_something_else(
    tmp_path: Path, picture: Path, given_id: str
) -> None:
    add_reference(tmp_path / "harbour", new(picture, agency="yes", id=given_id))
    [agency] = load_agencies([tmp_path / "harbour"])
    assert agency.references[0].id == f"harbour/{given_id}"
