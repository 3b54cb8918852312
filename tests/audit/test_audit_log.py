"""Any change, cut or reordering is found; concurrent and stopped writers are no change."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.audit import AuditLog, verify
from screening.audit.chain import Head, head_path, sealed
from screening.errors import ConfigError

RECORDS = 6


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "audit.jsonl"
    writer = AuditLog(path)
    for number in range(RECORDS):
        writer.append("decision", {"sha256": f"{number:064x}", "decision": "review"})
    return path


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_a_whole_log_is_whole(log: Path) -> None:
    report = verify(log)
    assert (report.count, report.faults, report.notices) == (RECORDS, (), ())
    assert [json.loads(line)["number"] for line in lines_of(log)] == list(range(1, RECORDS + 1))


CHANGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "a value": lambda lines: [lines[0].replace(b"review", b"allow"), *lines[1:]],
    "a value in the last record": lambda lines: [*lines[:-1], lines[-1].replace(b"rev", b"REV")],
    "the first record goes": lambda lines: lines[1:],
    "a record in the middle goes": lambda lines: lines[:2] + lines[3:],
    "the last record goes": lambda lines: lines[:-1],
    "the last three records go": lambda lines: lines[:-3],
    "all records go": lambda lines: [],
    "two records change places": lambda lines: [*lines[:1], lines[2], lines[1], *lines[3:]],
    "a record is there twice": lambda lines: [*lines[:2], lines[1], *lines[2:]],
    "the order is turned round": lambda lines: lines[::-1],
    "a blank is put in": lambda lines: [lines[0].replace(b":", b": ", 1), *lines[1:]],
    "a line of another kind": lambda lines: [*lines[:3], b"nonsense\n", *lines[3:]],
    "an empty line": lambda lines: [*lines[:3], b"\n", *lines[3:]],
    "the last record loses its end": lambda lines: [*lines[:-1], lines[-1][:40]],
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_found(log: Path, change: str) -> None:
    log.write_bytes(b"".join(CHANGES[change](lines_of(log))))
    assert verify(log).faults


@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_every_single_bit_is_held(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "audit.jsonl"
    writer = AuditLog(path)
    for number in range(3):
        writer.append("decision", {"number": number})
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 1 << bit
    path.write_bytes(content)
    assert verify(path).faults


def test_a_record_that_is_made_again_with_a_right_digest_is_found(log: Path) -> None:
    lines = lines_of(log)
    record = json.loads(lines[2])
    del record["digest"]
    record["data"]["decision"] = "allow"
    log.write_bytes(b"".join([*lines[:2], sealed(record), *lines[3:]]))
    assert verify(log).faults


def test_a_cut_of_log_and_head_is_found_by_what_was_written_down(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    writer = AuditLog(path)
    early = writer.append("run_ended", {})
    log_before, head_before = path.read_bytes(), head_path(path).read_bytes()
    late = writer.append("run_ended", {})
    assert verify(path, (early.count, early.digest)).faults == ()
    assert verify(path, (late.count, late.digest)).faults == ()
    path.write_bytes(log_before)
    head_path(path).write_bytes(head_before)
    assert verify(path).faults == ()
    assert verify(path, (late.count, late.digest)).faults


def test_a_missing_or_spoilt_head(log: Path) -> None:
    head_path(log).write_text("{}")
    with pytest.raises(ConfigError, match="head of this audit log cannot be read"):
        verify(log)
    head_path(log).unlink()
    assert "head of the log is missing" in verify(log).faults[0]


def test_nothing_is_appended_to_a_log_that_was_cut(log: Path) -> None:
    cut = b"".join(lines_of(log)[:-2])
    log.write_bytes(cut)
    with pytest.raises(ConfigError, match="does not go on from where its head says"):
        AuditLog(log)
    assert log.read_bytes() == cut


def test_nothing_is_appended_after_a_foreign_line(log: Path) -> None:
    with log.open("ab") as stream:
        stream.write(b'{"event": "forged"}\n')
    with pytest.raises(ConfigError, match="does not go on"):
        AuditLog(log)


def test_a_writer_that_was_stopped_in_a_line_is_accounted_for(log: Path) -> None:
    with log.open("ab") as stream:
        stream.write(b'{"schema":"screening/audit/1","numb')
    assert verify(log).faults == ()
    assert "unfinished" in verify(log).notices[0]
    AuditLog(log).append("run_started", {})
    report = verify(log)
    assert (report.count, report.faults, report.notices) == (RECORDS + 2, (), ())
    # What accounts for the torn line does not excuse another one.
    lines = lines_of(log)
    lines[RECORDS] = b'{"schema":"screening/audit/1","other\n'
    log.write_bytes(b"".join(lines))
    assert verify(log).faults


def test_a_writer_that_was_stopped_before_the_head(log: Path) -> None:
    head = head_path(log).read_bytes()
    AuditLog(log).append("decision", {})
    head_path(log).write_bytes(head)
    assert verify(log).faults == ()
    assert "newer than the head" in verify(log).notices[0]
    AuditLog(log).append("decision", {})
    report = verify(log)
    assert (report.count, report.faults, report.notices) == (RECORDS + 2, (), ())


_WRITER = """
import sys
from pathlib import Path
from screening.audit import AuditLog
log = AuditLog(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    log.append("decision", {"writer": sys.argv[3], "number": number})
"""


def test_many_programs_write_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(path), "40", str(number)])
        for number in range(4)
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0] * 4
    report = verify(path)
    assert (report.count, report.faults, report.notices) == (160, (), ())
    records = [json.loads(line)["data"] for line in lines_of(path)]
    for number in range(4):
        own = [record["number"] for record in records if record["writer"] == str(number)]
        assert own == list(range(40))


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_killed_writers_leave_a_log_that_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    AuditLog(path)
    for _ in range(3):
        before = path.stat().st_size
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(path), "100000", "x"])
        while path.stat().st_size < before + 2000:
            time.sleep(0.01)
        writer.send_signal(signal.SIGKILL)
        writer.wait(timeout=60)
        assert verify(path).faults == ()
    last = AuditLog(path).append("run_ended", {})
    report = verify(path)
    assert (report.count, report.faults, report.notices) == (last.count, (), ())


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        AuditLog(tmp_path / "gone" / "audit.jsonl")


def test_an_empty_log_is_whole_once_it_has_a_head(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    head = AuditLog(path).append("run_started", {"files": 1})
    assert head == Head(1, head.digest, path.stat().st_size)
