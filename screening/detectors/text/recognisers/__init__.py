"""Recognisers: each finds one kind of policy-relevant span in a line of text.

A new recogniser is a module with a class of the shape in base.py and a line in the table here.
"""

from __future__ import annotations

from collections.abc import Sequence

from screening.catalog import Agency
from screening.detectors.text.recognisers.agencies import AgencyNames
from screening.detectors.text.recognisers.base import Recogniser
from screening.detectors.text.recognisers.courts import CourtNames
from screening.detectors.text.recognisers.dockets import DocketNumbers
from screening.detectors.text.recognisers.emails import WorkEmails
from screening.detectors.text.recognisers.markings import Markings
from screening.detectors.text.recognisers.numbers import BadgeNumbers, UnitNumbers
from screening.detectors.text.recognisers.plates import LicensePlates
from screening.detectors.text.recognisers.police_words import PoliceWords

RECOGNISER_LABELS = frozenset(
    {
        AgencyNames.label,
        BadgeNumbers.label,
        CourtNames.label,
        DocketNumbers.label,
        LicensePlates.label,
        Markings.label,
        PoliceWords.label,
        UnitNumbers.label,
        WorkEmails.label,
    }
)


def recognisers(agencies: Sequence[Agency], email_domains: Sequence[str]) -> list[Recogniser]:
    """All recognisers, given the agencies to know by name and further work e-mail domains."""
    domains = [domain for agency in agencies for domain in agency.email_domains]
    return [
        AgencyNames(agencies),
        CourtNames(),
        PoliceWords(),
        WorkEmails([*domains, *email_domains]),
        DocketNumbers(),
        LicensePlates(),
        BadgeNumbers(),
        UnitNumbers(),
        Markings(),
    ]
