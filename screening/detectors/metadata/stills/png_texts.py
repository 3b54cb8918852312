"""Reads the text chunks of a PNG: what their keywords stand for.

Source: PNG Specification (Third Edition), 11.3.3.1 (keywords); ImageMagick's coders/png.c
(`exif:`, `tiff:`, `date:`); freedesktop.org Thumbnail Managing Standard (`Thumb::`).
"""

from __future__ import annotations

from screening.detectors.metadata.harvest import Harvest, Spans
from screening.detectors.metadata.positions import checked_position, degrees
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.text_positions import note_text, note_traces
from screening.detectors.metadata.values import account_name, decode_text

CARRIER = "PNG text"

_TEXTS = {
    "title": "Title", "description": "Description", "comment": "Comment", "caption": "Caption",
    "disclaimer": "Disclaimer", "warning": "Warning", "imagedescription": "ImageDescription",
    "label": "Label", "keywords": "Keywords", "subject": "Subject", "url": "URL",
    "collection": "Collection", "usercomment": "UserComment", "documentname": "DocumentName",
}  # fmt: skip
_PERSONS = {
    "author": "Author", "creator": "Creator", "artist": "Artist", "copyright": "Copyright",
    "by-line": "By-line", "photographer": "Photographer", "cameraownername": "CameraOwnerName",
    "contributor": "Contributor", "publisher": "Publisher",
}  # fmt: skip
_TIMES = {
    "creation time": "Creation Time", "create-date": "create-date", "date:create": "date:create",
    "datetimeoriginal": "DateTimeOriginal", "datetimedigitized": "DateTimeDigitized",
}  # fmt: skip
_STEPS = {
    "date:modify": "date:modify", "date:timestamp": "date:timestamp", "modify-date": "modify-date",
    "datetime": "DateTime", "thumb::mtime": "Thumb::MTime",
}  # fmt: skip
_SOFTWARE = {"software": "Software", "producer": "Producer", "program": "Program"}
_PATHS = {"thumb::uri": "Thumb::URI", "file": "File"}
_DEVICE = {
    "make": ("make", "Make"), "model": ("model", "Model"), "source": ("model", "Source"),
    "hostcomputer": ("host_computer", "HostComputer"),
    "bodyserialnumber": ("serial_number", "BodySerialNumber"),
    "lensserialnumber": ("lens_serial_number", "LensSerialNumber"),
}  # fmt: skip
_GENERATORS = {
    "parameters": "Stable Diffusion", "prompt": "ComfyUI", "workflow": "ComfyUI",
    "sd-metadata": "InvokeAI", "invokeai_metadata": "InvokeAI", "invokeai_graph": "InvokeAI",
    "dream": "InvokeAI", "generation_data": "an image generator", "sui_image_params": "SwarmUI",
}  # fmt: skip
_PREFIXES = ("exif:", "tiff:", "dng:", "xmp:", "dc:", "photoshop:")
_TECHNICAL_PREFIXES = (
    "exif:", "tiff:", "dng:", "png:", "jpeg:", "icc:", "thumb::", "signature", "rdf:", "8bim:",
    "gamma", "aspect", "date:",
)  # fmt: skip


class PngTexts:
    """Notes the texts of one PNG, and at the end what several of them say together.

    Args:
        harvest: takes what they say.
    """

    def __init__(self, harvest: Harvest) -> None:
        self.harvest = harvest
        self._gps: dict[str, tuple[str, Spans]] = {}
        self._device: dict[str, tuple[str, str | None]] = {}
        self._device_spans: Spans = ()

    def wants(self, keyword: bytes) -> bool:
        """Whether a text under this keyword is worth inflating."""
        name = keyword.decode("latin-1").lower()
        return _plain(name) in _KNOWN or not name.startswith(_TECHNICAL_PREFIXES)

    def add(self, keyword: bytes, source: Source) -> None:
        """Note one text by its keyword; unknown keywords may be sensitive and are not named."""
        if not self.wants(keyword):
            return
        name = _plain(keyword.decode("latin-1").lower())
        text, spans, harvest = (
            decode_text(source.read_up_to(0, source.size)),
            source.spans(),
            self.harvest,
        )
        if name.startswith("gps"):
            self._gps[name] = text, spans
        elif name in _PERSONS:
            harvest.add_person(CARRIER, _PERSONS[name], text, spans)
        elif name in _TIMES:
            harvest.add_time(CARRIER, _TIMES[name], text, spans)
        elif name in _DEVICE:
            part, field = _DEVICE[name]
            self._device[part] = field, text
            self._device_spans += spans
        elif not self._add_trace(name, text, spans):
            field = _TEXTS.get(name, "other keyword")
            note_text(harvest, CARRIER, field, _spelled_out(text), spans)

    def _add_trace(self, name: str, text: str, spans: Spans) -> bool:
        """Whether the keyword tells how the file was made."""
        harvest = self.harvest
        if name in _SOFTWARE:
            harvest.add_edit(CARRIER, _SOFTWARE[name], "software", text, spans)
        elif name in _STEPS:
            harvest.add_edit(CARRIER, _STEPS[name], "step", f"changed {text}", spans)
        elif name in _PATHS:
            harvest.add_edit(CARRIER, _PATHS[name], "file_path", text, spans)
            harvest.add_person(CARRIER, _PATHS[name], account_name(text), spans)
        elif name in _GENERATORS:
            harvest.add_edit(CARRIER, name, "software", _GENERATORS[name], spans)
            harvest.add_description(CARRIER, name, text, spans)
            note_traces(harvest, CARRIER, name, text, spans)
        else:
            return False
        return True

    def finish(self) -> None:
        """Note the device and the position that are spread over several texts."""
        self.harvest.add_device(CARRIER, self._device, self._device_spans)
        with self.harvest.reading("PNG text"):
            self._note_position()

    def _note_position(self) -> None:
        spans = tuple(span for _, spans in self._gps.values() for span in spans)
        position = checked_position(
            self._coordinate("gpslatitude", "S"),
            self._coordinate("gpslongitude", "W"),
            (self._numbers("gpsaltitude") or [None])[0],
        )
        self.harvest.add_position(CARRIER, "exif:GPSLatitude", position, spans=spans)

    def _coordinate(self, name: str, negative: str) -> float | None:
        value = degrees(self._numbers(name))
        reference, _ = self._gps.get(name + "ref", ("", ()))
        return -value if value and reference.strip().upper().startswith(negative) else value

    def _numbers(self, name: str) -> list[float | None]:
        """Rational numbers as ImageMagick writes them: `12/1, 30/1, 4500/100`.

        Raises:
            DamagedError: these are none.
        """
        text, _ = self._gps.get(name, ("", ()))
        numbers: list[float | None] = []
        for part in filter(None, text.replace(",", " ").split()):
            numerator, _, denominator = part.partition("/")
            try:
                numbers.append(float(numerator) / float(denominator or 1))
            except (ValueError, ZeroDivisionError) as error:
                raise DamagedError from error
        return numbers


def _plain(name: str) -> str:
    """A lowercase keyword without the namespace that a converter put before it."""
    if name in _TIMES or name in _STEPS or name in _PATHS:
        return name
    return next((name[len(one) :] for one in _PREFIXES if name.startswith(one)), name)


def _spelled_out(text: str) -> str:
    """Bytes that ImageMagick wrote as decimal numbers (`65, 83, 67`), else the text itself."""
    numbers = text.split(", ")
    if len(numbers) < 8 or not all(number.isascii() and number.isdigit() for number in numbers):
        return text
    codes = bytes(int(number) & 0xFF for number in numbers)
    return decode_text(codes[8:])  # behind the name of its character set (EXIF 3.0, 4.6.5)


_KNOWN = frozenset(
    {*_TEXTS, *_PERSONS, *_TIMES, *_STEPS, *_SOFTWARE, *_PATHS, *_DEVICE, *_GENERATORS}
    | {f"gps{part}{ref}" for part in ("latitude", "longitude", "altitude") for ref in ("", "ref")}
)
