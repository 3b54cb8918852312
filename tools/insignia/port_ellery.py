"""The insignia of the Port Ellery District Court: lighthouse, scales, columns. Fictional."""

from __future__ import annotations

import math

from svg_parts import (
    arc_text,
    branch,
    clipped,
    disc,
    drawing,
    engraving,
    gradient,
    path,
    polar,
    polygon,
    rect,
    rope,
    scaled,
    scroll,
    star,
    text,
    threads,
    ticks,
    waves,
)

WINE, DARK, BRONZE, PALE, CREAM, SLATE = (
    "#6a1b2c",
    "#35101a",
    "#b07b3a",
    "#ecd2a0",
    "#faf4e4",
    "#35506a",
)
MIDDLE = (300.0, 300.0)
FINE = f'fill="none" stroke="{DARK}" stroke-linecap="round" stroke-linejoin="round"'


def seal() -> str:
    """Round seal in the manner of an engraving: a lighthouse on a cliff, a brig, open scales."""
    defs = gradient("rim", ["#5f3c14", BRONZE, "#f0d9a8", BRONZE, "#573510"], 35)
    body = disc(MIDDLE, 294, f'fill="{CREAM}" stroke="url(#rim)" stroke-width="11"')
    body += ticks(MIDDLE, 272, 288, 240, f'stroke="{WINE}" stroke-width="1.7"')
    body += disc(MIDDLE, 268, f'fill="{CREAM}" stroke="{WINE}" stroke-width="4"')
    for step in range(72):
        body += disc(polar(MIDDLE, 260, step * 5), 2.4, f'fill="{BRONZE}"')
    style = {"colour": WINE, "spacing": "1"}
    body += arc_text("PORT ELLERY DISTRICT COURT", MIDDLE, 229, 38, style)
    body += arc_text("LEX ET PORTUS", MIDDLE, 229, 35, style | {"side": "bottom", "spacing": "5"})
    for angle in (116, 244):
        body += star(
            polar(MIDDLE, 229, angle),
            22,
            f'fill="{BRONZE}" stroke="{DARK}" stroke-width="2"',
            8,
            0.5,
        )
        body += disc(polar(MIDDLE, 229, angle), 6, f'fill="{CREAM}"')
    body += rope(MIDDLE, 196, 60, (BRONZE, DARK, 11))
    inner = "M112 300A188 188 0 0 1 488 300A188 188 0 0 1 112 300Z"
    return drawing(body + clipped("view", inner, _coast()), defs)


def _coast() -> str:
    body = '<rect width="600" height="600" fill="#efe5cb"/>'
    body += engraving((100, 112, 500, 380), 8, f'stroke="{SLATE}" stroke-width="1.3" opacity=".7"')
    body += polygon([(216, 190), (20, 90), (20, 176)], f'fill="{CREAM}" opacity=".95"')
    body += polygon([(216, 190), (600, 96), (600, 196)], f'fill="{CREAM}" opacity=".95"')
    for index in range(7):
        body += star(polar((300, 330), 190, 8 + index * 8), 10, f'fill="{WINE}"')
    body += f'<rect x="100" y="376" width="400" height="130" fill="{SLATE}"/>'
    body += waves((96, 388, 510, 484), 9, 52, f'stroke="{PALE}" stroke-width="2.6"')
    cliff = (
        "M90 430L128 372L150 380L166 346L206 340L238 352L262 346L276 382"
        "L298 396L290 428L318 446L260 470L200 492L90 500Z"
    )
    body += path(cliff, f'fill="#8b7a5c" stroke="{DARK}" stroke-width="4" stroke-linejoin="round"')
    for x, y, length in (
        (138, 390, 40),
        (152, 396, 60),
        (170, 362, 84),
        (190, 356, 50),
        (204, 372, 76),
        (228, 362, 58),
        (246, 376, 66),
        (262, 396, 44),
        (180, 440, 36),
        (270, 430, 26),
        (222, 438, 34),
    ):
        body += path(
            f"M{x} {y}l{-length * 0.25:.1f} {length * 0.6:.1f}l5 {length * 0.4:.1f}",
            f'{FINE} stroke-width="2.4"',
        )
    return body + _lighthouse() + _brig() + _scales((392, 236))


def _lighthouse() -> str:
    body = ""
    for row in range(6):
        top, bottom = 212 + row * 23, 235 + row * 23
        half = [15 + (y - 212) * 0.1 for y in (top, bottom)]
        shape = [
            (216 - half[0], top),
            (216 + half[0], top),
            (216 + half[1], bottom),
            (216 - half[1], bottom),
        ]
        body += polygon(
            shape, f'fill="{WINE if row % 2 else CREAM}" stroke="{DARK}" stroke-width="2.5"'
        )
    for x in (222, 226, 230):
        body += path(f"M{x} 214L{x + 11} 348", f'{FINE} stroke-width="1.3" opacity=".7"')
    body += path(
        "M194 212h44v-7h-44ZM202 205V176h28v29ZM198 176l18-24l18 24ZM216 152v-14",
        f'fill="{PALE}" stroke="{DARK}" stroke-width="3"',
    )
    body += path("M209 176v29M216 176v29M223 176v29M196 190h40", f'{FINE} stroke-width="2"')
    body += disc((216, 190), 7, 'fill="#f5b63a"')
    return body + path("M210 350v-22q6-9 12 0v22ZM212 262h8v10h-8Z", f'fill="{DARK}"')


def _brig() -> str:
    edge = f'stroke="{DARK}" stroke-width="2.4" stroke-linejoin="round"'
    body = path("M344 424L470 412L452 444Q400 456 362 444Z", f'fill="#5a3a1e" {edge}')
    body += path("M352 430L462 420M358 437L458 429", f'stroke="{PALE}" stroke-width="2"')
    body += path("M380 426V326M426 420V318M470 412L498 396", f'{FINE} stroke-width="4"')
    for mast, top in ((380, 334), (426, 326)):
        for row, width in enumerate((17, 22, 26)):
            y = top + row * 28
            body += path(
                f"M{mast - width} {y}h{2 * width}q-9 13 3 25h{-2 * width - 6}q10-12 3-25Z",
                f'fill="{CREAM}" {edge}',
            )
            body += path(
                f"M{mast - width / 2} {y + 3}q-5 9 1 19M{mast + width / 3:.1f} {y + 3}q-5 9 1 19",
                f'{FINE} stroke-width="1.2"',
            )
    body += path("M380 326v-12l20 5l-20 6ZM426 318v-13l22 6l-22 6Z", f'fill="{WINE}" {edge}')
    return body + path(
        "M352 426L380 332M456 418L428 324M494 398L430 330", f'{FINE} stroke-width="1.4"'
    )


def _scales(at: tuple[float, float]) -> str:
    x, y = at
    body = path(
        f"M{x} {y - 58}V{y + 50}M{x - 54} {y - 32}Q{x} {y - 56} {x + 54} {y - 44}",
        f'{FINE} stroke-width="6"',
    )
    body += path(
        f"M{x - 28} {y + 62}q28-22 56 0Z", f'fill="{BRONZE}" stroke="{DARK}" stroke-width="3"'
    )
    for side, top in ((-54, y - 32), (54, y - 44)):
        pan = x + side
        body += path(
            f"M{pan} {top}l-22 50M{pan} {top}l22 50M{pan} {top}v50", f'{FINE} stroke-width="1.8"'
        )
        body += path(
            f"M{pan - 27} {top + 50}h54q-8 20-27 20t-27-20Z",
            f'fill="{BRONZE}" stroke="{DARK}" stroke-width="3"',
        )
    return body + disc((x, y - 60), 8, f'fill="{BRONZE}" stroke="{DARK}" stroke-width="3"')


def badge() -> str:
    """Oval-topped bronze shield with scrollwork, crossed keys and a burning lamp."""
    defs = gradient("metal", ["#fbeed2", "#c9924b", "#7a4c1b", "#d8a763", "#f8e6bf", "#8d5c25"], 55)
    defs += gradient("enamel", ["#94283f", "#4d0f1e"], 80)
    outline = (
        "M300 12C352 46 402 40 446 34C468 70 506 92 548 98"
        "C522 170 566 250 540 346C518 436 420 500 300 588"
        "C180 500 82 436 60 346C34 250 78 170 52 98C94 92 132 70 154 34C198 40 248 46 300 12Z"
    )
    edge = 'stroke="#4a2c0c"'
    body = path(outline, f'fill="url(#metal)" {edge} stroke-width="8"')
    inset = path(outline, f'fill="none" {edge} stroke-width="3"')
    body += scaled(inset, (300, 296), 0.93)
    lines = "".join(
        f"M300 300L{x:.1f} {y:.1f}" for x, y in (polar(MIDDLE, 330, a * 2.5) for a in range(144))
    )
    body += clipped("rays", outline, path(lines, f'{edge} stroke-width="1.5" opacity=".32"'))
    line = f'{edge} stroke-width="5"'
    for flip, x in ((1, 92), (-1, 508)):
        body += scroll((x, 140), 92, (flip, 1), line) + scroll(
            (x + flip * 6, 404), 86, (flip, -1), line
        )
        body += scroll((x + flip * 74, 506), 66, (flip, -1), line)
    body += path(
        "M300 118A150 176 0 0 1 300 470A150 176 0 0 1 300 118Z",
        f'fill="url(#enamel)" {edge} stroke-width="6"',
    )
    body += path(
        "M300 134A134 160 0 0 1 300 454A134 160 0 0 1 300 134Z",
        'fill="none" stroke="#f3ddb0" stroke-width="4" stroke-dasharray="3 6"'
        ' stroke-linecap="round"',
    )
    body += _keys() + _lamp()
    ribbon = "M118 96Q300 34 482 96L470 150Q300 92 130 150Z"
    body += path(ribbon, f'fill="#fbf3df" {edge} stroke-width="4"')
    body += arc_text("COURT OFFICER", (300, 596), 508, 38, {"colour": WINE, "spacing": "4"})
    lower = "M96 396Q300 470 504 396L520 452Q300 530 80 452Z"
    body += path(lower, f'fill="#fbf3df" {edge} stroke-width="4"')
    body += arc_text(
        "PORT ELLERY", (300, -282), 742, 46, {"colour": WINE, "spacing": "6", "side": "bottom"}
    )
    body += path("M262 502h76l14 24l-52 36l-52-36Z", f'fill="url(#enamel)" {edge} stroke-width="4"')
    return drawing(body + text("118", (300, 536), 32, "#f8e6bf", 2), defs)


def _keys() -> str:
    edge = 'stroke="#2b1704" stroke-width="2.5"'
    key = path("M-7 -40V112h14V-40Z", f'fill="#e9bf78" {edge}')
    key += disc((0, -62), 25, f'fill="#e9bf78" {edge}') + disc(
        (0, -62), 12, f'fill="#6a1b2c" {edge}'
    )
    ward = path("M7 70h28v12h-14v8h14v14H7Z", f'fill="#e9bf78" {edge}')
    other = path("M7 66h22v38h-10v-12h-12Z", f'fill="#e9bf78" {edge}')
    spot = "".join(disc(polar((0, -62), 18, a * 45), 2.2, 'fill="#2b1704"') for a in range(8))
    return (
        f'<g transform="translate(300 334) rotate(40)">{key}{ward}{spot}</g>'
        f'<g transform="translate(300 334) rotate(-40) scale(-1 1)">{key}{other}</g>'
    )


def _lamp() -> str:
    edge = 'stroke="#2b1704" stroke-width="3" stroke-linejoin="round"'
    body = path("M240 258q6 34 62 34q46 0 66-44q-20 8-36-2q-52-14-92 12Z", f'fill="#f3d292" {edge}')
    body += path("M276 292l-12 20h74l-12-20ZM240 258q-34-8-30 16t46 10", f'fill="#c9924b" {edge}')
    body += path("M368 244q-16-34 8-58q-2 18 12 30q8 20-8 32Z", f'fill="#ffb43c" {edge}')
    body += path("M254 266q46 16 92-2M270 278q34 8 60-4", f'fill="none" {edge} opacity=".6"')
    for index, angle in enumerate((-64, -46, -28, -10)):
        body += star(polar((330, 290), 104, angle), 13 - index, 'fill="#f8e6bf"', 6, 0.5)
    return f'<g transform="translate(45 -12) scale(.85)">{body}</g>'


def patch() -> str:
    """Court security patch: a ship's wheel behind a gavel on a wine-red twelve-sided cloth."""
    defs = threads("cloth", "#5d1727", "#712234", 0) + threads("dark", "#23303f", "#2f4054", 90)
    defs += threads("wood", "#8a5a2b", "#a9733c", 45)
    corners = [polar(MIDDLE, 292, 15 + 30 * step) for step in range(12)]
    body = polygon(corners, 'fill="url(#cloth)"')
    for radius, width, dash in ((280, 15, "3 1.3"), (256, 3, "8 4")):
        ring = [polar(MIDDLE, radius, 15 + 30 * step) for step in range(12)]
        body += polygon(
            ring, f'fill="none" stroke="#c9a35a" stroke-width="{width}" stroke-dasharray="{dash}"'
        )
    style = {"colour": CREAM, "spacing": "5"}
    body += arc_text("COURT SECURITY", MIDDLE, 214, 50, style)
    body += arc_text("PORT ELLERY", MIDDLE, 214, 43, style | {"side": "bottom", "spacing": "7"})
    for angle in (114, 246):
        x, y = polar(MIDDLE, 214, angle)
        body += path(f"M{x} {y - 24}l17 24l-17 24l-17-24Z", 'fill="#c9a35a"') + disc(
            (x, y), 7, f'fill="{WINE}"'
        )
    body += disc(MIDDLE, 172, 'fill="url(#dark)" stroke="#c9a35a" stroke-width="8"')
    return drawing(body + _wheel() + _gavel(), defs)


def _wheel() -> str:
    edge = 'stroke="#2b1704" stroke-width="3"'
    body = ""
    for step in range(8):
        body += f'<g transform="rotate({step * 45 + 12} 300 290)">'
        body += path(
            "M294 290V176q-7-8-4-20q3-14 10-14t10 14q3 12-4 20V290Z", f'fill="url(#wood)" {edge}'
        )
        body += path("M293 232h14M293 244h14", f'{edge} opacity=".7"') + "</g>"
    body += disc((300, 290), 88, 'fill="none" stroke="#2b1704" stroke-width="26"')
    body += disc((300, 290), 88, 'fill="none" stroke="#c08a4a" stroke-width="20"')
    body += disc(
        (300, 290), 88, 'fill="none" stroke="#7b4d20" stroke-width="4" stroke-dasharray="10 13"'
    )
    body += disc((300, 290), 34, f'fill="#d9b06a" {edge}') + star(
        (300, 290), 26, f'fill="{WINE}"', 8, 0.45
    )
    return body


def _gavel() -> str:
    edge = f'stroke="{CREAM}" stroke-width="3.5" stroke-linejoin="round"'
    head = f'<rect x="-62" y="-30" width="124" height="60" rx="7" fill="#74361c" {edge}/>'
    head += path("M-40 -30V30M-30 -30V30M30 -30V30M40 -30V30", 'stroke="#e6c07c" stroke-width="5"')
    head += path("M-22 -16h44M-22 -6h44M-22 8h40M-22 18h44", 'stroke="#4a1f0d" stroke-width="3"')
    shaft = f'<rect x="-9" y="28" width="18" height="146" rx="8" fill="#8f4a26" {edge}/>'
    body = f'<g transform="translate(356 318) rotate(52)">{shaft}{head}</g>'
    block = f'<rect x="318" y="398" width="106" height="22" rx="8" fill="#74361c" {edge}/>'
    return block + body


def logo() -> str:
    """Upright mark: a columned front whose steps turn into waves, over three lines of lettering."""
    ink = f'fill="{SLATE}"'
    body = rect((34, 4), 532, 592, f'rx="6" fill="{CREAM}" stroke="{SLATE}" stroke-width="7"')
    body += rect((50, 20), 500, 560, f'fill="none" stroke="{BRONZE}" stroke-width="3"')
    body += polygon([(110, 138), (300, 44), (490, 138)], ink)
    body += polygon([(166, 126), (300, 60), (434, 126)], f'fill="{CREAM}"')
    body += path("M300 72l9 20l22 2l-16 15l4 16h-38l4-16l-16-15l22-2Z", f'fill="{BRONZE}"')
    body += branch((300, 20), 104, (132, 158), (4, 20), ink) + branch(
        (300, 20), 104, (228, 202), (4, 20), f'fill="{WINE}"'
    )
    body += f'<rect x="104" y="144" width="392" height="20" {ink}/>'
    for index in range(12):
        body += rect((116 + index * 32, 170), 18 - index % 3 * 3, 8, f'fill="{BRONZE}"')
    for index in range(6):
        body += _column(136 + index * 65.6, index)
    for row in range(4):
        y = 332 + row * 19
        d = f"M{104 - row * 10} {y}"
        d += f"H{300 - row * 44}" + "q14-20 28 0t28 0" * (3 + row)
        body += path(d, f'fill="none" stroke="{(WINE, SLATE)[row % 2]}" stroke-width="{10 - row}"')
    body += text("PORT ELLERY", (300, 462), 66, WINE, 2) + text(
        "DISTRICT COURT", (300, 516), 48, SLATE, 4
    )
    body += path("M70 544H196M404 544H530", f'stroke="{BRONZE}" stroke-width="4"')
    body += text("ANNO 1848", (300, 554), 28, BRONZE, 5)
    return drawing(body)


def _column(x: float, index: int) -> str:
    top = path(f"M{x - 24} 184h48v9h-48ZM{x - 18} 196h36l-5 12h-26Z", f'fill="{SLATE}"')
    shaft = path(f"M{x - 13} 208h26l4 98h-34Z", f'fill="#fff" stroke="{SLATE}" stroke-width="3.5"')
    flutes = "".join(
        f"M{x + offset:.1f} {214 + 6 * math.sin(index * 2 + offset):.1f}"
        f"L{x + offset * 1.25:.1f} 300"
        for offset in (-7, 0, 7)
    )
    foot = path(f"M{x - 23} 306h46v12h-46Z", f'fill="{WINE if index == 4 else SLATE}"')
    return top + shaft + path(flutes, f'stroke="{SLATE}" stroke-width="2.6"') + foot


DRAWINGS = {"seal": seal, "badge": badge, "patch": patch, "logo": logo}
