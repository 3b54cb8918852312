"""Which references have embeddings near those of places, in small catalogs and in large ones.

Up to about 1,300 pictures everything is compared. Beyond that an inverted file over k-means cells
(Sivic and Zisserman, "Video Google", ICCV 2003) is searched, since a catalog of 10,000 pictures has
480,000 vectors, and going through all of them takes longer than everything else.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from screening.detectors.insignia.keypoints import filled

Float32 = NDArray[np.float32]

_MOST_COMPARED = 64_000
"""Vectors up to which all are compared."""
_VECTORS_A_CELL = 256
_PROBES = 24
_NEAREST = 960
"""Vectors that are looked at of a large catalog: with 48 views, those of at least 20 pictures."""
_FAR = -1.0
_VECTORS, _CELLS = "embeddings.npy", "embeddings.faiss"


class Nearness(NamedTuple):
    """How near pictures of the index are to places.

    Attributes:
        best: float32, shape (pictures, N): highest cosine of any view of each; -1 where it is not
            among the nearest.
        view: int64, shape (pictures, N): that view.
    """

    best: Float32
    view: NDArray[np.int64]


class Embeddings(Protocol):
    """All views of all pictures of an index."""

    def near(self, places: Float32) -> Nearness:
        """How near every picture is to each of the unit vectors of N places, float32 (N, D)."""


class _AllCompared:
    """Every vector, float32, shape (pictures, views, D)."""

    def __init__(self, vectors: Float32) -> None:
        self._shape = vectors.shape[:2]
        self._flat = vectors.reshape(-1, vectors.shape[2])

    def near(self, places: Float32) -> Nearness:
        cosines = (self._flat @ places.T).reshape(*self._shape, len(places))
        view = cosines.argmax(axis=1)
        best = np.take_along_axis(cosines, view[:, None], axis=1)[:, 0]
        return Nearness(best, view)


class _InCells:
    """An inverted file whose ids are picture times views plus view."""

    def __init__(self, cells: faiss.Index, views: int) -> None:
        self._cells, self._views = cells, views

    def near(self, places: Float32) -> Nearness:
        shape = (self._cells.ntotal // self._views, len(places))
        best, view = np.full(shape, _FAR, np.float32), np.zeros(shape, np.int64)
        cosines, ids = self._cells.search(np.ascontiguousarray(places), _NEAREST)
        # The nearest come first: written last, they are what stays.
        for column in range(len(places)):
            found = ids[column][ids[column] >= 0][::-1]
            picture, which = np.divmod(found, self._views)
            best[picture, column] = cosines[column][: len(found)][::-1]
            view[picture, column] = which
        return Nearness(best, view)


def save_embeddings(folder: Path, vectors: Float32) -> None:
    """Save unit vectors, float32, shape (pictures, views, D)."""
    flat = vectors.reshape(-1, vectors.shape[2])
    if len(flat) <= _MOST_COMPARED:
        np.save(folder / _VECTORS, vectors)
        return
    width = flat.shape[1]
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(width),
        width,
        len(flat) // _VECTORS_A_CELL,
        faiss.ScalarQuantizer.QT_fp16,
        faiss.METRIC_INNER_PRODUCT,
        False,
    )
    faiss.write_index(filled(index, flat), str(folder / _CELLS))


def load_embeddings(folder: Path, views: int) -> Embeddings:
    """Open what `save_embeddings` saved, memory-mapped."""
    if (folder / _VECTORS).is_file():
        return _AllCompared(np.load(folder / _VECTORS, mmap_mode="r"))
    index = faiss.read_index(str(folder / _CELLS), faiss.IO_FLAG_MMAP)
    index.nprobe = _PROBES
    return _InCells(index, views)
