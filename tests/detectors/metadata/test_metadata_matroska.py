"""Tags of Matroska and WebM files, written by FFmpeg and read back."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from screening.config import MediaLimits
from screening.detectors.metadata.detector import MetadataDetector, MetadataOptions
from screening.errors import DetectorError
from screening.media import identify
from screening.records import Finding

TAGS = {
    "location": "+12.3456-023.4567/",
    "ARTIST": "Robin Example",
    "DATE_RECORDED": "2024-05-21",
    "RECORDING_LOCATION": "Port Ellery",
    "MAKE": "Acme",
    "MODEL": "Field 3",
}


def detect(path: Path) -> list[Finding]:
    detector = MetadataDetector(MetadataOptions(), None)  # type: ignore[arg-type]
    return detector.detect_file(identify(path, MediaLimits()))


def write_clip(path: Path, codec: str) -> None:
    with av.open(str(path), "w") as container:
        container.metadata.update(TAGS)
        stream = container.add_stream(codec, rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.mark.parametrize(("name", "codec"), [("clip.mkv", "mpeg4"), ("clip.webm", "libvpx-vp9")])
def test_tags_become_findings(tmp_path: Path, name: str, codec: str) -> None:
    write_clip(tmp_path / name, codec)
    found = {finding.label: finding for finding in detect(tmp_path / name)}
    assert found["gps_location"].sensitive == {"latitude_deg": 12.3456, "longitude_deg": -23.4567}
    assert found["gps_location"].evidence["carrier"] == "Matroska"
    assert found["person_name"].sensitive == {"name": "Robin Example"}
    assert found["place_name"].sensitive == {"place": "Port Ellery"}
    assert found["capture_time"].sensitive["time"] == "2024-05-21"
    assert found["device_identity"].sensitive == {"make": "Acme", "model": "Field 3"}


def test_damaged_file_is_said_to_be_unread(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mkv", "mpeg4")
    content = (tmp_path / "clip.mkv").read_bytes()
    (tmp_path / "clip.mkv").write_bytes(content[:60])
    with pytest.raises(DetectorError, match="tag block"):
        detect(tmp_path / "clip.mkv")
