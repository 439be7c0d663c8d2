"""A world in which something comes due for every job of the table while no worker runs.

The worker stops at eleven in the evening of the last of a month and starts again at five; it stops
once more then, until eleven. What is due by night is made before the first, what is due in the
morning lies there as well.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.accounts.actions.close_account import close_own_account
from booking.accounts.actions.make_token import TokenWish, make_token
from booking.accounts.models import ApiToken
from booking.accounts.rules import ANONYMISED_AFTER, KNOWN_ADDRESS_FOR
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import keep
from booking.instruments.actions.faults import close_for_fault, report_fault
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.actions.register import CardChanges, edit
from booking.instruments.models.sheet_import import SheetImport
from booking.instruments.rules.filing import LEAST_VALUE_FEN
from booking.instruments.states import ImportState
from booking.jobs.models import JobRun
from booking.kernel.timespan import TimeSpan
from booking.loans.actions.agree_repayment import agree_repayment
from booking.loans.rules.dues import Agreed
from booking.loans.rules.schedule import Repaying
from booking.needs.actions.save_search import save_search
from booking.needs.actions.tell_need import take_step, tell_need
from booking.needs.rules.telling import Told
from booking.needs.states import NeedStep
from booking.notifications.actions.manage_webhooks import WebhookWish, add_webhook
from booking.notifications.actions.write_letter import Letter, write_letter
from booking.notifications.rules import KEPT_FOR, HookFact
from booking.orders.states import OrderState
from booking.organisations.rules import District
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.propose_time import Proposed, propose_time
from tests.factories.accounts import (
    SEAL,
    make_actor,
    make_lab_person,
    make_member,
    open_session,
)
from tests.factories.asks import make_neighbour
from tests.factories.bank_files import bank_text, columns, send_bytes
from tests.factories.files import receive_file
from tests.factories.instruments import add_tariff, make_instrument, make_lab
from tests.factories.orders import make_order, make_quote
from tests.factories.organisations import make_organisation, make_qualification
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene, make_reservation, make_scene, make_use
from tests.factories.settled_uses import bank_says, make_loan, make_programme, settled_use
from tests.factories.sheets import GOOD, send, sheet
from tests.factories.training import make_grant, training_scene
from tests.factories.waitlist import make_waiter
from tests.subsidies.requests import programme
from tests.support.clock import moment

STOPPED = moment("2026-11-30T23:00")
NIGHT = moment("2026-12-01T05:00")
MORNING = moment("2026-12-01T11:00")
EVENING = moment("2026-11-30T22:00")
AT_ONE = moment("2026-12-01T01:00")
FAR = between("12-10 09:00", "11:00")
DAY = timedelta(days=1)

Make = Callable[[UnitOfWork], object]


def a_request_to_decide(uow: UnitOfWork) -> None:
    scene = make_scene(uow, policy={"approval": "always", "approval_hours": 4})
    make_reservation(uow, scene, FAR, now=EVENING)


def a_proposal_and_an_exchange(uow: UnitOfWork) -> None:
    scene, two_days_before = make_scene(uow), AT_ONE - 2 * DAY
    number = make_reservation(uow, scene, FAR, now=two_days_before).number
    later = between("12-11 09:00", "11:00")
    wanted = Proposed(span=later, reason="保养")
    propose_time(uow, number, wanted, actor=scene.manager, now=two_days_before)
    other = make_scene(uow)
    number = make_reservation(uow, other, FAR, now=two_days_before).number
    make_neighbour(uow, other, later, now=two_days_before)
    ask_swap(uow, number, later, actor=other.member, now=two_days_before)


def two_in_line(uow: UnitOfWork) -> None:
    """The first has an offer that stands for an hour."""
    scene = make_scene(uow, policy={"offer_minutes": 90})
    taken = make_reservation(uow, scene, FAR, now=EVENING).number
    for _ in range(2):
        make_waiter(uow, scene, FAR, now=EVENING)
    cancel(uow, taken, actor=scene.member, now=EVENING)


def a_repair_that_lasts(uow: UnitOfWork) -> None:
    scene = make_scene(uow)
    broken = report_fault(uow, scene.instrument.key, "漏气", actor=scene.manager, now=EVENING)
    close_for_fault(uow, broken.key, actor=scene.manager, now=EVENING, until=AT_ONE)


def a_use(uow: UnitOfWork, span: TimeSpan, **policy: object) -> Scene:
    scene = make_scene(uow, policy=policy)
    made = make_reservation(uow, scene, span, now=EVENING - 2 * DAY)
    check_in(uow, made.number, actor=scene.manager, now=span.start)
    return scene


def one_that_ends_itself(uow: UnitOfWork) -> None:
    a_use(uow, between("11-30 22:00", "12-01 01:00"), ends_itself=True)


def one_that_runs_over(uow: UnitOfWork) -> None:
    """Somebody else comes next."""
    span = between("11-30 22:00", "12-01 04:30")
    scene = a_use(uow, span, grid_minutes=10, no_show_grace_minutes=600)
    make_neighbour(uow, scene, between("12-01 05:10", "06:00"), now=EVENING - 2 * DAY)


def one_that_is_forgotten(uow: UnitOfWork) -> None:
    a_use(uow, between("11-30 22:00", "12-01 01:00"))


def nobody_came(uow: UnitOfWork) -> None:
    scene = make_scene(uow, policy={"no_show_grace_minutes": 30})
    make_reservation(uow, scene, between("12-01 01:00", "03:00"), now=EVENING - 2 * DAY)


def silence(uow: UnitOfWork) -> None:
    scene = make_scene(uow, policy={"confirm_days": 1})
    make_use(uow, scene, between("11-30 00:00", "02:00"), now=STOPPED - 2 * DAY)


def one_that_begins_tomorrow(uow: UnitOfWork) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, between("12-02 01:00", "02:00"), now=STOPPED - 4 * DAY)


def a_letter(uow: UnitOfWork, email: str = "owner@example.com", *, now: datetime = STOPPED) -> None:
    params = {"name": "实验员甲", "link": ["password", 7], "ends_at": "2026-12-02T02:00:00+00:00"}
    letter = Letter(fact="password_link", email=email, locale="zh_CN", params=params)
    write_letter(uow, letter, now=now)


def an_old_letter(uow: UnitOfWork) -> None:
    a_letter(uow, "old@example.com", now=AT_ONE - KEPT_FOR)


def a_sheet(uow: UnitOfWork) -> None:
    keeper = make_lab_person(uow, make_lab(uow).key)
    send(uow, sheet(GOOD), actor=keeper, now=STOPPED)


def a_bank_file(uow: UnitOfWork) -> None:
    make_loan(uow, make_organisation(uow))
    send_bytes(uow, bank_text("T1,YQD-1,2026-03-10,5.00,,").encode(), mapping=columns())


def an_overdue_line(uow: UnitOfWork) -> None:
    make_loan(uow, make_organisation(uow), number="YQD-2", bank="别的示例银行")
    terms = Agreed(valid_from=date(2026, 1, 1), repaying=Repaying.BULLET, months=1)
    agree_repayment(uow, "YQD-2", terms, actor=HOUSE, now=EVENING)
    bank_says(uow, ("T9", "YQD-2", "2026-10-29", "draw", "5.00"), now=EVENING)


def an_old_sheet(uow: UnitOfWork) -> None:
    keeper = make_lab_person(uow, make_lab(uow).key)
    sent = send(uow, sheet({**GOOD, "inner_id": "SH-2"}), actor=keeper, now=STOPPED)
    kept = uow.session.get_one(SheetImport, sent.key)
    kept.state, kept.ended_at = ImportState.DONE, AT_ONE - 30 * DAY


def a_new_price_list(uow: UnitOfWork) -> None:
    made = make_instrument(uow)
    prices = {"enterprise": {"hour": "800.00"}}
    add_tariff(uow, made.key, valid_from=moment("2026-12-01T00:00"), classes=prices)
    index_cards(uow, [made.key], now=EVENING)


def a_search_that_finds(uow: UnitOfWork) -> None:
    seeker = make_member(uow, make_organisation(uow).key)
    save_search(uow, "磁控溅射", {"q": "磁控溅射"}, actor=seeker, now=EVENING)
    index_cards(uow, [make_instrument(uow, name="磁控溅射镀膜机").key])


def a_month_to_settle(uow: UnitOfWork) -> None:
    """Other uses of these days may be settled in the same moment."""
    make_programme(uow, programme(valid={"from": "2026-11-01", "to": "2026-11-29"}))
    settled_use(uow, make_organisation(uow, verified=True), ended="2026-11-29T16:00")


def an_old_session(uow: UnitOfWork) -> None:
    member = make_member(uow, make_organisation(uow).key)
    open_session(uow, member, now=AT_ONE - KNOWN_ADDRESS_FOR)


def a_need(uow: UnitOfWork, by_day: date, what: str) -> None:
    asker = make_member(uow, make_organisation(uow).key)
    told = Told(what=what, by_day=by_day, district=District.FENGDONG)
    need = tell_need(uow, told, actor=asker, now=EVENING)
    take_step(uow, need.key, NeedStep.PUBLISH, actor=asker, now=EVENING)


def a_need_that_is_over(uow: UnitOfWork) -> None:
    a_need(uow, date(2026, 11, 30), "无人能做")


def a_need_that_fits(uow: UnitOfWork) -> None:
    lab = make_lab(uow)
    make_lab_person(uow, lab.key)
    index_cards(uow, [make_instrument(uow, lab_id=lab.key, name="断口扫描电镜").key])
    a_need(uow, date(2026, 12, 20), "断口扫描电镜")


def a_quote_that_is_over(uow: UnitOfWork) -> None:
    scene, week_before = make_scene(uow), STOPPED - 7 * DAY
    order = make_order(uow, scene, now=week_before)
    make_quote(uow, order, scene, week_before)


def a_report_nobody_objects_to(uow: UnitOfWork) -> None:
    order = make_order(uow, make_scene(uow), OrderState.REPORTED, now=STOPPED - 7 * DAY)
    order.accept_by = date(2026, 11, 30)


def one_who_left(uow: UnitOfWork) -> None:
    close_own_account(uow, actor=make_actor(uow), now=AT_ONE - ANONYMISED_AFTER)


def an_old_run(uow: UnitOfWork) -> None:
    long_ago = AT_ONE - 14 * DAY
    run = JobRun(job="mark_no_shows", due_at=long_ago, period="", started_at=long_ago)
    run.ended_at, run.owner, run.attempts = long_ago, "old", 1
    uow.session.add(run)


def a_file_nobody_needs(uow: UnitOfWork) -> None:
    keep(uow, receive_file(uow), uploaded_by=None, now=AT_ONE - DAY)


def a_qualification_that_ends(uow: UnitOfWork) -> None:
    company = make_organisation(uow).key
    make_member(uow, company, Role.COMPANY_ADMIN)
    make_qualification(uow, company, valid_to=date(2026, 12, 31))


def an_instrument_to_file(uow: UnitOfWork) -> None:
    lab = make_lab(uow)
    make_lab_person(uow, lab.key)
    made = make_instrument(uow, lab_id=lab.key, original_value_fen=LEAST_VALUE_FEN)
    changes = CardChanges(values={"acceptance_date": date(2026, 10, 30)})
    edit(uow, made.key, changes, actor=HOUSE, now=EVENING)


def a_training_that_ends(uow: UnitOfWork) -> None:
    make_grant(uow, training_scene(uow), now=EVENING, valid_to=date(2026, 12, 30))


def a_token_that_ends(uow: UnitOfWork) -> None:
    owner = make_member(uow, make_organisation(uow).key)
    wish = TokenWish(name="实验室系统")
    made = make_token(uow, owner.id, wish, actor_id=owner.id, now=EVENING - 30 * DAY)
    uow.session.get_one(ApiToken, made.id).expires_at = moment("2026-12-08T09:00")


def one_to_be_told(url: str) -> Make:
    """A booking of a company whose program wants to hear of it."""

    def make(uow: UnitOfWork) -> None:
        scene = make_scene(uow)
        wish = WebhookWish(
            organisation_id=scene.company.key,
            url=url,
            facts=[HookFact.RESERVATION_CANCELLED],
            http_allowed=True,
        )
        add_webhook(uow, wish, seal=SEAL, actor=scene.admin, now=EVENING)
        number = make_reservation(uow, scene, FAR, now=EVENING).number
        cancel(uow, number, actor=scene.member, now=STOPPED)

    return make


# Made before the worker stops; nothing of it is due then.
AHEAD: tuple[Make, ...] = (
    *(a_request_to_decide, a_proposal_and_an_exchange, two_in_line, a_repair_that_lasts),
    *(one_that_ends_itself, one_that_runs_over, one_that_is_forgotten, nobody_came, silence),
    *(one_that_begins_tomorrow, an_old_letter, an_old_sheet, an_old_session, an_old_run),
    *(a_new_price_list, a_month_to_settle, a_need_that_is_over, a_need_that_fits, an_overdue_line),
    *(a_quote_that_is_over, a_report_nobody_objects_to, one_who_left, a_file_nobody_needs),
    *(a_qualification_that_ends, an_instrument_to_file, a_training_that_ends, a_token_that_ends),
)
# What people do while it stands still.
MEANWHILE: tuple[Make, ...] = (a_letter, a_sheet, a_bank_file, a_search_that_finds)
