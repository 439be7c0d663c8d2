"""Saved searches that ask what programmes pay for: by the company of whoever saved them."""

import pytest

from tests.factories.settled_uses import make_programme
from tests.needs.test_searches import morning, people, published, saved
from tests.subsidies.requests import programme

__all__ = ["people"]


@pytest.mark.parametrize(
    ("asked", "kinds", "told"),
    [
        ({"subsidised": "true"}, ["pilot_line"], ["中试线"]),
        ({"subsidised": "on"}, ["instrument"], ["扫描电镜"]),
        ({"subsidised": "", "q": "电镜"}, ["pilot_line"], ["扫描电镜"]),
        ({"subsidised": "true"}, [], ["扫描电镜", "中试线"]),
    ],
)
def test_what_programmes_pay_for_is_asked_of_the_programmes_of_today(
    write, people, now, asked, kinds, told
):
    with write() as uow:
        make_programme(uow, programme(eligibility={"resource_kinds": kinds} if kinds else {}))
    saved(write, people.paid, now, **asked)
    published(write, "扫描电镜", resource_kind="instrument")
    published(write, "中试线", resource_kind="pilot_line")
    assert morning(write, now) == [told]


def test_nothing_is_paid_for_to_a_company_that_may_not_claim(write, people, now):
    with write() as uow:
        make_programme(uow, programme(eligibility={"qualifications_any": ["tech_sme"]}))
    saved(write, people.seeker, now, subsidised="true")
    saved(write, people.paid, now, subsidised="true")
    published(write, "扫描电镜")
    assert morning(write, now) == [["扫描电镜"]]
