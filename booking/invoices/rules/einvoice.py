"""What the file of an electronic invoice says of itself, as far as its format is known.

Two formats, each a table of a field and the path of its element, as several published readers of
real files agree on them: the XML of 数电票 (root EInvoice), and the attachment original_invoice.xml
of older electronic invoices (root eInvoice) that travels inside an OFD. What a file says nowhere,
twice or in another form counts as not said; signatures are not judged here.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from booking.invoices.rules.kinds import InvoiceKind, digits_of
from booking.kernel.errors import Violation
from booking.kernel.money import fen

LARGEST_XML: Final = 4 * 1024 * 1024
_ATTACHED: Final = "original_invoice.xml"
_DAY: Final = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})")

# Format → field → path below the root, without namespaces.
PATHS: Final[Mapping[str, Mapping[str, str]]] = {
    "EInvoice": {
        "number": "TaxSupervisionInfo/InvoiceNumber",
        "issued_on": "TaxSupervisionInfo/IssueTime",
        "seller_uscc": "EInvoiceData/SellerInformation/SellerIdNum",
        "buyer_uscc": "EInvoiceData/BuyerInformation/BuyerIdNum",
        "net_fen": "EInvoiceData/BasicInformation/TotalAmWithoutTax",
        "tax_fen": "EInvoiceData/BasicInformation/TotalTaxAm",
        "total_fen": "EInvoiceData/BasicInformation/TotalTax-includedAmount",
        "kind": "Header/InherentLabel/GeneralOrSpecialVAT/LabelName",
    },
    "eInvoice": {
        "code": "InvoiceCode",
        "number": "InvoiceNo",
        "issued_on": "IssueDate",
        "seller_uscc": "Seller/SellerTaxID",
        "buyer_uscc": "Buyer/BuyerTaxID",
        "net_fen": "TaxExclusiveTotalAmount",
        "tax_fen": "TaxTotalAmount",
        "total_fen": "TaxInclusiveTotalAmount",
    },
}
_KINDS: Final = {
    "增值税专用发票": InvoiceKind.DIGITAL_SPECIAL,
    "普通发票": InvoiceKind.DIGITAL_ORDINARY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSays:
    """What a file says of its invoice; None where it says nothing that is certain."""

    kind: InvoiceKind | None = None
    code: str | None = None
    number: str | None = None
    seller_uscc: str | None = None
    buyer_uscc: str | None = None
    issued_on: date | None = None
    net_fen: int | None = None
    tax_fen: int | None = None
    total_fen: int | None = None

    def said(self) -> dict[str, object]:
        """Only what it says."""
        found = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in found if value is not None}


NOTHING: Final = FileSays()


def read_xml(content: bytes) -> FileSays:
    """What an XML says; nothing when it is of no known format."""
    if len(content) > LARGEST_XML:
        return NOTHING
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return NOTHING
    paths = PATHS.get(_local(root.tag))
    if paths is None:
        return NOTHING
    texts = {field: _text(root, path) for field, path in paths.items()}
    return FileSays(**dict(_read(texts)))


def read_ofd(content: bytes) -> FileSays:
    """What the invoice attached to an OFD says; it is read in place, and unpacked nowhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            attached = [part for part in archive.infolist() if _is_attached(part)]
            if len(attached) != 1:
                return NOTHING
            with archive.open(attached[0]) as opened:
                return read_xml(opened.read(LARGEST_XML + 1))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        # ValueError: a part begins before the file. RuntimeError: encrypted. NotImplementedError,
        # one of its kind: packed in unusual ways.
        return NOTHING


def _is_attached(part: zipfile.ZipInfo) -> bool:
    *folders, name = part.filename.split("/")
    return name == _ATTACHED and ".." not in folders


def differences(says: FileSays, told: Mapping[str, object]) -> Iterator[Violation]:
    """Where a file says something else than was told."""
    for field, written in says.said().items():
        if field in told and told[field] != written:
            params = {
                "field": f"invoice_{field}",
                "written": _shown(written),
                "typed": _shown(told[field]),
            }
            yield Violation("invoice.file_differs", params)


def _shown(value: object) -> object:
    return f"{value / 100:.2f}" if isinstance(value, int) else value


def _read(texts: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for field, text in texts.items():
        value = _value(field, text)
        if value is not None:
            yield field, value


def _value(field: str, text: str) -> Any:
    if field == "kind":
        return _KINDS.get(text)
    if field == "issued_on":
        return _day(text)
    if field.endswith("_fen"):
        return _amount(text)
    return digits_of(text).upper() or None


def _day(text: str) -> date | None:
    found = _DAY.match(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _amount(text: str) -> int | None:
    try:
        amount = fen(text.replace(",", ""))
    except ValueError:
        return None
    return amount if abs(amount) < 10**15 else None


def _text(root: Element, path: str) -> str:
    """The text at a path; nothing where there are several."""
    found = [root]
    for name in path.split("/"):
        found = [child for one in found for child in one if _local(child.tag) == name]
    return (found[0].text or "").strip() if len(found) == 1 else ""


def _local(tag: object) -> str:
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""
