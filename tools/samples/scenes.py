"""The scenes of the samples: what is in each picture, and what was planted in it where."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from painting import (
    Picture,
    as_float,
    ball,
    blend,
    bricks,
    cloth,
    ellipse,
    filled,
    fractal,
    hills,
    noise,
    over,
    photographed,
    plaster,
    ramps,
    rgb,
    scanned,
    sea,
    stroke,
    wood,
)
from PIL import ImageFont
from planting import Planted, laid_over, lettering, plant, plate, reference_picture, square

Pixels = NDArray[np.uint8]
Scene = tuple[Pixels, list[Planted]]


def podium() -> Scene:
    """A lectern with the court's seal before a panelled wall."""
    size = (1280, 720)
    scene = wood(size, rgb("#2c1a10"), rgb("#5e3a22"), 11)
    x, y = ramps(size)
    glow = np.exp(-(((x - 0.42) / 0.42) ** 2 + ((y - 0.2) / 0.6) ** 2))
    scene = as_float(scene * (0.62 + 0.75 * glow)[..., None])
    floor = blend(rgb("#33251c"), rgb("#4a382b"), fractal(size, 30, 17, 3))
    scene = over(scene, floor, filled(size, [(0, 640), (1280, 612), (1280, 720), (0, 720)]))
    cast = filled(size, [(520, 250), (960, 240), (1010, 720), (560, 720)], 26) * 0.6
    scene = over(scene, (0.02, 0.015, 0.01), cast)
    panel = wood(size, rgb("#6f4320"), rgb("#b57c45"), 23)
    front = [(432.0, 268.0), (800.0, 236.0), (778.0, 720.0), (462.0, 720.0)]
    side = [(800.0, 236.0), (884.0, 262.0), (846.0, 720.0), (778.0, 720.0)]
    scene = over(scene, panel * 1.05, filled(size, front))
    scene = over(scene, panel * 0.45, filled(size, side))
    rim = [
        (396.0, 236.0),
        (792.0, 196.0),
        (912.0, 236.0),
        (892.0, 268.0),
        (802.0, 246.0),
        (430.0, 280.0),
    ]
    scene = over(scene, panel * 0.8 + 0.04, filled(size, rim))
    scene = over(
        scene, panel * 0.35, filled(size, [(430, 280), (802, 246), (802, 258), (432, 292)], 3)
    )
    for start, bend in ((600, -46), (660, 52)):
        stem = [(start, 226), (start + bend // 5, 160), (start + bend, 118)]
        head = ellipse(size, (start + bend, 108), (13, 20), bend)
        scene = over(scene, (0.05, 0.05, 0.06), np.maximum(stroke(size, stem, 6), head))
    corners = ((512.0, 352.0), (716.0, 338.0), (714.0, 556.0), (520.0, 564.0))
    light = np.full((720, 1280), 0.93, np.float32)
    scene = plant(scene, reference_picture("port_ellery_court/seal"), corners, light, 4)
    return photographed(scene, 1, 1.0, 0.02), [Planted("port_ellery_court/seal", corners)]


def cloth_with_patch_and_badge() -> Scene:
    """A dark uniform cloth in folds with a shoulder patch and a metal badge."""
    size = (1200, 800)
    scene, light = cloth(size, rgb("#2e3a4c"), 5)
    planted = []
    for name, corners, lift in (
        ("patch", square((380, 410), 400, -9), 4),
        ("badge", square((850, 380), 330, 11), 9),
    ):
        layer = reference_picture(f"fairhaven_police/{name}")
        shade = as_float(np.clip(0.35 + 0.65 * light, 0, 1.25))
        scene = plant(scene, layer, corners, shade, lift)
        planted.append(Planted(f"fairhaven_police/{name}", corners))
    return photographed(scene, 2, 0.8, 0.018), planted


def door_sign() -> Scene:
    """A brick wall with an enamelled sign beside a door."""
    size = (1280, 720)
    scene = bricks(size, 41)
    frame = [(962.0, 36.0), (1280.0, 20.0), (1280.0, 720.0), (970.0, 720.0)]
    scene = over(scene, (0.86, 0.85, 0.8), filled(size, frame))
    door = wood(size, rgb("#123a34"), rgb("#1f5a4f"), 47)
    scene = over(scene, door, filled(size, [(1010, 84), (1280, 74), (1280, 720), (1016, 720)], 1.5))
    board = plate((1200, 640), rgb("#1b3f6e"), 34)
    lines = [
        ("PORT ELLERY", (600.0, 130.0), 138, 4),
        ("DISTRICT COURT", (600.0, 290.0), 124, 4),
        ("POLICE ENTRANCE", (600.0, 520.0), 94, 3),
    ]
    layer = laid_over(board, lettering((1200, 640), lines, (0.96, 0.95, 0.9)))
    layer[388:396, 90:1110, :3] = 0.9
    corners = ((150.0, 176.0), (846.0, 214.0), (838.0, 566.0), (158.0, 578.0))
    scene = plant(scene, layer, corners, None, 8)
    for at in ((174, 200), (824, 234), (818, 546), (180, 556)):
        scene = ball(scene, at, (7, 7), "#b9b9b4")
    return photographed(scene, 3, 0.8, 0.018), []


LETTER = [
    ("21 May 2024", 64, 300),
    ("Docket No. 4:21-cr-00123", 64, 352),
    ("United States v. Example, motion of the defence to continue", 64, 388),
    ("Dear counsel,", 64, 456),
    ("the court has read your motion of 14 May. The hearing that was set for", 64, 496),
    ("the third of June is moved to the second week of July. The clerk will send", 64, 528),
    ("the new date to all parties. Until then the record in this matter remains", 64, 560),
    ("under seal, and no part of it may be shown to anyone outside the parties.", 64, 592),
    ("Write to clerk@portellery-court.example with any question.", 64, 656),
    ("For the court,", 64, 736),
    ("Clerk of Court", 64, 842),
]


def letterhead() -> Scene:
    """A letter of the court: logo, letterhead, docket number, e-mail address, marking."""
    size = (850, 1100)
    scene = np.full((1100, 850, 3), 0.985, np.float32)
    corners = square((150, 150), 190)
    scene = plant(scene, reference_picture("port_ellery_court/logo"), corners)
    head = [
        ("PORT ELLERY DISTRICT COURT", (545.0, 110.0), 32, 1),
        ("Office of the Clerk", (545.0, 156.0), 24, 0),
        ("1 Lantern Quay, Port Ellery", (545.0, 192.0), 20, 0),
    ]
    scene = plant(scene, lettering(size, head, rgb("#35506a")), _whole(size))
    scene[258:260, 64:786] = rgb("#b07b3a")
    scene = plant(scene, _typed(size, LETTER, 20), _whole(size))
    stamp = [("CONFIDENTIAL", (425.0, 990.0), 54, 2)]
    scene = plant(scene, lettering(size, stamp, rgb("#b3202a")), _whole(size))
    pen = [
        (74, 806),
        (96, 772),
        (112, 808),
        (132, 784),
        (150, 806),
        (176, 776),
        (190, 804),
        (262, 788),
    ]
    scene = over(scene, rgb("#203a78"), stroke(size, pen, 2))
    return scanned(scene), [Planted("port_ellery_court/logo", corners)]


def _whole(size_wh: tuple[int, int]) -> tuple[tuple[float, float], ...]:
    width, height = size_wh
    return ((0, 0), (width, 0), (width, height), (0, height))


def _typed(size_wh: tuple[int, int], lines: list[tuple[str, int, int]], font_px: int) -> Picture:
    font = ImageFont.load_default(font_px)
    centred = [
        (words, (left + font.getlength(words) / 2, float(y)), font_px, 0)
        for words, left, y in lines
    ]
    return lettering(size_wh, centred, (0.1, 0.1, 0.12))


def open_sea() -> Scene:
    """Nothing but the sea."""
    return photographed(sea((1024, 640), 61), 5, 0.8, 0.014), []


def mountains() -> Scene:
    """Mountains and a meadow."""
    return photographed(hills((1024, 640), 73), 6, 0.8, 0.014), []


def courtroom_door() -> Scene:
    """Upright: a court security patch on a notice beside a courtroom door."""
    size = (720, 960)
    scene = plaster(size, rgb("#c9c2ae"), 83)
    door = wood(size, rgb("#4a2a16"), rgb("#8a5730"), 89)
    scene = over(
        scene, (0.93, 0.9, 0.83), filled(size, [(452, 60), (720, 44), (720, 960), (458, 960)])
    )
    scene = over(scene, door, filled(size, [(492, 104), (720, 96), (720, 960), (496, 960)], 1.5))
    scene = ball(scene, (534, 560), (19, 19), "#c79a4a")
    board = plate((600, 900), rgb("#efe9da"), 20)
    lines = [("COURTROOM", (300.0, 620.0), 80, 2), ("No. 4", (300.0, 750.0), 104, 3)]
    layer = laid_over(board, lettering((600, 900), lines, rgb("#35101a")))
    scene = plant(scene, layer, ((84, 210), (404, 222), (402, 690), (88, 702)), None, 7)
    corners = ((128.0, 250.0), (364.0, 257.0), (363.0, 488.0), (130.0, 494.0))
    scene = plant(scene, reference_picture("port_ellery_court/patch"), corners)
    return photographed(scene, 7, 0.8, 0.016), [Planted("port_ellery_court/patch", corners)]


def car_door() -> Scene:
    """The side of a white car with the police logo on its door."""
    size = (1024, 768)
    scene = hills(size, 97)
    road = blend(rgb("#3d3e40"), rgb("#5c5c5b"), fractal(size, 8, 101, 3))
    scene = over(scene, road, filled(size, [(0, 640), (1024, 640), (1024, 768), (0, 768)], 2))
    _, y = ramps(size)
    body = [
        (0.0, 300.0),
        (230.0, 286.0),
        (330.0, 120.0),
        (860.0, 112.0),
        (1024.0, 250.0),
        (1024.0, 676.0),
        (0.0, 676.0),
    ]
    sheen = 0.78 + 0.2 * np.exp(-(((y - 0.47) / 0.07) ** 2)) - 0.28 * np.clip(y - 0.55, 0, 1)
    paint = blend(rgb("#dfe4ea"), rgb("#f6f7f8"), noise(size, (340, 120), 103)) * sheen[..., None]
    scene = over(scene, paint, filled(size, body, 1.2))
    glass = blend(
        rgb("#11171d"),
        rgb("#6f8796"),
        (1 - y) * 1.1 * noise(size, (240, 60), 107),
    )
    for pane in (
        [(272, 292), (352, 148), (570, 142), (574, 284)],
        [(602, 283), (600, 142), (842, 138), (934, 270)],
    ):
        scene = over(scene, glass, filled(size, [(float(a), float(b)) for a, b in pane], 1.3))
    band = [(0.0, 566.0), (1024.0, 552.0), (1024.0, 604.0), (0.0, 618.0)]
    scene = over(scene, rgb("#1d4f9e"), filled(size, band))
    scene = _seams(scene)
    scene = over(
        scene, (0.2, 0.21, 0.22), filled(size, [(500, 330), (566, 327), (566, 343), (500, 346)], 2)
    )
    shadow = filled(size, [(0, 662), (1024, 662), (1024, 720), (0, 730)], 14)
    scene = over(scene, (0.04, 0.04, 0.05), shadow * 0.85)
    for middle in (70, 1010):
        scene = _wheel(scene, (middle, 668))
    corners = ((262.0, 321.0), (482.0, 316.0), (486.0, 532.0), (266.0, 539.0))
    light = as_float(0.62 + 0.42 * sheen)
    scene = plant(scene, reference_picture("fairhaven_police/logo"), corners, light)
    return photographed(scene, 8, 0.8, 0.01), [Planted("fairhaven_police/logo", corners)]


def _seams(scene: Picture) -> Picture:
    for line in (
        [(586, 140), (592, 330), (584, 668)],
        [(248, 292), (232, 480), (262, 668)],
        [(962, 280), (976, 470), (930, 668)],
    ):
        scene = over(scene, (0.12, 0.13, 0.15), stroke((1024, 768), line, 3) * 0.85)
    return scene


def _wheel(scene: Picture, centre: tuple[int, int]) -> Picture:
    size = (scene.shape[1], scene.shape[0])
    arch = ellipse(size, centre, (142, 142))
    arch[676:] = 0
    scene = over(scene, (0.03, 0.03, 0.03), arch)
    for radius, tone in ((122, 0.075), (80, 0.55), (70, 0.32), (26, 0.6)):
        scene = over(scene, (tone, tone, tone), ellipse(size, centre, (radius, radius)))
    for angle in np.deg2rad(range(0, 360, 60)):
        bolt = (centre[0] + round(48 * np.cos(angle)), centre[1] + round(48 * np.sin(angle)))
        scene = over(scene, (0.08, 0.08, 0.09), ellipse(size, bolt, (12, 12)))
    return scene


def slideshow() -> tuple[list[Pixels], list[Planted]]:
    """Twelve frames of a coast at dusk; the police seal fills the middle of frame 7 alone."""
    size, frames = (400, 260), []
    wide = sea((640, 260), 113)
    corners = square((200, 130), 200, 6)
    for index in range(12):
        view = np.ascontiguousarray(wide[:, index * 20 : index * 20 + size[0]])
        view = cv2.GaussianBlur(view, (0, 0), 1.2)
        if index == 7:
            view = plant(view, reference_picture("fairhaven_police/seal"), corners, None, 3)
        frames.append(photographed(view, 9, 0, 0))
    return frames, [Planted("fairhaven_police/seal", corners, 7, 7)]


def clip() -> tuple[list[Pixels], list[Planted]]:
    """Two seconds of mountains, then three of a wall with the court officers' badge."""
    frames = []
    wide = hills((760, 360), 127)
    for index in range(20):
        view = np.ascontiguousarray(wide[:, index * 5 : index * 5 + 640])
        frames.append(photographed(view, 200 + index, 0.8, 0.006))
    wall = plaster((640, 360), rgb("#8d9a8f"), 131)
    corners = ((214.0, 66.0), (424.0, 74.0), (420.0, 292.0), (218.0, 286.0))
    wall = plant(wall, reference_picture("port_ellery_court/badge"), corners, None, 6)
    frames += [photographed(wall, 300 + index, 0.8, 0.006) for index in range(30)]
    return frames, [Planted("port_ellery_court/badge", corners, 20, 49)]


def still_life() -> Scene:
    """Fruit on a wooden table."""
    size = (480, 340)
    scene = plaster(size, rgb("#7f8f93"), 137)
    table = wood((340, 480), rgb("#5a371d"), rgb("#a8713f"), 139)
    turned = np.ascontiguousarray(np.rot90(table))
    scene = over(scene, turned, filled(size, [(0, 214), (480, 206), (480, 340), (0, 340)]))
    for centre, radii, skin in (
        ((170.0, 190.0), (54.0, 51.0), "#b8402f"),
        ((262.0, 200.0), (47.0, 45.0), "#d98a2b"),
        ((214.0, 232.0), (43.0, 40.0), "#8fa83a"),
        ((350.0, 226.0), (30.0, 29.0), "#5b2b57"),
    ):
        scene = ball(scene, centre, radii, skin)
    return photographed(scene, 10, 0.9, 0.0), []


REPORT = (
    "The north jetty was painted and its lamps were replaced.",
    "Two mooring rings need repair before the winter.",
    "The dredger comes in the first week of October.",
)


def report_pages() -> list[Pixels]:
    """Two typed pages; the second is stamped CONFIDENTIAL."""
    size, pages = (640, 828), []
    for number, stamp in ((1, ""), (2, "CONFIDENTIAL")):
        page = np.full((828, 640, 3), 0.98, np.float32)
        lines = [(f"Harbour maintenance, page {number}", 60, 80)]
        lines += [(words, 60, 150 + 36 * row) for row, words in enumerate(REPORT)]
        page = plant(page, _typed(size, lines, 20), _whole(size))
        if stamp:
            board = lettering((640, 200), [(stamp, (320.0, 100.0), 76, 3)], rgb("#303030"))
            board[14:22, 14:626] = board[178:186, 14:626] = (0.19, 0.19, 0.19, 1)
            board[14:186, 14:22] = board[14:186, 618:626] = (0.19, 0.19, 0.19, 1)
            corners = ((84.0, 520.0), (540.0, 450.0), (562.0, 592.0), (106.0, 662.0))
            page = plant(page, board, corners)
        pages.append(scanned(page))
    return pages
