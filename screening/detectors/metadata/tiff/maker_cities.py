"""The cities that cameras offer as home town, destination or time zone.

Source: exiftool 12.57, `Pentax.pm` (`%pentaxCities`) and `Canon.pm` (table `TimeInfo`).
"""

from __future__ import annotations

# By code, from 0.
PENTAX_CITIES = (
    "Pago Pago", "Honolulu", "Anchorage", "Vancouver", "San Francisco", "Los Angeles", "Calgary",
    "Denver", "Mexico City", "Chicago", "Miami", "Toronto", "New York", "Santiago", "Caracas",
    "Halifax", "Buenos Aires", "Sao Paulo", "Rio de Janeiro", "Madrid", "London", "Paris",
    "Milan", "Rome", "Berlin", "Johannesburg", "Istanbul", "Cairo", "Jerusalem", "Moscow",
    "Jeddah", "Tehran", "Dubai", "Karachi", "Kabul", "Male", "Delhi", "Colombo", "Kathmandu",
    "Dhaka", "Yangon", "Bangkok", "Kuala Lumpur", "Vientiane", "Singapore", "Phnom Penh",
    "Ho Chi Minh", "Jakarta", "Hong Kong", "Perth", "Beijing", "Shanghai", "Manila", "Taipei",
    "Seoul", "Adelaide", "Tokyo", "Guam", "Sydney", "Noumea", "Wellington", "Auckland", "Lima",
    "Dakar", "Algiers", "Helsinki", "Athens", "Nairobi", "Amsterdam", "Stockholm", "Lisbon",
    "Copenhagen", "Warsaw", "Prague", "Budapest",
)  # fmt: skip
CANON_CITIES = {
    1: "Chatham Islands", 2: "Wellington", 3: "Solomon Islands", 4: "Sydney", 5: "Adelaide",
    6: "Tokyo", 7: "Hong Kong", 8: "Bangkok", 9: "Yangon", 10: "Dhaka", 11: "Kathmandu",
    12: "Delhi", 13: "Karachi", 14: "Kabul", 15: "Dubai", 16: "Tehran", 17: "Moscow", 18: "Cairo",
    19: "Paris", 20: "London", 21: "Azores", 22: "Fernando de Noronha", 23: "Sao Paulo",
    24: "Newfoundland", 25: "Santiago", 26: "Caracas", 27: "New York", 28: "Chicago",
    29: "Denver", 30: "Los Angeles", 31: "Anchorage", 32: "Honolulu", 33: "Samoa",
}  # fmt: skip
