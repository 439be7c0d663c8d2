"""Finance closes a month: drawn up, locked, published, objected to, answered, approved, paid; a
stranger proves the statement, an auditor reads how it came about."""

from dataclasses import dataclass
from pathlib import Path

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from tests.conftest import Write
from tests.factories.accounts import make_actor, make_staff
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import make_programme, settled_use
from tests.journeys.people import ONE_EACH, Person, Street, sit_down
from tests.subsidies.paying import with_account
from tests.subsidies.requests import programme
from tests.support.clock import FrozenClock

COMPANY, RIVAL = "示例光电公司", "示例检测公司"
STATEMENT, BATCH = "JS-202610-0001", "DF-20261112-01"
OBJECTION, ANSWER = "九日有两次测试，请核对是否都已计入。", "两次均已计入，见明细。"
PAID = "B-20261112-7788"


@dataclass(frozen=True)
class Parties:
    finance: Actor
    second: Actor
    company: Actor
    auditor: Actor


def october(uow: UnitOfWork) -> Parties:
    """A finished month of two companies; each gave its bank account."""
    enter_year(uow, 2026)
    make_programme(uow, programme())
    ours, rival = with_account(uow), with_account(uow)
    ours.name, rival.name = COMPANY, RIVAL
    settled_use(uow, ours, "2000.00")
    settled_use(uow, ours, "600.00")
    settled_use(uow, rival, "900.00")
    return Parties(
        make_staff(uow, Role.FINANCE),
        make_staff(uow, Role.FINANCE),
        make_actor(uow, Grant(Role.COMPANY_ADMIN, ours.key), name="企业管理员甲"),
        make_staff(uow, Role.AUDITOR),
    )


def draw_up_and_publish(finance: Person) -> None:
    finance.open("/settlements/2026-10")
    finance.look("month-not-drawn-up")
    finance.press("/settlements/2026-10")
    finance.look("month-drawn-up")
    finance.confirm("button", reason="")
    finance.look("month-locked")
    finance.confirm("button")
    finance.look("month-published")


def object_to_it(company: Person) -> None:
    company.open(f"/statements/{STATEMENT}")
    assert RIVAL not in company.page.content()
    company.page.fill("form[action$='/objection'] textarea", OBJECTION)
    company.press(f"/statements/{STATEMENT}/objection")
    company.look("month-objected")
    assert OBJECTION in company.page.content()


def answer_it(finance: Person) -> None:
    finance.open("/settlements/2026-10")
    finance.look("month-with-an-objection")
    finance.follow(f"td.ref a[href$='{STATEMENT}']")
    finance.page.fill("form[action$='/answer'] textarea", ANSWER)
    finance.press("/answer")
    assert ANSWER in finance.page.content()
    finance.look("month-answered")


def approve(person: Person) -> None:
    person.open("/settlements/2026-10")
    person.confirm("button")
    person.look("month-approved")


def pay(finance: Person) -> None:
    finance.open("/payment-batches")
    finance.look("month-to-pay")
    finance.confirm("button")
    finance.open(f"/payment-batches/{BATCH}")
    finance.look("month-batch")
    finance.confirm("button")
    for position in (1, 2):
        finance.page.fill(f"#reference-{position}", f"{PAID}{position}")
        finance.press(f"/payment-batches/{BATCH}/rows/{position}/payment")
    finance.look("month-batch-paid")


def read_the_answer(company: Person, paper: Path) -> None:
    """The company sees the answer and the payment, and takes the paper along."""
    company.open(f"/statements/{STATEMENT}")
    company.look("month-paid")
    assert ANSWER in company.page.content()
    assert PAID in company.page.content()
    with company.page.expect_download() as download:
        company.page.click(f"a[href$='/statements/{STATEMENT}.pdf']")
    download.value.save_as(paper)


def verify(stranger: Person, paper: Path) -> None:
    """Who has neither an account nor a wish to trust anybody."""
    forged = paper.with_name("forged.pdf")
    content = paper.read_bytes()
    forged.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    for file, tone in ((paper, "good"), (forged, "bad")):
        stranger.open(f"/verify/{STATEMENT}")
        stranger.page.set_input_files("#file", file)
        stranger.page.locator("form[enctype] button").click()
        stranger.page.wait_for_selector(f".alert.{tone}")
        stranger.look(f"month-verified-{tone}")
        assert COMPANY not in stranger.page.content()


def audit(auditor: Person) -> None:
    """The auditor reads everything and is offered nothing to do."""
    for name, path in {
        "desk": "/settlements/2026-10",
        "statement": f"/statements/{STATEMENT}",
        "batch": f"/payment-batches/{BATCH}",
        "trail": f"/audit/subjects/statement/{STATEMENT}",
    }.items():
        auditor.open(path)
        auditor.look(f"month-audited-{name}")
        assert auditor.page.locator("main form[method=post]").count() == 0


@ONE_EACH
def test_a_month_goes_from_the_records_to_the_bank(
    street: Street, write: Write, clock: FrozenClock, tmp_path: Path
):
    clock.at("2026-11-02T09:00+08:00")
    with write() as uow:
        people = october(uow)

    def sit(actor: Actor) -> Person:
        return sit_down(street, write, actor, clock)

    draw_up_and_publish(sit(people.finance))
    object_to_it(sit(people.company))
    answer_it(sit(people.finance))
    # Five working days of publicity are over.
    clock.at("2026-11-12T09:00+08:00")
    approve(sit(people.second))
    pay(sit(people.finance))
    paper = tmp_path / "statement.pdf"
    read_the_answer(sit(people.company), paper)
    verify(street.visitor(), paper)
    audit(sit(people.auditor))
