"""`screening detectors`, `policies`, `formats` and `version`: what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable


def detectors() -> None:
    """List the detectors, what they look for and their options."""
    from screening.detectors.registry import detector_class, detector_names  # noqa: PLC0415

    for name in detector_names():
        cls = detector_class(name)
        print(f"{name}: {cls.summary}")
        print(f"  labels: {', '.join(sorted(cls.labels))}")
        for option, field in cls.Options.model_fields.items():
            default = field.get_default(call_default_factory=True)
            print(f"  option {name}.{option}, default {default!r}")


def policies() -> None:
    """List the policies that are shipped, with their rules."""
    from screening.detectors.registry import known_labels  # noqa: PLC0415
    from screening.policy import load_packs  # noqa: PLC0415

    for pack in load_packs((), profile="employee", known_labels=known_labels):
        print(f"{pack.name} {pack.version}: {pack.document}")
        _table(
            (rule.id, rule.category.value, "; ".join(clause.section for clause in rule.clauses))
            for rule in pack.rules
        )


def formats() -> None:
    """List the report formats."""
    from screening.reports.registry import writer_class, writer_names  # noqa: PLC0415

    for name in writer_names():
        print(f"{name}: {writer_class(name).summary}")


def version() -> None:
    """Print the version of the program and of what it is built on."""
    import platform  # noqa: PLC0415
    from importlib.metadata import version as package_version  # noqa: PLC0415

    print(f"screening {__version__} (Python {platform.python_version()}, {platform.platform()})")
    for package in ("opencv-python-headless", "openvino", "rapidocr", "pillow", "av", "exifread"):
        print(f"  {package} {package_version(package)}")


def _table(rows: Iterable[tuple[str, ...]]) -> None:
    lines = list(rows)
    widths = [max(len(row[column]) for row in lines) for column in range(len(lines[0]))]
    for row in lines:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  " + "  ".join(cells).rstrip())
