"""What files of electronic invoices say, as far as it is certain; whatever else they are."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.invoices.rules.einvoice import (
    LARGEST_XML,
    NOTHING,
    FileSays,
    differences,
    read_ofd,
    read_xml,
)
from booking.invoices.rules.kinds import InvoiceKind
from tests.factories.files import einvoice_xml, ofd, older_invoice_xml

DIGITAL = FileSays(
    kind=InvoiceKind.DIGITAL_SPECIAL,
    number="2" * 20,
    seller_uscc="12610000M00000000X",
    buyer_uscc="91610000M00000000X",
    issued_on=date(2026, 11, 2),
    net_fen=94_340,
    tax_fen=5_660,
    total_fen=100_000,
)
DECLARING = b'<!DOCTYPE a [<!ENTITY b "1">]><eInvoice><InvoiceNo>&b;</InvoiceNo></eInvoice>'
ATTACHED = "Doc_0/Attachs/original_invoice.xml"


def test_the_xml_of_a_digital_invoice_is_read() -> None:
    assert read_xml(einvoice_xml()) == DIGITAL


def test_a_namespace_is_no_hindrance() -> None:
    spelt = einvoice_xml().replace(b"<EInvoice>", b"<EInvoice xmlns='urn:example'>")
    assert read_xml(spelt) == DIGITAL


def test_an_ofd_is_read_by_what_is_attached_to_it() -> None:
    older = read_ofd(ofd({ATTACHED: older_invoice_xml()}))
    assert (older.code, older.number) == ("061002200104", "12345678")
    assert (older.issued_on, older.total_fen) == (date(2026, 11, 2), 100_000)
    # The tax of a toll is no number: what is not certain is not said.
    assert (older.tax_fen, older.kind) == (None, None)
    assert read_ofd(ofd({ATTACHED: einvoice_xml()})) == DIGITAL


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {ATTACHED: b"<other/>"},
        {ATTACHED: older_invoice_xml(), "Doc_1/Attachs/original_invoice.xml": older_invoice_xml()},
        {"../original_invoice.xml": older_invoice_xml()},
        {ATTACHED: older_invoice_xml() + b" " * LARGEST_XML},
        {ATTACHED: DECLARING},
    ],
)
def test_what_is_not_certain_is_not_said(parts: dict[str, bytes]) -> None:
    assert read_ofd(ofd(parts)) == NOTHING


def test_what_is_packed_in_a_way_of_its_own_says_nothing() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(ATTACHED, older_invoice_xml())
    locked = bytearray(out.getvalue())
    # The bit that says: encrypted, at the part and in the list of parts.
    locked[6] |= 1
    locked[bytes(locked).index(b"PK\1\2") + 8] |= 1
    assert read_ofd(bytes(locked)) == NOTHING


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (b"<IssueTime>2026-11-02<", b"<IssueTime>2026-13-02<", "issued_on"),
        (b">1000.00<", b">1000.001<", "total_fen"),
        (b">1000.00<", b">NaN<", "total_fen"),
        ("增值税专用发票".encode(), "别的".encode(), "kind"),
        (b"<InvoiceNumber>", b"<InvoiceNumber>1</InvoiceNumber><InvoiceNumber>", "number"),
    ],
)
def test_what_cannot_be_read_or_comes_twice_is_left_out(old: bytes, new: bytes, field: str) -> None:
    says = read_xml(einvoice_xml().replace(old, new))
    assert getattr(says, field) is None
    assert says.seller_uscc == DIGITAL.seller_uscc


def test_file_and_form_are_compared_field_by_field() -> None:
    told = {**DIGITAL.said(), "total_fen": 100_001, "number": "3" * 20, "note": ""}
    found = list(differences(DIGITAL, told))
    assert [v.params["field"] for v in found] == ["invoice_number", "invoice_total_fen"]
    assert found[1].params == {
        "field": "invoice_total_fen",
        "written": "1000.00",
        "typed": "1000.01",
    }
    assert list(differences(NOTHING, told)) == []


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_trouble_the_reader(content: bytes, is_inside: bool) -> None:
    read_xml(content)
    read_ofd(ofd({ATTACHED: content}) if is_inside else content)
