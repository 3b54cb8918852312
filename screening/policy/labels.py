"""Labels that rules may name although no detector of this version reports them.

A rule on such a label never fires until a detector reports it; docs/policies.md lists it as not
yet seen by a detector. A label of another spelling is a mistake and stops the run.
"""

from __future__ import annotations

from collections.abc import Mapping

DERIVED_LABELS: Mapping[str, str] = {
    "protected_place": "a position inside a place of a register of protected places",
}
"""Labels that no detector reports because they follow from what detectors and registers say."""

RESERVED_LABELS: Mapping[str, str] = {
    "id_card": "an identity card or badge on paper or plastic",
    "document_or_screen": "a sheet of paper or a screen that can be read",
    "domain_name": "an internet domain",
    "nudity": "sexually explicit content",
    "injury": "a wounded or mutilated person",
    "crime_scene": "a crime scene, cordon or evidence marker",
    "minor": "a child or youth",
    "disclaimer": "words that say the views are the author's own",
    "network_logo": "the logo of a private social network",
    "religious_symbol": "a symbol or words of a religion",
}
"""What each label will mean."""
