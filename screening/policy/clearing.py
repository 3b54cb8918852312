"""How what breaks a rule is cleared, in plain words."""

from __future__ import annotations

from screening.policy.rulepack import Rule, SettledBy

_METADATA = frozenset(
    {"gps_location", "place_name", "capture_time", "device_identity", "person_name"}
    | {"description", "edit_history", "embedded_preview_mismatch", "embedded_media"}
)
_WAYS = (
    (_METADATA, "Save a copy without metadata and without hidden pictures, and screen that"),
    (frozenset({"type_mismatch"}), "Save the file under the type that it is"),
    (
        frozenset({"protected_place"}),
        "Do not post it; without metadata the position is gone, but the picture may still show"
        " the place",
    ),
    (
        frozenset({"face", "person", "minor"}),
        "Cover the faces or crop the people out",
    ),
)
_IN_THE_PICTURE = "Cover it, crop it out, or take another picture"
_SETTLED = {
    SettledBy.CONSENT: "A registered consent settles it (--consents)",
    SettledBy.APPROVAL: "A registered approval settles it (--consents)",
}


def how_to_clear(rule: Rule) -> str:
    """Sentences: the rule's own, or what fits its labels; then the registers that settle it."""
    if rule.clear:
        ways = [rule.clear.rstrip(".")]
    else:
        ways, left = [], set(rule.labels)
        for labels, words in _WAYS:
            if left & labels:
                ways.append(words)
                left -= labels
        if left:
            ways.insert(0, _IN_THE_PICTURE)
    ways += [_SETTLED[by] for by in sorted(rule.settled_by)]
    return " ".join(f"{way}." for way in ways)
