"""The evidence behind a statement: one archive that always is the same, and what it lacks."""

import csv
import hashlib
import io
import zipfile

import pytest

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import receive
from booking.files.providers.disk import Vault, vault_of
from booking.files.rules.kinds import Use
from booking.invoices.actions.record_invoice import add_invoice_file
from booking.invoices.actions.record_payment import add_payment_file
from booking.kernel.periods import Period
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.exports.evidence import Missing, evidence_of, evidence_pack
from booking.subsidies.exports.files import statement_file
from booking.subsidies.queries.statements import StatementRow, statement_row
from booking.subsidies.statements import content_of
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.corrections import now_costs
from tests.factories.files import Chosen, einvoice_xml, pdf
from tests.factories.invoices import NOW, Dealing, make_dealing, make_invoice, make_payment
from tests.factories.settled_uses import make_programme
from tests.subsidies.papers import PAPER, pages_of
from tests.subsidies.requests import programme
from tests.support.clock import moment

SETTLED = moment("2026-12-05T09:00")


@pytest.fixture
def vault(uow: UnitOfWork) -> Vault:
    return vault_of(uow.session.get_bind())


@pytest.fixture
def dealing(uow: UnitOfWork) -> Dealing:
    make_programme(uow, programme())
    return make_dealing(uow)


def settled(uow: UnitOfWork) -> StatementRow:
    view = settle_period(uow, Period.parse("2026-10"), actor_id=None, now=SETTLED)
    return statement_row(uow.session, view.statements[0].number)


def packed(uow: UnitOfWork, row: StatementRow, vault: Vault) -> bytes:
    content = content_of(uow.session, row)
    return b"".join(evidence_pack(uow.session, row, content, vault=vault, paper=PAPER))


def test_what_is_missing_is_named(uow: UnitOfWork, dealing: Dealing, vault: Vault) -> None:
    bare, covered = dealing.use(uow), dealing.use(uow)
    invoice = make_invoice(uow, dealing, charge=covered, checked=True)
    make_invoice(uow, dealing, charge=bare)
    payment = make_payment(uow, dealing, invoice=invoice, checked=True)
    found = evidence_of(uow.session, settled(uow), vault)
    assert list(found.missing) == [
        Missing("evidence.not_invoiced", bare.number),
        Missing("evidence.invoice_file", invoice.reference),
        Missing("evidence.receipt", payment.reference),
    ]


def test_the_pack_is_whole_hashed_and_always_the_same(
    uow: UnitOfWork, dealing: Dealing, vault: Vault
) -> None:
    invoice = make_invoice(uow, dealing, charge=dealing.use(uow), checked=True)
    payment = make_payment(uow, dealing, invoice=invoice, checked=True)
    paper = einvoice_xml(number=invoice.number)
    received = receive(vault, Chosen(paper, "发票.xml"), Use.INVOICE)
    add_invoice_file(uow, invoice.reference, received, actor=dealing.seller, now=NOW)
    receipt = receive(vault, Chosen(pdf(), "回单.pdf"), Use.RECEIPT)
    add_payment_file(uow, payment.reference, receipt, actor=dealing.buyer, now=NOW)
    row = settled(uow)
    assert evidence_of(uow.session, row, vault).is_complete
    pack = packed(uow, row, vault)
    assert packed(uow, row, vault) == pack
    _, sheet = statement_file(row.number, content_of(uow.session, row), "pdf", paper=PAPER)
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        assert archive.testzip() is None
        listed = list(csv.DictReader(archive.read("index.csv").decode("utf-8-sig").splitlines()))
        assert {line["path"] for line in listed} == {
            f"statement/{row.number}.csv",
            f"statement/{row.number}.json",
            f"statement/{row.number}.pdf",
            f"statement/{row.number}.xlsx",
            f"invoices/{invoice.reference}/1-发票.xml",
            f"receipts/{payment.reference}/1-回单.pdf",
        }
        assert archive.read(f"statement/{row.number}.pdf") == sheet
        assert "补贴结算单" in pages_of(sheet)[0]
        for line in listed:
            content = archive.read(line["path"])
            assert hashlib.sha256(content).hexdigest() == line["sha256"]
            assert str(len(content)) == line["size"]


def test_a_use_that_became_cheaper_is_covered_by_what_it_costs(
    uow: UnitOfWork, dealing: Dealing, vault: Vault
) -> None:
    charge = dealing.use(uow)
    now_costs(uow, charge, 60_000)
    make_invoice(uow, dealing, "600.00", charge=charge, checked=True)
    missing = evidence_of(uow.session, settled(uow), vault).missing
    assert "evidence.not_invoiced" not in {one.code for one in missing}


def test_whoever_asks_in_whatever_language_gets_the_same_pack(write, client, clock) -> None:
    with write() as uow:
        make_programme(uow, programme())
        make_dealing(uow).use(uow)
        number = settled(uow).number
        secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    finance = be(client, secret)
    packs = {
        finance.get(
            f"/statements/{number}/evidence.zip", headers={"Accept-Language": tongue}
        ).content
        for tongue in ("zh-CN", "en")
    }
    assert len(packs) == 1


def test_bytes_that_are_gone_are_missing_and_the_rest_is_packed(
    uow: UnitOfWork, dealing: Dealing, vault: Vault
) -> None:
    invoice = make_invoice(uow, dealing, charge=dealing.use(uow), checked=True)
    received = receive(vault, Chosen(pdf(), "发票.pdf"), Use.INVOICE)
    add_invoice_file(uow, invoice.reference, received, actor=dealing.seller, now=NOW)
    vault.drop(received.name)
    row = settled(uow)
    assert list(evidence_of(uow.session, row, vault).missing) == [
        Missing("evidence.bytes", invoice.reference)
    ]
    with zipfile.ZipFile(io.BytesIO(packed(uow, row, vault))) as archive:
        assert "statement" in archive.namelist()[0]
