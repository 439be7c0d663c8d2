"""Claims, their judgement and their corrections: nothing is edited, the past stays readable."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.audit.models import AuditEntry
from booking.files.actions.receive import receive
from booking.files.models import StoredFile
from booking.files.providers.disk import Vault
from booking.files.rules.kinds import Use
from booking.kernel.errors import Forbidden, NotFound
from booking.organisations.actions.add_qualification import Claim, add_qualification
from booking.organisations.actions.judge_qualification import (
    hand_in_evidence,
    return_qualification,
    verify_qualification,
)
from booking.organisations.actions.remind_of_expiry import remind_of_expiry
from booking.organisations.errors import (
    EvidenceThere,
    NotReplaceable,
    QualificationDecided,
    QualificationExists,
)
from booking.organisations.report.qualifications import (
    ending_soon,
    qualification_seen_by,
    qualifications_at,
    qualifications_of,
    waiting_qualifications,
)
from booking.organisations.states import QualificationState
from booking.subsidies.queries.uses import qualifications
from tests.factories.accounts import make_member, make_staff
from tests.factories.files import Chosen
from tests.factories.organisations import LONG_AGO, make_organisation, make_qualification
from tests.support.clock import moment

CLAIM = Claim(
    code="hnte",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    number="GR202661000123",
)
DAY = date(2026, 6, 1)


@pytest.fixture
def company(uow):
    return make_organisation(uow).key


@pytest.fixture
def admin(uow, company):
    return make_member(uow, company, Role.COMPANY_ADMIN)


@pytest.fixture
def centre(uow):
    return make_staff(uow)


@pytest.fixture
def claimed(uow, company, admin):
    return add_qualification(uow, company, CLAIM, actor=admin, now=LONG_AGO)


def counted(uow, company, day=DAY):
    """What it counts as, by the organisations' own reader and by the one for subsidies."""
    by_house = qualifications_at(uow.session, [company], day)[company]
    held = qualifications(uow.session, [company]).get(company, ())
    by_subsidies = {one.code for one in held if one.first <= day <= (one.last or day)}
    assert by_house == by_subsidies
    return by_house


def states(uow, company):
    return {row.id: row.state.value for row in qualifications_of(uow.session, company)}


def test_it_counts_on_its_days_once_it_is_verified(uow, company, claimed, centre):
    assert counted(uow, company) == frozenset()
    verify_qualification(uow, claimed.key, actor=centre, now=LONG_AGO)
    assert counted(uow, company) == {"hnte"}
    assert counted(uow, company, date(2027, 1, 1)) == frozenset()


def test_a_returned_one_says_why_and_counts_for_nothing(uow, company, claimed, centre, admin):
    return_qualification(uow, claimed.key, "看不清", actor=centre, now=LONG_AGO)
    [row] = qualifications_of(uow.session, company)
    assert (row.state, row.return_reason) == (QualificationState.RETURNED, "看不清")
    assert counted(uow, company) == frozenset()
    with pytest.raises(QualificationDecided):
        verify_qualification(uow, claimed.key, actor=centre, now=LONG_AGO)
    better = add_qualification(
        uow, company, replace(CLAIM, replaces=claimed.key), actor=admin, now=LONG_AGO
    )
    assert states(uow, company) == {claimed.key: "replaced", better.key: "waiting"}


def test_what_is_verified_is_not_returned_and_verifying_twice_changes_nothing(
    uow, company, claimed, centre
):
    verify_qualification(uow, claimed.key, actor=centre, now=LONG_AGO)
    later = LONG_AGO + timedelta(days=1)
    assert verify_qualification(uow, claimed.key, actor=centre, now=later).verified_at == LONG_AGO
    with pytest.raises(QualificationDecided):
        return_qualification(uow, claimed.key, "不对", actor=centre, now=LONG_AGO)


def test_a_correction_counts_from_its_verification_and_the_old_one_stays_readable(
    uow, company, claimed, centre, admin
):
    verify_qualification(uow, claimed.key, actor=centre, now=LONG_AGO)
    shorter = replace(CLAIM, valid_to=date(2026, 3, 31), replaces=claimed.key)
    correction = add_qualification(uow, company, shorter, actor=admin, now=LONG_AGO)
    assert counted(uow, company) == {"hnte"}
    verify_qualification(uow, correction.key, actor=centre, now=LONG_AGO)
    assert counted(uow, company) == frozenset()
    assert counted(uow, company, date(2026, 3, 31)) == {"hnte"}
    old = qualification_seen_by(uow.session, claimed.key, centre)
    assert (old.state, old.number) == (QualificationState.REPLACED, CLAIM.number)
    assert old.valid_to == date(2026, 12, 31)


def test_a_second_correction_stands_in_for_the_first(uow, company, claimed, centre, admin):
    verify_qualification(uow, claimed.key, actor=centre, now=LONG_AGO)
    fix = replace(CLAIM, replaces=claimed.key)
    first = add_qualification(uow, company, fix, actor=admin, now=LONG_AGO)
    with pytest.raises(NotReplaceable):
        add_qualification(uow, company, fix, actor=admin, now=LONG_AGO)
    second = add_qualification(
        uow, company, replace(CLAIM, replaces=first.key), actor=admin, now=LONG_AGO
    )
    assert states(uow, company) == {
        claimed.key: "verified",
        first.key: "replaced",
        second.key: "waiting",
    }
    verify_qualification(uow, second.key, actor=centre, now=LONG_AGO)
    assert states(uow, company)[claimed.key] == "replaced"
    assert counted(uow, company) == {"hnte"}


def test_what_is_corrected_is_not_corrected_again(uow, company, claimed, admin):
    add_qualification(uow, company, replace(CLAIM, replaces=claimed.key), actor=admin, now=LONG_AGO)
    with pytest.raises(NotReplaceable):
        add_qualification(
            uow, company, replace(CLAIM, replaces=claimed.key), actor=admin, now=LONG_AGO
        )


def test_the_same_twice_is_no_correction(uow, company, claimed, admin):
    with pytest.raises(QualificationExists):
        add_qualification(uow, company, CLAIM, actor=admin, now=LONG_AGO)


def test_nobody_corrects_or_judges_what_is_anothers(uow, claimed, admin):
    other = make_organisation(uow).key
    stranger = make_member(uow, other, Role.COMPANY_ADMIN)
    with pytest.raises(NotFound):
        add_qualification(
            uow, other, replace(CLAIM, replaces=claimed.key), actor=stranger, now=LONG_AGO
        )
    with pytest.raises(NotFound):
        qualification_seen_by(uow.session, claimed.key, stranger)
    for actor in (admin, stranger, make_staff(uow, Role.FINANCE)):
        with pytest.raises(Forbidden):
            return_qualification(uow, claimed.key, "不行", actor=actor, now=LONG_AGO)


def test_the_centre_finds_what_waits_oldest_first(uow, company, claimed, admin):
    other = replace(CLAIM, code="tech_sme")
    second = add_qualification(uow, company, other, actor=admin, now=LONG_AGO)
    mine = [one.row.id for one in waiting_qualifications(uow.session, limit=1000)]
    assert [key for key in mine if key in {claimed.key, second.key}] == [claimed.key, second.key]


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def received(tmp_path):
    return receive(Vault(tmp_path / "files"), Chosen(), Use.EVIDENCE)


def test_evidence_comes_with_the_claim(uow, company, admin, received):
    claim = replace(CLAIM, file=received)
    made = add_qualification(uow, company, claim, actor=admin, now=LONG_AGO)
    kept = uow.session.get_one(StoredFile, made.file_id)
    assert (kept.name, kept.uploaded_by) == (received.name, admin.id)


def test_evidence_is_handed_in_once_while_the_claim_waits(
    uow, company, claimed, admin, centre, received
):
    hand_in_evidence(uow, claimed.key, received, actor=admin, now=LONG_AGO)
    with pytest.raises(EvidenceThere):
        hand_in_evidence(uow, claimed.key, received, actor=admin, now=LONG_AGO)
    verify_qualification(uow, claimed.key, actor=centre, now=LONG_AGO)
    with pytest.raises(QualificationDecided):
        hand_in_evidence(uow, claimed.key, received, actor=admin, now=LONG_AGO)


# ── reminders ────────────────────────────────────────────────────────────────────────────────────


def told(uow, company):
    """The days of every reminder that was announced for it, in order."""
    rows = uow.session.execute(
        sa.select(col(AuditEntry.at))
        .where(
            col(AuditEntry.subject) == f"organisation:{company}",
            col(AuditEntry.name) == "organisation.qualification_expiring",
        )
        .order_by(col(AuditEntry.id))
    )
    return [row.at.date() for row in rows]


def remind(uow, day):
    now = datetime.combine(day, moment("2026-11-23T09:00").timetz())
    return remind_of_expiry(uow, today=day, now=now)


def test_the_end_of_a_qualification_is_announced_at_sixty_thirty_and_seven_days(uow, company):
    make_qualification(uow, company)
    day = date(2026, 10, 25)
    while day <= date(2027, 1, 10):
        remind(uow, day)
        remind(uow, day)
        day += timedelta(days=1)
    assert told(uow, company) == [date(2026, 11, 1), date(2026, 12, 1), date(2026, 12, 24)]


def test_after_an_outage_one_word_is_enough(uow, company):
    make_qualification(uow, company)
    assert remind(uow, date(2026, 12, 28)) == 1
    assert remind(uow, date(2026, 12, 29)) == 0
    assert len(told(uow, company)) == 1


def test_what_waits_is_replaced_or_goes_on_is_not_announced(uow, company, claimed):
    make_qualification(uow, company)
    make_qualification(uow, company, valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31))
    assert remind(uow, date(2026, 12, 28)) == 0


def test_the_page_counts_the_days_that_are_left(uow, company):
    key = make_qualification(uow, company)
    rows = qualifications_of(uow.session, company)
    assert ending_soon(rows, date(2026, 10, 31)) == {}
    assert ending_soon(rows, date(2026, 11, 1)) == {key: 60}
    assert ending_soon(rows, date(2026, 12, 31)) == {key: 0}
    assert ending_soon(rows, date(2027, 1, 1)) == {}


def test_the_database_too_lets_only_one_of_a_kind_count(uow, company):
    key = make_qualification(uow, company)
    add_qualification(uow, company, replace(CLAIM, code="sfui_sme"), actor=HOUSE, now=LONG_AGO)
    with pytest.raises(sa.exc.IntegrityError):
        uow.session.execute(
            sa.text("UPDATE qualification SET code = 'sfui_sme' WHERE id = :id"), {"id": key}
        )
