"""Every hostile file, bombs unwrapped: scanned to the end, one line each, no crash.

`python benchmarks/hostile_input.py`. Needs `../shared/data/hostile`. Archives are unwrapped into a
temporary folder, each member up to a limit and cut off there.
"""

from __future__ import annotations

import bz2
import io
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from real_input import DATA, scan

HOSTILE = DATA / "hostile"
MAX_MEMBER_BYTES = 300 * 1024**2
MAX_MEMBERS = 20


def unwrap(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The innermost files of a `.zip`, `.bz2` or `.zip.bz2`."""
    name = path.name
    stream: IO[bytes] = path.open("rb")
    if name.endswith(".bz2"):
        name = name.removesuffix(".bz2")
        stream = bz2.BZ2File(stream)
    if not name.endswith(".zip"):
        yield name, stream
        return
    archive = zipfile.ZipFile(io.BytesIO(stream.read(MAX_MEMBER_BYTES)))
    for member in archive.infolist()[:MAX_MEMBERS]:
        yield f"{name}-{Path(member.filename).name}", archive.open(member)


def unwrap_all(folder: Path, target: Path) -> int:
    """Write the members of every archive to `target`; returns how many were cut off."""
    cut = 0
    for path in sorted(folder.iterdir()):
        for name, stream in unwrap(path):
            with (target / name).open("wb") as out:
                left = MAX_MEMBER_BYTES
                while left > 0 and (block := stream.read(min(left, 1 << 20))):
                    left -= out.write(block)
            cut += left == 0
    return cut


def main() -> int:
    """Run and print; exit code 1 when a line is missing or a file is called clean by mistake."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "bombs"
        target.mkdir()
        cut = unwrap_all(HOSTILE / "bombs", target)
        paths = [HOSTILE, target]
        count = sum(path.is_file() for folder in paths for path in folder.rglob("*"))
        results, seconds, status, peak = scan(paths)
    codes = Counter(failure["error"] for result in results for failure in result["failures"])
    print(f"{count} files ({cut} bombs cut at {MAX_MEMBER_BYTES >> 20} MiB), {len(results)} lines")
    print(f"  exit code   {status}")
    print(f"  failures    {dict(codes.most_common())}")
    print(f"  complete    {sum(result['complete'] for result in results)}")
    print(f"  slowest     {max(sum(one['timings_s'].values()) for one in results):.1f} s")
    print(f"  time        {seconds:.0f} s; memory {peak / 1e9:.2f} GB in the largest process")
    worst = sum(codes[code] for code in ("crashed", "timeout", "memory", "internal"))
    print(f"  crashed, hung, too large or internal error: {worst}")
    return int(len(results) != count)


if __name__ == "__main__":
    sys.exit(main())
