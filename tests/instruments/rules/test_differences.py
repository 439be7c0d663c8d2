"""What a version of the booking rules changed, rule by rule."""

from dataclasses import replace

import pytest

from booking.instruments.rules.differences import Difference, policy_differences
from booking.instruments.rules.peaks import PeakBand
from booking.instruments.rules.terms import Approval, PolicyTerms, QuotaTerms

USUAL = PolicyTerms()
WEEKLY = QuotaTerms(per="organisation", measure="hours", period="week", limit=12)
EVENINGS = PeakBand(frozenset({1, 2}), 1080, 1320)
DAILY = QuotaTerms(per="person", measure="count", period="day", limit=1, customer_class="academic")


def changed(name: str, before: str, after: str, *, whom: str = "", detail: str = "") -> Difference:
    return Difference(whom, name, detail, before, after)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        # The number of a version is no rule.
        ({"policy_id": 7}, []),
        ({"longest_minutes": 60}, [changed("longest_minutes", "480", "60")]),
        ({"approval": Approval.ALWAYS}, [changed("approval", "none", "always")]),
        ({"training_required": True}, [changed("training_required", "no", "yes")]),
        ({"person_gap_minutes": 90}, [changed("person_gap_minutes", "0", "90")]),
        ({"uncounted_off_peak": True}, [changed("uncounted_off_peak", "no", "yes")]),
        ({"peak_hours": (EVENINGS,)}, [changed("peak_hours", "", "1,2 18:00–22:00")]),
        ({"training_unused_days": 90}, [changed("training_unused_days", "", "90")]),
        (
            {"horizon_days": {"academic": 30}},
            [changed("horizon_days", "", "30", whom="academic")],
        ),
        (
            {"per_class": {"internal": {"notice_minutes": 0}}},
            [changed("notice_minutes", "", "0", whom="internal")],
        ),
        (
            {"quotas": (WEEKLY, DAILY)},
            [
                changed("quotas", "", "1", whom="academic", detail="person count day"),
                changed("quotas", "", "12", detail="organisation hours week"),
            ],
        ),
        # Of two limits on the same, the lower one binds and is told.
        (
            {"quotas": (WEEKLY, replace(WEEKLY, limit=5))},
            [changed("quotas", "", "5", detail="organisation hours week")],
        ),
    ],
)
def test_what_is_not_the_same_is_told_once(
    changes: dict[str, object], told: list[Difference]
) -> None:
    after = replace(USUAL, **changes)  # type: ignore[arg-type]  # named above
    assert list(policy_differences(USUAL, after)) == told
    back = [Difference(d.customer_class, d.name, d.detail, d.after, d.before) for d in told]
    assert sorted(map(str, policy_differences(after, USUAL))) == sorted(map(str, back))


def other_than(value: object) -> object:
    return not value if isinstance(value, bool) else int(str(value or 0)) + 1


OTHER = {
    "approval": Approval.FIRST,
    "quotas": (WEEKLY,),
    "peak_hours": (EVENINGS,),
    "horizon_days": {"academic": 1},
}
ALL_OTHER = PolicyTerms(
    **{  # type: ignore[arg-type]  # each of its own type
        name: OTHER[name] if name in OTHER else other_than(getattr(USUAL, name))
        for name in set(PolicyTerms.__dataclass_fields__) - {"per_class"}
    }
)


def test_every_rule_of_a_policy_is_compared() -> None:
    """A rule that is added later is told too."""
    compared = {one.name for one in policy_differences(USUAL, ALL_OTHER)}
    assert compared == set(PolicyTerms.__dataclass_fields__) - {"policy_id", "per_class"}
