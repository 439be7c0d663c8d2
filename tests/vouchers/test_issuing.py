"""Finance gives vouchers of a programme: to whom it says, within its budget and each year's cap."""

import pytest

from booking.db.transactions import unit_of_work
from booking.kernel.periods import Period
from booking.reservations.actions.confirm import confirm
from booking.subsidies.actions.issue_vouchers import issue_vouchers
from booking.subsidies.actions.publish_programme import draft_version
from booking.subsidies.errors import GivesNoVouchers
from booking.subsidies.queries.past_uses import past_uses
from booking.subsidies.queries.programmes import active_programmes
from booking.subsidies.queries.uses import unsettled_uses
from booking.subsidies.rules.answer import evaluate_request
from booking.subsidies.rules.evaluation import evaluate
from booking.subsidies.rules.faults import ProgrammeInvalid
from booking.subsidies.rules.reading import read_programme
from booking.vouchers.errors import VoucherNotIssued
from booking.vouchers.jobs import expire_vouchers
from booking.wiring import REACTIONS
from tests.factories.organisations import make_organisation, make_qualification
from tests.factories.reservation_values import at, between
from tests.factories.reservations import make_scene, make_use
from tests.factories.settled_uses import let_pay, make_company, make_programme, seeded_programme
from tests.factories.vouchers import pots
from tests.support.overtaking import overtaken

MONDAY = at("11-23 09:00")
CODE = "XX-VOUCHER-2026"


def example(**changes):
    return {**seeded_programme("voucher_2026"), **changes}


def give(uow, *companies, now=MONDAY):
    return issue_vouchers(uow, CODE, companies, actor_id=None, now=now)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"rate": {}}, "rate"),
        ({"voucher": {"face": "1.00"}}, "voucher.share"),
        ({"voucher": None}, "voucher"),
        ({"caps": [{"scope": "provider", "amount": "1.00"}]}, "caps[0].scope"),
        ({"voucher": {"face": "1.00", "share": "0.5", "colour": "red"}}, "voucher.colour"),
    ],
)
def test_a_voucher_programme_is_read_strictly(changes, path):
    with pytest.raises(ProgrammeInvalid) as refused:
        read_programme(example(**changes))
    assert path in {one.params["path"] for one in refused.value.violations}


@pytest.mark.parametrize("key", ["face", "share", "per_order"])
def test_a_voucher_that_never_pays_is_refused_on_entry(uow, key):
    terms = {"face": "1.00", "share": "0.5", "per_order": "1.00", key: "0.00"}
    with pytest.raises(ProgrammeInvalid) as refused:
        make_programme(uow, example(voucher=terms), active=False)
    found = [(one.code, one.params["path"]) for one in refused.value.violations]
    assert found == [("programme.nothing", f"voucher.{key}")]


def test_a_voucher_programme_is_not_evaluated():
    with pytest.raises(ProgrammeInvalid):
        evaluate_request({"programmes": [example()], "lines": []})


def grouped(uow) -> list[int]:
    """Two of one controller, one of another, one of nobody's; 20000.00 each, 60000.00 a group."""
    caps = [{"scope": "user", "amount": "40000.00"}, {"scope": "group", "amount": "60000.00"}]
    make_programme(uow, example(caps=caps))
    keys = ("示例集团甲", "示例集团甲", "示例集团乙", None)
    return [make_company(uow, controller_key=key).key for key in keys]


def refusals(uow, *companies) -> list[str]:
    with pytest.raises(VoucherNotIssued) as refused:
        give(uow, *companies)
    return [one.code for one in refused.value.violations]


def test_companies_of_one_controller_share_a_cap(uow):
    one, sister, other, alone = grouped(uow)
    give(uow, one, sister, other, alone)
    give(uow, one)
    # The group has its 60000.00, although the sister alone has 20000.00 of 40000.00.
    assert refusals(uow, sister) == ["voucher.group_cap"]
    assert refusals(uow, one) == ["voucher.cap", "voucher.group_cap"]
    give(uow, other, alone)
    assert refusals(uow, other) == ["voucher.cap"]


def test_those_of_one_list_count_for_their_group(uow):
    one, sister, _, _ = grouped(uow)
    give(uow, one)
    give(uow, sister)
    assert refusals(uow, one, sister) == ["voucher.group_cap"]
    assert len(give(uow, sister)) == 1


def test_vouchers_carry_the_terms_of_their_day(uow):
    make_programme(uow, example())
    one, other = make_company(uow), make_company(uow)
    first, second = give(uow, one.key, other.key)
    assert first != second
    assert pots(uow.session, first) == pots(uow.session, second) == (2_000_000, 0, 0, 0)
    assert active_programmes(uow.session) == []


def test_a_draft_gives_nothing(uow):
    make_programme(uow, example(), active=False)
    with pytest.raises(GivesNoVouchers):
        give(uow, make_company(uow).key)


@pytest.mark.parametrize(
    ("facts", "qualified", "codes"),
    [
        ({"district": "beilin"}, True, {"voucher.company_region"}),
        ({}, False, {"voucher.company_qualification"}),
        ({"verified": False}, True, {"voucher.company_unverified"}),
    ],
)
def test_who_does_not_qualify_gets_none_and_neither_do_the_others(uow, facts, qualified, codes):
    make_programme(uow, example())
    good, other = make_company(uow), make_organisation(uow, **facts)
    if qualified:
        make_qualification(uow, other.key)
    with pytest.raises(VoucherNotIssued) as refused:
        give(uow, good.key, other.key)
    assert codes <= {one.code for one in refused.value.violations}


def test_a_companys_year_is_not_exceeded_and_what_expired_counts_no_more(uow):
    caps = [{"scope": "user", "amount": "40000.00"}]
    make_programme(uow, example(caps=caps))
    company = make_company(uow).key
    give(uow, company, now=at("11-02 09:00").replace(month=3))
    give(uow, company, now=at("11-02 09:00").replace(month=3))
    with pytest.raises(VoucherNotIssued) as refused:
        give(uow, company)
    assert [one.code for one in refused.value.violations] == ["voucher.cap"]
    assert expire_vouchers(uow, MONDAY) == 2
    assert len(give(uow, company)) == 1


@pytest.mark.parametrize(("document", "refused"), [("示例文号", True), ("另一示例文号", False)])
def test_a_budget_belongs_to_the_document_of_its_versions(uow, document, refused):
    budget = {"amount": "30000.00", "rule": "first_come"}
    make_programme(uow, example(budget=budget, valid={"from": "2026-01-01", "to": "2026-10-31"}))
    give(uow, make_company(uow).key, now=at("10-12 09:00"))
    later = {"from": "2026-11-01", "to": "2026-12-31"}
    draft_version(
        uow, CODE, example(version=2, budget=budget, valid=later), actor_id=None, now=MONDAY
    )
    let_pay(uow, CODE, document)
    company = make_company(uow).key
    if refused:
        assert refusals(uow, company) == ["voucher.budget"]
    else:
        assert len(give(uow, company)) == 1


def test_two_at_once_do_not_give_the_last_of_a_budget_twice(engine, write):
    budget = {"amount": "30000.00", "rule": "first_come"}
    with write() as uow:
        make_programme(uow, example(budget=budget))
        one, other = make_company(uow).key, make_company(uow).key
    with pytest.raises(VoucherNotIssued) as refused:
        overtaken(engine, lambda uow: give(uow, one), lambda uow: give(uow, other))
    assert [found.code for found in refused.value.violations] == ["voucher.budget"]
    with unit_of_work(engine, REACTIONS) as uow, pytest.raises(VoucherNotIssued):
        give(uow, other)


def test_no_programme_subsidises_what_a_voucher_paid(uow):
    make_programme(uow, example())
    make_programme(uow, seeded_programme("usage_2026"))
    scene = make_scene(uow)
    make_qualification(uow, scene.company.key)
    (number,) = give(uow, scene.company.key)
    used = make_use(uow, scene, between("11-24 12:00", "14:00"), now=MONDAY, voucher=number)
    confirm(uow, used.number, actor=scene.manager, now=at("11-24 15:00"))
    confirm(uow, used.number, actor=scene.member, now=at("11-24 16:00"))
    (terms,) = active_programmes(uow.session)
    until = Period.parse("2026-11").until
    (line,) = unsettled_uses(uow.session, {terms.id: [terms]}, until=until).lines[terms.id]
    assert (line.contract_amount, line.other_funding) == (184_000, 80_000)
    (result,) = evaluate([terms], [line]).results
    assert result.base == 104_000
    chunks = past_uses(uow.session, Period.parse("2026-11"), [terms.dated_by])
    assert [one.other_funding for chunk in chunks for one in chunk.lines] == [80_000]
