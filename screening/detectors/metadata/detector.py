"""The metadata detector: position, place, time, device and names that a file carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Annotated, ClassVar

from pydantic import Field

from screening.config import StrictModel
from screening.detectors.base import DetectorResources, Example, Progress
from screening.detectors.metadata.example_files import picture_with_metadata, png_picture
from screening.detectors.metadata.gazetteer import SOURCE as TOWNS_PACKAGE
from screening.detectors.metadata.gazetteer import Gazetteer
from screening.detectors.metadata.harvest import Fact, Harvest
from screening.detectors.metadata.packets.sidecars import read_sidecars
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source
from screening.errors import DetectorError
from screening.media.formats import UNKNOWN_TYPE, extension_matches
from screening.records import Finding, MediaFile

_UNREADABLE = "metadata_unreadable"
_POSITION_LABEL = "gps_location"
_CARRIED_LABELS = (
    _POSITION_LABEL, "place_name", "capture_time", "device_identity", "person_name",
)  # fmt: skip
_EMBEDDED_LABEL = "embedded_media"
_MISMATCH_LABEL = "type_mismatch"


class MetadataOptions(StrictModel):
    """Options of the metadata detector.

    Attributes:
        max_block_bytes: longest single metadata block that is read; a longer one makes the
            file incomplete. Test files stay at 64 KB; depth maps in extended XMP take megabytes.
        nearest_town: name the nearest town of every position, from a list that is on this
            machine.
    """

    max_block_bytes: Annotated[int, Field(ge=65536)] = 16 * 1024**2
    nearest_town: bool = True


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
        self._towns = Gazetteer(resources.cache_dir) if options.nearest_town else None

    @classmethod
    def prepare(
        cls, options: StrictModel, resources: DetectorResources, progress: Progress
    ) -> None:
        """Build the index of towns unless it is cached."""
        if isinstance(options, MetadataOptions) and options.nearest_town:
            Gazetteer.prepare(resources.cache_dir, progress)

    @classmethod
    def assets(cls, options: StrictModel, resources: DetectorResources) -> Mapping[str, str]:
        """The parsers, and the list of towns, whose version can change what is reported."""
        return {name: version(name) for name in ("defusedxml", "exifread", TOWNS_PACKAGE)}

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

        `spans` are the bytes that say so; empty for a sidecar. `evidence` has `carrier`, `field`,
        `container` (media type), `inside` for what stands in an embedded picture or video, and no
        value. `sensitive` has the values: `latitude_deg` and `longitude_deg` (WGS84),
        `altitude_m`, `direction_deg`, `speed_m_s`, `timestamp_utc`, `nearest_town`,
        `nearest_town_distance_m` (two significant digits), `place`, `time` (ISO 8601), `make`,
        `model`, `host_computer`, `colour_profile`, `serial_number`, `lens_serial_number`, `name`,
        `description`, `software`, `document_id`, `file_path`, `step`, `manifest`.

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
        read_sidecars(media.path, self._options.max_block_bytes, harvest)
        findings = [*_mismatch(media), *_findings(harvest, media, self._towns)]
        if harvest.damage:
            raise DetectorError(" ".join(harvest.damage), code=_UNREADABLE, findings=findings)
        return findings


def _findings(harvest: Harvest, media: MediaFile, towns: Gazetteer | None) -> list[Finding]:
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
            sensitive={**fact.values, **(_nearest_town(fact, towns) if towns else {})},
            spans=fact.spans,
            embedded=fact.label == _EMBEDDED_LABEL,
        )
        for fact in distinct.values()
    ]


def _nearest_town(fact: Fact, towns: Gazetteer) -> Mapping[str, str | int]:
    """What is nearest to a position; nothing for other facts."""
    if fact.label != _POSITION_LABEL:
        return {}
    latitude_deg, longitude_deg = fact.values["latitude_deg"], fact.values["longitude_deg"]
    town = towns.nearest(float(latitude_deg), float(longitude_deg))
    distance_m = int(float(f"{town.distance_m:.2g}"))
    return {"nearest_town": town.name, "nearest_town_distance_m": distance_m}


def _mismatch(media: MediaFile) -> list[Finding]:
    if media.media_type == UNKNOWN_TYPE or extension_matches(media.path, media.media_type):
        return []
    evidence = {"extension": media.path.suffix.lower(), "media_type": media.media_type}
    return [Finding(MetadataDetector.name, _MISMATCH_LABEL, 1.0, evidence=evidence)]
