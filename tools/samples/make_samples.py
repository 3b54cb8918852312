"""Makes every sample and `expected.json`: `python tools/samples/make_samples.py`.

FOLDER is `samples/` when it is not given. Nothing is downloaded and nobody is shown: every
scene is painted, every agency is made up, every position lies in the open ocean.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import containers
import numpy as np
import scenes
from PIL import Image
from planting import Planted

# Far from any coast: the southern Pacific for the photos, the Atlantic south-west of the
# Cape Verde islands for the clip.
PACIFIC_DEG = (-47.25, -124.5)
ATLANTIC = "+12.3456-023.4567/"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a scan under the employee profile is to say about one sample.

    Attributes:
        decision: allow, review or block.
        labels: how many findings of each label there must be, at least.
        text: words set in straight lines, which must be read (lettering on a ring need not be).
        insignia: what was planted, with its place.
        failures: codes of the failures the scan must name.
        size_wh: upright size in pixels.
        position_deg: latitude and longitude that the metadata gives away.
    """

    decision: str = "allow"
    labels: dict[str, int] = field(default_factory=dict)
    text: tuple[str, ...] = ()
    insignia: tuple[Planted, ...] = ()
    failures: tuple[str, ...] = ()
    size_wh: tuple[int, int] = (0, 0)
    position_deg: tuple[float, float] | None = None


Maker = Callable[[Path], Expected]


def seal_on_podium(path: Path) -> Expected:
    """A court seal on a lectern, seen at an angle; its legend can be read."""
    pixels, planted = scenes.podium()
    path.write_bytes(containers.jpeg_bytes(pixels))
    labels = {"seal": 1, "agency_name": 1, "court_name": 1}
    words = ("PORT ELLERY DISTRICT COURT",)
    return Expected("block", labels, words, tuple(planted), size_wh=_size(pixels))


def patch_and_badge_on_cloth(path: Path) -> Expected:
    """A shoulder patch and a badge on uniform cloth."""
    pixels, planted = scenes.cloth_with_patch_and_badge()
    path.write_bytes(containers.jpeg_bytes(pixels))
    labels = {"patch": 1, "badge": 1, "police_word": 1}
    words = ("POLICE", "CITY OF FAIRHAVEN")
    return Expected("block", labels, words, tuple(planted), size_wh=_size(pixels))


def sign_with_text(path: Path) -> Expected:
    """A sign with the name of the court and the word POLICE, and no insignia."""
    pixels, _ = scenes.door_sign()
    path.write_bytes(containers.jpeg_bytes(pixels))
    words = ("PORT ELLERY", "DISTRICT COURT", "POLICE ENTRANCE")
    labels = {"police_word": 1, "court_name": 1, "agency_name": 1}
    return Expected("review", labels, words, size_wh=_size(pixels))


def letterhead_page(path: Path) -> Expected:
    """A court letter with logo, docket number, work e-mail address and CONFIDENTIAL."""
    pixels, planted = scenes.letterhead()
    Image.fromarray(pixels).save(path, optimize=True)
    labels = {"logo": 1, "agency_name": 1, "court_name": 1}
    labels |= {"docket_number": 1, "work_email": 1, "marking": 1}
    words = (
        "PORT ELLERY DISTRICT COURT",
        "4:21-cr-00123",
        "clerk@portellery-court.example",
        "under seal",
        "CONFIDENTIAL",
    )
    return Expected("block", labels, words, tuple(planted), size_wh=_size(pixels))


def gps_exif(path: Path) -> Expected:
    """An empty sea; position and time in EXIF."""
    pixels, _ = scenes.open_sea()
    path.write_bytes(containers.jpeg_bytes(pixels, containers.gps_exif(*PACIFIC_DEG)))
    labels = {"gps_location": 1, "capture_time": 1}
    return Expected("review", labels, size_wh=_size(pixels), position_deg=PACIFIC_DEG)


def gps_xmp_only(path: Path) -> Expected:
    """Mountains; the position stands in an XMP packet and nowhere else."""
    pixels, _ = scenes.mountains()
    path.write_bytes(containers.jpeg_bytes(pixels, xmp=containers.gps_xmp(*PACIFIC_DEG)))
    labels = {"gps_location": 1}
    return Expected("review", labels, size_wh=_size(pixels), position_deg=PACIFIC_DEG)


def rotated(path: Path) -> Expected:
    """A courtroom door, stored lying on its side (EXIF orientation 6)."""
    upright, planted = scenes.courtroom_door()
    # Orientation 6 (EXIF 2.3, tag 0x0112): turn the stored pixels 90 degrees clockwise to
    # see them upright, so they are stored turned the other way.
    stored = np.ascontiguousarray(np.rot90(upright))
    path.write_bytes(containers.jpeg_bytes(stored, containers.orientation_exif(6)))
    words = ("COURTROOM",)
    return Expected(
        "block", {"patch": 1, "court_name": 1}, words, tuple(planted), size_wh=_size(upright)
    )


def phone(path: Path) -> Expected:
    """The police logo on a car door, in the format of a phone."""
    pixels, planted = scenes.car_door()
    containers.write_heic(path, pixels)
    words = ("police",)
    return Expected(
        "block", {"logo": 1, "police_word": 1}, words, tuple(planted), size_wh=_size(pixels)
    )


def animated(path: Path) -> Expected:
    """Twelve frames; the police seal is in the frame with index 7 and in no other."""
    frames, planted = scenes.slideshow()
    containers.write_gif(path, frames)
    labels = {"seal": 1, "agency_name": 1, "police_word": 1}  # the legend of the seal is read
    words = ("fairhaven police",)
    return Expected("block", labels, words, tuple(planted), size_wh=_size(frames[0]))


def clip_with_location(path: Path) -> Expected:
    """Five seconds; a badge from the second second on, a position in the user data."""
    frames, planted = scenes.clip()
    containers.write_mp4(path, frames, 10, ATLANTIC)
    labels = {"badge": 1, "court_name": 1, "gps_location": 1}
    return Expected(
        "block",
        labels,
        insignia=tuple(planted),
        size_wh=_size(frames[0]),
        position_deg=(12.3456, -23.4567),
    )


def clean_landscape(path: Path) -> Expected:
    """Mountains and no metadata: nothing to find."""
    pixels, _ = scenes.mountains()
    path.write_bytes(containers.jpeg_bytes(np.ascontiguousarray(pixels[:, ::-1])))
    return Expected(size_wh=_size(pixels))


def clean_still_life(path: Path) -> Expected:
    """Fruit on a table: nothing to find."""
    pixels, _ = scenes.still_life()
    Image.fromarray(pixels).save(path, optimize=True)
    return Expected(size_wh=_size(pixels))


def truncated(path: Path) -> Expected:
    """A photo whose transfer broke off after six tenths of its bytes."""
    pixels, _ = scenes.open_sea()
    whole = containers.jpeg_bytes(np.ascontiguousarray(pixels[:, ::-1]))
    path.write_bytes(whole[: len(whole) * 6 // 10])
    failures = ("metadata_unreadable", "truncated")
    return Expected("review", failures=failures, size_wh=_size(pixels))


def wrong_extension(path: Path) -> Expected:
    """A JPEG that calls itself PNG."""
    pixels, _ = scenes.open_sea()
    path.write_bytes(containers.jpeg_bytes(pixels))
    return Expected("review", {"type_mismatch": 1}, size_wh=_size(pixels))


def multipage(path: Path) -> Expected:
    """Two typed pages; the second is stamped CONFIDENTIAL."""
    pages = scenes.report_pages()
    containers.write_tiff(path, pages)
    return Expected("block", {"marking": 1}, ("CONFIDENTIAL",), size_wh=_size(pages[0]))


SAMPLES: dict[str, Maker] = {
    "animated.gif": animated,
    "clean_landscape.jpg": clean_landscape,
    "clean_still_life.png": clean_still_life,
    "clip_with_location.mp4": clip_with_location,
    "gps_exif.jpg": gps_exif,
    "gps_xmp_only.jpg": gps_xmp_only,
    "letterhead_page.png": letterhead_page,
    "multipage.tiff": multipage,
    "patch_and_badge_on_cloth.jpg": patch_and_badge_on_cloth,
    "phone.heic": phone,
    "rotated.jpg": rotated,
    "seal_on_podium.jpg": seal_on_podium,
    "sign_with_text.jpg": sign_with_text,
    "truncated.jpg": truncated,
    "wrong_extension.png": wrong_extension,
}


def make_all(folder: Path) -> None:
    """Write every sample and `expected.json` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {name: make(folder / name) for name, make in SAMPLES.items()}
    # The list lies among the samples and is no picture, so a scan says it was not examined.
    made["expected.json"] = Expected("review", failures=("unsupported",))
    expected = {name: _as_json(made[name]) for name in sorted(made)}
    text = json.dumps(expected, indent=1, ensure_ascii=False)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


def _size(pixels: scenes.Pixels) -> tuple[int, int]:
    return pixels.shape[1], pixels.shape[0]


def _as_json(expected: Expected) -> dict[str, object]:
    return {
        "decision": expected.decision,
        "complete": not expected.failures,
        "failures": list(expected.failures),
        "size_wh": list(expected.size_wh),
        "labels": expected.labels,
        "insignia": [_placed(planted) for planted in expected.insignia],
        "text": list(expected.text),
        "position_deg": expected.position_deg and list(expected.position_deg),
    }


def _placed(planted: Planted) -> dict[str, object]:
    x_values, y_values = zip(*planted.corners, strict=True)
    return {
        "reference": planted.reference,
        "frame_index": planted.frame_index,
        "last_frame_index": planted.last_frame_index,
        "box": [round(v, 1) for v in (min(x_values), min(y_values), max(x_values), max(y_values))],
        "polygon": [[round(x, 1), round(y, 1)] for x, y in planted.corners],
    }


if __name__ == "__main__":
    shipped = Path(__file__).resolve().parents[2] / "samples"
    make_all(Path(sys.argv[1]) if len(sys.argv) > 1 else shipped)
