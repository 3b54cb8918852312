"""Reading text: our engines beside RapidOCR as it comes and Tesseract, on real pictures.

`python benchmarks/text_reading.py` runs every engine in a process of its own, one after the
other, on one thread, over

- `../shared/data/text/icdar2015`: words of three letters or more found anywhere in what was
  read, whatever the case; word boxes at IoU 0.5; seconds of
  processor time per picture, which other work does not change much; peak memory;
- `plates` and `receipts`: the plate as one string, words of the receipts' fields;
- legends: 40 court seals, 250 px high, pasted on photos; the court named from text alone;
- pages: 12 printed pages of the written policies, set in serifs, 1240x1754 px, as a scanner and as
  a phone see them; words of three characters or more.

`--alternate` times RapidOCR and ours in turns, picture by picture, in one process: the ratio to
believe on a machine that does other work too.

The peers need: pip install -e '.[peers]' and the program tesseract. `--only NAME` takes one
engine, `--sets icdar2015,plates` some of the sets; `--seed N` takes other seals, photos and places.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from real_input import DATA

from screening.geometry import Box

Words = list[tuple[str, Box]]
Reader = Callable[[NDArray[np.uint8]], tuple[list[str], Words]]

OURS = ("rapidocr", "thorough", "tesseract")
PEER = "RapidOCR as it comes"
SETS = ("icdar2015", "plates", "receipts", "pages", "legends")
POLICIES = DATA.parent / "policies"
PAGES, LINES_A_PAGE, LETTERS_A_LINE = 12, 52, 82
SEALS, SEAL_PX = 40, 250
MIN_IOU = 0.5


@dataclass
class Tally:
    """What an engine did on one set."""

    found: int = 0
    expected: int = 0
    boxed: int = 0
    seconds: list[float] = field(default_factory=list)


def our_reader(name: str) -> Reader:
    """One of our engines on one thread."""
    from screening.detectors.text.engines import engine_class  # noqa: PLC0415

    engine = engine_class(name)("eng", 1)

    def read(pixels: NDArray[np.uint8]) -> tuple[list[str], Words]:
        lines = [line for line in engine.read([pixels])[0].lines if line.score >= 0.5]
        words = [
            (match[0], line.span_quad(*match.span()).bounds)
            for line in lines
            for match in re.finditer(r"\S+", line.text)
        ]
        return [line.text for line in lines], words

    return read


def peer_reader() -> Reader:
    """RapidOCR with its own settings but one thread: ONNX Runtime, angle classifier."""
    from rapidocr import RapidOCR  # noqa: PLC0415

    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        }
    )

    def read(pixels: NDArray[np.uint8]) -> tuple[list[str], Words]:
        result = engine(np.ascontiguousarray(pixels[..., ::-1]), return_word_box=True)
        if result.boxes is None:
            return [], []
        words = [
            (text, Box.around([(float(x), float(y)) for x, y in corners]))
            for line in result.word_results
            for text, _, corners in line
            if corners is not None
        ]
        return list(result.txts), words

    return read


def pictures(name: str) -> Iterator[tuple[NDArray[np.uint8], list[tuple[str, Box]]]]:
    """Pictures of a set, RGB, with the words on them that count."""
    for line in (DATA / "text" / name / "annotations.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        pixels = cv2.imread(str(DATA / entry["file"]), cv2.IMREAD_COLOR_RGB)
        words = []
        for word in entry["words"]:
            numbers = word.get("polygon") or word["box"]
            points = list(zip(numbers[::2], numbers[1::2], strict=True))
            words.append((word["text"], Box.around(points)))
        yield pixels, words


def counts(text: str) -> bool:
    """Whether a word of the street photos counts: three characters, one of them a letter."""
    return text != "###" and len(text) >= 3 and any(char.isalpha() for char in text)


def read_streets(read: Reader) -> Tally:
    """Words anywhere in the text, and boxes of the same word."""
    tally = Tally()
    for pixels, truth in pictures("icdar2015"):
        lines, words = timed(read, pixels, tally)
        everything = " ".join(lines).lower()
        for text, box in truth:
            if counts(text):
                tally.expected += 1
                tally.found += text.lower() in everything
                tally.boxed += any(box.iou(other) >= MIN_IOU for _, other in words)
    return tally


def plain(text: str) -> str:
    """Letters and digits in capitals."""
    return "".join(char for char in text.upper() if char.isalnum())


def read_plates(read: Reader) -> Tally:
    """The whole plate, blanks apart, as one line or as neighbours in reading order."""
    tally = Tally()
    for pixels, truth in pictures("plates"):
        lines, _ = timed(read, pixels, tally)
        everything = plain("".join(lines))
        for text, _ in truth:
            tally.expected += 1
            tally.found += plain(text) in everything
    return tally


def read_receipts(read: Reader) -> Tally:
    """Words of three characters or more."""
    tally = Tally()
    for pixels, truth in pictures("receipts"):
        lines, _ = timed(read, pixels, tally)
        everything = " ".join(lines).lower()
        for text, _ in truth:
            for word in text.lower().split():
                if len(word) >= 3:
                    tally.expected += 1
                    tally.found += word in everything
    return tally


def printed_pages() -> Iterator[tuple[NDArray[np.uint8], list[str]]]:
    """Pages of the policies with their words; every other one askew, shaded and compressed."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415

    font = ImageFont.truetype("DejaVuSerif.ttf", 22)
    written = [
        line
        for path in sorted(POLICIES.glob("*.txt"))
        for paragraph in path.read_text("utf-8").splitlines()
        for line in textwrap.wrap(paragraph, LETTERS_A_LINE) or [""]
    ]
    rng = np.random.default_rng(3)
    for number in range(PAGES):
        lines = written[number * LINES_A_PAGE : (number + 1) * LINES_A_PAGE]
        sheet = Image.new("L", (1240, 1754), 250)
        draw = ImageDraw.Draw(sheet)
        for row, line in enumerate(lines):
            draw.text((110, 100 + 30 * row), line, 20, font)
        pixels = np.asarray(sheet)
        if number % 2:
            turn = cv2.getRotationMatrix2D((620, 877), float(rng.uniform(-3, 3)), 0.94)
            pixels = cv2.warpAffine(pixels, turn, (1240, 1754), borderValue=90)
            shade = np.linspace(0.65, 1, 1754)[:, None] * np.linspace(1, 0.8, 1240)
            pixels = (pixels * shade + rng.normal(0, 6, pixels.shape)).clip(0, 255).astype(np.uint8)
            _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 60])
            pixels = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
        yield np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), np.uint8), lines


def read_pages(read: Reader) -> Tally:
    """Words of three characters or more, without the signs around them."""
    tally = Tally()
    for pixels, written in printed_pages():
        lines, _ = timed(read, pixels, tally)
        everything = " ".join(lines).lower()
        for word in re.findall(r"\w[\w'-]+\w", " ".join(written).lower()):
            tally.expected += 1
            tally.found += word in everything
    return tally


def seals_on_photos(seed: int) -> Iterator[tuple[NDArray[np.uint8], str]]:
    """Photos with one round court seal each, and the id of its court."""
    import seal_rookery  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    folder = Path(seal_rookery.__file__).parent / "seals"
    courts = {
        court
        for court, entry in json.loads((folder / "seals.json").read_text("utf-8")).items()
        if entry["has_seal"] and re.search(r"United States (District|Bankruptcy)", entry["name"])
    }
    chance = random.Random(seed)  # noqa: S311 - the same pictures in every run
    files = sorted(path for path in (folder / "orig").glob("*.png") if path.stem in courts)
    photos = sorted((DATA / "negative").rglob("*.jpg"))
    chance.shuffle(files)
    chance.shuffle(photos)
    for file, photo in list(zip(files, photos, strict=False))[:SEALS]:
        pixels = cv2.imread(str(photo), cv2.IMREAD_COLOR_RGB)
        scale = 720 / min(pixels.shape[:2])
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale)
        picture = Image.fromarray(pixels)
        seal = Image.open(file).convert("RGBA")
        seal = seal.resize((round(SEAL_PX * seal.width / seal.height), SEAL_PX))
        spot = (
            chance.randrange(picture.width - seal.width),
            chance.randrange(picture.height - seal.height),
        )
        picture.paste(seal, spot, seal)
        yield np.asarray(picture), file.stem


def read_legends(name: str, seed: int) -> Tally:
    """Courts that the text detector names by their id in `courts-db`."""
    from screening.config import ScreenConfig  # noqa: PLC0415
    from screening.detectors.text.detector import TextDetector, TextOptions  # noqa: PLC0415
    from screening.records import Frame  # noqa: PLC0415
    from screening.screen import make_plan  # noqa: PLC0415

    plan = make_plan(ScreenConfig(detectors=("text",)))
    detector = TextDetector(TextOptions(engine=name), plan.resources(1))
    tally = Tally()
    for pixels, court in seals_on_photos(seed):
        start = processor_s()
        findings = detector.detect([Frame(pixels)])
        tally.seconds.append(processor_s() - start)
        tally.expected += 1
        tally.found += any(finding.evidence.get("court_id") == court for finding in findings)
    return tally


def timed(read: Reader, pixels: NDArray[np.uint8], tally: Tally) -> tuple[list[str], Words]:
    """Read one picture and note the time."""
    start = processor_s()
    result = read(pixels)
    tally.seconds.append(processor_s() - start)
    return result


def processor_s() -> float:
    """Processor time of this process and of the programs it has called."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def measure(engine: str, sets: list[str], seed: int) -> None:
    """Print the tallies of one engine as JSON; runs in a process of its own."""
    cv2.setNumThreads(1)
    read = peer_reader() if engine == PEER else our_reader(engine)
    read(np.full((736, 1280, 3), 200, np.uint8))
    readers = {"icdar2015": read_streets, "plates": read_plates, "receipts": read_receipts}
    readers["pages"] = read_pages
    for name in sets:
        if name == "legends" and engine == PEER:
            continue
        tally = read_legends(engine, seed) if name == "legends" else readers[name](read)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        mean = sum(tally.seconds) / len(tally.seconds)
        print(json.dumps([name, tally.found, tally.expected, tally.boxed, mean, peak / 1e6]))


def alternate(sets: list[str]) -> None:
    """Print the processor time of RapidOCR and of our engines, all on each picture in turn."""
    cv2.setNumThreads(1)
    readers = {PEER: peer_reader(), **{name: our_reader(name) for name in OURS[:2]}}
    for name in sets:
        spent = dict.fromkeys(readers, 0.0)
        count = 0
        of_set = printed_pages() if name == "pages" else pictures(name)
        for pixels, _ in of_set:
            for engine, read in readers.items():
                tally = Tally()
                timed(read, pixels, tally)
                spent[engine] += tally.seconds[0]
            count += 1
        for engine, seconds in spent.items():
            print(f"| {name} | {engine} | {seconds / count:.3f} | {spent[PEER] / seconds:.2f} |")


def main() -> None:
    """Run the engines one after the other and print one table per set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=(PEER, *OURS))
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--alternate", action="store_true")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sets = options.sets.split(",")
    if options.alternate:
        alternate([name for name in sets if name != "legends"])
        return
    if options.measure:
        measure(options.measure, sets, options.seed)
        return
    print("| set | engine | found | share | boxes | s/picture | peak GB |")
    print("|---|---|---|---|---|---|---|")
    for engine in [options.only] if options.only else [PEER, *OURS]:
        command = [sys.executable, __file__, "--measure", engine, "--sets", options.sets]
        command += ["--seed", str(options.seed)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        for line in done.stdout.splitlines():
            name, found, expected, boxed, seconds, peak_gb = json.loads(line)
            boxes = f"{boxed / expected:.2f}" if boxed else ""
            print(
                f"| {name} | {engine} | {found} of {expected} | {found / expected:.3f} | {boxes} |"
                f" {seconds:.3f} | {peak_gb:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
