"""What C2PA manifests and other JUMBF say."""

from __future__ import annotations

import json

import block_builders as block
import metadata_builders as build
import pytest
from block_builders import cbor, jumbf_box, picture_boxes, read, superbox

from screening.detectors.metadata.harvest import BlockKind
from screening.detectors.metadata.packets.cbor import decode_cbor
from screening.detectors.metadata.source import DamagedError

THUMBNAIL = build.jpeg(build.exif_segment(build.tiff_block()))
EXIF = {
    "@context": {"exif": "http://ns.adobe.com/exif/1.0/"},
    "exif:GPSLatitude": "10,20.4N",
    "exif:GPSLongitude": "40,50.1W",
}
ACTIONS = {
    "actions": [
        {"action": "c2pa.opened", "when": "2024-05-06T07:08:09Z"},
        {"action": "c2pa.cropped", "softwareAgent": "Example Editor 5"},
    ]
}
WORK = {"@type": "CreativeWork", "author": [{"@type": "Person", "name": "Robin Example"}]}


def manifest(*assertions: bytes, label: str = "urn:uuid:0001") -> bytes:
    claim = {"claim_generator_info": [{"name": "Example Maker", "version": "2"}], "alg": b"\1"}
    return superbox(
        b"c2ma",
        label,
        superbox(b"c2as", "c2pa.assertions", *assertions),
        superbox(b"c2cl", "c2pa.claim.v2", jumbf_box(b"cbor", cbor(claim))),
        superbox(b"c2cs", "c2pa.signature", jumbf_box(b"cbor", b"\xd2\x84\x43")),
    )


STORE = superbox(
    b"c2pa",
    "c2pa",
    manifest(
        superbox(b"json", "stds.exif", jumbf_box(b"json", json.dumps(EXIF).encode())),
        superbox(b"json", "stds.schema-org.CreativeWork",
                 jumbf_box(b"json", json.dumps(WORK).encode())),
        superbox(b"cbor", "c2pa.actions", jumbf_box(b"cbor", cbor(ACTIONS))),
        superbox(b"\x40\xcb\x0c\x32", "c2pa.thumbnail.claim.jpeg",
                 picture_boxes("image/jpeg", THUMBNAIL)),
        superbox(b"\x40\xcb\x0c\x32", "c2pa.thumbnail.ingredient.jpeg",
                 picture_boxes("image/jpeg", THUMBNAIL)),
    ),
)  # fmt: skip


def test_a_manifest_tells_position_person_steps_and_program() -> None:
    harvest = read(BlockKind.JUMBF, STORE)
    assert harvest.damage == ()
    carried = [fact for fact in harvest.facts if fact.carrier == "C2PA"]
    told = [(fact.label, fact.tag, fact.values) for fact in carried]
    assert (
        "gps_location", "GPSLatitude", {"latitude_deg": 10.34, "longitude_deg": -40.835}
    ) in told  # fmt: skip
    assert ("person_name", "author", {"name": "Robin Example"}) in told
    assert ("edit_history", "claim_generator", {"software": "Example Maker 2"}) in told
    steps = {"step": "c2pa.opened, c2pa.cropped; 2024-05-06T07:08:09Z"}
    assert ("edit_history", "actions", steps) in told
    presence = carried[-1]
    assert presence.values == {"manifest": "urn:uuid:0001"}
    assert presence.remarks == {"kind": "manifest", "manifests": 1}


def test_the_claims_thumbnail_is_a_preview_and_an_ingredients_is_another_picture() -> None:
    harvest = read(BlockKind.JUMBF, STORE)
    assert [preview.name for preview in harvest.previews] == ["C2PA thumbnail"]
    assert harvest.previews[0].source.read_all() == THUMBNAIL
    embedded = block.first(harvest, "embedded_media")
    assert embedded.remarks == {"media_type": "image/jpeg"}
    assert block.evidence(STORE, embedded) == [THUMBNAIL]
    inside = {fact.inside for fact in harvest.facts if fact.carrier == "EXIF"}
    assert inside == {("C2PA thumbnail",), ("C2PA",)}


def test_other_jumbf_is_told_too() -> None:
    content = superbox(b"json", "example", jumbf_box(b"json", b'{"author": "Robin Example"}'))
    harvest = read(BlockKind.JUMBF, content)
    assert [(fact.carrier, fact.label) for fact in harvest.facts] == [
        ("JUMBF", "person_name"),
        ("JUMBF", "edit_history"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(STORE[:-20], id="cut"),
        pytest.param(superbox(b"json", "a", jumbf_box(b"json", b"[" * 100_000)), id="deep JSON"),
        pytest.param(superbox(b"cbor", "a", jumbf_box(b"cbor", b"\x81" * 9999)), id="deep CBOR"),
        pytest.param(superbox(b"cbor", "a", jumbf_box(b"brob", b"xml ...")), id="compressed"),
        pytest.param(superbox(b"json", "a", jumbf_box(b"free") * 5000), id="many boxes"),
        pytest.param(b"\0\0\0\x04jumb", id="box shorter than its header"),
    ],
)
def test_damage_is_said_and_the_presence_is_told(content: bytes) -> None:
    harvest = read(BlockKind.JUMBF, content)
    assert harvest.damage[0].startswith("The JUMBF block of this file ")
    assert harvest.facts[-1].label == "edit_history"


def test_boxes_nested_without_end_are_said() -> None:
    content = b""
    for _ in range(100):
        content = superbox(b"json", "a", content)
    assert "far more parts" in read(BlockKind.JUMBF, content).damage[0]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a201020304", {"1": 2, "3": 4}),
        ("9f0102ff", [1, 2]),
        ("bf6161f5ff", {"a": True}),
        ("7f616161626163ff", "abc"),
        ("c11a514b67b0", 1363896240),
        ("3903e7", -1000),
        ("f93e00", 1.5),
        ("fb3ff199999999999a", 1.1),
        ("f6", None),
    ],
)
def test_cbor_examples_of_the_standard(raw: str, expected: object) -> None:
    assert decode_cbor(bytes.fromhex(raw)) == expected


@pytest.mark.parametrize("raw", ["", "62", "1c", "9b7fffffffffffffff", "a1"])
def test_cut_cbor_is_damaged(raw: str) -> None:
    with pytest.raises(DamagedError):
        decode_cbor(bytes.fromhex(raw))
