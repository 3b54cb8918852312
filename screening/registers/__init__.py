"""Registers of an agency: consents and approvals, suppressions, protected places.

They settle violations or add findings; they know nothing of rules beyond their ids.
"""

from __future__ import annotations

from screening.registers.consents import Consent, load_consents
from screening.registers.opened import Registers, open_registers
from screening.registers.places import Place, load_places, protected_places
from screening.registers.settling import settled_verdict
from screening.registers.suppressions import Suppression, load_suppressions

__all__ = [
    "Consent",
    "Place",
    "Registers",
    "Suppression",
    "load_consents",
    "load_places",
    "load_suppressions",
    "open_registers",
    "protected_places",
    "settled_verdict",
]
