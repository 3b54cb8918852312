"""What holds for every report writer."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from screening.errors import ConfigError
from screening.geometry import Box
from screening.records import Failure, FileResult, Finding, MediaFile, with_ids
from screening.reports.base import ReportContext, ReportWriter
from screening.reports.registry import open_writers, writer_class, writer_names

MakeResult = Callable[..., FileResult]
MakeContext = Callable[..., ReportContext]

REPORT_FILES = {"jsonl": "results.jsonl", "csv": "results.csv", "html": "report.html"}


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_every_format_of_the_issue_is_there() -> None:
    assert writer_names()[:4] == ("jsonl", "html", "csv", "annotated")


@pytest.mark.parametrize("name", writer_names())
def test_writers_say_what_they_are(name: str, make_context: MakeContext) -> None:
    assert writer_class(name).name == name
    assert writer_class(name).summary
    (writer,) = open_writers([name, name], make_context())
    assert isinstance(writer, ReportWriter)
    writer.close()


def test_unknown_format_names_those_there_are(make_context: MakeContext) -> None:
    context = make_context()
    with pytest.raises(ConfigError, match="jsonl, html, csv, annotated"):
        open_writers(["jsonl", "xml"], context)
    assert files_in(context.out_dir) == []


def test_no_format_is_an_error(make_context: MakeContext) -> None:
    with pytest.raises(ConfigError, match="at least one"):
        open_writers([], make_context())


def test_a_folder_that_cannot_be_made_is_an_error(
    make_context: MakeContext, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="cannot be written"):
        open_writers(["jsonl"], replace(make_context(), out_dir=tmp_path / "file" / "out"))


@pytest.mark.parametrize("name", sorted(REPORT_FILES))
def test_no_file_under_its_name_before_close(
    name: str, make_context: MakeContext, make_result: MakeResult
) -> None:
    context = make_context()
    final = context.out_dir / REPORT_FILES[name]
    final.write_text("from the run before")
    (writer,) = open_writers([name], context)
    writer.write(make_result())
    assert final.read_text() == "from the run before"
    writer.close()
    assert "FAIR-2C2-SEAL" in final.read_text(encoding="utf-8")
    writer.close()
    assert files_in(context.out_dir) == [final]


@pytest.mark.parametrize("name", writer_names())
@pytest.mark.parametrize("reveal", [False, True])
def test_secrets_show_only_when_revealed(
    name: str, reveal: bool, make_context: MakeContext, make_result: MakeResult
) -> None:
    found = with_ids(
        [
            Finding("text", "text", 0.9, Box(5, 5, 50, 20), text="Zyxwvut 48151623"),
            Finding(
                "insignia",
                "seal",
                0.9,
                Box(5, 50, 50, 90),
                text="Qwertzu",
                sensitive={"person": "Asdfghj Yxcvbnm", "where": [51.98765, -7.12345]},
            ),
        ]
    )
    context = make_context(reveal=reveal)
    (writer,) = open_writers([name], context)
    gone = make_result("gone.png", findings=found)
    gone.media.path.unlink()
    writer.write(make_result(findings=found))
    writer.write(gone)
    writer.close()
    secrets = (b"Zyxwvut", b"48151623", b"Qwertzu", b"Asdfghj", b"Yxcvbnm", b"98765", b"12345")
    contents = [path.read_bytes() for path in files_in(context.out_dir)]
    assert contents
    shown = {secret for secret in secrets for content in contents if secret in content}
    if not reveal:
        assert shown == set()
    elif name in {"jsonl", "html"}:
        assert shown == set(secrets)


@pytest.mark.parametrize("name", writer_names())
def test_what_cannot_be_read_again_or_named_does_not_stop_the_run(
    name: str,
    make_context: MakeContext,
    make_result: MakeResult,
    make_media: Callable[..., MediaFile],
) -> None:
    gone = make_result("gone.png")
    gone.media.path.unlink()
    changed = make_result("changed.png")
    changed.media.path.write_bytes(b"something else")
    odd = make_media("odd.png")
    odd_path = odd.path.rename(odd.path.with_name(os.fsdecode(b"\xff\xfe.png")))
    killed = make_result("k.png", failures=(Failure("run", "crash", "It crashed."),))
    context = make_context()
    (writer,) = open_writers([name], context)
    for result in (gone, changed, killed, make_result(media=replace(odd, path=odd_path))):
        writer.write(result)
    writer.close()
    for path in files_in(context.out_dir):
        if path.suffix in {".jsonl", ".html", ".csv", ".txt"}:
            text = path.read_text(encoding="utf-8")
            assert "gone.png" in text
            assert "changed.png" in text


@pytest.mark.parametrize("name", writer_names())
def test_two_equal_runs_write_equal_bytes(
    name: str, make_context: MakeContext, make_result: MakeResult
) -> None:
    context = make_context(timings=False)
    result = make_result()
    runs = []
    for _ in range(2):
        (writer,) = open_writers([name], context)
        writer.write(result)
        writer.close()
        runs.append([(path.name, path.read_bytes()) for path in files_in(context.out_dir)])
    assert runs[0] == runs[1] != []
