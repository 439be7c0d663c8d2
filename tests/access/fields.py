"""The table of fields: whose words may be read by whom, as a file people can read.

Every company and lab of the world says words that stand in one field only (`world/marks.py`).
`fields.csv` has a row for each of them, and a cell says whether that person reads it anywhere:
on a page, in JSON, in a file, in a refusal. `python -m tests.access.survey` prints the table as
the code stands, and where each word of others is read first. An address that the survey should ask
besides, with another query or body, is a line of `more.py`.
"""

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from httpx2 import Response

from tests.access.asking import Plan
from tests.access.world.making import World
from tests.access.world.people import VISITOR, WHO
from tests.access.world.records import GUEST, OTHER, OWN

TABLE = Path(__file__).with_name("fields.csv")
COLUMNS = ("whose", "field", *WHO)
READS, READS_NOT = "yes", ""
# What the platform calls papers of companies, and how an address names them.
_NUMBERED = {
    "quote": "quotes/{number}",
    "voucher": "vouchers/{number}",
    "invoice": "invoices/{reference}",
    "payment": "payments/{reference}",
}

Field = tuple[str, str]


def table() -> dict[Field, Mapping[str, str]]:
    """What the file says."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["whose"], row["field"]): row for row in csv.DictReader(file)}


def words(world: World) -> dict[Field, tuple[str, ...]]:
    """What is looked for in answers, by whose it is and what."""
    said: dict[Field, tuple[str, ...]] = {
        (side, name): (word,) for side, marks in world.marks.items() for name, word in marks.items()
    }
    for side, customer in world.customers.items():
        said[side, "booking number"] = tuple(customer.bookings.values())
        said[side, "charge number"] = tuple(customer.charges)
        said[side, "statement number"] = tuple(world.statements[side].values())
    for name, noun in _NUMBERED.items():
        record = world.records[noun]
        for side, kind in (("ours", OWN), ("guest", GUEST), ("theirs", OTHER)):
            said[side, f"{name} number"] = (str(record.value(kind, VISITOR)),)
    return said


def read_in(
    answer: Response, plan: Plan, looked_for: Mapping[Field, tuple[str, ...]]
) -> set[Field]:
    """The fields that an answer tells; what the request itself had said is no news."""
    told, asked = text_of(answer), f"{plan.path} {plan.ask}"
    return {
        field
        for field, said in looked_for.items()
        if any(word in told and word not in asked for word in said)
    }


def text_of(answer: Response) -> str:
    """Everything that an answer says, sheets unpacked, amounts without separators."""
    content = answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"\n".join(packed.read(name) for name in packed.namelist())
    said = content.decode("utf-8", "replace")
    return "\n".join((said, *answer.headers.values())).replace(",", "")
