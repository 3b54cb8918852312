"""What SVG drawings say about themselves."""

from __future__ import annotations

import base64
from pathlib import Path

import block_builders as block
import metadata_builders as build
import pytest
from block_builders import read, values

from screening.detectors.metadata.harvest import BlockKind
from screening.detectors.metadata.stills.svg import looks_like_svg

PICTURE = build.jpeg(build.exif_segment(build.tiff_block()))
DRAWING = f"""<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cc="http://creativecommons.org/ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"
 xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
 sodipodi:docname="pier.svg" inkscape:version="1.0"
 inkscape:export-filename="/home/robin/pier.png">
<title>Pier 3</title>
<metadata><rdf:RDF><cc:Work rdf:about=""><dc:creator><cc:Agent><dc:title>Kim Example</dc:title>
</cc:Agent></dc:creator></cc:Work>
<rdf:Description exif:GPSLatitude="10.34" exif:GPSLongitude="-40.835"/></rdf:RDF></metadata>
<image xlink:href="data:image/jpeg;base64,{base64.b64encode(PICTURE).decode()}"/>
</svg>"""


def test_a_drawing_tells_position_person_path_and_what_it_holds() -> None:
    harvest = read(BlockKind.FILE, DRAWING)
    assert harvest.damage == ()
    own = [fact for fact in harvest.facts if fact.carrier == "SVG"]
    told = [(fact.label, fact.tag, fact.values) for fact in own]
    position = block.first(harvest, "gps_location")
    assert position.values == {"latitude_deg": 10.34, "longitude_deg": -40.835}
    assert block.evidence(DRAWING.encode(), position) == [b"10.34", b"-40.835"]
    assert ("person_name", "creator", {"name": "Kim Example"}) in told
    assert ("person_name", "export-filename", {"name": "robin"}) in told
    assert ("edit_history", "docname", {"file_path": "pier.svg"}) in told
    assert ("edit_history", "inkscape:version", {"software": "Inkscape 1.0"}) in told
    assert ("description", "title", {"description": "Pier 3"}) in told
    inside = [fact for fact in harvest.facts if fact.carrier == "EXIF"]
    assert inside[0].inside == ("SVG image",)


def test_damage_is_said_and_what_can_be_made_out_is_told() -> None:
    harvest = read(BlockKind.FILE, DRAWING.replace("</metadata>", ""))
    assert harvest.damage == (
        "The SVG drawing of this file is damaged and could not be read to its end.",
    )
    assert len(values(harvest, "gps_location")) == 2  # its own, and that of the picture in it


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<svg xmlns='x'>", True),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- pier --><svg>", True),
        ("<svg>".encode("utf-16"), True),
        (b"<!doctype html><html><body><svg>", False),
        (b"<x:xmpmeta>", False),
        (b"\x89PNG<svg", False),
    ],
)
def test_a_drawing_is_known_by_its_start(head: bytes, expected: bool) -> None:
    assert looks_like_svg(head) is expected


@pytest.mark.shared
def test_real_drawings(shared_data: Path) -> None:
    drawings = sorted((shared_data / "metadata").rglob("*.svg"))
    found = [read(BlockKind.FILE, path.read_bytes()) for path in drawings]
    assert len(found) == 3
    assert all(values(harvest, "person_name") for harvest in found)
