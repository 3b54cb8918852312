"""The media types this product knows: how each is read, what people call it, its extensions."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from screening.records import MediaKind


class Format(NamedTuple):
    """One row of the table.

    Attributes:
        kind: how files of this type are read.
        words: what a person calls it, with its article.
        extensions: lowercase, without the dot.
        family: types of one family may carry one another's extensions without being disguised.
    """

    kind: MediaKind
    words: str
    extensions: tuple[str, ...] = ()
    family: str = ""


UNKNOWN_TYPE = "application/octet-stream"
EMPTY_TYPE = "application/x-empty"

_IMAGE, _VIDEO, _OTHER = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.UNSUPPORTED

FORMATS: dict[str, Format] = {
    "image/jpeg": Format(
        _IMAGE, "a JPEG picture", ("jpg", "jpeg", "jpe", "jfif", "jif", "mpo", "jps", "thm")
    ),
    "image/png": Format(_IMAGE, "a PNG picture", ("png", "apng")),
    "image/webp": Format(_IMAGE, "a WebP picture", ("webp",)),
    "image/gif": Format(_IMAGE, "a GIF picture", ("gif",)),
    "image/tiff": Format(_IMAGE, "a TIFF picture", ("tif", "tiff", "btf"), "tiff"),
    "image/bmp": Format(_IMAGE, "a BMP picture", ("bmp", "dib")),
    "image/heic": Format(_IMAGE, "a HEIC picture", ("heic", "hif"), "heif"),
    "image/heif": Format(_IMAGE, "a HEIF picture", ("heif",), "heif"),
    "image/heic-sequence": Format(_IMAGE, "a HEIC picture sequence", ("heics",), "heif"),
    "image/heif-sequence": Format(_IMAGE, "a HEIF picture sequence", ("heifs",), "heif"),
    "image/avif": Format(_IMAGE, "an AVIF picture", ("avif", "avifs"), "avif"),
    "video/mp4": Format(_VIDEO, "an MP4 video", ("mp4", "mp4v", "f4v", "lrv"), "iso-video"),
    "video/quicktime": Format(_VIDEO, "a QuickTime video", ("mov", "qt"), "iso-video"),
    "video/x-m4v": Format(_VIDEO, "an M4V video", ("m4v",), "iso-video"),
    "video/3gpp": Format(_VIDEO, "a 3GP video", ("3gp", "3gpp"), "iso-video"),
    "video/3gpp2": Format(_VIDEO, "a 3G2 video", ("3g2",), "iso-video"),
    "video/webm": Format(_VIDEO, "a WebM video", ("webm",), "matroska"),
    "video/x-matroska": Format(_VIDEO, "a Matroska video", ("mkv", "mka"), "matroska"),
    "video/x-msvideo": Format(_VIDEO, "an AVI video", ("avi",)),
    "image/x-adobe-dng": Format(_OTHER, "a DNG camera raw picture", ("dng",), "tiff"),
    "image/x-canon-cr2": Format(_OTHER, "a Canon CR2 camera raw picture", ("cr2",), "tiff"),
    "image/x-canon-cr3": Format(_OTHER, "a Canon CR3 camera raw picture", ("cr3",)),
    "image/x-canon-crw": Format(_OTHER, "a Canon CRW camera raw picture", ("crw",)),
    "image/x-nikon-nef": Format(_OTHER, "a Nikon camera raw picture", ("nef", "nrw"), "tiff"),
    "image/x-sony-arw": Format(_OTHER, "a Sony camera raw picture", ("arw", "sr2"), "tiff"),
    "image/x-pentax-pef": Format(_OTHER, "a Pentax camera raw picture", ("pef",), "tiff"),
    "image/x-samsung-srw": Format(_OTHER, "a Samsung camera raw picture", ("srw",), "tiff"),
    "image/x-olympus-orf": Format(_OTHER, "an Olympus camera raw picture", ("orf",)),
    "image/x-panasonic-rw2": Format(
        _OTHER, "a Panasonic camera raw picture", ("rw2", "raw", "rwl")
    ),
    "image/x-fuji-raf": Format(_OTHER, "a Fujifilm camera raw picture", ("raf",)),
    "image/x-sigma-x3f": Format(_OTHER, "a Sigma camera raw picture", ("x3f",)),
    "image/x-minolta-mrw": Format(_OTHER, "a Minolta camera raw picture", ("mrw",)),
    "image/x-dcraw": Format(
        _OTHER, "a camera raw picture", ("3fr", "dcr", "erf", "iiq", "kdc", "mef", "mos"), "tiff"
    ),
    "image/jp2": Format(_OTHER, "a JPEG 2000 picture", ("jp2", "jpx", "jpf", "jpm", "j2k", "j2c")),
    "image/jxl": Format(_OTHER, "a JPEG XL picture", ("jxl",)),
    "image/jxr": Format(_OTHER, "a JPEG XR picture", ("jxr", "wdp", "hdp")),
    "image/vnd.adobe.photoshop": Format(_OTHER, "a Photoshop document", ("psd", "psb")),
    "image/x-icon": Format(_OTHER, "an icon", ("ico", "cur")),
    "image/icns": Format(_OTHER, "an Apple icon", ("icns",)),
    "image/svg+xml": Format(_OTHER, "an SVG drawing", ("svg",)),
    "image/x-exv": Format(_OTHER, "an Exiv2 metadata file", ("exv",)),
    "image/bpg": Format(_OTHER, "a BPG picture", ("bpg",)),
    "image/flif": Format(_OTHER, "a FLIF picture", ("flif",)),
    "image/x-xcf": Format(_OTHER, "a GIMP document", ("xcf",)),
    "image/x-exr": Format(_OTHER, "an OpenEXR picture", ("exr",)),
    "image/fits": Format(_OTHER, "a FITS picture", ("fits", "fit", "fts")),
    "image/vnd.djvu": Format(_OTHER, "a DjVu document", ("djvu", "djv")),
    "image/x-portable-anymap": Format(
        _OTHER, "a portable anymap picture", ("pnm", "pbm", "pgm", "ppm", "pam")
    ),
    "image/x-mng": Format(_OTHER, "an MNG or JNG picture", ("mng", "jng")),
    "video/mp2t": Format(_OTHER, "an MPEG transport stream", ("ts", "mts", "m2ts")),
    "video/mpeg": Format(_OTHER, "an MPEG video", ("mpg", "mpeg", "vob")),
    "video/x-flv": Format(_OTHER, "a Flash video", ("flv",)),
    "video/x-ms-asf": Format(_OTHER, "a Windows Media file", ("wmv", "asf", "wma", "wtv")),
    "video/mj2": Format(_OTHER, "a Motion JPEG 2000 video", ("mj2", "mjp2")),
    "application/ogg": Format(_OTHER, "an Ogg file", ("ogg", "ogv", "oga", "opus")),
    "application/mxf": Format(_OTHER, "an MXF video", ("mxf",)),
    "application/vnd.rn-realmedia": Format(_OTHER, "a RealMedia file", ("rm", "rmvb")),
    "audio/mp4": Format(_OTHER, "an MP4 sound file", ("m4a", "m4b", "m4p", "aax"), "iso-video"),
    "audio/mpeg": Format(_OTHER, "an MP3 sound file", ("mp3",)),
    "audio/flac": Format(_OTHER, "a FLAC sound file", ("flac",)),
    "audio/x-wav": Format(_OTHER, "a WAV sound file", ("wav",)),
    "audio/aiff": Format(_OTHER, "an AIFF sound file", ("aif", "aiff", "aifc")),
    "application/pdf": Format(_OTHER, "a PDF document", ("pdf", "ai")),
    "application/postscript": Format(_OTHER, "a PostScript document", ("eps", "ps", "ai")),
    "application/dicom": Format(_OTHER, "a DICOM picture", ("dcm",)),
    "application/zip": Format(_OTHER, "a ZIP archive or an office document", ("zip",)),
    "application/gzip": Format(_OTHER, "a gzip archive", ("gz", "tgz", "svgz")),
    "application/x-bzip2": Format(_OTHER, "a bzip2 archive", ("bz2",)),
    "application/x-xz": Format(_OTHER, "an xz archive", ("xz",)),
    "application/x-7z-compressed": Format(_OTHER, "a 7-Zip archive", ("7z",)),
    "application/vnd.rar": Format(_OTHER, "a RAR archive", ("rar",)),
    "application/x-ole-storage": Format(_OTHER, "an old office document", ("doc", "xls", "ppt")),
    "application/rdf+xml": Format(_OTHER, "an XMP sidecar", ("xmp", "rdf"), "xml"),
    "text/html": Format(_OTHER, "a web page", ("html", "htm")),
    "application/xml": Format(_OTHER, "an XML document", ("xml", "kml", "gpx", "plist"), "xml"),
    "text/plain": Format(_OTHER, "a text file", ("txt", "csv", "log", "md")),
    UNKNOWN_TYPE: Format(_OTHER, "of no type that is known here"),
    EMPTY_TYPE: Format(_OTHER, "empty"),
}

SUPPORTED_WORDS = (
    "JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC and AVIF pictures"
    " and MP4, MOV, WebM, MKV, AVI and 3GP videos"
)


def extension_matches(path: Path, media_type: str) -> bool:
    """Whether the extension of `path` fits a content of `media_type`, whatever its case.

    A name without an extension, or with one that belongs to no known type, claims nothing and
    fits. So does any name of an empty file, which has a failure of its own, and a name that
    claims no readable type where the content is unknown. Types of one family (MP4 and QuickTime,
    TIFF and the camera raws built on it) fit each other's extensions.
    """
    extension = path.suffix.lower().removeprefix(".")
    claimed = {name for name, row in FORMATS.items() if extension in row.extensions}
    if not claimed or media_type in claimed or media_type == EMPTY_TYPE:
        return True
    if media_type == UNKNOWN_TYPE:
        return all(FORMATS[name].kind is MediaKind.UNSUPPORTED for name in claimed)
    family = FORMATS[media_type].family if media_type in FORMATS else ""
    return bool(family) and any(FORMATS[name].family == family for name in claimed)
