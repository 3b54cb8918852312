"""Appends records to an audit log; several programs may write to one at the same time."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from screening.audit.chain import RECOVERED, SCHEMA, Chain, Head, head_path, read_head, sealed
from screening.errors import ConfigError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_BROKEN = (
    "this audit log does not go on from where its head says; check it with `screening audit verify`"
    " and start another one. Nothing was written"
)


class AuditLog:
    """One log; it is opened for each record, so that it may be moved away between runs.

    Args:
        path: the log; made where it is not there.

    Raises:
        ConfigError: it cannot be written, or it was cut or changed at its end.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._locked() as (stream, chain):
            self._settle_torn(stream, chain)

    def append(self, event: str, data: Mapping[str, object]) -> Head:
        """Write one record; returns the new head.

        Args:
            event: such as `run_started` or `decision`.
            data: JSON values without anything sensitive.

        Raises:
            ConfigError: see above.
        """
        with self._locked() as (stream, chain):
            self._settle_torn(stream, chain)
            return self._write(stream, chain, event, data)

    @contextmanager
    def _locked(self) -> Iterator[tuple[BinaryIO, Chain]]:
        try:
            with self._path.open("a+b") as stream:
                _lock(stream)
                try:
                    yield stream, self._end(stream)
                finally:
                    _unlock(stream)
        except OSError as error:
            raise ConfigError(
                f"the audit log cannot be written: {error.strerror}", file=self._path
            ) from error

    def _end(self, stream: BinaryIO) -> Chain:
        """The chain at the end of the log, from its head on."""
        # Without a head the whole log is read: its first writer may have been stopped at once.
        head = read_head(self._path) or Head()
        size_bytes = stream.seek(0, os.SEEK_END)
        if size_bytes < head.size_bytes:
            raise ConfigError(_BROKEN, file=self._path)
        chain = Chain(head.count, head.digest, head.size_bytes)
        stream.seek(head.size_bytes)
        *lines, rest = stream.read().split(b"\n")
        for number, line in enumerate(lines, start=head.count + 1):
            chain.add(line, number)
        if chain.faults:
            raise ConfigError(_BROKEN, file=self._path)
        if rest:
            chain.torn.append(hashlib.sha256(rest).hexdigest())
            chain.size_bytes += len(rest)
        return chain

    def _settle_torn(self, stream: BinaryIO, chain: Chain) -> None:
        """Finish the line of a writer that was stopped, and account for it."""
        if chain.torn:
            digest = chain.torn.pop()
            stream.write(b"\n")
            chain.size_bytes += 1
            self._write(stream, chain, RECOVERED, {"sha256": digest})

    def _write(
        self, stream: BinaryIO, chain: Chain, event: str, data: Mapping[str, object]
    ) -> Head:
        line = sealed(
            {
                "schema": SCHEMA,
                "number": chain.count + 1,
                "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                "event": event,
                "data": dict(data),
                "previous": chain.digest,
            }
        )
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())
        chain.count += 1
        chain.digest = json.loads(line)["digest"]
        chain.size_bytes += len(line)
        head = Head(chain.count, chain.digest, chain.size_bytes)
        _write_head(self._path, head)
        return head


def _write_head(log: Path, head: Head) -> None:
    target = head_path(log)
    part = target.with_name(f".{target.name}.part")
    values = {"count": head.count, "digest": head.digest, "size_bytes": head.size_bytes}
    part.write_text(json.dumps(values) + "\n", encoding="utf-8")
    part.replace(target)


def _lock(stream: BinaryIO) -> None:
    """Wait until no other program writes."""
    if sys.platform == "win32":
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)
    else:
        fcntl.flock(stream, fcntl.LOCK_EX)


def _unlock(stream: BinaryIO) -> None:
    if sys.platform == "win32":
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(stream, fcntl.LOCK_UN)
