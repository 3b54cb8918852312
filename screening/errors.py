"""The exception tree and the exit codes of the command line.

```
ScreeningError
├── ConfigError             wrong usage or configuration: nothing is run           exit 2
│   └── MissingDependencyError   a program or an extra is not installed            exit 2
├── MediaError              one file cannot be fully read: becomes a Failure       exit 3
│   ├── UnsupportedMediaError    not a picture or video this product reads
│   ├── EmptyFileError           zero bytes
│   ├── UnreadableMediaError     damaged, or the operating system refuses it
│   ├── TruncatedMediaError      ends before its own headers say it does
│   └── LimitExceededError       larger than the configured limits
└── DetectorError           a detector could not examine a file: becomes a Failure exit 3
```
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.records import Finding


class ExitCode(IntEnum):
    """What the process tells its caller; `INCOMPLETE` wins over `FOUND`."""

    CLEAR = 0
    FOUND = 1
    USAGE = 2
    INCOMPLETE = 3
    INTERRUPTED = 130


class ScreeningError(Exception):
    """Base of every error this package raises on purpose."""


class ConfigError(ScreeningError):
    """Wrong usage or configuration; the run stops before it starts.

    Args:
        message: what is wrong and what to do about it.
        file: the file that holds the mistake, if one does.
        line: 1-based line in `file`.
        key: dotted path of the offending key.
    """

    def __init__(
        self,
        message: str,
        *,
        file: Path | str | None = None,
        line: int | None = None,
        key: str | None = None,
    ) -> None:
        self.message, self.file, self.line, self.key = message, file, line, key
        place = "" if file is None else f"{file}:{line}: " if line else f"{file}: "
        super().__init__(f"{place}{f'{key}: ' if key else ''}{message}")


class MissingDependencyError(ConfigError):
    """A program or an optional package is needed and is not installed."""


class MediaError(ScreeningError):
    """One file cannot be fully read; `code` is stable and goes into the results."""

    code: ClassVar[str] = "unreadable"


class UnsupportedMediaError(MediaError):
    """The content is not of a type this product reads."""

    code = "unsupported"


class EmptyFileError(MediaError):
    """The file has no bytes."""

    code = "empty"


class UnreadableMediaError(MediaError):
    """The content is damaged, or the operating system refuses to hand it over."""

    code = "unreadable"


class TruncatedMediaError(MediaError):
    """The content ends before its own headers say it does."""

    code = "truncated"


class LimitExceededError(MediaError):
    """The file is larger than the configured limits allow to examine."""

    code = "limit"


class DetectorError(ScreeningError):
    """A detector could not fully examine its input.

    Args:
        message: a sentence a person understands, without any sensitive value.
        code: stable identifier for the results.
        findings: what was found all the same; kept in the result.
    """

    def __init__(
        self, message: str, *, code: str = "detector", findings: Sequence[Finding] = ()
    ) -> None:
        super().__init__(message)
        self.code, self.findings = code, tuple(findings)
