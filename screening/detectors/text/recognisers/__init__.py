"""Recognisers: each finds one kind of policy-relevant span in a line of text, or in a page of them.

A new recogniser is a module with a class of a shape in base.py and a line in the table here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from screening.catalog import Agency
from screening.detectors.text.recognisers.addresses import StreetAddresses
from screening.detectors.text.recognisers.agencies import AgencyNames
from screening.detectors.text.recognisers.base import PageRecogniser, Recogniser
from screening.detectors.text.recognisers.births import DatesOfBirth
from screening.detectors.text.recognisers.campaigns import CampaignSlogans
from screening.detectors.text.recognisers.courts import CourtNames
from screening.detectors.text.recognisers.credentials import Credentials
from screening.detectors.text.recognisers.dockets import DocketNumbers
from screening.detectors.text.recognisers.emails import Emails, WorkEmails
from screening.detectors.text.recognisers.federal_courts import FederalCourts
from screening.detectors.text.recognisers.full_names import FullNames
from screening.detectors.text.recognisers.id_documents import IdDocuments
from screening.detectors.text.recognisers.incidents import IncidentNumbers
from screening.detectors.text.recognisers.machine_readable_zones import MachineReadableZones
from screening.detectors.text.recognisers.markings import Markings
from screening.detectors.text.recognisers.numbers import BadgeNumbers, UnitNumbers
from screening.detectors.text.recognisers.offensive_language import OffensiveLanguage
from screening.detectors.text.recognisers.payment_cards import PaymentCards
from screening.detectors.text.recognisers.phones import PhoneNumbers
from screening.detectors.text.recognisers.plates import LicensePlates
from screening.detectors.text.recognisers.police_words import PoliceWords
from screening.detectors.text.recognisers.programmes import Programmes
from screening.detectors.text.recognisers.ranks import RankedNames
from screening.detectors.text.recognisers.rosters import RosterNames
from screening.detectors.text.recognisers.social_security import SocialSecurityNumbers
from screening.detectors.text.recognisers.threats import Threats

RECOGNISER_LABELS = frozenset(
    recogniser.label
    for recogniser in (
        AgencyNames, BadgeNumbers, CampaignSlogans, CourtNames, Credentials, DatesOfBirth,
        DocketNumbers, Emails, FullNames, IdDocuments, IncidentNumbers, LicensePlates,
        MachineReadableZones,
        Markings, OffensiveLanguage, PaymentCards, PhoneNumbers, PoliceWords, Programmes,
        RankedNames, RosterNames, SocialSecurityNumbers, StreetAddresses, Threats, UnitNumbers,
        WorkEmails,
    )
)  # fmt: skip


@dataclass(frozen=True)
class Knowledge:
    """What the recognisers are told from outside.

    Attributes:
        agencies: to know by name, with their e-mail domains.
        email_domains: further work e-mail domains.
        docket_patterns: further patterns of case numbers, by name.
        region: two letters of the country whose phone numbers need no country code.
        roster: file of names to look for.
    """

    agencies: Sequence[Agency] = ()
    email_domains: Sequence[str] = ()
    docket_patterns: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    region: str = "US"
    roster: Path | None = None


def recognisers(known: Knowledge) -> list[Recogniser]:
    """All recognisers of lines.

    Raises:
        ConfigError: the roster cannot be used.
    """
    domains = [domain for agency in known.agencies for domain in agency.email_domains]
    work = WorkEmails([*domains, *known.email_domains])
    return [
        AgencyNames(known.agencies),
        CourtNames(),
        PoliceWords(),
        RankedNames(),
        FullNames(),
        *([RosterNames(known.roster)] if known.roster else []),
        work,
        Emails(work),
        PhoneNumbers(known.region),
        StreetAddresses(),
        SocialSecurityNumbers(),
        DatesOfBirth(),
        DocketNumbers(known.docket_patterns),
        IncidentNumbers(),
        LicensePlates(),
        BadgeNumbers(),
        UnitNumbers(),
        Markings(),
        Credentials(),
        OffensiveLanguage(),
        Threats(),
        CampaignSlogans(),
    ]


def page_recognisers() -> list[PageRecogniser]:
    """All recognisers of pages."""
    return [FederalCourts(), IdDocuments(), MachineReadableZones(), PaymentCards(), Programmes()]
