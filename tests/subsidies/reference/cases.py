"""Random requests: small numbers of everything the document allows, close to where rules bite."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

Json = dict[str, Any]

SCOPES = ("line", "instrument", "user", "group", "provider")
CODES = ("tech_sme", "hnte")
REGIONS = ("xixian", "baoji")
FLAGS = ("related_party", "batch_test", "public_project")
AMOUNTS = ("0.00", "0.01", "33.35", "99.99", "100.00", "250.10", "1000.00", "1234.57", "80000.00")
RATES = ("0", "0.05", "0.10", "0.125", "0.30", "0.333", "0.60", "1")


def request(chance: Random) -> Json:
    """Up to three programmes with the lines and loans they are about."""
    kinds = [
        chance.choice(["usage", "usage", "provider", "interest"])
        for _ in range(chance.choice([1, 1, 2, 3]))
    ]
    period = chance.choice(["calendar_year", "academic_year", {"starts": "10-01"}])
    dated_by = chance.choice(["order", "service_end", "invoice", "payment"])
    made = [
        interest_programme(chance, name, period=period)
        if kind == "interest"
        else programme(chance, name, kind=kind, period=period, dated_by=dated_by)
        for name, kind in zip("ABC", kinds, strict=False)
    ]
    asked: Json = {"programmes": made, "lines": lines(chance)}
    if "interest" in kinds:
        start = date(2026, 1, 1) + timedelta(days=chance.randrange(120))
        end = start + timedelta(days=chance.randrange(1, 120))
        asked |= {"loans": loans(chance), "from": start.isoformat(), "to": end.isoformat()}
    if len(kinds) > 1:
        scopes = ("user", "group") if "interest" in kinds else SCOPES
        asked["joint_caps"] = joint_caps(chance, [one["id"] for one in made], scopes)
    return asked


def joint_caps(chance: Random, names: list[str], scopes: tuple[str, ...]) -> list[Json]:
    order = chance.sample(names, len(names))
    return [
        {
            "programmes": names,
            "scope": chance.choice(scopes),
            "amount": chance.choice(AMOUNTS[2:]),
            "order": order,
        }
        for _ in range(chance.choice([0, 1, 1, 2]))
    ]


def programme(chance: Random, identity: str, *, kind: str, period: object, dated_by: str) -> Json:
    made: Json = {
        "id": identity,
        "version": 1,
        "kind": kind,
        "valid": {"from": chance.choice(["2025-10-01", "2026-01-01"]), "to": "2026-12-31"},
        "dated_by": dated_by,
        "period": period,
        "base": chance.choice(["min_of_all", "contract", "invoice", "paid"]),
        "settlement": chance.choice(["monthly", "quarterly", "yearly"]),
        "eligibility": eligibility(chance),
        "rate": rate(chance),
        "caps": caps(chance, SCOPES),
    }
    if chance.random() < 0.2:
        made["brackets"] = brackets(chance)
    if chance.random() < 0.5:
        made["budget"] = budget(chance)
    return made


def budget(chance: Random) -> Json:
    rule = chance.choice(["first_come", "pro_rata"])
    return {"amount": chance.choice(AMOUNTS), "rule": rule}


def eligibility(chance: Random) -> Json:
    terms: Json = {}
    if chance.random() < 0.2:
        terms["qualifications_any"] = chance.sample(CODES, chance.choice([1, 2]))
    if chance.random() < 0.1:
        terms["regions"] = [chance.choice(REGIONS)]
    if chance.random() < 0.2:
        terms["provider_regions"] = chance.choice([[], ["xixian"]])
    if chance.random() < 0.1:
        terms["resource_kinds"] = ["instrument"]
    if chance.random() < 0.1:
        terms["min_original_value"] = "500000.00"
    if chance.random() < 0.4:
        terms["exclude"] = chance.sample(FLAGS, chance.choice([1, 2]))
    if chance.random() < 0.2:
        terms["min_amount"] = chance.choice(["33.35", "100.00"])
    return terms


def rate(chance: Random) -> Json:
    terms: Json = {
        "combine": chance.choice(["highest", "first", "sum"]),
        "tiers": [
            {"when": when(chance), "rate": chance.choice(RATES)}
            for _ in range(chance.choice([1, 1, 2, 3]))
        ],
    }
    if chance.random() < 0.4:
        terms["bonus"] = [
            {"when": when(chance), "rate": chance.choice(RATES[:4])}
            for _ in range(chance.choice([1, 2]))
        ]
    if chance.random() < 0.3:
        terms["ceiling"] = chance.choice(["0.20", "0.50", "1"])
    if chance.random() < 0.3:
        terms["full_offset_up_to"] = chance.choice(["0.00", "99.99", "100.00"])
    return terms


def when(chance: Random) -> Json:
    known: Json = {
        "qualification": chance.choice(CODES),
        "user_region": chance.choice(REGIONS),
        "provider_region": chance.choice(REGIONS),
        "flag": chance.choice(FLAGS),
        "base_over": chance.choice(AMOUNTS),
    }
    return {key: known[key] for key in chance.sample(sorted(known), chance.choice([0, 0, 1, 1, 2]))}


def brackets(chance: Random) -> list[Json]:
    bands: list[Json] = [
        {"up_to": limit, "rate": chance.choice(RATES)} for limit in ("99.99", "1000.00")
    ]
    return bands + ([{"rate": chance.choice(RATES)}] if chance.random() < 0.7 else [])


def caps(chance: Random, scopes: tuple[str, ...]) -> list[Json]:
    return [
        {"scope": chance.choice(scopes), "amount": chance.choice(AMOUNTS)}
        for _ in range(chance.choice([0, 0, 1, 2, 3]))
    ]


def day(chance: Random) -> str | None:
    """Mostly near an edge of a year, a month or a validity; sometimes none."""
    if chance.random() < 0.04:
        return None
    edges = ("2025-12-31", "2026-01-01", "2026-03-31", "2026-08-31", "2026-09-30", "2026-12-31")
    near = date.fromisoformat(chance.choice(edges)) + timedelta(days=chance.randrange(-1, 2))
    return near.isoformat()


def lines(chance: Random) -> list[Json]:
    return [line(chance, f"L{number}") for number in range(chance.randrange(1, 8))]


def line(chance: Random, identity: str) -> Json:
    user = chance.choice("uv")
    amount = chance.choice(AMOUNTS)
    several = chance.random() < 0.3
    return {
        "line_id": identity,
        "user": user,
        "group": chance.choice(["", "g"]),
        "provider": chance.choice("pq"),
        "instrument": chance.choice("ij"),
        "resource_kind": chance.choice(["instrument", "testing_service"]),
        "original_value": chance.choice(["499999.99", "500000.00"]),
        "user_region": chance.choice(REGIONS),
        "provider_region": chance.choice(REGIONS),
        "qualifications": [
            {"code": code, "from": "2026-01-01", "to": chance.choice([None, "2026-08-31"])}
            for code in chance.sample(CODES, chance.randrange(3))
        ],
        "flags": chance.sample(FLAGS, chance.choice([0, 0, 1, 2])),
        "order_date": day(chance),
        "service_end": day(chance),
        "invoice_date": day(chance),
        "payment_date": day(chance),
        "contract_amount": amount,
        "invoice_amount": chance.choice(AMOUNTS) if several else amount,
        "paid_amount": chance.choice(AMOUNTS) if several else amount,
        "other_funding": chance.choice(["0.00", "0.00", "0.01", "500.00"]),
        "submitted_at": chance.choice(
            [
                "2026-10-12T09:00:00+08:00",
                "2026-10-12T01:00:00+00:00",
                "2026-10-12T03:00:00+08:00",
                "2026-10-12T02:00:00+00:00",
            ]
        ),
    }


def interest_programme(chance: Random, identity: str, *, period: object) -> Json:
    made: Json = {
        "id": identity,
        "version": 1,
        "kind": "interest",
        "period": period,
        "discount": {
            "method": chance.choice(["points", "share", "share_of_min"]),
            "value": chance.choice(["0.015", "0.40", "0.333", "1"]),
        },
        "day_count": chance.choice(["act_360", "act_365"]),
        "exclude_overdue": chance.choice([True, False]),
        "promised_hours": chance.choice(["ignored", "kept", "in_proportion"]),
        "loan_kinds": chance.choice([[], [], ["usage"], ["purchase", "usage"]]),
        "caps": caps(chance, ("loan", "user", "group")),
    }
    if chance.random() < 0.5:
        made["max_days"] = chance.choice([1, 30, 90])
    if chance.random() < 0.3:
        made["budget"] = budget(chance)
    return made


def loans(chance: Random) -> list[Json]:
    return [loan(chance, f"C{number}") for number in range(chance.randrange(1, 4))]


def loan(chance: Random, identity: str) -> Json:
    first = date(2026, 1, 1) + timedelta(days=chance.randrange(120))
    offsets = sorted({0, *(chance.randrange(90) for _ in range(chance.randrange(3)))})
    days = [(first + timedelta(days=offset)).isoformat() for offset in offsets]
    repaid = [first + timedelta(days=chance.randrange(1, 150)) for _ in range(chance.randrange(3))]
    late = first + timedelta(days=chance.randrange(60))
    return {
        "loan_id": identity,
        "user": chance.choice("uv"),
        "group": chance.choice(["", "g"]),
        "annual_rate": chance.choice(["0.0385", "0.0300", "0.05"]),
        "lpr": [{"from": "2025-01-20", "rate": "0.0300"}, {"from": "2026-04-20", "rate": "0.041"}],
        "draws": [draw(chance, on) for on in days],
        "promises": promises(chance),
        "kind": chance.choice(["usage", "usage", "purchase"]),
        "repayments": [
            {"date": on.isoformat(), "amount": chance.choice(["0.01", "50.00"])}
            for on in sorted(set(repaid))
        ],
        "overdue": [
            {"from": late.isoformat(), "to": (late + timedelta(days=10)).isoformat()},
        ][: chance.randrange(2)],
    }


def draw(chance: Random, on: str) -> Json:
    """Now and then its charge was corrected, once or twice."""
    made: Json = {"date": on, "amount": chance.choice(AMOUNTS[4:])}
    if chance.random() < 0.4:
        later = date.fromisoformat(on)
        days = sorted({later + timedelta(days=chance.randrange(90)) for _ in range(2)})
        made["excess"] = [
            {"from": day.isoformat(), "amount": chance.choice(AMOUNTS[:6])} for day in days
        ]
    return made


def promises(chance: Random) -> list[Json]:
    """Years of promised hours, one after the other, kept or short."""
    first = date(2025, 1, 1) + timedelta(days=chance.randrange(366))
    years = [first, first.replace(year=first.year + 1, day=1), date(first.year + 2, 1, 1)]
    delivered = ("0.00", "612.50", "799.99", "800.00", "1000.00")
    return [
        {
            "from": start.isoformat(),
            "to": end.isoformat(),
            "promised": "800.00",
            "delivered": chance.choice(delivered),
        }
        for start, end in pairwise(years)
    ][: chance.randrange(3)]
