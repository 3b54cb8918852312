"""Frames of a video: which are taken, when, how they are turned, and what damage does."""

from __future__ import annotations

import hashlib
from pathlib import Path

import av
import numpy as np
import pytest

from screening.config import MediaLimits
from screening.errors import (
    LimitExceededError,
    MediaError,
    TruncatedMediaError,
    UnreadableMediaError,
    UnsupportedMediaError,
)
from screening.media import identify, open_frames

RATE = 10
RED, GREEN, BLUE = (200, 30, 30), (30, 180, 30), (30, 30, 200)
CONTAINERS = [
    ("mp4", "libx264"),
    ("mov", "libx264"),
    ("webm", "libvpx"),
    ("matroska", "libx264"),
    ("avi", "mpeg4"),
    ("3gp", "mpeg4"),
]


def scene(colour, height_px=48, width_px=64) -> np.ndarray:
    """One colour with a white mark in the upper left corner."""
    pixels = np.full((height_px, width_px, 3), colour, np.uint8)
    pixels[:16, :16] = 255
    return pixels


def film(path: Path, pictures, container="mp4", codec="libx264", turn=None, matrix=None) -> Path:
    """Write `pictures` (H, W, 3) at `RATE` per second."""
    # The index goes first, so that a cut file still opens.
    options = {"movflags": "faststart"} if container in ("mp4", "mov", "3gp") else {}
    with av.open(str(path), "w", format=container, options=options) as output:
        stream = output.add_stream(codec, rate=RATE)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.bit_rate = 2_000_000
        if turn is not None:
            stream.set_display_rotation(turn)
        if matrix is not None:
            stream.set_display_matrix(matrix)
        for picture in pictures:
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                output.mux(packet)
        for packet in stream.encode():
            output.mux(packet)
    return path


def noise(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [rng.integers(0, 256, (48, 64, 3), dtype=np.uint8) for _ in range(count)]


def is_near(pixel: np.ndarray, colour) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() < 30)


@pytest.mark.parametrize(("container", "codec"), CONTAINERS)
def test_first_last_scene_changes_and_one_per_interval(tmp_path, read, container, codec):
    pictures = [scene(RED)] * 15 + [scene(GREEN)] * 25 + [scene(BLUE)] * 13
    path = film(tmp_path / "video", pictures, container, codec)
    frames, error = read(path)
    assert error is None
    assert [frame.index for frame in frames] == [0, 15, 35, 40, 52]
    assert [frame.time_s for frame in frames] == pytest.approx([0, 1.5, 3.5, 4.0, 5.2], abs=0.01)
    for frame, colour in zip(frames, (RED, GREEN, GREEN, BLUE, BLUE), strict=True):
        assert is_near(frame.pixels[40, 40], colour)
        assert frame.pixels.shape == (48, 64, 3)
        assert not frame.pixels.flags.writeable


def test_length_and_size_are_known_on_opening(tmp_path):
    path = film(tmp_path / "video.mp4", [scene(RED)] * 30, turn=90)
    limits = MediaLimits()
    with open_frames(identify(path, limits), limits) as reader:
        assert reader.duration_s == pytest.approx(3.0, abs=0.05)
        assert (reader.width_px, reader.height_px) == (48, 64)


def test_threshold_and_interval_come_from_the_limits(tmp_path, read):
    path = film(tmp_path / "video.mp4", [scene(RED)] * 15 + [scene(GREEN)] * 25)
    frames, _ = read(path, scene_threshold=1.0, frame_interval_s=100)
    assert [frame.index for frame in frames] == [0, 39]
    frames, _ = read(path, scene_threshold=1.0, frame_interval_s=0.5)
    assert [frame.index for frame in frames] == [0, 5, 10, 15, 20, 25, 30, 35, 39]


# Degrees counterclockwise, as FFmpeg counts; where the mark of the stored frame is seen then.
@pytest.mark.parametrize(
    ("turn", "corner"), [(0, (4, 4)), (-90, (4, -4)), (180, (-4, -4)), (90, (-4, 4))]
)
def test_rotation_is_applied(tmp_path, read, turn, corner):
    path = film(tmp_path / "video.mp4", [scene(RED)] * 3, turn=turn)
    frames, error = read(path)
    assert error is None
    pixels = frames[0].pixels
    assert pixels.shape == ((64, 48, 3) if turn in (90, -90) else (48, 64, 3))
    assert is_near(pixels[corner], (255, 255, 255))
    assert sum(is_near(pixels[y, x], RED) for y in (4, -4) for x in (4, -4)) == 3


@pytest.mark.parametrize(
    ("matrix", "corner"),
    [((-1, 0, 0, 1), (4, -4)), ((1, 0, 0, -1), (-4, 4)), ((0, 1, 1, 0), (4, 4))],
)
def test_mirrors_are_applied(tmp_path, read, matrix, corner):
    a, b, c, d = (value * 65536 for value in matrix)
    path = film(tmp_path / "video.mp4", [scene(RED)] * 3, matrix=[a, b, 0, c, d, 0, 0, 0, 1 << 30])
    frames, _ = read(path)
    assert is_near(frames[0].pixels[corner], (255, 255, 255))


def test_the_cap_is_said_not_hidden(tmp_path, read):
    path = film(tmp_path / "video.mp4", noise(40))
    frames, error = read(path, max_video_frames=7)
    assert [frame.index for frame in frames] == list(range(7))
    assert isinstance(error, LimitExceededError)
    assert "7 frames" in str(error)


def test_pixels_are_limited_by_the_header(tmp_path, read):
    path = film(tmp_path / "video.mp4", [scene(RED)] * 3)
    frames, error = read(path, max_pixels=64 * 48 - 1)
    assert frames == []
    assert isinstance(error, LimitExceededError)


@pytest.mark.parametrize(("container", "codec"), CONTAINERS)
def test_a_cut_video_yields_what_is_there(tmp_path, read, container, codec):
    data = film(tmp_path / "whole", noise(30), container, codec).read_bytes()
    path = tmp_path / "cut"
    path.write_bytes(data[: len(data) * 6 // 10])
    frames, error = read(path)
    assert isinstance(error, TruncatedMediaError)
    assert 3 <= len(frames) < 30


@pytest.mark.parametrize(("container", "codec"), [pair for pair in CONTAINERS if pair[0] != "webm"])
def test_damage_in_the_middle_keeps_the_good_frames(tmp_path, read, container, codec):
    data = bytearray(film(tmp_path / "whole", noise(30), container, codec).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = np.random.default_rng(5).bytes(4000)
    path = tmp_path / "damaged"
    path.write_bytes(data)
    frames, error = read(path)
    assert isinstance(error, UnreadableMediaError)
    assert len(frames) >= 3
    assert [frame.index for frame in frames] == sorted({frame.index for frame in frames})


def test_a_webm_that_loses_its_tail_to_damage_is_incomplete(tmp_path, read):
    # VP8 itself cannot tell damage; what shows is that the clusters behind it are never found.
    data = bytearray(film(tmp_path / "whole", noise(60), "webm", "libvpx").read_bytes())
    data[len(data) // 3 :] = np.random.default_rng(5).bytes(len(data) - len(data) // 3)
    path = tmp_path / "damaged"
    path.write_bytes(data)
    frames, error = read(path)
    assert isinstance(error, MediaError)
    assert len(frames) >= 3


def test_two_readings_are_identical(tmp_path, read):
    data = bytearray(film(tmp_path / "whole", noise(30)).read_bytes())
    data[len(data) // 2 : len(data) // 2 + 500] = bytes(500)
    path = tmp_path / "damaged"
    path.write_bytes(data)
    digests = {
        hashlib.sha256(b"".join(frame.pixels.tobytes() for frame in read(path)[0])).hexdigest()
        for _ in range(3)
    }
    assert len(digests) == 1


def test_nothing_is_written_to_the_terminal(tmp_path, read, capfd):
    whole = film(tmp_path / "whole", noise(20))
    data = bytearray(whole.read_bytes())
    capfd.readouterr()  # what the encoder said
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    path = tmp_path / "damaged"
    path.write_bytes(data)
    assert read(path)[1] is not None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("container", ["mp4", "matroska"])
def test_sound_alone_is_not_supported(tmp_path, read, container):
    path = tmp_path / "sound"
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream("aac", rate=44100)
        sound = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        sound.sample_rate = 44100
        for packet in [*stream.encode(sound), *stream.encode()]:
            output.mux(packet)
    frames, error = read(path)
    assert frames == []
    assert isinstance(error, UnsupportedMediaError)
    assert "sound" in str(error)


def test_a_second_picture_track_is_named(tmp_path, read):
    path = tmp_path / "two.mp4"
    with av.open(str(path), "w", format="mp4") as output:
        streams = [output.add_stream("libx264", rate=RATE) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for stream, colour in zip(streams, (RED, BLUE), strict=True):
            for picture in [scene(colour)] * 5:
                for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                    output.mux(packet)
            for packet in stream.encode():
                output.mux(packet)
    frames, error = read(path)
    assert is_near(frames[0].pixels[40, 40], RED)
    assert isinstance(error, UnsupportedMediaError)
    assert "2 picture tracks" in str(error)


def test_a_container_without_content_is_unreadable(tmp_path, read):
    path = tmp_path / "empty.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp41" + b"\x00\x00\x00\x08free")
    frames, error = read(path)
    assert frames == []
    assert isinstance(error, UnreadableMediaError)
