"""Given and family name beside each other, by the lists of the 1990 census of the United States.

The lists come with the package names (MIT licence); only its data is read.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim

_LEAST_GIVEN_SHARE = 0.004
"""Per cent of people; rarer given names are mostly words and towns."""

_LEAST_FAMILY_SHARE = 0.0005
_WORD = r"[A-Z](?:[a-z]{1,14}|[A-Z]{1,14})"
_PLACES = (
    "st|street|ave|avenue|rd|road|dr|drive|ln|lane|blvd|way|court|ct|pl|place|sq|square|park|school"
    "|bridge|airport|library|hospital|center|centre|hall|building|memorial|highway|hwy|trail|co|inc"
    "|llc|ltd|corp|company|brewing|whisk(?:e)?y|bourbon|jeans"
)
_PARTICLES = r"(?:De|Di|La|Le|Mc|Mac|Van)"
_PAIR = re.compile(
    rf"(?<![\w@./'\u2019-])(?P<given>{_WORD})\s"
    rf"(?:(?:[A-Z]\.?|(?!{_PARTICLES}\s)(?P<middle>{_WORD}))\s)?"
    rf"(?P<family>(?:[OD]['\u2019]|{_PARTICLES}\s?)?{_WORD})"
    rf"(?![\w@'\u2019-]|\.\w)(?!\s(?i:{_PLACES})\b)"
)
_NO_PERSON_BEFORE = re.compile(
    r"(?:\b(?:st|saint|san|santa|mount|mt|fort|ft|lake|port|new)\.?|\d)\s$", re.IGNORECASE
)
_EVERYDAY_GIVEN_NAMES = """
ABBEY AMBER AMERICA ANGEL APRIL ART ASIA AUGUST AUSTIN AUTUMN BARRY BASIL BEAU BILL BRITTANY BUD
BUDDY BUSTER CAMERON CANDY CARMEN CAROL CHANCE CHARITY CHASE CHERRY CHINA CHRISTIAN CHUCK CLAY CLIFF
COY CRUZ CRYSTAL DAISY DALE DALLAS DAWN DEAN DEE DENVER DESTINY DICK DON DREW EARL EARNEST EASTER
FAITH FERN FLORENCE FRANK GALE GAY GENE GENEVA GINGER GLEN GRACE GRANT GROVER GUY HAZEL HEATH
HEATHER HOLLY HONEY HOPE HOUSTON HUNTER INDIA IRIS IVY JACK JADE JASMINE JEAN JEWEL JOY JUNE KELLY
KING LACY LANCE LANE LAUREL LEE LILY LINCOLN LOGAN LONDON LORENZO LUCKY MADISON MAJOR MALL MARGARITA
MARIA MARK MARSHALL MASON MAX MAY MELODY MERCEDES MERCY MERRY MILAN MILES MISS MISTY MYRTLE NICK
NORMA OLIVE OPAL OTTO PARIS PARKER PAT PATIENCE PEARL PENNY PIERRE PORTER PRINCE PRINCESS QUEEN RAY
REED REX RICH ROB ROCKY ROMAN ROSE ROWAN ROY ROYAL RUBY RUSTY SANDY SANTA SANTIAGO SAVANNAH SEASON
SIERRA SKY SON SONNY STAR STERLING STORM SUMMER SUNNY SUNSHINE TAYLOR TERRY TRINITY VAN VERNON
VICTORIA VIOLET VIRGINIA WADE WARD WARREN WILL WILLOW WINTER WOODY YOUNG
"""
_EVERYDAY_FAMILY_NAMES = """
ALL AND ART AVE BALL BAND BANK BAR BAY BEACH BEAR BED BELL BERRY BIRD BOND BOOK BOX BURGER BUSH CAMP
CAR CENTER CHURCH CITY CLUB COFFEE COLLEGE COURT DAY DEER DINER DOG DRIVE FAIR FARM FIELD FIRE FISH
FOOD FOREST FOX GARDEN GATE GIFT GLASS GO GRILL HALL HAVEN HILL HOTEL HOUSE ICE INN IN IS ISLAND
KITCHEN LAKE LANE LAW LOVE MARINA MARKET MART MEMORIAL MILL MOTEL MOTORS NIGHT OF ON PAGE PARK PHOTO
PIZZA PLACE PLAZA POINT POOL PORT RIVER ROAD ROCK ROOM SALE SALON SCHOOL SHIP SHOP SHORE SPA SPORTS
SQUARE STAND STORE STREET TEA TO TOWER TOWN TREE VALE VALLEY VIEW WALK WALL WASH WATER WAY WINE YARD
"""
_KNOWN_TO_ALL = """
abraham lincoln, agatha christie, bart simpson, ben jerry, betty crocker, bob marley, calvin
hobbes, calvin klein, charlie brown, david bowie, elvis presley, evan williams, george orwell,
george washington, harry potter, homer simpson, hugo boss, james bond, jesus christ, jim beam,
jimmy dean, jimmy johns, john deere, john kennedy, john lewis, johnnie walker, johnny cash, johnny
walker, jose cuervo, justin bieber, lebron james, levi strauss, marie callender, martin king,
martin luther king, mary poppins, michael jackson, michael jordan, michael kors, mickey mouse,
paul smith, peter pan, peter rabbit, ralph lauren, robin hood, rosa parks, sam adams, sam houston,
samuel adams, sara lee, sherlock holmes, stephen king, theodore roosevelt, thomas jefferson, tommy
hilfiger, tony montana
"""
_KNOWN = frozenset(name.strip() for name in _KNOWN_TO_ALL.replace("\n", " ").split(","))


class FullNames:
    """Two such names, with a middle name or initial or without (score 0.6).

    Brands, figures and persons whom everybody knows are left out.
    """

    name: ClassVar[str] = "full names"
    label: ClassVar[str] = "full_name"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every full name in `text`."""
        given, family = _given_names(), _family_names()
        return [
            claim(match.span(), 0.6, "a given and a family name of the census")
            for match in _PAIR.finditer(text)
            if match["given"].upper() in given
            and (match["middle"] is None or match["middle"].upper() in given)
            and re.sub(r"\W", "", match["family"]).upper() in family
            and not _NO_PERSON_BEFORE.search(text[: match.start()])
            and f"{match['given']} {match['family']}".lower() not in _KNOWN
        ]


@cache
def _given_names() -> frozenset[str]:
    names = _listed("male.first", _LEAST_GIVEN_SHARE) | _listed("female.first", _LEAST_GIVEN_SHARE)
    return names - set(_EVERYDAY_GIVEN_NAMES.split())


@cache
def _family_names() -> frozenset[str]:
    return _listed("all.last", _LEAST_FAMILY_SHARE) - set(_EVERYDAY_FAMILY_NAMES.split())


def _listed(which: str, least_share: float) -> frozenset[str]:
    """Names of one list; its lines are name, per cent, cumulated per cent, rank."""
    lines = files("names").joinpath(f"dist.{which}").read_text("ascii").splitlines()
    rows = (line.split() for line in lines)
    return frozenset(name for name, share, *_ in rows if float(share) >= least_share)
