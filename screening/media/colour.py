"""Turns any decoded Pillow picture into 8-bit sRGB: depth, profile, inks, transparency."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageCms

# Full scales of the bit depths that cameras and scanners store in 16-bit words. Taking the
# smallest that holds the brightest value keeps a 12-bit scan from turning out almost black.
_FULL_SCALES = (255, 1023, 4095, 16383, 65535)
# White text or a white logo on nothing: above this luma content is lost on white paper.
_LIGHT_LUMA = 200
_GREY_BACKGROUND = (96, 96, 96)
_WHITE_BACKGROUND = (255, 255, 255)
_PROFILE_MODES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab "}
_ALPHA_MODES = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})


def to_srgb(image: Image.Image) -> Image.Image:
    """An 8-bit sRGB copy of a decoded picture.

    Integer and float pictures are scaled, not clipped; an embedded ICC profile is applied
    unless it is broken; CMYK follows the Adobe convention where the file has Adobe's mark;
    transparency is laid on white, or on grey where most of the visible content is so light
    that it would vanish on white.

    Args:
        image: loaded, any mode.

    Returns:
        A picture of mode RGB and the same size.
    """
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if _is_transparent(image):
        return _on_paper(image)
    return _opaque_to_srgb(image, image.info.get("icc_profile"))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits or floats, scaled to 0..255."""
    values = np.asarray(image).astype(np.float32)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if image.mode == "F" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif low >= 0 and high <= _FULL_SCALES[-1]:
        low, high = 0.0, float(next(scale for scale in _FULL_SCALES if high <= scale))
    scaled = (values - low) * (255.0 / ((high - low) or 1.0))
    grey = Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8), "L")
    grey.info = {key: value for key, value in image.info.items() if key == "icc_profile"}
    return grey


def _is_transparent(image: Image.Image) -> bool:
    return image.mode in _ALPHA_MODES or "transparency" in image.info


def _on_paper(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode == "La":
        image = image.convert("LA")
    rgba = image.convert("RGBA")
    alpha = rgba.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return _opaque_to_srgb(rgba.convert("RGB"), profile)
    colour = _opaque_to_srgb(rgba.convert("RGB"), profile)
    background = _GREY_BACKGROUND if _vanishes_on_white(colour, alpha) else _WHITE_BACKGROUND
    paper = Image.new("RGB", image.size, background)
    paper.paste(colour, mask=alpha)
    return paper


def _vanishes_on_white(colour: Image.Image, alpha: Image.Image) -> bool:
    """Whether more than half of what can be seen is nearly white."""
    weights: NDArray[np.uint8] = np.asarray(alpha)
    luma: NDArray[np.uint8] = np.asarray(colour.convert("L"))
    visible = int(weights.sum(dtype=np.int64))
    light = int(weights[luma > _LIGHT_LUMA].sum(dtype=np.int64))
    return visible > 0 and 2 * light > visible


def _opaque_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode == "CMYK" and image.format in ("JPEG", "MPO") and "adobe" not in image.info:
        # Pillow inverts every CMYK JPEG as Adobe's programs want it (JpegImagePlugin.py);
        # without their mark 0 means no ink (libjpeg.txt, "Special color spaces").
        image = ImageChops.invert(image)
    if image.mode not in _PROFILE_MODES:
        image = image.convert("RGB")
    converted = _with_profile(image, profile) if profile else None
    if converted is not None:
        return converted
    if image.mode == "LAB":
        return _convert(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    return image.convert("RGB")


def _with_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture in sRGB, or None where the profile is broken or of another colour space."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space != _PROFILE_MODES[image.mode]:
            return None
        return _convert(image, source)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _convert(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image,
        source,
        _srgb(),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
    )
    if converted is None:
        raise ImageCms.PyCMSError("the profile conversion returned no picture")
    return converted
