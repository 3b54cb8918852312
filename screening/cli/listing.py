"""`screening detectors`, `formats` and `version`: what is there."""

from __future__ import annotations

from screening import __version__


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
