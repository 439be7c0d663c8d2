"""Where an organisation is, in the words that programmes use.

A programme of the zone asks for `xixian`, which holds its districts; a programme that names a
district itself is asked about districts.
"""

from booking.subsidies.rules.programme import Programme

ZONE = "xixian"
DISTRICTS = frozenset(
    {"energy_trade", "fengdong", "fengxi", "qinhan", "konggang", "jinghe"},
)


def region_of(district: str) -> str:
    """The region that a programme of the zone knows a district by."""
    return ZONE if district in DISTRICTS else district


def names_districts(terms: Programme) -> bool:
    """Whether a programme asks for a district of the zone by name."""
    asked = {*terms.eligibility.regions, *terms.eligibility.provider_regions}
    for tier in (*terms.rate.tiers, *terms.rate.bonus):
        asked |= {tier.when.user_region or "", tier.when.provider_region or ""}
    return bool(asked & DISTRICTS)
