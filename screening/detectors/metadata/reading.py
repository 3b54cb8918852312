"""Reads all metadata of one file: container by its first bytes, then block after block."""

from __future__ import annotations

from collections.abc import Callable

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.movies.isobmff import find_box_blocks
from screening.detectors.metadata.movies.matroska import EBML_START, read_matroska
from screening.detectors.metadata.movies.riff import find_riff_blocks
from screening.detectors.metadata.movies.still_boxes import CODESTREAM_START, read_codestream
from screening.detectors.metadata.packets.icc import read_icc
from screening.detectors.metadata.packets.iptc import read_iptc
from screening.detectors.metadata.packets.jumbf import read_jumbf
from screening.detectors.metadata.packets.xmp import looks_like_xmp, read_xmp
from screening.detectors.metadata.source import Source
from screening.detectors.metadata.stills.ciff import SIGNATURES as CIFF_SIGNATURES
from screening.detectors.metadata.stills.ciff import read_ciff
from screening.detectors.metadata.stills.gif import find_gif_blocks
from screening.detectors.metadata.stills.jpeg import find_jpeg_blocks
from screening.detectors.metadata.stills.mrw import read_mrw
from screening.detectors.metadata.stills.photoshop import find_psd_blocks, read_image_resources
from screening.detectors.metadata.stills.png import find_png_blocks
from screening.detectors.metadata.stills.raf import read_raf
from screening.detectors.metadata.stills.svg import looks_like_svg, read_svg
from screening.detectors.metadata.stills.x3f import read_x3f
from screening.detectors.metadata.tiff.exif import read_exif
from screening.detectors.metadata.tiff.maker_notes import read_canon_note
from screening.detectors.metadata.tiff.tiff import DirectoryKind
from screening.detectors.metadata.tracks.gpmf import read_gpmf
from screening.detectors.metadata.trailers.appended import read_appended

Reader = Callable[[Source, Harvest], None]

_HEAD_BYTES = 4096
_FIRST_BOXES = (
    b"ftyp", b"styp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"jP  ", b"JXL ",
)  # fmt: skip


def read_metadata(source: Source, kind: BlockKind = BlockKind.FILE) -> Harvest:
    """Everything that the carriers in a file say; nothing for a container without a reader.

    Args:
        source: the file.
        kind: what it holds, where that is known before its first bytes are seen.
    """
    harvest = Harvest()
    harvest.add_block(kind, source)
    for block in harvest.take_blocks():
        with harvest.reading(f"{block.kind.value} block" if block.source is not source else "file"):
            _BLOCK_READERS[block.kind](block.source, harvest)
    return harvest


def _read_file(source: Source, harvest: Harvest) -> None:
    found = _container(source.read_up_to(0, _HEAD_BYTES))
    if found:
        name, reader = found
        with harvest.reading(name):
            reader(source, harvest)


def _container(head: bytes) -> tuple[str, Reader] | None:
    """What a damaged container is called, and its reader."""
    for start, name, reader in _CONTAINERS:
        if head.startswith(start):
            return name, reader
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"AVI ", b"WAVE"):
        return "chunk structure", find_riff_blocks
    for behind, starts, name, reader in _CONTAINERS_BY_LATER_BYTES:
        if head.startswith(starts, behind):
            return name, reader
    if looks_like_svg(head):
        return "SVG drawing", read_svg
    if looks_like_xmp(head):
        return "XMP block", _queue_whole(BlockKind.XMP)
    return None


def _queue_whole(kind: BlockKind) -> Reader:
    return lambda source, harvest: harvest.add_block(kind, source)


def _read_gps(block: Source, harvest: Harvest) -> None:
    read_exif(block, harvest, DirectoryKind.GPS)


_CONTAINERS: tuple[tuple[bytes, str, Reader], ...] = (
    (b"\xff\xd8", "segment structure", find_jpeg_blocks),
    (b"\xff\x01Exiv2", "segment structure", find_jpeg_blocks),
    (b"\x89PNG\r\n\x1a\n", "chunk structure", find_png_blocks),
    (b"GIF8", "block structure", find_gif_blocks),
    (b"8BPS", "Photoshop block", find_psd_blocks),
    (CODESTREAM_START, "codestream", read_codestream),
    (EBML_START, "tag block", read_matroska),
    (b"II*\0", "EXIF block", _queue_whole(BlockKind.EXIF)),
    (b"MM\0*", "EXIF block", _queue_whole(BlockKind.EXIF)),
    (b"II+\0", "EXIF block", _queue_whole(BlockKind.EXIF)),
    (b"MM\0+", "EXIF block", _queue_whole(BlockKind.EXIF)),
    (b"IIRO", "EXIF block", _queue_whole(BlockKind.EXIF)),
    (b"IIRS", "EXIF block", _queue_whole(BlockKind.EXIF)),
    (b"IIU\0", "EXIF block", _queue_whole(BlockKind.EXIF)),
    (b"MMOR", "EXIF block", _queue_whole(BlockKind.EXIF)),
    (b"FUJIFILMCCD-RAW", "RAF structure", read_raf),
    (b"\0MRM", "MRW structure", read_mrw),
    (b"\0MRI", "MRW structure", read_mrw),
    (b"FOVb", "X3F structure", read_x3f),
)

_CONTAINERS_BY_LATER_BYTES: tuple[tuple[int, tuple[bytes, ...], str, Reader], ...] = (
    (4, _FIRST_BOXES, "box structure", find_box_blocks),
    (6, CIFF_SIGNATURES, "CIFF structure", read_ciff),
)

_BLOCK_READERS: dict[BlockKind, Reader] = {
    BlockKind.FILE: _read_file,
    BlockKind.EXIF: read_exif,
    BlockKind.GPS: _read_gps,
    BlockKind.XMP: read_xmp,
    BlockKind.IPTC: read_iptc,
    BlockKind.PHOTOSHOP: read_image_resources,
    BlockKind.ICC: read_icc,
    BlockKind.JUMBF: read_jumbf,
    BlockKind.CANON_NOTE: read_canon_note,
    BlockKind.GPMF: read_gpmf,
    BlockKind.TRAILER: read_appended,
}
