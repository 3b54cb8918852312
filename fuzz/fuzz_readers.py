"""Fuzzes one metadata reader: `python fuzz/fuzz_readers.py READER -max_total_time=60`.

What the fuzzer makes is wrapped into a whole file, so that it comes to the reader it is meant for
(`READERS`), and that file goes through `read_metadata`. Whatever is in it, a harvest has to come
back: no exception, spans inside the file, positions on Earth. Further arguments go to libFuzzer.

`--list` prints the readers; `--shared` adds small real files of `../shared/data` to the seeds;
`READER --keep FILE` keeps what was found as a case of `tests/detectors/metadata/fuzz_cases`.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests" / "detectors" / "metadata"
CASES = TESTS / "fuzz_cases"
FOUND = Path(__file__).resolve().parent / "found"
SHARED = ROOT.parent / "shared" / "data" / "metadata"
LIMITS = ("-timeout=2", "-rss_limit_mb=600", "-max_len=16384")
MAX_BLOCK_BYTES = 1 << 20
MAX_SEED_BYTES = 1 << 14
MAX_SEGMENT_BYTES = 65_000

sys.path.insert(0, str(TESTS))
with atheris.instrument_imports(include=["screening.detectors.metadata", "exifread"]):
    import further_leak_cases as further
    import fuzz_checks
    import leak_cases as leaks
    import metadata_builders as build

    from screening.detectors.metadata.reading import read_metadata
    from screening.detectors.metadata.source import Source

Wrap = Callable[[bytes], bytes]


def segment(marker: int, prefix: bytes = b"") -> Wrap:
    """The bytes as one JPEG segment."""
    plain = leaks.photo("JPEG")

    def wrap(data: bytes) -> bytes:
        payload = prefix + data[:MAX_SEGMENT_BYTES]
        return plain[:2] + build.segment(marker, payload) + plain[2:]

    return wrap


def resource(number: int) -> Wrap:
    """The bytes as one Photoshop resource of a JPEG."""
    in_segment = segment(0xED, b"Photoshop 3.0\0")
    return lambda data: in_segment(build.image_resource(number, data[:MAX_SEGMENT_BYTES]))


def maker_note(maker: bytes) -> Wrap:
    """The bytes as the maker note of a camera, behind its name."""

    def wrap(data: bytes) -> bytes:
        return build.tiff_block(image={271: maker.decode()}, exif={0x927C: data}, gps={})

    return wrap


def behind(form: str) -> Wrap:
    """The bytes behind the end of a picture."""
    plain = leaks.photo(form)
    return lambda data: plain + data


def unwrapped(data: bytes) -> bytes:
    """The bytes as the file."""
    return data


READERS: dict[str, tuple[Wrap, tuple[str, ...]]] = {
    # name: how its bytes become a file, and the extensions of its seeds
    "jpeg": (unwrapped, ("jpg", "exv")),
    "png": (unwrapped, ("png",)),
    "gif": (unwrapped, ("gif",)),
    "riff": (unwrapped, ("webp", "avi")),
    "tiff": (unwrapped, ("tif", "dng", "rw2")),
    "photoshop": (unwrapped, ("psd",)),
    "movie": (unwrapped, ("mp4", "mov", "3gp")),
    "heif": (unwrapped, ("heic", "avif", "jxl", "jp2", "cr3")),
    "matroska": (unwrapped, ("mkv", "webm")),
    "xmp": (segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0"), ("xmp",)),
    "svg": (unwrapped, ("svg",)),
    "raw": (unwrapped, ("raf", "mrw", "x3f", "crw", "orf", "cr2", "nef")),
    "exif": (segment(0xE1, b"Exif\0\0"), ()),
    "iptc": (resource(0x0404), ()),
    "icc": (segment(0xE2, b"ICC_PROFILE\0\1\1"), ()),
    "jumbf": (segment(0xEB, b"JP\0\1\0\0\0\1"), ()),
    "mpf": (segment(0xE2, b"MPF\0"), ()),
    "gpmf": (further.gopro_movie, ()),
    "trailer": (behind("JPEG"), ()),
    "trailer_png": (behind("PNG"), ()),
    "canon_note": (maker_note(b"Canon"), ()),
    "nikon_note": (maker_note(b"NIKON CORPORATION"), ()),
    "panasonic_note": (maker_note(b"Panasonic"), ()),
    "apple_note": (maker_note(b"Apple"), ()),
}


def seeds(reader: str) -> Iterator[bytes]:
    """What the fuzzer starts from: whole files by extension, blocks by name."""
    yield from fuzz_checks.block_seeds(reader)
    extensions = READERS[reader][1]
    for case in (*leaks.ten_kinds(), *further.further_kinds()):
        if case.file_name.rpartition(".")[2] in extensions:
            yield case.content
    if "--shared" in sys.argv and SHARED.is_dir():
        for path in SHARED.rglob("*"):
            if path.suffix[1:].lower() in extensions and path.stat().st_size <= MAX_SEED_BYTES:
                yield path.read_bytes()


def keep(reader: str, found: Path) -> Path:
    """Keep what the fuzzer found as a whole file; returns where."""
    wrap, _ = READERS[reader]
    content = wrap(found.read_bytes())
    path = CASES / f"{reader}-{hashlib.sha256(content).hexdigest()[:12]}.bin"
    path.write_bytes(content)
    return path


def main() -> int:
    """Run until libFuzzer ends the process."""
    words = [word for word in sys.argv[1:] if word != "--shared"]
    if words == ["--list"]:
        sys.stdout.write(f"{' '.join(READERS)}\n")
        return 0
    if not words or words[0] not in READERS:
        sys.stderr.write(f"{__doc__}\nReaders: {' '.join(READERS)}\n")
        return 2
    reader, *arguments = words
    if arguments[:1] == ["--keep"]:
        for name in arguments[1:]:
            sys.stdout.write(f"{keep(reader, Path(name))}\n")
        return 0
    FOUND.mkdir(exist_ok=True)
    wrap, _ = READERS[reader]

    def test_one(data: bytes) -> None:
        content = wrap(data)
        fuzz_checks.check_harvest(read_metadata(Source(BytesIO(content), MAX_BLOCK_BYTES)), content)

    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for number, seed in enumerate(seeds(reader)):
            (Path(folder) / f"seed-{number}").write_bytes(seed)
        prefix = f"-artifact_prefix={FOUND}/{reader}-"
        atheris.Setup([sys.argv[0], *LIMITS, prefix, *arguments, folder], test_one)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
