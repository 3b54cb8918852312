"""Links between officers' folders: planted ones that are found, and false ones on real photos.

The 193 photos of ../shared/data/posts are dealt to 60 officers. Into other officers' folders go
altered copies of every third photo. Counted are the copies that are found, per alteration, and
every other link that is claimed. Sets of photos that the same site posted (bursts, several crops)
are real links: other links are printed with their files, to be looked at.

Run: .venv/bin/python benchmarks/linking_pictures.py
"""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from screening.people.fingerprints import fingerprint_of
from screening.people.links import Picture, find_links

POSTS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "posts"
OFFICERS = 60
SEED = 5


def crop(picture: Image.Image, share: float, chance: random.Random) -> Image.Image:
    """A piece with `share` of each side."""
    width, height = round(picture.width * share), round(picture.height * share)
    x, y = chance.randint(0, picture.width - width), chance.randint(0, picture.height - height)
    return picture.crop((x, y, x + width, y + height))


def again(picture: Image.Image, quality: int) -> Image.Image:
    """Saved as JPEG and read."""
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return Image.open(stream).convert("RGB")


Change = Callable[[Image.Image, random.Random], Image.Image]
CHANGES: dict[str, Change] = {
    "JPEG quality 30": lambda p, c: again(p, 30),
    "half size, quality 60": lambda p, c: again(p.reduce(2), 60),
    "cropped to 60 % of each side": lambda p, c: again(crop(p, 0.6, c), 75),
    "mirrored": lambda p, c: again(ImageOps.mirror(p), 75),
    "cropped to 60 %, mirrored, quality 50": lambda p, c: again(
        ImageOps.mirror(crop(p, 0.6, c)), 50
    ),
    "cropped to 40 % of each side": lambda p, c: again(crop(p, 0.4, c), 75),
    "brighter, blurred a little": lambda p, c: again(
        ImageEnhance.Brightness(p).enhance(1.3).filter(ImageFilter.GaussianBlur(1)), 75
    ),
    "turned by 5 degrees": lambda p, c: again(p.rotate(5, Image.Resampling.BICUBIC), 75),
}


def main() -> None:
    """Print the tables."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable planting
    pictures: list[Picture] = []
    origin: list[tuple[int, str]] = []
    start = process_time()
    for number, path in enumerate(sorted(POSTS.glob("*.jpg")) + sorted(POSTS.glob("*.png"))):
        image = Image.open(path).convert("RGB")
        owner = number % OFFICERS
        pictures.append(Picture(owner, path, path.name, fingerprint_of(np.asarray(image))))
        origin.append((number, "original"))
        if number % 3 == 0:
            for step, (name, change) in enumerate(CHANGES.items(), start=1):
                copy = np.asarray(change(image, chance))
                away = (owner + 7 * step) % OFFICERS
                pictures.append(Picture(away, path, f"{path.name} {name}", fingerprint_of(copy)))
                origin.append((number, name))
    described = process_time()
    print(f"described in {described - start:.0f} s of processor time", flush=True)
    links = find_links(pictures)
    end = process_time()
    found: Counter[str] = Counter()
    other: set[tuple[str, str]] = set()
    for link in links:
        (first, how), (second, what) = origin[link.one], origin[link.other]
        if first == second:
            found[what] += how == "original"
        else:
            names = sorted((pictures[link.one].path.name, pictures[link.other].path.name))
            other.add((names[0], names[1]))
    planted = sum(what == "mirrored" for _, what in origin)
    print(f"{len(pictures)} pictures of {OFFICERS} officers; {planted} planted of each kind")
    for name in CHANGES:
        print(f"  {name:40} {found[name]:3} of {planted}")
    sites = [(a, b) for a, b in other if a.split("__")[0] == b.split("__")[0]]
    print(f"other pairs of photos that are linked: {len(other)}, {len(sites)} of them of one site")
    for pair in sorted(other):
        print("  ", *pair)
    print(
        f"{(described - start) / len(pictures) * 1000:.0f} ms a picture to read and describe,"
        f" {(end - described) / len(pictures) * 1000:.0f} ms to compare, of processor time"
    )


if __name__ == "__main__":
    main()
