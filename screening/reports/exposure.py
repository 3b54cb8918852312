"""What a stranger could learn from a file, in plain words, whatever the policies say.

Source: Eastern District of Missouri, Social Networking Policy, 2.f: "anything posted may become
widely accessible, and disseminated by others". Nothing sensitive is named, only its kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from screening.records import Finding
from screening.reports.wording import listed

# What labels tell, the gravest first; a kind is told once however many findings say so.
_TELLS: tuple[tuple[str, frozenset[str]], ...] = (
    ("that it was taken at a protected place", frozenset({"protected_place"})),
    ("where it was taken", frozenset({"gps_location"})),
    ("the name of a place", frozenset({"place_name"})),
    ("somebody's home or postal address", frozenset({"street_address"})),
    (
        "somebody's identity papers or numbers",
        frozenset({"id_document", "id_card", "social_security_number", "payment_card"}),
    ),
    ("somebody's date of birth", frozenset({"date_of_birth"})),
    (
        "names of people",
        frozenset({"person_name", "full_name", "ranked_name", "roster_name"}),
    ),
    ("what people look like", frozenset({"face", "person"})),
    ("how to reach somebody by phone or e-mail", frozenset({"phone_number", "email"})),
    ("whose vehicle it is", frozenset({"license_plate"})),
    (
        "for which agency or court its owner works",
        frozenset(
            {"agency_name", "court_name", "work_email", "seal", "badge", "patch", "letterhead"}
            | {"logo", "police_word", "uniform", "judicial_robe", "unidentified_insignia"}
        ),
    ),
    ("an officer's badge or unit number", frozenset({"badge_number", "unit_number"})),
    ("which building it is", frozenset({"building", "courthouse"})),
    ("the number of a case or incident", frozenset({"docket_number", "incident_number"})),
    ("that its content is not for the public", frozenset({"marking"})),
    ("a password or other way in", frozenset({"credential"})),
    ("when a judicial programme takes place", frozenset({"programme"})),
    ("when it was taken", frozenset({"capture_time"})),
    (
        "which camera, phone or computer made it, so that files of one owner can be matched",
        frozenset({"device_identity"}),
    ),
    (
        "hidden words, or pictures that do not show",
        frozenset({"description", "embedded_preview_mismatch"}),
    ),
    ("what its owner thinks of politics", frozenset({"campaign"})),
    ("where a bar code leads", frozenset({"barcode", "domain_name"})),
)
_SHARED_DEVICE = "colour_profile"  # which thousands of screens share


def learned(findings: Iterable[Finding]) -> list[str]:
    """The kinds of thing that findings tell, the gravest first; empty when they tell none."""
    labels = {
        finding.label
        for finding in findings
        if not (
            finding.label == "device_identity" and finding.evidence.get("kind") == _SHARED_DEVICE
        )
    }
    return [words for words, telling in _TELLS if labels & telling]


def exposure(findings: Sequence[Finding]) -> str:
    """One sentence; empty when nothing was found that tells a stranger anything."""
    kinds = learned(findings)
    if not kinds:
        return ""
    shown = kinds if len(kinds) <= 5 else [*kinds[:4], f"{len(kinds) - 4} things more"]
    return f"A stranger could learn from this file {listed(shown)}."
