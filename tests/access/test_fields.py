"""What a company says is read by whom `fields.csv` names, and by nobody else."""

import io
import zipfile

import pytest
from httpx2 import Response

from tests.access.ask import Ask
from tests.access.asking import Plan
from tests.access.fields import READS, Field, read_in, table
from tests.access.survey import Survey
from tests.access.world.marks import (
    applicant_marks,
    invoice_marks,
    order_marks,
    stranger_marks,
)
from tests.access.world.people import PROVIDER_ADMIN, VISITOR, WHO

NAME = ("theirs", "name")
# Which browsers from where, who one is elsewhere, what one looks for.
ONE_S_OWN = {"browser", "address", "identity", "search", "waiting_purpose"}
# Files of an order are opened by its company and lab alone, and nobody here is of those.
PARTIES_ONLY = {("theirs", name) for name in ("order_file", "report_file", "report_bytes")}
# A registration whose letter nobody has answered: only the letter leads to it.
WAITING = {("applicant", name) for name in applicant_marks()}
# Who runs the lab, and the centre.
RUNNING = {"lab_manager", "operator", "finance", "centre_admin", "auditor", "centre_token"}
PLAN = Plan("GET", "/", Ask(), ())


@pytest.mark.slow
def test_everybody_reads_what_the_table_says(surveyed: Survey) -> None:
    expected = table()
    assert {field for row in surveyed.read.values() for field in row} <= expected.keys()
    deviations = [
        f"{who}: {field}: {surveyed.read[who].get(field, 'not read')}"
        for field, row in expected.items()
        for who in WHO
        if (row[who] == READS) != (field in surveyed.read[who])
    ]
    assert deviations == []


def test_every_word_is_read_by_somebody() -> None:
    """Or it would not have been planted where answers could tell it."""
    unread = {field for field in table() if not readers_of(field)}
    assert {(side, name) for side, name in unread if name not in ONE_S_OWN} == (
        WAITING | PARTIES_ONLY
    )


def test_what_is_one_s_own_nobody_else_reads() -> None:
    found = {field: readers_of(field) for field in table() if field[1] in ONE_S_OWN}
    assert found == {
        (side, name): ["company_member"] if side == "ours" else []
        for side in ("ours", "guest", "theirs")
        for name in ONE_S_OWN
    }


def readers_of(field: Field) -> list[str]:
    return [who for who in WHO if table()[field][who] == READS]


@pytest.mark.parametrize("who", [VISITOR, "company_member", "company_admin", "company_token"])
def test_no_company_reads_a_word_of_another(who: str) -> None:
    read = [field for field, row in table().items() if field[0] != "ours" and row[who] == READS]
    assert read == []


def test_who_asks_for_an_exchange_is_told_to_nobody_who_is_asked() -> None:
    """Their lab and the centre know them; the side that is asked reads when they come."""
    for name in stranger_marks():
        assert set(readers_of(("stranger", name))) <= RUNNING


@pytest.mark.parametrize("who", ["lab_manager", "operator", PROVIDER_ADMIN])
def test_a_lab_reads_of_its_guests_only_what_their_bookings_need(who: str) -> None:
    needed = {"name", "person", "phone", "purpose", "note", "dispute", "price"}
    needed |= {"booking number", "charge number"}
    # What the two settle between them, and what an invoice has to say of its buyer.
    needed |= invoice_marks("guest", 2).keys() | {"uscc", "invoice number", "payment number"}
    # What their vouchers paid here, which the centre owes the provider.
    needed |= {"correction", "voucher_redeemed"}
    # Whom a lab trains it writes to, and reads why they ask; it reads what it is entrusted with,
    # and what it proposed itself.
    if who != PROVIDER_ADMIN:
        needed |= {"email", "admin_email", "colleague", "message"} | order_marks("guest").keys()
        needed |= {"dispute_answer", "feedback", "joint_purpose", "proposal"}
        needed |= {"adjustment", "adjustment_refused", "quote number"}
        needed |= {"prepaid", "prepaid_reference", "prepaid_note"}
    read = {name for (side, name), row in table().items() if side == "guest" and row[who] == READS}
    assert read <= needed
    assert not any(row[who] for (side, _), row in table().items() if side.startswith("their"))


def test_a_sheet_is_unpacked_before_it_is_searched() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", "<t>秘名theirs公司</t>" * 9)
    answer = Response(200, content=packed.getvalue())
    assert read_in(answer, PLAN, {NAME: ("秘名theirs公司",)}) == {NAME}


def test_amounts_are_found_with_separators() -> None:
    answer = Response(200, text="¥8,642.19")
    assert read_in(answer, PLAN, {NAME: ("8642.19",)}) == {NAME}


def test_what_the_request_said_itself_is_no_news() -> None:
    asked = Plan("GET", "/reservations/R1", Ask(), ())
    assert read_in(Response(404, text="R1"), asked, {NAME: ("R1",)}) == set()
