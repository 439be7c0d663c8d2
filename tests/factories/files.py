"""Files as people send them: small ones that are what they say, and rows for them."""

import io
import struct
import zipfile
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, BinaryIO
from zlib import compress, crc32

import xlsxwriter
from PIL import Image

from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import (
    Received,
    ReceivedPicture,
    keep,
    receive,
    receive_picture,
)
from booking.files.models import StoredFile
from booking.files.providers.disk import vault_of
from booking.files.rules.kinds import Use

LONG_AGO = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)

# Three pixels by two, as a browser wrote them.
JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarY"
    "qMyP/L2u71////m8H////6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4"
    "+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAACAAMDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xA"
    "AUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAABP/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAM"
    "AwEAAhEDEQA/AIADFv/Z"
)
WEBP = b64decode(
    "UklGRjgAAABXRUJQVlA4ICwAAADQAQCdASoDAAIAAsBMJaACdLoB+AADsAD+6zb//CrcMQzVf/EM9HqYwAAAAA=="
)
WEBP_LOSSLESS = b64decode("UklGRhwAAABXRUJQVlA4TBAAAAAvAkAAAAdQoqpG/wMR0f8A")


def pdf(*, before_the_end: bytes = b"") -> bytes:
    """One empty page."""
    body = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, text in enumerate(
        (
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>",
        ),
        1,
    ):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    body += before_the_end
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 4\n0000000000 65535 f \n"
        + table
        + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )


def workbook(*rows: Sequence[object]) -> bytes:
    """A sheet of these rows; days become days of the sheet, and what is None stays blank."""
    return workbook_of(rows)


def workbook_of(rows: Iterable[Sequence[object]]) -> bytes:
    """The same of any number of rows."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet: Any = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(line, place, cell, day)
                elif cell is not None:
                    sheet.write(line, place, cell)
    return out.getvalue()


def ofd(parts: Mapping[str, bytes] | None = None) -> bytes:
    """An OFD without pages, with these parts beside its root."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("OFD.xml", "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>")
        for name, content in (parts or {}).items():
            made.writestr(name, content)
    return out.getvalue()


def einvoice_xml(
    *,
    number: str = "2" * 20,
    buyer: str = "91610000M00000000X",
    seller: str = "12610000M00000000X",
    net: str = "943.40",
    tax: str = "56.60",
    total: str = "1000.00",
) -> bytes:
    """The XML of a 数电票, with names and numbers that are nobody's."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<EInvoice><Header><EIid>{number}</EIid><InherentLabel><GeneralOrSpecialVAT>"
        "<LabelCode>01</LabelCode><LabelName>增值税专用发票</LabelName></GeneralOrSpecialVAT>"
        "</InherentLabel></Header><EInvoiceData>"
        f"<SellerInformation><SellerIdNum>{seller}</SellerIdNum></SellerInformation>"
        f"<BuyerInformation><BuyerIdNum>{buyer}</BuyerIdNum></BuyerInformation>"
        f"<BasicInformation><TotalAmWithoutTax>{net}</TotalAmWithoutTax>"
        f"<TotalTaxAm>{tax}</TotalTaxAm><TotalTax-includedAmount>{total}"
        "</TotalTax-includedAmount></BasicInformation></EInvoiceData><TaxSupervisionInfo>"
        f"<InvoiceNumber>{number}</InvoiceNumber><IssueTime>2026-11-02</IssueTime>"
        "</TaxSupervisionInfo></EInvoice>"
    ).encode()


def older_invoice_xml(number: str = "12345678", code: str = "061002200104") -> bytes:
    """What an older electronic invoice carries inside its OFD."""
    return (
        '<fp:eInvoice xmlns:fp="urn:example">'
        f"<fp:InvoiceCode>{code}</fp:InvoiceCode><fp:InvoiceNo>{number}</fp:InvoiceNo>"
        "<fp:IssueDate>2026年11月02日</fp:IssueDate>"
        "<fp:TaxExclusiveTotalAmount>943.40</fp:TaxExclusiveTotalAmount>"
        "<fp:TaxTotalAmount>***</fp:TaxTotalAmount>"
        "<fp:TaxInclusiveTotalAmount>1000.00</fp:TaxInclusiveTotalAmount>"
        "<fp:Buyer><fp:BuyerTaxID>91610000M00000000X</fp:BuyerTaxID></fp:Buyer>"
        "<fp:Seller><fp:SellerTaxID>12610000M00000000X</fp:SellerTaxID></fp:Seller></fp:eInvoice>"
    ).encode()


def png(width: int = 3, height: int = 2) -> bytes:
    """A white picture; a large one says so and is not."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = (b"\0" + b"\xff" * min(width, 10)) * min(height, 10)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, body)
        for name, body in ((b"IHDR", header), (b"IDAT", compress(lines)), (b"IEND", b""))
    )


def large_photo() -> bytes:
    """As a telephone takes it, larger than any page shows it."""
    out = io.BytesIO()
    Image.new("RGB", (2000, 1500), "steelblue").save(out, "JPEG")
    return out.getvalue()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))


@dataclass
class Chosen:
    """A file as a form brings it."""

    content: bytes = field(default_factory=pdf)
    filename: str | None = "执照.pdf"

    @property
    def file(self) -> BinaryIO:
        return io.BytesIO(self.content)

    @file.setter
    def file(self, given: BinaryIO) -> None:
        self.content = given.read()


def make_file(
    uow: UnitOfWork, content: bytes | None = None, *, name: str = "执照.pdf"
) -> StoredFile:
    """A PDF that nothing points at yet."""
    return keep(uow, receive_file(uow, content, name=name), uploaded_by=None, now=LONG_AGO)


def receive_file(
    uow: UnitOfWork, content: bytes | None = None, *, name: str = "执照.pdf"
) -> Received:
    """A PDF whose bytes are in place, and which no row knows yet."""
    vault = vault_of(uow.session.get_bind())
    return receive(vault, Chosen(content or pdf(), name), Use.EVIDENCE)


def receive_photo(uow: UnitOfWork) -> ReceivedPicture:
    """A photo in both sizes, which no row knows yet."""
    return receive_picture(vault_of(uow.session.get_bind()), Chosen(JPEG, "正面.jpg"))
