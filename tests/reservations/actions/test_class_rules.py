"""Rules that bind one class of customer, and hours that are kept for those outside."""

import pytest

from booking.organisations.models import Lab
from booking.organisations.states import OrganisationKind
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused
from tests.factories.accounts import make_member
from tests.factories.instruments import OFFICE_HOURS
from tests.factories.reservation_values import between
from tests.factories.reservations import make_reservation, make_scene
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
DAY = between("12-01 09:00", "17:00")


def codes(refused) -> list[str]:
    return [violation.code for violation in refused.value.violations]


def test_a_class_has_its_own_notice_and_lengths(uow):
    own: dict[str, object] = {"academic": {"notice_minutes": 0, "longest_minutes": 60}}
    rules: dict[str, object] = {"notice_minutes": 4320, "per_class": own}
    firm = make_scene(uow, policy=rules)
    science = make_scene(uow, policy=rules, kind=OrganisationKind.INSTITUTE)
    soon = between("11-24 12:00", "14:00")
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, firm, soon, now=MONDAY)
    assert codes(refused) == ["notice.too_short"]
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, science, soon, now=MONDAY)
    assert codes(refused) == ["duration.too_long"]
    make_reservation(uow, science, between("11-24 12:00", "13:00"), now=MONDAY)


def test_a_quota_may_bind_one_class_only(uow):
    one = {"per": "organisation", "measure": "count", "period": "open", "limit": 0}
    rules: dict[str, object] = {"quotas": [{**one, "customer_class": "academic"}]}
    make_reservation(uow, make_scene(uow, policy=rules), DAY, now=MONDAY)
    science = make_scene(uow, policy=rules, kind=OrganisationKind.UNIVERSITY)
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, science, DAY, now=MONDAY)
    assert codes(refused) == ["quota.organisation"]


def test_our_own_people_leave_the_hours_that_are_kept_for_others(uow):
    rules: dict[str, object] = {"guaranteed_outside_hours_per_week": 32, "longest_minutes": 480}
    scene = make_scene(uow, policy=rules, week=OFFICE_HOURS)
    provider = uow.session.get(Lab, scene.instrument.lab_id).organisation_id
    inside = make_member(uow, provider)
    # 47.5 open hours: 15.5 for those inside.
    reserve(uow, scene.wish(DAY), actor=inside, now=MONDAY)
    second = between("12-02 09:00", "17:00")
    with pytest.raises(ReservationRefused) as refused:
        reserve(uow, scene.wish(second), actor=inside, now=MONDAY)
    assert codes(refused) == ["guarantee.outside"]
    make_reservation(uow, scene, second, now=MONDAY)
    reserve(uow, scene.wish(between("12-03 09:00", "16:00")), actor=inside, now=MONDAY)
    # Two days before, what nobody outside has taken is anybody's.
    reserve(
        uow,
        scene.wish(between("12-04 09:00", "17:00")),
        actor=inside,
        now=moment("2026-12-02T10:00"),
    )
