"""The art that the insignia of a plan were compared with, for reports to show."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from screening.screen.plan import ScreenPlan

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from screening.detectors.insignia.catalog_pictures import ReferenceGallery


def reference_art(plan: ScreenPlan) -> Callable[[str, int], NDArray[np.uint8] | None]:
    """A lookup by id and number of the picture; nothing is loaded before it is first asked."""

    @cache
    def gallery() -> ReferenceGallery:
        from screening.detectors.insignia.catalog_pictures import (  # noqa: PLC0415
            ReferenceGallery,
        )
        from screening.screen.references import chosen_references  # noqa: PLC0415

        return ReferenceGallery(chosen_references(plan.config))

    return lambda reference, picture: gallery().art(reference, picture)
