"""Media: what a file is, by content, and its upright RGB frames."""

from screening.media.formats import extension_matches
from screening.media.reader import FrameReader, check_readable, open_frames
from screening.media.sniff import identify, media_type

__all__ = [
    "FrameReader",
    "check_readable",
    "extension_matches",
    "identify",
    "media_type",
    "open_frames",
]
