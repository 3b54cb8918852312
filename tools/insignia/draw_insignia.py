"""Draws the reference insignia of the two fictional agencies: `python draw_insignia.py [FOLDER]`.

Every picture is a 600 x 600 PNG with a transparent ground, written to
`FOLDER/<agency>/<kind>.png`; FOLDER is `reference_insignia/` when it is not given.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import fairhaven
import port_ellery
from PIL import Image
from svg_parts import render

AGENCIES = {"fairhaven_police": fairhaven.DRAWINGS, "port_ellery_court": port_ellery.DRAWINGS}


def draw_all(folder: Path) -> list[Path]:
    """Write every reference picture under `folder`; returns their paths."""
    written = []
    for agency, drawings in AGENCIES.items():
        (folder / agency).mkdir(parents=True, exist_ok=True)
        for kind, draw in drawings.items():
            path = folder / agency / f"{kind}.png"
            picture = Image.open(io.BytesIO(render(draw())))
            picture.convert("RGBA").save(path, optimize=True)
            written.append(path)
    return written


if __name__ == "__main__":
    shipped = Path(__file__).resolve().parents[2] / "reference_insignia"
    draw_all(Path(sys.argv[1]) if len(sys.argv) > 1 else shipped)
