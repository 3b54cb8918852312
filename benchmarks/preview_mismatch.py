"""Thumbnails that show something else are reported, true ones are not.

`python benchmarks/preview_mismatch.py [--photos 400]`. Needs `../shared/data`. Prints what the
previews detector says about real files (judged by eye, below), about true thumbnails made in
many ways, and about pictures that were cropped or covered later. Exit code 1 when fewer than 25
of the real untrue ones are reported, or when any true one is.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import cv2
from preview_cases import DATA, Case, covered_cases, crop_cases, photos, true_cases

from screening.config import MediaLimits, ScreenConfig
from screening.detectors.metadata.previews.detector import PreviewDetector, PreviewOptions
from screening.detectors.metadata.previews.examples import with_exif_thumbnail
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source
from screening.errors import DetectorError, MediaError
from screening.media import identify, open_frames
from screening.records import Finding
from screening.screen import make_plan

METADATA = DATA / "metadata"
LEAST_REPORTED, LEAST_TRUE = 25, 200
CROPPED_AWAY = (0.05, 0.1, 0.2, 0.3, 0.5)
COVERED_BY = ("black box", "blur", "mosaic")
OTHERS = frozenset(
    f"exiv2/{name}.jpg"
    for name in (
        "exiv2-bug1062", "exiv2-bug1202", "exiv2-bug443", "exiv2-bug444", "exiv2-bug445",
        "exiv2-bug447", "exiv2-bug501", "exiv2-bug528", "exiv2-canon-eos-20d",
        "exiv2-canon-eos-300d", "exiv2-canon-eos-d30", "exiv2-canon-powershot-a520",
        "exiv2-fujifilm-finepix-s2pro", "exiv2-gc", "exiv2-kodak-dc210",
        "exiv2-nikon-d70", "exiv2-nikon-e950",
        "exiv2-nikon-e990", "exiv2-olympus-c8080wz", "exiv2-panasonic-dmc-fz5",
        "exiv2-sigma-d10", "exiv2-sony-dsc-w7", "iptc-psAPP13s-noIPTC-psAPP13s-wIPTC",
        "iptc-psAPP13s-wIPTC-psAPP13s-noIPTC", "iptc-psAPP13s-wIPTCs-psAPP13s-wIPTCs",
        "pr_9320", "smiley2",
    )
)  # fmt: skip
"""Judged by eye: the thumbnail shows another picture."""
ELSEWHERE = frozenset(
    {
        "exifr/32d08f4a5eb10332506ebedbb9bc7257.jpg",
        "exifr/issue-exifr-41-Error_Segment_Unreachable.jpg",
        "exifr/png_with_exif_and_gps.png",
        "exiftool/ExifTool.jpg",
        "exiftool/FLIR.jpg",
    }
)
"""The same for the files of other projects."""
UNDECIDED = frozenset({"exifr/issue-exifr-13.jpg"})
"""The picture itself is damaged, and what is left of it shows hardly anything."""
CROPPED_PHOTO = "text/plates/eu10.jpg"
"""The one photo of the shared data, by eye, whose thumbnail shows more than it does."""


class Judge:
    """The detector, and how long it took."""

    def __init__(self) -> None:
        self._detector = PreviewDetector(PreviewOptions(), make_plan(ScreenConfig()).resources())
        self.times_s: list[float] = []

    def findings(self, path: Path) -> tuple[list[Finding], str]:
        """Findings in a file, and what kept the detector from comparing more."""
        media = identify(path, MediaLimits())
        with open_frames(media, MediaLimits()) as frames:
            frame = next(iter(frames))
        start = time.perf_counter()
        try:
            return self._detector.detect_first(media, frame), ""
        except DetectorError as error:
            return list(error.findings), str(error)
        finally:
            self.times_s.append(time.perf_counter() - start)

    def of_case(self, case: Case, folder: Path) -> list[Finding]:
        """Findings in a made picture."""
        stream = io.BytesIO()
        case.stored.save(stream, "JPEG", quality=92)
        path = folder / "photo.jpg"
        path.write_bytes(with_exif_thumbnail(stream.getvalue(), case.thumbnail, case.orientation))
        found, problem = self.findings(path)
        if problem:
            raise SystemExit(f"{case.name}: {problem}")
        return found


def real_files(judge: Judge) -> tuple[int, list[str]]:
    """Print the table of real files; number of untrue Exiv2 ones reported, true ones reported."""
    reported: set[str] = set()
    unreadable = compared = 0
    for path in sorted(METADATA.rglob("*")):
        name = path.relative_to(METADATA).as_posix()
        if not path.is_file() or name in UNDECIDED:
            continue
        try:
            findings, problem = judge.findings(path)
        except MediaError:
            continue  # no picture to compare with
        unreadable += bool(problem) and not findings
        compared += not problem and not findings and has_preview(path)
        if findings:
            reported.add(name)
    right = reported & OTHERS
    print(f"Exiv2 pictures whose thumbnail shows something else   {len(right)} of {len(OTHERS)}")
    print(f"the same in other folders          {len(reported & ELSEWHERE)} of {len(ELSEWHERE)}")
    print(f"missed                             {sorted((OTHERS | ELSEWHERE) - reported)}")
    wrong = sorted(reported - OTHERS - ELSEWHERE)
    print(f"true thumbnails reported           {wrong}")
    print(f"true thumbnails not reported       {compared}")
    print(f"thumbnails that cannot be opened, which is said   {unreadable}")
    return len(right), wrong


def real_photos(judge: Judge) -> tuple[int, list[str]]:
    """Print what is said about photos as cameras made them: true ones, those reported wrongly."""
    reported: list[str] = []
    compared = 0
    for path in sorted(DATA.rglob("*.jp*g")):
        name = path.relative_to(DATA).as_posix()
        if name.startswith(("metadata/", "hostile/")):
            continue
        try:
            if not has_preview(path):
                continue
            findings, _ = judge.findings(path)
        except (MediaError, OSError):
            continue
        compared += 1
        if findings:
            reported.append(name)
    wrong = [name for name in reported if name != CROPPED_PHOTO]
    true = compared - (compared > 0)
    print(
        f"\nPhotos with thumbnails of their cameras or editors: {true} true, {len(wrong)} reported"
    )
    print(f"the one that was cropped, reported  {CROPPED_PHOTO in reported}")
    return true, wrong


def has_preview(path: Path) -> bool:
    """Whether a file has a preview of its own picture."""
    with path.open("rb") as handle:
        harvest = read_metadata(Source(handle, 16 * 1024**2))
    return any(not preview.inside for preview in harvest.previews)


def made_files(judge: Judge, cases: Iterable[Case]) -> tuple[int, int]:
    """Print a table by kind; pictures reported, pictures in all."""
    seen: Counter[str] = Counter()
    reported: defaultdict[str, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            seen[case.kind] += 1
            if judge.of_case(case, Path(folder)):
                reported[case.kind].append(case.name)
    for kind, count in seen.items():
        print(f"  {kind:<28} {len(reported[kind]):>4} of {count}")
    return sum(map(len, reported.values())), seen.total()


def main() -> int:
    """Run and print; the exit code is in the docstring of the module."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--photos", type=int, default=400, help="photos with true thumbnails")
    count = arguments.parse_args().photos
    cv2.setNumThreads(1)
    judge = Judge()
    right, wrong = real_files(judge)
    judge.times_s.clear()
    camera_photos, wrong_photos = real_photos(judge)
    print(f"  time a photo {statistics.median(judge.times_s) * 1e3:.1f} ms median")
    judge.times_s.clear()
    chosen = photos(count)
    print("\nTrue thumbnails, reported:")
    false, true = made_files(judge, true_cases(chosen))
    times = judge.times_s
    print(
        f"  time a picture {statistics.median(times) * 1e3:.1f} ms median, {max(times):.2f} s most"
    )
    for away in CROPPED_AWAY:
        print(f"\nCropped by {away:.0%} of the area, reported:")
        made_files(judge, crop_cases(chosen[:100], away))
    print("\nA badge, patch, seal or other labelled thing of a post covered, reported:")
    for way in COVERED_BY:
        cases = list(covered_cases(way))
        made_files(judge, (case for _, case in cases))
        large = [case for share, case in cases if share >= 0.02]
        print("   of those at least 2 % of the picture:")
        made_files(judge, large)
    wrong += wrong_photos
    too_few = right < LEAST_REPORTED or true + camera_photos < LEAST_TRUE
    return int(too_few or bool(wrong) or false > 0)


if __name__ == "__main__":
    sys.exit(main())
