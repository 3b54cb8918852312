"""Real, broken and hostile files: only a MediaError may come out, and no word on the terminal."""

from __future__ import annotations

import bz2
import io
import random
import zipfile

import pytest

pytestmark = pytest.mark.shared

SAMPLE = 120
UNWRAPPED_BYTES = 64 * 1024**2


@pytest.mark.parametrize("folder", ["hostile", "metadata"])
def test_nothing_but_media_errors(shared_data, read, folder, capfd, recwarn):
    files = sorted(path for path in (shared_data / folder).rglob("*") if path.is_file())
    for path in random.Random(11).sample(files, SAMPLE):  # noqa: S311
        # The limit keeps this test small; the whole folders are run by hand, without it.
        frames, error = read(path, max_pixels=4_000_000)
        assert frames or error, path.name
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


def test_bombs_are_refused_or_read_within_the_limit(shared_data, read, tmp_path):
    names = ["20K.jpeg.zip.bz2", "20K.png.zip.bz2", "50K.gif.bz2", "badsize.png.zip"]
    for name in names:
        data = (shared_data / "hostile" / "bombs" / name).read_bytes()
        if name.endswith(".bz2"):
            data = bz2.BZ2Decompressor().decompress(data, UNWRAPPED_BYTES)
        path = tmp_path / "bomb"
        for content in _contents(data):
            path.write_bytes(content)
            _, error = read(path, max_pixels=4_000_000)
            assert error is not None, name


def _contents(data: bytes) -> list[bytes]:
    if not data.startswith(b"PK"):
        return [data]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        contents = []
        for entry in archive.infolist():
            if not entry.is_dir() and not entry.filename.startswith("__MACOSX"):
                with archive.open(entry) as stream:
                    contents.append(stream.read(UNWRAPPED_BYTES))
        return contents
