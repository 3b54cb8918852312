"""Pieces of SVG that insignia are made of: lettering, stars, rope, rays, engraving, leaves.

Every function returns SVG markup as a string. Coordinates are units of a 600 x 600 drawing,
angles are degrees clockwise from the top.
"""

from __future__ import annotations

import math
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import resvg_py
from PIL import ImageFont

SIZE = 600
Point = tuple[float, float]


def render(svg: str, width_px: int = SIZE) -> bytes:
    """PNG bytes of a drawing, lettered with the font that Pillow brings along.

    No font of the system is used, so that the picture is the same on every machine. The font
    is Aileron Regular, CC0; `text` and `arc_text` embolden it with a stroke.
    """
    font = ImageFont.load_default(20)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("this Pillow was built without FreeType; install the wheel from PyPI")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "aileron.ttf"
        file.write_bytes(font.font_bytes)
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg, width=width_px, font_files=[str(file)], skip_system_fonts=True
            )
        )


def drawing(body: str, defs: str = "", width: float = SIZE, height: float = SIZE) -> str:
    """A whole SVG file."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f"<defs>{defs}</defs>{body}</svg>"
    )


def gradient(name: str, stops: list[str], angle_deg: float = 45) -> str:
    """A linear gradient for `fill="url(#name)"`, its colours evenly spread."""
    steps = "".join(
        f'<stop offset="{index / (len(stops) - 1):.3f}" stop-color="{colour}"/>'
        for index, colour in enumerate(stops)
    )
    turn = f'gradientTransform="rotate({angle_deg} .5 .5)"'
    return f'<linearGradient id="{name}" {turn}>{steps}</linearGradient>'


def threads(name: str, ground: str, thread: str, angle_deg: float) -> str:
    """A pattern that looks like embroidery: short parallel threads on a ground."""
    return (
        f'<pattern id="{name}" width="7" height="22" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate({angle_deg})"><rect width="7" height="22" fill="{ground}"/>'
        f'<path d="M1.5 1v17M5 12v10M5 0v7" stroke="{thread}" stroke-width="1.6"/></pattern>'
    )


def polar(centre: Point, radius: float, angle_deg: float) -> Point:
    """The point at an angle and a distance from `centre`."""
    angle = math.radians(angle_deg)
    return centre[0] + radius * math.sin(angle), centre[1] - radius * math.cos(angle)


def path(d: str, style: str) -> str:
    """One path; `style` is its attributes, as in `fill="red"`."""
    return f'<path d="{d}" {style}/>'


def disc(centre: Point, radius: float, style: str) -> str:
    """A circle."""
    return f'<circle cx="{centre[0]:.2f}" cy="{centre[1]:.2f}" r="{radius:.2f}" {style}/>'


def rect(at: Point, width: float, height: float, style: str) -> str:
    """An upright rectangle whose top left corner is `at`."""
    return f'<rect x="{at[0]}" y="{at[1]}" width="{width}" height="{height}" {style}/>'


def scaled(body: str, about: Point, factor: float) -> str:
    """`body` made larger or smaller about a point that stays where it is."""
    x, y = about
    return f'<g transform="translate({x} {y}) scale({factor}) translate({-x} {-y})">{body}</g>'


def polygon(points: Sequence[tuple[float, float]], style: str) -> str:
    """A closed outline of straight lines."""
    return path("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z", style)


def clipped(name: str, outline_d: str, body: str) -> str:
    """`body` cut to the path `outline_d`; `name` is unique in the drawing."""
    return (
        f'<clipPath id="{name}"><path d="{outline_d}"/></clipPath>'
        f'<g clip-path="url(#{name})">{body}</g>'
    )


def _font(size: float, colour: str, spacing: float, bold: float) -> str:
    return (
        f'font-family="Aileron" font-size="{size}" text-anchor="middle" fill="{colour}"'
        f' letter-spacing="{spacing}" stroke="{colour}" stroke-width="{size * bold:.2f}"'
        ' stroke-linejoin="round"'
    )


def text(words: str, at: Point, size: float, colour: str, spacing: float = 0) -> str:
    """A straight bold line, centred on `at`, which lies on the baseline."""
    font = _font(size, colour, spacing, 0.05)
    return f'<text x="{at[0]}" y="{at[1]}" {font}>{words}</text>'


def arc_text(words: str, centre: Point, radius: float, size: float, style: dict[str, str]) -> str:
    """Bold lettering on a circle, centred over (or, with `side: bottom`, under) `centre`.

    Args:
        words: the lettering.
        centre: centre of the circle.
        radius: distance from the centre to the middle of the capitals.
        size: font size.
        style: `colour`, and optionally `spacing` and `side` (`top` or `bottom`).
    """
    x, y = centre
    top = style.get("side", "top") == "top"
    # Capitals of Aileron are 0.7 of the font size high; half of that centres them on the radius.
    base = radius - 0.35 * size if top else radius + 0.35 * size
    sweep = 1 if top else 0
    name = f"arc{zlib.crc32(f'{words}{centre}{radius}{size}'.encode()):x}"
    ends = f"M{x - base} {y}A{base} {base} 0 0 {sweep} {x + base} {y}"
    font = _font(size, style["colour"], float(style.get("spacing", "2")), 0.055)
    return (
        f'<defs><path id="{name}" d="{ends}"/></defs><text {font}>'
        f'<textPath href="#{name}" startOffset="50%">{words}</textPath></text>'
    )


def star(centre: Point, radius: float, style: str, points: int = 5, inner: float = 0.4) -> str:
    """A star with `points` tips; `inner` is the ratio of the inner to the outer radius."""
    outline = [
        polar(centre, radius * (inner if step % 2 else 1), step * 180 / points)
        for step in range(2 * points)
    ]
    return polygon(outline, style)


def rope(centre: Point, radius: float, strands: int, colours: tuple[str, str, float]) -> str:
    """A twisted cord around a circle; colours are strand, shade and the cord's width."""
    strand, shade, width = colours
    body = disc(centre, radius, f'fill="none" stroke="{shade}" stroke-width="{width}"')
    for step in range(strands):
        angle = step * 360 / strands
        (ax, ay), (bx, by) = (
            polar(centre, radius - 0.36 * width, angle - 120 / strands),
            polar(centre, radius + 0.36 * width, angle + 120 / strands),
        )
        body += path(
            f"M{ax:.2f} {ay:.2f}L{bx:.2f} {by:.2f}",
            f'stroke="{strand}" stroke-width="{width * 0.42:.2f}" stroke-linecap="round"',
        )
    return body


def ticks(centre: Point, inner: float, outer: float, count: int, style: str) -> str:
    """Short radial lines all around, as on an engraved ring."""
    d = ""
    for step in range(count):
        (ax, ay), (bx, by) = (
            polar(centre, radius, step * 360 / count) for radius in (inner, outer)
        )
        d += f"M{ax:.2f} {ay:.2f}L{bx:.2f} {by:.2f}"
    return path(d, style)


def rays(centre: Point, radii: tuple[float, float], spread: tuple[float, float], style: str) -> str:
    """Eleven wedges of light between two angles, every second one longer."""
    first, last = spread
    step = (last - first) / 10
    body = ""
    for index in range(11):
        angle = first + index * step
        reach = radii[1] * (1 if index % 2 == 0 else 0.72)
        body += polygon(
            [
                polar(centre, radii[0], angle - 0.22 * step),
                polar(centre, reach, angle),
                polar(centre, radii[0], angle + 0.22 * step),
            ],
            style,
        )
    return body


def engraving(box: tuple[float, float, float, float], gap: float, style: str) -> str:
    """Level, slightly wavering lines that grow closer downwards, as in an engraved sky."""
    x_min, y_min, x_max, y_max = box
    d, y, row = "", y_min, 0
    while y < y_max:
        bend = 2.2 * math.sin(row * 1.7)
        middle = (x_min + x_max) / 2
        d += f"M{x_min} {y:.2f}Q{middle + 30 * bend:.2f} {y + bend:.2f} {x_max} {y:.2f}"
        y += gap * (1.25 - 0.6 * (y - y_min) / (y_max - y_min))
        row += 1
    return path(d, f'fill="none" {style}')


def waves(box: tuple[float, float, float, float], rows: int, length: float, style: str) -> str:
    """Rows of water crests, each row shifted against the one above."""
    x_min, y_min, x_max, y_max = box
    d = ""
    for row in range(rows):
        y = y_min + row * (y_max - y_min) / max(rows - 1, 1)
        size = length * (0.7 + 0.5 * row / rows)
        x = x_min - size * ((row * 0.37) % 1)
        d += f"M{x:.2f} {y:.2f}"
        while x < x_max:
            lift = size * 0.2
            d += f"q{size * 0.3:.2f} {lift:.2f} {size * 0.55:.2f} 0"
            d += f"t{size * 0.45:.2f} {-lift / 4:.2f}m0 {lift / 4:.2f}"
            x += size
    return path(d, f'fill="none" {style}')


def leaf(at: Point, length: float, angle_deg: float, style: str) -> str:
    """One pointed leaf that starts at `at`."""
    tip = polar(at, length, angle_deg)
    left = polar(at, length * 0.55, angle_deg - 26)
    right = polar(at, length * 0.55, angle_deg + 26)
    return path(
        f"M{at[0]:.2f} {at[1]:.2f}Q{left[0]:.2f} {left[1]:.2f} {tip[0]:.2f} {tip[1]:.2f}"
        f"Q{right[0]:.2f} {right[1]:.2f} {at[0]:.2f} {at[1]:.2f}Z",
        style,
    )


def branch(
    centre: Point, radius: float, spread: tuple[float, float], leaves: tuple[int, float], style: str
) -> str:
    """A laurel branch along an arc; leaves are their number of pairs and their length."""
    first, last = spread
    turn = 90 if last > first else -90
    body = ""
    count, length = leaves
    for step in range(count):
        angle = first + (last - first) * step / (count - 1)
        size = length * (1 - 0.35 * step / count)
        stem = polar(centre, radius, angle)
        body += leaf(stem, size, angle + turn - 38, style) + leaf(
            stem, size, angle + turn + 38, style
        )
        body += disc(polar(centre, radius + 3, angle + 2), 2.2, style)
    return body


def scroll(at: Point, size: float, flip: tuple[int, int], style: str) -> str:
    """A curled volute with a side shoot, as in engraved borders; flip mirrors x and y."""
    sx, sy = flip
    curl = (
        "M0 0C30 -4 60 4 74 28C86 50 74 78 50 78C32 78 24 60 32 48C40 38 54 44 52 55"
        "M22 -1C34 -22 58 -30 78 -20C68 -24 54 -16 50 0"
        "M70 22C90 12 104 16 112 30C100 24 90 30 82 42"
        "M40 78C34 92 20 98 6 94"
    )
    scale = size / 110
    line = path(curl, f'fill="none" stroke-linecap="round" {style}')
    move = f"translate({at[0]} {at[1]}) scale({sx * scale:.3f} {sy * scale:.3f})"
    return f'<g transform="{move}">{line}</g>'
