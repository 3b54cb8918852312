"""What XMP says: every way to write a position, a place, a person, a path, a step of editing."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from pathlib import Path

import block_builders as block
import metadata_builders as build
import pytest
from block_builders import bag, read, values, xmp

from screening.detectors.metadata.harvest import BlockKind


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param(
            'exif:GPSLatitude="10,20.4N" exif:GPSLongitude="40,50.1W"',
            {"latitude_deg": 10.34, "longitude_deg": -40.835},
            id="minutes and hemispheres",
        ),
        pytest.param(
            'exif:GPSLatitude="10.34" exif:GPSLongitude="40.835" exif:GPSLatitudeRef="S"'
            ' exif:GPSLongitudeRef="West"',
            {"latitude_deg": -10.34, "longitude_deg": -40.835},
            id="hemispheres apart",
        ),
        pytest.param(
            'exif:GPSLatitude="10,20,24N" exif:GPSLongitude="40,50,6W" exif:GPSSpeed="36/1"'
            ' exif:GPSSpeedRef="K" exif:GPSImgDirection="3601/20" exif:GPSAltitude="25/2"',
            {
                "latitude_deg": 10.34,
                "longitude_deg": -40.835,
                "altitude_m": 12.5,
                "speed_m_s": 10.0,
                "direction_deg": 180.05,
            },
            id="speed, direction, altitude",
        ),
        pytest.param(
            'drone-dji:GpsLatitude="+10.34" drone-dji:GpsLongtitude="-40.835"'
            ' drone-dji:AbsoluteAltitude="+99.5"',
            {"latitude_deg": 10.34, "longitude_deg": -40.835, "altitude_m": 99.5},
            id="drone",
        ),
        pytest.param(
            'exif:GPSDestLatitude="10,20.4N" exif:GPSDestLongitude="40,50.1W"',
            {"latitude_deg": 10.34, "longitude_deg": -40.835},
            id="destination",
        ),
    ],
)
def test_a_position_in_every_spelling(attributes: str, expected: dict[str, float]) -> None:
    harvest = read(BlockKind.XMP, xmp(attributes=attributes))
    assert [known for _, known in values(harvest, "gps_location")] == [expected]
    assert harvest.damage == ()


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("10,20,24N", "40,50,6W"),
        ("10/1 20/1 2400/100", "-40/1 50/1 6/1"),
        ("10°20'24\"N", "W 40° 50' 6\""),
        ("10,3400", "-40,835"),
        ("+10.34", "-040.835"),
    ],
)
def test_a_coordinate_in_every_spelling(latitude: str, longitude: str) -> None:
    elements = (
        f"<exif:GPSLatitude>{latitude}</exif:GPSLatitude>"
        f"<exif:GPSLongitude> {longitude} </exif:GPSLongitude>"
    )
    harvest = read(BlockKind.XMP, xmp(elements))
    assert harvest.damage == ()
    assert [known for _, known in values(harvest, "gps_location")] == [
        {"latitude_deg": 10.34, "longitude_deg": -40.835}
    ]


@pytest.mark.parametrize("latitude", ["somewhere", "91", "1/0", "10,20,24,30N", "10N20"])
def test_what_is_no_coordinate_is_said(latitude: str) -> None:
    attributes = f'exif:GPSLatitude="{latitude}" exif:GPSLongitude="1.5"'
    harvest = read(BlockKind.XMP, xmp(attributes=attributes))
    assert "not a place on Earth" in harvest.damage[0]
    assert values(harvest, "gps_location") == []


def test_several_positions_keep_their_own_longitude() -> None:
    harvest = read(
        BlockKind.XMP,
        xmp(
            "<exif:GPSLatitude>1.5</exif:GPSLatitude><exif:GPSLongitude>2.5</exif:GPSLongitude>"
            "<exif:GPSLatitude>3.5</exif:GPSLatitude><exif:GPSLongitude>4.5</exif:GPSLongitude>",
            'drone-dji:GPSLatitude="5.5" drone-dji:GPSLongitude="6.5"',
        ),
    )
    assert sorted(tuple(known.values()) for _, known in values(harvest, "gps_location")) == [
        (1.5, 2.5),
        (3.5, 4.5),
        (5.5, 6.5),
    ]


def test_half_a_position_is_said_and_the_rest_is_read() -> None:
    harvest = read(
        BlockKind.XMP, xmp(attributes='exif:GPSLatitude="1.5" photoshop:City="Fairhaven"')
    )
    assert "holds a position that is incomplete" in harvest.damage[0]
    assert values(harvest, "place_name") == [("City", {"place": "Fairhaven"})]


def test_places_created_and_shown_are_told_apart() -> None:
    created, shown = (
        f"<Iptc4xmpExt:{name}><rdf:Bag><rdf:li rdf:parseType='Resource'>"
        f"<Iptc4xmpExt:City>{city}</Iptc4xmpExt:City>"
        f"<exif:GPSLatitude>{latitude}</exif:GPSLatitude>"
        "<exif:GPSLongitude>-40.835</exif:GPSLongitude>"
        f"</rdf:li></rdf:Bag></Iptc4xmpExt:{name}>"
        for name, city, latitude in (
            ("LocationCreated", "Fairhaven", 10.34),
            ("LocationShown", "Oldport", 11.5),
        )
    )
    harvest = read(BlockKind.XMP, xmp(created + shown))
    assert values(harvest, "place_name") == [
        ("LocationCreated", {"place": "Fairhaven"}),
        ("LocationShown", {"place": "Oldport"}),
    ]
    assert [(field, known["latitude_deg"]) for field, known in values(harvest, "gps_location")] == [
        ("LocationCreated/GPSLatitude", 10.34),
        ("LocationShown/GPSLatitude", 11.5),
    ]


def test_the_contact_of_the_creator_is_a_place_and_ways_to_reach_a_person() -> None:
    contact = (
        "<Iptc4xmpCore:CreatorContactInfo rdf:parseType='Resource'>"
        "<Iptc4xmpCore:CiAdrExtadr>1 Pier Road</Iptc4xmpCore:CiAdrExtadr>"
        "<Iptc4xmpCore:CiAdrCity>Fairhaven</Iptc4xmpCore:CiAdrCity>"
        "<Iptc4xmpCore:CiEmailWork>robin@fairhaven.example</Iptc4xmpCore:CiEmailWork>"
        "<Iptc4xmpCore:CiTelWork>555 0100</Iptc4xmpCore:CiTelWork>"
        "</Iptc4xmpCore:CreatorContactInfo>"
    )
    harvest = read(BlockKind.XMP, xmp(contact))
    assert values(harvest, "place_name") == [
        ("CreatorContactInfo", {"place": "1 Pier Road, Fairhaven"})
    ]
    assert values(harvest, "person_name") == [
        ("CiEmailWork", {"name": "robin@fairhaven.example"}),
        ("CiTelWork", {"name": "555 0100"}),
    ]


def test_faces_have_names_and_other_regions_have_descriptions() -> None:
    regions = "".join(
        "<rdf:li><rdf:Description mwg-rs:Name='{}' mwg-rs:Type='{}'/></rdf:li>".format(*one)
        for one in (("Robin Example", "Face"), ("Rover", "Pet"))
    )
    windows = (
        "<MP:RegionInfo rdf:parseType='Resource'><MPRI:Regions><rdf:Bag>"
        "<rdf:li MPReg:PersonDisplayName='Kim Example'/></rdf:Bag></MPRI:Regions></MP:RegionInfo>"
    )
    harvest = read(
        BlockKind.XMP,
        xmp(
            "<mwg-rs:Regions rdf:parseType='Resource'><mwg-rs:RegionList><rdf:Bag>"
            f"{regions}</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>{windows}"
        ),
    )
    assert sorted(str(known["name"]) for _, known in values(harvest, "person_name")) == [
        "Kim Example",
        "Robin Example",
    ]
    assert values(harvest, "description") == [("Name", {"description": "Rover"})]


def test_tags_in_a_tree_name_people_and_places() -> None:
    harvest = read(
        BlockKind.XMP,
        xmp(
            f"<digiKam:TagsList>{bag('People/Family/Robin Example', 'boats')}</digiKam:TagsList>"
            f"<lr:hierarchicalSubject>{bag('Places|Nowhere|Fairhaven')}</lr:hierarchicalSubject>"
        ),
    )
    assert values(harvest, "person_name") == [("TagsList", {"name": "Robin Example"})]
    assert values(harvest, "place_name") == [
        ("hierarchicalSubject", {"place": "Fairhaven, Nowhere"})
    ]
    assert (
        "TagsList",
        {"description": "People/Family/Robin Example, boats"},
    ) in values(harvest, "description")


def test_editing_is_one_step_with_a_count_and_each_program_once() -> None:
    steps = "".join(
        f"<rdf:li stEvt:action='{action}' stEvt:when='2024-05-0{day}T07:08:09Z'"
        " stEvt:softwareAgent='Example Editor 5'/>"
        for day, action in enumerate(("created", "saved", "saved"), 1)
    )
    harvest = read(
        BlockKind.XMP,
        xmp(f"<xmpMM:History><rdf:Seq>{steps}</rdf:Seq></xmpMM:History>"),
    )
    edits = {fact.remarks["kind"]: fact for fact in harvest.facts if fact.label == "edit_history"}
    assert edits["step"].values == {"step": "created, saved; 2024-05-03T07:08:09Z"}
    assert edits["step"].remarks == {"kind": "step", "steps": 3}
    programs = {
        fact.values["software"] for fact in harvest.facts if fact.remarks.get("kind") == "software"
    }
    assert programs == {"Example Editor 5"}


def test_a_change_without_history_is_a_step() -> None:
    dates = 'xmp:CreateDate="2024-05-06T07:08:09" xmp:ModifyDate="{}"'
    changed = read(BlockKind.XMP, xmp(attributes=dates.format("2024-05-07T01:02:03")))
    same = read(BlockKind.XMP, xmp(attributes=dates.format("2024-05-06T07:08:09")))
    assert values(changed, "edit_history") == [
        ("ModifyDate", {"step": "modified 2024-05-07T01:02:03"})
    ]
    assert values(same, "edit_history") == []


def test_document_ids_are_few_and_counted() -> None:
    derived = "".join(f"<rdf:li stRef:documentID='xmp.did:{number:04}'/>" for number in range(50))
    harvest = read(
        BlockKind.XMP,
        xmp(
            f"<xmpMM:Ingredients><rdf:Bag>{derived}</rdf:Bag></xmpMM:Ingredients>",
            'xmpMM:DocumentID="xmp.did:own"',
        ),
    )
    edits = [fact for fact in harvest.facts if fact.label == "edit_history"]
    assert edits[0].values == {"document_id": "xmp.did:own"}
    assert len(edits) == 6
    assert edits[0].remarks["document_ids"] == 51


@pytest.mark.parametrize(
    "path",
    [
        "/Users/robin/Pictures/pier.psd",
        r"C:\Users\robin\pier.psd",
        "file:///home/robin/pier.psd",
        "Disk:Users:robin:pier.psd",
    ],
)
def test_a_path_in_any_text_is_told_with_the_account_in_it(path: str) -> None:
    harvest = read(
        BlockKind.XMP,
        xmp(f"<photoshop:History>opened {path}\nsaved</photoshop:History>"),
    )
    kinds = [fact.remarks.get("kind") for fact in harvest.facts]
    assert kinds.count("file_path") == 1
    assert values(harvest, "person_name") == [("History", {"name": "robin"})]


def test_programs_of_documents_are_no_persons() -> None:
    harvest = read(BlockKind.XMP, xmp(attributes='pdf:Creator="Example Writer"'))
    assert values(harvest, "person_name") == []
    assert values(harvest, "edit_history") == [("Creator", {"software": "Example Writer"})]


def test_evidence_is_the_bytes_of_the_value(tmp_path: Path) -> None:
    packet = xmp(
        "<dc:creator><rdf:Seq><rdf:li>Robin Example</rdf:li></rdf:Seq></dc:creator>",
        "exif:GPSLatitude='10.34' exif:GPSLongitude='-40.835'",
    )
    content = build.jpeg(build.xmp_segment(packet.encode()))
    findings = {finding.label: finding for finding in build.detect(tmp_path, content)}
    shown = {
        label: [content[span.start :][: span.size_bytes] for span in finding.spans]
        for label, finding in findings.items()
    }
    assert shown["gps_location"] == [b"10.34", b"-40.835"]
    assert shown["person_name"] == [b"Robin Example"]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        ("", "utf-8"),
        ("\ufeff", "utf-8"),
        ("\ufeff", "utf-16-le"),
        ("", "utf-16-be"),
        ("\ufeff", "utf-32-le"),
        ("", "utf-32-be"),
    ],
)
def test_every_encoding_is_read_and_its_bytes_are_found(mark: str, encoding: str) -> None:
    content = (mark + xmp(attributes='dc:creator="Robin Ünexample"')).encode(encoding)
    harvest = read(BlockKind.XMP, content)
    assert values(harvest, "person_name") == [("creator", {"name": "Robin Ünexample"})]
    (shown,) = block.evidence(content, harvest.facts[0])
    assert shown.decode(encoding) == "Robin Ünexample"


def test_a_thumbnail_is_a_preview_whose_metadata_is_read() -> None:
    thumbnail = build.jpeg(build.exif_segment(build.tiff_block()))
    text = base64.b64encode(thumbnail).decode()
    lines = "&#xA;".join(text[start : start + 76] for start in range(0, len(text), 76))
    harvest = read(
        BlockKind.XMP,
        xmp(
            "<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType='Resource'>"
            f"<xmpGImg:image>{lines}</xmpGImg:image></rdf:li></rdf:Alt></xmp:Thumbnails>"
        ),
    )
    (preview,) = harvest.previews
    assert preview.name == "XMP thumbnail"
    assert preview.source.read_all() == thumbnail
    position = block.first(harvest, "gps_location")
    assert (position.carrier, position.inside) == ("EXIF", ("XMP thumbnail",))
    assert harvest.damage == ()


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda packet: packet.replace("</rdf:RDF>", ""), id="unclosed"),
        pytest.param(lambda packet: packet[: packet.rfind("</rdf:Des")], id="cut"),
        pytest.param(lambda packet: packet.replace("xmlns:exif=", "xmlns:other="), id="prefix"),
        pytest.param(
            lambda packet: packet.replace("<dc:title>", "<dc:title>&nothing;"), id="entity"
        ),
        pytest.param(lambda packet: packet.replace("<dc:title>", "<dc:title>&"), id="ampersand"),
        pytest.param(lambda packet: packet + "<x:xmpmeta>", id="two roots"),
    ],
)
def test_damaged_xmp_is_said_and_what_can_be_made_out_is_told(broken: Callable[[str], str]) -> None:
    shown = (
        "<Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li rdf:parseType='Resource'>"
        "<Iptc4xmpExt:City>Oldport</Iptc4xmpExt:City></rdf:li></rdf:Bag>"
        "</Iptc4xmpExt:LocationShown>"
    )
    packet = xmp(
        f"<dc:title>pier</dc:title>{shown}<dc:creator>{bag('Robin Example', 'Kim Example')}"
        "</dc:creator>",
        'exif:GPSLatitude="10.34" exif:GPSLongitude="-40.835" photoshop:City="Fairhaven"',
    )
    harvest = read(BlockKind.XMP, broken(packet))
    assert harvest.damage == (
        "The XMP block of this file is damaged and could not be read to its end.",
    )
    assert block.first(harvest, "gps_location").values["longitude_deg"] == -40.835
    assert [str(known["name"]) for _, known in values(harvest, "person_name")] == [
        "Robin Example",
        "Kim Example",
    ]
    assert values(harvest, "place_name") == [
        ("LocationShown", {"place": "Oldport"}),
        ("City", {"place": "Fairhaven"}),
    ]


def test_padding_is_no_damage_and_a_cut_first_tag_is() -> None:
    assert read(BlockKind.XMP, b'<?xpacket begin="x"?>' + b" \n" * 500).damage == ()
    assert read(BlockKind.XMP, b"<x:xmpmeta xmlns:x='adobe").damage


def test_more_facts_than_any_real_packet_has_are_said_and_positions_come_first() -> None:
    many = "<dc:contributor>Robin</dc:contributor>" * 5000
    harvest = read(BlockKind.XMP, xmp(many, 'exif:GPSLatitude="10.34" exif:GPSLongitude="-40.835"'))
    assert "far more parts" in harvest.damage[0]
    assert len(values(harvest, "gps_location")) == 1
    assert len(harvest.facts) < 5000


@pytest.mark.parametrize("there", [True, False])
def test_announced_extended_xmp_that_is_missing_is_said(tmp_path: Path, there: bool) -> None:
    guid = b"0123456789ABCDEF0123456789ABCDEF"
    note = 'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{}"'
    packet = build.xmp_segment(xmp(attributes=note.format(guid.decode())).encode())
    rest = xmp(attributes='dc:creator="Robin Example"').encode()
    header = b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">II", len(rest), 0)
    extension = build.segment(0xE1, header + rest)
    if there:
        findings = build.detect(tmp_path, build.jpeg(packet, extension))
        assert build.values(findings, "person_name") == [{"name": "Robin Example"}]
    else:
        error = build.detect_damaged(tmp_path, build.jpeg(packet))
        assert "The extended XMP block of this file is announced but missing" in str(error)
