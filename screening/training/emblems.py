"""Emblems that exist nowhere: seals, shields, stars, patches and logos drawn from a seed.

They stand in for the thousands of agencies whose art is not at hand: in training, so that a
network learns to compare emblems rather than to know some, and in benchmarks of large catalogs.
Emblems of one family share everything but their lettering and small details, as court seals do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SIDE_PX = 192
_DRAWN_PX = 384
"""Drawn at twice the size and reduced, so that edges are smooth."""

Rgba = NDArray[np.uint8]
"""uint8, shape (SIDE_PX, SIDE_PX, 4), straight alpha."""
Mask = NDArray[np.uint8]
Colour = tuple[int, int, int]

_HEADS = (
    "UNITED STATES", "STATE OF", "CITY OF", "COUNTY OF", "DEPARTMENT OF", "THE GREAT SEAL OF",
    "OFFICE OF THE", "DISTRICT COURT", "SUPERIOR COURT OF", "SHERIFF", "POLICE", "TOWN OF",
    "BUREAU OF", "COMMISSION OF", "COURT OF APPEALS", "MARSHAL", "FIRE DEPT", "MUNICIPALITY OF",
)  # fmt: skip
_SYLLABLES = (
    "AL", "BER", "CAR", "DON", "EL", "FAIR", "GAR", "HAM", "IN", "JAS", "KEN", "LIN", "MAR", "NOR",
    "OAK", "PER", "QUIN", "RIV", "SOM", "TON", "UL", "VER", "WEST", "YOR", "ZEL", "SHIRE", "VILLE",
    "BURG", "LAND", "FORD", "WOOD", "DALE", "FIELD", "MONT", "PORT",
)  # fmt: skip


def draw_emblem(seed: int, motif_art: Rgba | None = None, family_of: int = 4) -> Rgba:
    """The emblem of a seed; the same one each time.

    Args:
        seed: `family_of` emblems following each other share shape, colours and motif.
        motif_art: art to take the middle from; a drawn motif where None.
        family_of: how many emblems a family has.
    """
    family = np.random.default_rng([seed // family_of, 1])
    own = np.random.default_rng([seed, 2])
    canvas = _DRAWERS[_kind(family)](family, own, motif_art)
    return np.asarray(canvas.resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS))


def kind_of(seed: int, family_of: int = 4) -> str:
    """What the emblem of a seed is: `seal`, `shield`, `star`, `patch` or `logo`."""
    return _kind(np.random.default_rng([seed // family_of, 1]))


def _kind(family: np.random.Generator) -> str:
    kinds = ["seal", "shield", "star", "patch", "logo"]
    return str(family.choice(kinds, p=[0.5, 0.15, 0.1, 0.1, 0.15]))


def _palette(rng: np.random.Generator) -> list[Colour]:
    """Five colours with some contrast between neighbours."""
    dark = tuple(rng.integers(0, 110, 3).tolist())
    light = tuple(rng.integers(170, 256, 3).tolist())
    gold = (int(rng.integers(170, 230)), int(rng.integers(130, 190)), int(rng.integers(20, 110)))
    free = [tuple(rng.integers(0, 256, 3).tolist()) for _ in range(2)]
    colours = [dark, light, gold, *free] if rng.random() < 0.7 else [light, dark, *free, gold]
    if rng.random() < 0.2:
        colours = [(0, 0, 0), (255, 255, 255), (90, 90, 90), (0, 0, 0), (255, 255, 255)]
    return [(int(r), int(g), int(b)) for r, g, b in colours]


def _seal(family: np.random.Generator, own: np.random.Generator, art: Rgba | None) -> Image.Image:
    canvas = Image.new("RGBA", (_DRAWN_PX, _DRAWN_PX), (0, 0, 0, 0))
    draw = ImageDraw.Draw(canvas)
    colours, middle = _palette(family), _DRAWN_PX / 2
    radius = middle - 2
    _disc(draw, middle, radius, colours[2 if family.random() < 0.5 else 0])
    if family.random() < 0.5:
        _beads(draw, family, middle, radius, colours[1])
    radius *= family.uniform(0.9, 0.98)
    _disc(draw, middle, radius, colours[0])
    inner = radius * family.uniform(0.62, 0.75)
    size = (radius - inner) * family.uniform(0.5, 0.72)
    _ring_text(canvas, own, (radius + inner) / 2, size, colours[1])
    if family.random() < 0.7:
        _disc(draw, middle, inner, colours[2])
    inner *= 0.96
    _disc(draw, middle, inner, colours[1] if family.random() < 0.7 else colours[3])
    _motif(canvas, family, own, inner * family.uniform(0.75, 0.98), art)
    return canvas


def _shield(family: np.random.Generator, own: np.random.Generator, art: Rgba | None) -> Image.Image:
    canvas, colours = Image.new("RGBA", (_DRAWN_PX,) * 2, (0, 0, 0, 0)), _palette(family)
    across = np.linspace(0, 1, 24)
    width, point = family.uniform(0.36, 0.48), family.uniform(1.4, 3.0)
    right = np.column_stack([width * (1 - across**point), across])
    right[0, 0] = width * family.uniform(0.8, 1)
    outline = np.vstack([right, right[::-1] * (-1, 1)])
    outline = (outline * 0.96 + (0.5, 0.02)) * _DRAWN_PX
    _layers(canvas, outline, colours)
    _arc_text(canvas, own, _DRAWN_PX * family.uniform(0.13, 0.2), colours[1])
    _motif(canvas, family, own, _DRAWN_PX * family.uniform(0.2, 0.3), art)
    return canvas


def _star(family: np.random.Generator, own: np.random.Generator, art: Rgba | None) -> Image.Image:
    canvas, colours = Image.new("RGBA", (_DRAWN_PX,) * 2, (0, 0, 0, 0)), _palette(family)
    points = int(family.integers(5, 9))
    _layers(canvas, _star_outline(points, family.uniform(0.5, 0.75)), colours)
    draw, middle = ImageDraw.Draw(canvas), _DRAWN_PX / 2
    radius = _DRAWN_PX * family.uniform(0.22, 0.3)
    _disc(draw, middle, radius, colours[1])
    _ring_text(canvas, own, radius * 0.85, radius * 0.22, colours[0])
    _motif(canvas, family, own, radius * 0.65, art)
    return canvas


def _patch(family: np.random.Generator, own: np.random.Generator, art: Rgba | None) -> Image.Image:
    canvas, colours = Image.new("RGBA", (_DRAWN_PX,) * 2, (0, 0, 0, 0)), _palette(family)
    angles = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    radius = np.full_like(angles, 0.4)
    for order in range(2, 6):
        radius += family.normal(0, 0.02) * np.cos(order * angles)
    outline = np.column_stack([radius * np.sin(angles), -radius * np.cos(angles)])
    _layers(canvas, (outline * (family.uniform(0.8, 1.1), 1.1) + 0.5) * _DRAWN_PX, colours)
    _arc_text(canvas, own, _DRAWN_PX * 0.2, colours[1])
    _line_text(canvas, own, 0.8, colours[1])
    _motif(canvas, family, own, _DRAWN_PX * family.uniform(0.18, 0.26), art)
    return canvas


def _logo(family: np.random.Generator, own: np.random.Generator, art: Rgba | None) -> Image.Image:
    canvas, colours = Image.new("RGBA", (_DRAWN_PX,) * 2, (0, 0, 0, 0)), _palette(family)
    if family.random() < 0.6:
        corner = family.uniform(0.05, 0.3)
        ImageDraw.Draw(canvas).rounded_rectangle(
            (4, _DRAWN_PX * corner, _DRAWN_PX - 4, _DRAWN_PX * (1 - corner)), 30, (*colours[0], 255)
        )
    _motif(canvas, family, own, _DRAWN_PX * family.uniform(0.15, 0.3), art)
    for height in (0.2, 0.8):
        if family.random() < 0.7:
            _line_text(canvas, own, height, colours[1])
    box = canvas.getbbox() or (0, 0, _DRAWN_PX, _DRAWN_PX)
    return canvas.crop(box).resize(canvas.size)


_DRAWERS: dict[
    str, Callable[[np.random.Generator, np.random.Generator, Rgba | None], Image.Image]
] = {"seal": _seal, "shield": _shield, "star": _star, "patch": _patch, "logo": _logo}


def _disc(draw: ImageDraw.ImageDraw, middle: float, radius: float, colour: Colour) -> None:
    draw.ellipse(
        (middle - radius, middle - radius, middle + radius, middle + radius), (*colour, 255)
    )


def _beads(
    draw: ImageDraw.ImageDraw,
    rng: np.random.Generator,
    middle: float,
    radius: float,
    colour: Colour,
) -> None:
    count, size = int(rng.integers(30, 90)), rng.uniform(2, 6)
    for angle in np.linspace(0, 2 * np.pi, count, endpoint=False):
        x, y = middle + (radius - size) * np.cos(angle), middle + (radius - size) * np.sin(angle)
        draw.ellipse((x - size, y - size, x + size, y + size), (*colour, 255))


def _layers(canvas: Image.Image, outline: NDArray[np.float64], colours: list[Colour]) -> None:
    """An outline filled three times, each smaller, like a rim."""
    draw, centre = ImageDraw.Draw(canvas), outline.mean(axis=0)
    for factor, colour in ((1.0, colours[2]), (0.95, colours[0]), (0.9, colours[3])):
        points = (outline - centre) * factor + centre
        draw.polygon([(float(x), float(y)) for x, y in points], (*colour, 255))


def _star_outline(points: int, depth: float) -> NDArray[np.float64]:
    angles = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False)
    radius = np.where(np.arange(2 * points) % 2 == 0, 0.49, 0.49 * depth)
    return (np.column_stack([radius * np.sin(angles), -radius * np.cos(angles)]) + 0.5) * _DRAWN_PX


def _legend(rng: np.random.Generator) -> tuple[str, str]:
    name = "".join(rng.choice(_SYLLABLES, int(rng.integers(2, 4))))
    second = (
        "".join(rng.choice(_SYLLABLES, 2)) if rng.random() < 0.6 else str(rng.integers(1700, 2020))
    )
    return f"{rng.choice(_HEADS)} {name}", second


def _ring_text(
    canvas: Image.Image, rng: np.random.Generator, radius: float, size: float, colour: Colour
) -> None:
    above, below = _legend(rng)
    _along_circle(canvas, above, _Ring(radius, size, outward=True), colour)
    _along_circle(canvas, below, _Ring(radius, size, outward=False), colour)


def _arc_text(canvas: Image.Image, rng: np.random.Generator, size: float, colour: Colour) -> None:
    text, _ = _legend(rng)
    _along_circle(canvas, text, _Ring(_DRAWN_PX * 0.36, size * 0.45, True, 2.6), colour)


class _Ring(NamedTuple):
    """Where lettering runs: radius, height of letters, which way they stand, most angle covered."""

    radius: float
    size: float
    outward: bool
    spread: float = 4.4


def _along_circle(canvas: Image.Image, text: str, ring: _Ring, colour: Colour) -> None:
    radius, size, outward, spread = ring
    font = ImageFont.load_default(max(size, 6))
    step = min(spread / max(len(text), 1), size * 0.8 / radius)
    start = -step * (len(text) - 1) / 2
    for place, letter in enumerate(text):
        turn = start + place * step
        angle = turn if outward else np.pi - turn
        glyph = Image.new("RGBA", (int(size * 1.6) + 2,) * 2, (*colour, 0))
        ImageDraw.Draw(glyph).text(
            (glyph.width / 2, glyph.height / 2), letter, (*colour, 255), font, anchor="mm"
        )
        upright = -angle if outward else np.pi - angle
        glyph = glyph.rotate(np.rad2deg(upright), Image.Resampling.BILINEAR)
        x = canvas.width / 2 + radius * np.sin(angle) - glyph.width / 2
        y = canvas.height / 2 - radius * np.cos(angle) - glyph.height / 2
        canvas.alpha_composite(glyph, (max(round(x), 0), max(round(y), 0)))


def _line_text(
    canvas: Image.Image, rng: np.random.Generator, height: float, colour: Colour
) -> None:
    text = " ".join(_legend(rng)[: int(rng.integers(1, 3))])
    size = _DRAWN_PX * min(1.4 / len(text), rng.uniform(0.08, 0.16))
    ImageDraw.Draw(canvas).text(
        (canvas.width / 2, canvas.height * height),
        text, (*colour, 255), ImageFont.load_default(max(size, 8)), anchor="mm",
    )  # fmt: skip


def _motif(
    canvas: Image.Image,
    family: np.random.Generator,
    own: np.random.Generator,
    radius: float,
    art: Rgba | None,
) -> None:
    """The middle: a part of given art, or symmetric figures; one detail differs in a family."""
    side = max(int(2 * radius), 8)
    corner = (canvas.width - side) // 2
    if art is not None:
        part = Image.fromarray(art).resize((side, side))
        disc = Image.new("L", part.size, 0)
        ImageDraw.Draw(disc).ellipse((0, 0, side, side), 255)
        alpha = np.minimum(np.asarray(part)[..., 3], np.asarray(disc))
        part.putalpha(Image.fromarray(alpha))
        canvas.alpha_composite(part, (corner, corner))
        return
    figure = np.zeros((side, side, 4), np.uint8)
    for _ in range(int(family.integers(3, 9))):
        _symmetric_figure(figure, family)
    if own.random() < 0.5:
        _symmetric_figure(figure, own, largest=0.25)
    canvas.alpha_composite(Image.fromarray(figure), (corner, corner))


def _symmetric_figure(figure: Rgba, rng: np.random.Generator, largest: float = 0.6) -> None:
    side = figure.shape[0]
    colour = (*_palette(rng)[int(rng.integers(0, 5))], 255)
    middle = rng.uniform(0.15, 0.85, 2) * side
    count, reach = int(rng.integers(3, 12)), rng.uniform(0.08, largest) * side / 2
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    radius = reach * rng.uniform(0.3, 1, count)
    points = middle + np.column_stack([radius * np.cos(angles), radius * np.sin(angles)])
    mirrored = np.column_stack([side - 1 - points[:, 0], points[:, 1]])
    for outline in (points, mirrored) if rng.random() < 0.75 else (points,):
        drawn = outline.astype(np.int32).reshape(-1, 1, 2)
        if rng.random() < 0.7:
            cv2.fillPoly(figure, [drawn], colour, cv2.LINE_AA)
        else:
            thickness = int(rng.integers(1, 5))
            cv2.polylines(figure, [drawn], rng.random() < 0.5, colour, thickness, cv2.LINE_AA)
