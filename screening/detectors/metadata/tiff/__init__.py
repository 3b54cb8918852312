"""TIFF structures: EXIF, makers' notes, previews, raw files."""
