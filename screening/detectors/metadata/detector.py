"""The metadata detector: position, place, time, device and names that a file carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Annotated, ClassVar

from pydantic import Field

from screening.config import StrictModel
from screening.detectors.base import DetectorResources, Example, Progress
from screening.detectors.metadata.example_files import picture_with_metadata, png_picture
from screening.detectors.metadata.harvest import Fact, Harvest
from screening.detectors.metadata.matroska import MEDIA_TYPES as MATROSKA_TYPES
from screening.detectors.metadata.matroska import read_matroska
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source
from screening.errors import DetectorError
from screening.media.formats import UNKNOWN_TYPE, extension_matches
from screening.records import Finding, MediaFile

_UNREADABLE = "metadata_unreadable"
_CARRIED_LABELS = (
    "gps_location", "place_name", "capture_time", "device_identity", "person_name",
)  # fmt: skip
_EMBEDDED_LABEL = "embedded_media"
_MISMATCH_LABEL = "type_mismatch"


class MetadataOptions(StrictModel):
    """Options of the metadata detector.

    Attributes:
        max_block_bytes: longest single metadata block that is read; a longer one makes the
            file incomplete. Test files stay at 64 KB; depth maps in extended XMP take megabytes.
    """

    max_block_bytes: Annotated[int, Field(ge=65536)] = 16 * 1024**2


class MetadataDetector:
    """Reads EXIF, XMP, IPTC, QuickTime and Matroska metadata; looks at the file, not at pixels."""

    name: ClassVar[str] = "metadata"
    labels: ClassVar[frozenset[str]] = frozenset(
        {*_CARRIED_LABELS, "description", "edit_history", _EMBEDDED_LABEL, _MISMATCH_LABEL}
    )
    version: ClassVar[str] = "2"
    summary: ClassVar[str] = (
        "Reads the position, place, time, device and names hidden in a file, and tells when"
        " the file is not what its extension says."
    )
    Options: ClassVar[type[StrictModel]] = MetadataOptions

    def __init__(self, options: StrictModel, resources: DetectorResources) -> None:
        if not isinstance(options, MetadataOptions):
            raise TypeError(f"MetadataDetector needs MetadataOptions, got {type(options).__name__}")
        self._options = options

    @classmethod
    def prepare(
        cls, options: StrictModel, resources: DetectorResources, progress: Progress
    ) -> None:
        """Nothing to prepare."""

    @classmethod
    def assets(cls, options: StrictModel, resources: DetectorResources) -> Mapping[str, str]:
        """The parsers whose version can change what is read."""
        return {name: version(name) for name in ("av", "defusedxml", "exifread")}

    @classmethod
    def examples(cls) -> Sequence[Example]:
        """A picture with every kind of metadata, and one with a wrong extension."""
        photo = picture_with_metadata()
        carried = [
            Example(label=label, file_bytes=photo, file_name="photo.jpg")
            for label in _CARRIED_LABELS
        ]
        mismatch = Example(_MISMATCH_LABEL, file_bytes=png_picture(), file_name="photo.jpg")
        return [*carried, mismatch]

    def detect_file(self, media: MediaFile) -> list[Finding]:
        """One finding per carrier and distinct value; `box` is None, `score` 1.

        `evidence` has `carrier`, `field` and `container` (media type) and no value;
        `sensitive` has the values: `latitude_deg` and `longitude_deg` (WGS84), `altitude_m`,
        `timestamp_utc`, `place`, `time` (ISO 8601), `make`, `model`, `serial_number`,
        `lens_serial_number`, `name`.

        Raises:
            DetectorError: code `metadata_unreadable`; the file cannot be opened, or a part of
                its metadata is damaged. What was read all the same is in `findings`.
        """
        try:
            with media.path.open("rb") as handle:
                harvest = read_metadata(Source(handle, self._options.max_block_bytes))
        except OSError as error:
            raise DetectorError(
                "The metadata of this file could not be read, because the file could not be"
                f" opened: {error.strerror}.",
                code=_UNREADABLE,
            ) from error
        if media.media_type in MATROSKA_TYPES:
            read_matroska(media.path, harvest)
        findings = [*_mismatch(media), *_findings(harvest, media)]
        if harvest.damage:
            raise DetectorError(" ".join(harvest.damage), code=_UNREADABLE, findings=findings)
        return findings


def _findings(harvest: Harvest, media: MediaFile) -> list[Finding]:
    distinct: dict[tuple[object, ...], Fact] = {}
    for fact in harvest.facts:
        key = (fact.label, fact.carrier, fact.inside, *sorted(fact.values.items()))
        distinct.setdefault(key if fact.values else (*key, fact.spans), fact)
    return [
        Finding(
            detector=MetadataDetector.name,
            label=fact.label,
            score=1.0,
            text=str(fact.values["place"]) if fact.label == "place_name" else None,
            evidence={
                "carrier": fact.carrier,
                "field": fact.tag,
                "container": media.media_type,
                **({"inside": " > ".join(fact.inside)} if fact.inside else {}),
                **fact.remarks,
            },
            sensitive=dict(fact.values),
            spans=fact.spans,
            embedded=fact.label == _EMBEDDED_LABEL,
        )
        for fact in distinct.values()
    ]


def _mismatch(media: MediaFile) -> list[Finding]:
    if media.media_type == UNKNOWN_TYPE or extension_matches(media.path, media.media_type):
        return []
    evidence = {"extension": media.path.suffix.lower(), "media_type": media.media_type}
    return [Finding(MetadataDetector.name, _MISMATCH_LABEL, 1.0, evidence=evidence)]
