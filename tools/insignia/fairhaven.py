"""The insignia of the City of Fairhaven Police: a harbour town with a bridge. Fictional."""

from __future__ import annotations

from svg_parts import (
    arc_text,
    branch,
    clipped,
    disc,
    drawing,
    engraving,
    gradient,
    leaf,
    path,
    polar,
    polygon,
    rays,
    rect,
    rope,
    scaled,
    star,
    text,
    threads,
    ticks,
    waves,
)

NAVY, DEEP, GOLD, PALE, TEAL, CREAM = (
    "#14284f",
    "#0b1833",
    "#d8a93a",
    "#f4dc93",
    "#1f7a86",
    "#f7efd9",
)
MIDDLE = (300.0, 300.0)


def seal() -> str:
    """Round seal: a suspension bridge before the rising sun, a ketch and two gulls."""
    defs = gradient("gold", ["#8a6316", GOLD, "#fbeab0", GOLD, "#7d5912"], 50)
    defs += gradient("sky", ["#2c5f93", "#8fc0d6", "#fbe3a6"], 90)
    ring = disc(MIDDLE, 294, 'fill="url(#gold)"')
    ring += disc(MIDDLE, 282, f'fill="{NAVY}"')
    ring += ticks(MIDDLE, 268, 281, 180, f'stroke="{GOLD}" stroke-width="1.6"')
    ring += rope(MIDDLE, 193, 84, (PALE, "#7d5912", 15))
    style = {"colour": PALE, "spacing": "3"}
    ring += arc_text("CITY OF FAIRHAVEN POLICE", MIDDLE, 235, 43, style)
    ring += arc_text("WATCHFUL AND FAIR", MIDDLE, 235, 31, style | {"side": "bottom"})
    for angle, words in ((243, "18"), (117, "71")):
        x, y = polar(MIDDLE, 235, angle)
        ring += disc((x, y), 24, f'fill="url(#gold)" stroke="{PALE}" stroke-width="2"')
        ring += text(words, (x, y + 9), 25, NAVY)
    return drawing(ring + clipped("view", _circle_d(186), _harbour()), defs)


def _circle_d(radius: float) -> str:
    left, right = 300 - radius, 300 + radius
    return f"M{left} 300A{radius} {radius} 0 0 1 {right} 300A{radius} {radius} 0 0 1 {left} 300Z"


def _harbour() -> str:
    ink = f'fill="none" stroke="{DEEP}"'
    body = '<rect width="600" height="600" fill="url(#sky)"/>'
    body += engraving((100, 118, 500, 300), 7, 'stroke="#2c5f93" stroke-width="1.1" opacity=".55"')
    body += rays((372, 318), (44, 170), (-95, 95), f'fill="{CREAM}" opacity=".85"')
    body += disc((372, 318), 40, f'fill="#f6b73c" stroke="{CREAM}" stroke-width="4"')
    body += path("M100 330Q150 262 205 296T300 318T372 300T520 322V350H100Z", f'fill="{TEAL}"')
    body += path("M120 330l30-38M140 334l34-46M166 334l24-36M190 334l18-30", f'{ink} opacity=".6"')
    body += f'<rect x="100" y="330" width="400" height="200" fill="{NAVY}"/>'
    body += waves((100, 346, 520, 480), 11, 46, 'stroke="#8fc0d6" stroke-width="2.6"')
    body += _bridge(ink) + _ketch()
    gull = f'fill="none" stroke="{CREAM}" stroke-width="5" stroke-linecap="round"'
    body += path("M238 168q14-16 26 0q12-16 28-3", gull) + path(
        "M300 196q9-11 17 0q8-10 18-2", gull
    )
    return body


def _bridge(ink: str) -> str:
    deck = path("M100 342L520 302V315L100 356Z", f'fill="{CREAM}" stroke="{DEEP}" stroke-width="2"')
    cables = path(
        "M100 250Q140 305 190 196Q262 402 398 186Q430 280 520 262", f'{ink} stroke-width="6"'
    )
    cables += path(
        "M100 250Q140 305 190 196Q262 402 398 186Q430 280 520 262",
        f'fill="none" stroke="{GOLD}" stroke-width="2.4"',
    )
    hangers = ""
    for step in range(1, 18):
        share = step / 18
        x = 190 + 208 * share
        top = (1 - share) ** 2 * 196 + 2 * share * (1 - share) * 402 + share**2 * 186
        hangers += f"M{x:.1f} {top:.1f}V{342 - (x - 100) * 40 / 420:.1f}"
    towers = ""
    for x, top, foot in ((190, 184, 400), (398, 174, 372)):
        towers += polygon(
            [(x - 13, foot), (x - 8, top), (x + 8, top), (x + 13, foot)],
            f'fill="{CREAM}" stroke="{DEEP}" stroke-width="3"',
        )
        for row in range(6):
            y = top + 14 + row * 26
            towers += path(f"M{x - 7} {y}l14 18m0-18l-14 18", f'{ink} stroke-width="2.2"')
        towers += disc((x, top - 6), 7, f'fill="{GOLD}" stroke="{DEEP}" stroke-width="2"')
        towers += path(f"M{x - 26} {foot}h52l6 20h-64Z", f'fill="#8d99a8" stroke="{DEEP}"')
    return path(hangers, f'{ink} stroke-width="1.7"') + cables + deck + towers


def _ketch() -> str:
    edge = f'stroke="{DEEP}" stroke-width="2.5" stroke-linejoin="round"'
    body = path("M262 432q48 20 104-4l-14 32q-40 12-76 0Z", f'fill="#8b2f2a" {edge}')
    body += path("M306 434V340L262 420Z", f'fill="{CREAM}" {edge}')
    body += path("M312 430V352L352 420Z", f'fill="{PALE}" {edge}')
    body += path(
        "M300 350l-30 56M294 372l-22 40M318 366l26 48", f'stroke="{GOLD}" stroke-width="2"'
    )
    return body + path("M306 340v-16l18 6l-18 7", f'fill="#c0392b" {edge}')


def badge() -> str:
    """Seven-pointed star with scrollwork, a blue disc with an anchor, and two banners."""
    defs = gradient("metal", ["#fff3c2", "#d7a63a", "#8f6716", "#e7c264", "#fff0b8"], 60)
    defs += gradient("enamel", ["#2f62b4", "#12295c"], 70)
    edge = 'stroke="#5d410c"'
    body = star(MIDDLE, 280, f'fill="#b98a2a" {edge} stroke-width="7"', 7, 0.58)
    body += star(MIDDLE, 268, f'fill="url(#metal)" {edge} stroke-width="2"', 7, 0.57)
    for tip in range(7):
        angle = tip * 360 / 7
        x, y = polar(MIDDLE, 274, angle)
        body += disc((x, y), 21, f'fill="url(#metal)" {edge} stroke-width="3"')
        body += disc((x - 6, y - 6), 5, 'fill="#fffbe6"')
        for side in (-1, 1):
            for share in (0.25, 0.5, 0.75):
                inner = polar(MIDDLE, 150, angle + side * 22 * share)
                outer = polar(MIDDLE, 262 - 80 * share, angle + side * 14 * share)
                d = f"M{inner[0]:.1f} {inner[1]:.1f}L{outer[0]:.1f} {outer[1]:.1f}"
                body += path(d, f'{edge} stroke-width="2" opacity=".7"')
        body += leaf(
            polar(MIDDLE, 178, angle), 66, angle, f'fill="#f7dd93" {edge} stroke-width="2"'
        )
    body += disc(MIDDLE, 168, f'fill="url(#metal)" {edge} stroke-width="4"')
    body += ticks(MIDDLE, 156, 166, 120, f'{edge} stroke-width="2"')
    body += disc(MIDDLE, 152, f'fill="{CREAM}" {edge} stroke-width="3"')
    style = {"colour": NAVY, "spacing": "4"}
    body += arc_text("FAIRHAVEN", MIDDLE, 128, 34, style)
    body += arc_text("HARBOUR WATCH", MIDDLE, 128, 23, style | {"side": "bottom"})
    body += disc(MIDDLE, 104, f'fill="url(#enamel)" {edge} stroke-width="3"')
    body += branch(MIDDLE, 88, (200, 330), (9, 20), 'fill="#a9d08a" stroke="#3f7d4e"')
    body += star(polar(MIDDLE, 84, 60), 13, 'fill="#fbe7a8"') + star(
        polar(MIDDLE, 84, 92), 10, 'fill="#fbe7a8"'
    )
    body += star(polar(MIDDLE, 84, 122), 8, 'fill="#fbe7a8"')
    return drawing(body + _anchor() + _banners(edge), defs)


def _anchor() -> str:
    ink = f'fill="none" stroke="{CREAM}" stroke-linecap="round"'
    body = path(
        "M300 236V366M268 262H332M236 318Q244 372 300 376Q356 372 364 318",
        f'{ink} stroke-width="13"',
    )
    body += disc((300, 226), 13, f'fill="none" stroke="{CREAM}" stroke-width="8"')
    body += polygon([(222, 330), (236, 298), (256, 328)], f'fill="{CREAM}"')
    body += polygon([(378, 330), (364, 298), (344, 328)], f'fill="{CREAM}"')
    coil = "M322 226q30 8 10 34t-44 26q-30 18 6 34t40 26q6 22-30 28"
    body += path(coil, 'fill="none" stroke="#8a2f22" stroke-width="9"')
    return body + path(coil, 'fill="none" stroke="#f0a24a" stroke-width="5" stroke-dasharray="7 4"')


def _banners(edge: str) -> str:
    body = ""
    for y, words, size in ((118, "OFFICER", 38), (452, "2741", 40)):
        body += path(
            f"M150 {y + 6}l-34 52h62ZM450 {y + 6}l34 52h-62Z",
            f'fill="#8f6716" {edge} stroke-width="3"',
        )
        body += path(
            f"M146 {y}Q300 {y - 30} 454 {y}V{y + 52}Q300 {y + 22} 146 {y + 52}Z",
            f'fill="url(#metal)" {edge} stroke-width="4"',
        )
        body += path(
            f"M154 {y + 7}Q300 {y - 22} 446 {y + 7}", f'fill="none" {edge} stroke-width="1.5"'
        )
        body += text(words, (300, y + 11 + 0.36 * size), size, "#12295c", 5)
    return body


def patch() -> str:
    """Shoulder patch: a heron in the reeds under the moon, stitched in thread."""
    defs = threads("cloth", "#16254a", "#1e3160", 0) + threads("night", "#27548a", "#34669f", 90)
    defs += threads("reed", "#4f8a3c", "#70ad55", 45) + threads("gold", GOLD, "#c0902c", 0)
    defs += threads("water", "#17606b", "#2b8490", 90)
    outer = (
        "M300 10Q420 62 574 52Q604 330 470 478Q400 552 300 590"
        "Q200 552 130 478Q-4 330 26 52Q180 62 300 10Z"
    )
    field = (
        "M300 166Q420 190 520 184Q520 350 430 444Q374 500 300 532"
        "Q226 500 170 444Q80 350 80 184Q180 190 300 166Z"
    )
    body = path(outer, 'fill="url(#cloth)"')
    body += scaled(path(outer, _stitch(16)), MIDDLE, 0.965)
    body += scaled(path(outer, _stitch(3)), MIDDLE, 0.9)
    body += path(
        "M82 92Q300 66 518 92L506 158Q300 136 94 158Z",
        f'fill="url(#gold)" stroke="{PALE}" stroke-width="4"',
    )
    body += text("POLICE", (300, 142), 70, DEEP, 10)
    for x in (122, 478):
        body += star((x, 121), 19, f'fill="{NAVY}"', 6, 0.5) + disc((x, 121), 6, f'fill="{PALE}"')
    body += clipped("field", field, _marsh())
    body += path(field, f'fill="none" stroke="{GOLD}" stroke-width="9"')
    body += path(field, 'fill="none" stroke="#8a6316" stroke-width="9" stroke-dasharray="2.5 4"')
    style = {"colour": PALE, "spacing": "3"}
    # A circle that follows the lower edge of the field from outside would leave the patch, so
    # the town's name stands on a ribbon across it.
    ribbon = "M112 392Q300 446 488 392L512 446Q300 502 88 446Z"
    body += path(
        "M112 400l-40 14l24 20l-18 30l58-8ZM488 400l40 14l-24 20l18 30l-58-8Z",
        'fill="#8e2a2a" stroke="#5b1717" stroke-width="3"',
    )
    body += path(ribbon, 'fill="#b23a33" stroke="#f4dc93" stroke-width="5"')
    body += arc_text(
        "CITY OF FAIRHAVEN", (300, -420), 867, 37, style | {"side": "bottom", "spacing": "1.5"}
    )
    return drawing(body + text("EST. 1871", (300, 504), 23, CREAM, 2), defs)


def _stitch(width: float) -> str:
    return f'fill="none" stroke="{GOLD}" stroke-width="{width}" stroke-dasharray="3.2 1.2"'


def _marsh() -> str:
    body = '<rect width="600" height="600" fill="url(#night)"/>'
    body += disc((420, 250), 46, f'fill="{CREAM}"') + path(
        "M420 204A46 46 0 0 0 420 296Q372 250 420 204Z", 'fill="#27548a" opacity=".3"'
    )
    body += disc((432, 262), 7, 'fill="#d9cfae"') + disc((408, 272), 5, 'fill="#d9cfae"')
    for x, y, size in (
        (130, 220, 9),
        (176, 262, 6),
        (344, 206, 7),
        (488, 214, 6),
        (148, 312, 6),
        (480, 320, 8),
    ):
        body += star((x, y), size, f'fill="{PALE}"', 4, 0.35)
    body += '<rect y="352" width="600" height="260" fill="url(#water)"/>'
    body += waves((60, 366, 540, 500), 7, 70, 'stroke="#a8dbdf" stroke-width="3"')
    body += path("M80 360q40-40 96-24t70 26q-90 14-166-2Z", 'fill="url(#reed)"')
    for x, top, lean in (
        (116, 236, -8),
        (138, 262, 4),
        (160, 226, 12),
        (186, 282, 16),
        (452, 300, -14),
        (474, 270, 6),
        (498, 306, 12),
    ):
        body += path(
            f"M{x} 420Q{x} {top + 80} {x + lean} {top}",
            'fill="none" stroke="#70ad55" stroke-width="5"',
        )
        body += path(
            f"M{x + lean} {top}v34", 'stroke="#7b4a21" stroke-width="11" stroke-linecap="round"'
        )
        body += leaf((x, 416), 110, lean * 2.4 - 14, 'fill="url(#reed)"')
    return body + _heron()


def _heron() -> str:
    edge = f'stroke="{DEEP}" stroke-width="3" stroke-linejoin="round"'
    body = path(
        "M316 356L306 408l-14 14M340 352l8 54l-14 16",
        'fill="none" stroke="#d88a2b" stroke-width="6"',
    )
    body += path(
        "M262 226q-30-14-66 8l56 6q4 26 24 44q18 18-2 34q-14 16 2 36"
        "q20 22 66 14q40-10 74-44q-30 4-50-14"
        "q-26-22-58-10q8-34-18-52q-16-10-8-22q-4-4-20 0Z",
        f'fill="#e9eef2" {edge}',
    )
    body += path("M268 224q26-18 62-10q-30 4-50 22Z", f'fill="#33435c" {edge}')
    body += path(
        "M300 322q40-14 62 6t40 4M304 338q34-8 54 6t26 4M312 352q24-4 42 6",
        'fill="none" stroke="#5b6f8c" stroke-width="5"',
    )
    return (
        body
        + disc((254, 231), 4, f'fill="{DEEP}"')
        + path("M196 234l58 2", 'stroke="#e3a02f" stroke-width="6"')
    )


def logo() -> str:
    """Wordmark: a shield with a bridge pier and chequers beside three lines of lettering."""
    defs = gradient("blue", ["#1d4f9e", "#0d2350"], 75) + gradient(
        "sun", ["#ffd466", "#ee8f2d"], 90
    )
    shield = "M40 70H300V300Q290 420 170 486Q50 420 40 300Z"
    card = 'rx="34" fill="#fdfdfb" stroke="#0d2350" stroke-width="8"'
    body = rect((4, 34), 592, 532, card)
    body += clipped("shield", shield, _pier())
    body += path(shield, 'fill="none" stroke="#0d2350" stroke-width="13" stroke-linejoin="round"')
    body += path(shield, 'fill="none" stroke="#ffd466" stroke-width="4" stroke-linejoin="round"')
    body += path("M330 88h232M330 101h150", 'stroke="#ee8f2d" stroke-width="6"')
    body += text("fair", (446, 216), 104, "#0d2350", 3) + text(
        "haven", (446, 302), 84, "#0d2350", 1
    )
    body += '<rect x="330" y="328" width="232" height="70" rx="8" fill="#1d4f9e"/>'
    body += text("police", (446, 378), 58, "#ffffff", 4)
    body += path(
        "M338 424q18-26 36 0t36 0t36 0t36 0t36 0t36 0",
        'fill="none" stroke="#1f7a86" stroke-width="7"',
    )
    body += text("safe quays since 1871", (300, 534), 36, "#1f7a86", 4)
    for index, size in enumerate((24, 19, 15, 12)):
        body += star((368 + 50 * index, 466), size, 'fill="#ee8f2d"', 7, 0.55)
    return drawing(body, defs)


def _pier() -> str:
    inside = '<rect width="600" height="600" fill="url(#blue)"/>'
    inside += path(
        "M170 330L20 60H60L170 280ZM170 330L120 60H146L170 250Z"
        "M170 330L206 60H236L170 250ZM170 330L330 60V110L170 300Z",
        'fill="url(#sun)"',
    )
    for row in range(3):
        for column in range(14):
            if (row + column) % 2 == 0:
                inside += rect((30 + column * 20, 300 + row * 20), 20, 20, 'fill="#fff"')
    inside += waves((20, 376, 330, 480), 6, 60, 'stroke="#9fd0ff" stroke-width="5"')
    inside += path("M150 300V120h10V96h20v24h10V300Z", f'fill="{CREAM}"')
    inside += path(
        "M150 300V120h10V96h20v24h10V300M158 150h24M158 176h24M158 202h24M158 228h24M158 254h24",
        f'fill="none" stroke="{DEEP}" stroke-width="4"',
    )
    inside += path(
        "M40 190Q110 250 160 128M180 128Q240 260 300 176",
        f'fill="none" stroke="{CREAM}" stroke-width="7"',
    )
    inside += path(
        "M62 212v88M86 216v84M110 204v96M130 180v120M210 186v114M234 212v88M258 214v86M282 196v104",
        f'stroke="{CREAM}" stroke-width="3"',
    )
    return inside


DRAWINGS = {"seal": seal, "badge": badge, "patch": patch, "logo": logo}
