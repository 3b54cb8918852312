"""What the tests of the policy room share."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def labels() -> frozenset[str]:
    """The labels of the shipped detectors, so that packs are tested without loading them."""
    return frozenset(
        {"seal", "badge", "patch", "logo", "letterhead", "building"}
        | {"gps_location", "place_name", "capture_time", "device_identity", "person_name"}
        | {"description", "edit_history", "embedded_media", "embedded_preview_mismatch"}
        | {"type_mismatch", "text", "agency_name", "court_name", "police_word", "work_email"}
        | {"docket_number", "license_plate", "badge_number", "unit_number", "marking"}
    )
