"""`results.jsonl` says exactly what docs/results.md and the schema promise."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from screening.records import (
    Decision,
    Failure,
    FileResult,
    Finding,
    MediaFile,
    MediaKind,
    Verdict,
    with_ids,
)
from screening.reports.result_json import result_line, result_to_json
from screening.resources import package_file

MakeResult = Callable[..., FileResult]


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(package_file("schemas/result-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture
def record(make_result: MakeResult) -> dict[str, Any]:
    """A complete valid line, to be spoiled."""
    return json.loads(result_line(make_result(), reveal=False, timings=True))


def test_line_is_exactly_as_documented(make_result: MakeResult) -> None:
    result = make_result()
    media = replace(result.media, path=Path("photos/steps.png"), sha256="ab" * 32, size_bytes=1234)
    seal, gps, docket = (finding.id for finding in result.findings)
    assert result_line(replace(result, media=media), reveal=False, timings=True) == (
        '{"schema":"screening/result/1",'
        f'"fingerprint":"{result.fingerprint}",'
        f'"path":"photos/steps.png","sha256":"{"ab" * 32}",'
        '"media":{"type":"image/png","size_bytes":1234,"width_px":320,"height_px":240,'
        '"frames":1,"duration_s":null},'
        '"decision":"block","complete":true,"findings":['
        f'{{"id":"{seal}","detector":"insignia","label":"seal","score":0.935,'
        '"box":[100.0,80.0,180.0,160.0],'
        '"polygon":[[101.0,81.0],[179.0,80.0],[180.0,160.0],[100.0,160.0]],'
        '"frame_index":0,"time_s":null,"text":null,'
        '"evidence":{"name":"Seal of the Court of Fairhaven","inliers":42},'
        '"spans":[],"within":null},'
        f'{{"id":"{gps}","detector":"metadata","label":"gps_location","score":1.0,'
        '"box":null,"polygon":null,"frame_index":0,"time_s":null,"text":null,'
        '"evidence":{"carrier":"exif","latitude_deg":"***","longitude_deg":"***"},"spans":[],"within":null},'
        f'{{"id":"{docket}","detector":"text","label":"docket_number","score":0.9,'
        '"box":[20.0,200.0,120.0,220.0],"polygon":null,"frame_index":0,"time_s":null,'
        '"text":"4:2*-cr-****","evidence":{},"spans":[],"within":null}],'
        '"violations":[{"rule":"FAIR-2C2-SEAL","category":"insignia","decision":"block",'
        '"clauses":[{"document":"Code of Conduct of Fairhaven","section":"2.c(2)",'
        '"quote":"Employees do not show the seal of the court."}],'
        f'"findings":["{seal}"],"message":"it shows the seal of the Court of Fairhaven",'
        '"settled":[]}],'
        '"failures":[],"timings_s":{"media":0.012,"insignia":1.5}}\n'
    )


def test_without_timings_the_key_is_absent(make_result: MakeResult) -> None:
    assert "timings_s" not in result_to_json(make_result(), reveal=False, timings=False)


def test_reveal_shows_values_in_clear(make_result: MakeResult) -> None:
    record = json.loads(result_line(make_result(), reveal=True, timings=False))
    _, gps, docket = record["findings"]
    assert gps["evidence"] == {
        "carrier": "exif",
        "latitude_deg": 10.341667,
        "longitude_deg": 1.034167,
    }
    assert docket["text"] == "4:21-cr-00123"


@pytest.mark.parametrize("reveal", [False, True])
@pytest.mark.parametrize("timings", [False, True])
def test_real_lines_satisfy_the_schema(
    validator: jsonschema.Draft202012Validator,
    make_result: MakeResult,
    reveal: bool,
    timings: bool,
) -> None:
    unread = MediaFile(Path("x"), "", MediaKind.UNSUPPORTED, "application/octet-stream", 0)
    failure = Failure("media", "empty", "The file is empty.")
    results = [
        make_result(),
        FileResult(unread, (), Verdict(Decision.REVIEW), (failure,), "f"),
        FileResult(
            replace(unread, kind=MediaKind.VIDEO, duration_s=1.23456, frames=2),
            with_ids(
                [
                    Finding("d", "l", 0.5, time_s=float("nan"), evidence={"a": [1.0, 2.5]}),
                    Finding("d", "l", 0.5, evidence={"b": True, "c": None, "d": ["x"]}),
                    Finding("d", "l", 0.5, sensitive={"e": [1.0], "f": float("inf")}),
                ]
            ),
            Verdict(Decision.ALLOW),
            (),
            "f",
        ),
    ]
    for result in results:
        validator.validate(json.loads(result_line(result, reveal=reveal, timings=timings)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: record.pop("path"),
        lambda record: record.update(extra=1),
        lambda record: record.update(decision="maybe"),
        lambda record: record.update(sha256="ABC"),
        lambda record: record.update(complete=False),
        lambda record: record.update(
            complete=False,
            decision="allow",
            failures=[{"stage": "media", "error": "empty", "message": "The file is empty."}],
        ),
        lambda record: record["media"].update(width_px=-1),
        lambda record: record["findings"][0].update(score=1.1),
        lambda record: record["findings"][0].update(box=[1, 2, 3]),
        lambda record: record["findings"][0].update(polygon=[[1, 2], [3, 4]]),
        lambda record: record["findings"][0].update(evidence={"a": {"b": 1}}),
        lambda record: record["violations"][0].update(category="taste"),
        lambda record: record["violations"][0].update(decision="allow"),
        lambda record: record["violations"][0]["clauses"][0].pop("quote"),
        lambda record: record["timings_s"].update(media="fast"),
    ],
)
def test_schema_refuses_what_is_not_documented(
    validator: jsonschema.Draft202012Validator,
    record: dict[str, Any],
    spoil: Callable[[dict[str, Any]], object],
) -> None:
    validator.validate(record)
    spoil(record)
    assert not validator.is_valid(record)


def test_every_key_of_the_schema_is_documented(
    validator: jsonschema.Draft202012Validator, repository: Path
) -> None:
    guide = (repository / "docs" / "results.md").read_text(encoding="utf-8")
    schema = validator.schema
    for part in (schema, *schema["$defs"].values()):
        for key in part["properties"]:
            assert f"`{key}`" in guide, f"docs/results.md does not explain {key}"


def test_example_of_the_guide_satisfies_the_schema(
    validator: jsonschema.Draft202012Validator, repository: Path
) -> None:
    guide = (repository / "docs" / "results.md").read_text(encoding="utf-8")
    example = guide.split("```json\n", 1)[1].split("```", 1)[0]
    validator.validate(json.loads(example))


def test_undecodable_and_hostile_names_stay_on_one_valid_line(make_result: MakeResult) -> None:
    name = os.fsdecode(b"a\xff\n\xe2\x80\xa8b\xc2\x85.png")
    result = make_result()
    result = replace(result, media=replace(result.media, path=Path("in") / name))
    line = result_line(result, reveal=False, timings=False)
    assert line.encode("utf-8").decode("utf-8").splitlines() == [line.rstrip("\n")]
    assert json.loads(line)["path"] == "in/a\\xff\n\u2028b\x85.png"
