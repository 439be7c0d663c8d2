"""A statement on paper: PDF by Typst, out of the document and nothing else.

The face is embedded, the date is the document's, and no clock is asked: the same document, address
and language give the same bytes for as long as template and typesetter stay the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import typst

from booking.kernel.money import fen
from booking.settings import REPOSITORY
from booking.subsidies.exports.paper_words import WORDS, Words
from booking.subsidies.exports.tables import Record, difference_in, part, records
from booking.subsidies.queries.statements import StatementRow
from booking.subsidies.rules.amount_in_words import figures
from booking.subsidies.rules.document import Document, canonical, digest
from booking.subsidies.rules.explanation import Language, percent
from booking.subsidies.rules.scalars import RATE_DIGITS
from booking.subsidies.states import StatementState
from booking.web.qr import picture_of

# PDF/A-2 for the archive, and PDF/UA: tags let a screen reader follow the table, however long. They
# cost bytes with every cell (some 3.6 kB a line), and hardly any time.
_STANDARDS: Final = ("a-2a", "ua-1")
TEMPLATE: Final = REPOSITORY / "templates" / "documents" / "statement.typ"
_FONTS: Final = REPOSITORY / "static" / "vendor" / "fonts"
# A line takes the typesetter 140 kB of memory whatever its form (8,000 lines: 1.2 GB), and a paper
# is one piece to it; the tables, which come line by line, hold all of any statement.
MOST_LINES: Final = 1_000
_SUMS: Final = ("spend", "base", "usage", "provider", "interest", "cuts", "payable")
_LANG: Final = {"zh": ("zh", "cn"), "en": ("en", "gb")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What the document does not say: where it is verified, in which language, whether it is
    only a draft."""

    public_url: str
    language: Language = "zh"
    is_draft: bool = False

    def address(self, number: str, sha256: str) -> str:
        """Where anybody finds out whether this is what was locked."""
        return f"{self.public_url.rstrip('/')}/verify/{number}?sha256={sha256}"


def paper_for(row: StatementRow, public_url: str, language: Language) -> Paper:
    """The paper on which a statement as it stands is printed."""
    is_draft = row.state is StatementState.DRAFT
    return Paper(public_url=public_url, language=language, is_draft=is_draft)


def statement_pdf(document: Document, paper: Paper) -> bytes:
    """The statement as PDF. A draft says so across every page, and has no code to be verified by:
    there is nothing yet that it could be compared with."""
    lines = records(document, "lines")
    data = json.dumps(_data(document, lines, paper), ensure_ascii=False)
    made: bytes = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        pdf_standards=list(_STANDARDS),
        sys_inputs={"data": data},
    )
    return made


def _data(document: Document, lines: Sequence[Record], paper: Paper) -> dict[str, object]:
    words, sha256 = WORDS[paper.language], digest(canonical(document))
    number, totals = str(document["number"]), part(document, "totals")
    address = paper.address(number, sha256)
    day = _day_of(document)
    return {
        "lang": _LANG[paper.language],
        "words": words,
        "title": f"{words['title']} {number}",
        "heading": words["title"],
        "number": number,
        "revision": words["revision"].format(revision=document["revision"]),
        "date": (day.year, day.month, day.day),
        "watermark": words["draft"] if paper.is_draft else "",
        "hash": "" if paper.is_draft else f"SHA-256 {sha256[:16]}…{sha256[-8:]}",
        "qr": "" if paper.is_draft else _qr(address),
        "facts": _facts(document, words, "" if paper.is_draft else day.isoformat()),
        "sums": [(words[key], _money(totals.get(key, "0.00"))) for key in _SUMS],
        "in_words": str(totals["payable_in_words"]),
        "columns": words["columns"].split(","),
        "more": _more(lines, words),
        "lines": [_line(line, words, paper.language) for line in lines[:MOST_LINES]],
        "total": _total(lines, words),
        "proofs": [(words["note"], words["draft_note"])]
        if paper.is_draft
        else _proofs(document, words, sha256, address=address),
        "hands": words["hands"].split(","),
    }


def _more(lines: Sequence[Record], words: Words) -> str:
    """Where the lines are that are not printed; nothing where all are."""
    if len(lines) <= MOST_LINES:
        return ""
    return words["more"].format(shown=MOST_LINES, all=len(lines))


def _day_of(document: Document) -> date:
    """The day on which it was locked; the last of its period where that is not told."""
    told = part(document, "locked").get("on") or part(document, "period")["last"]
    return date.fromisoformat(str(told))


def _qr(address: str) -> str:
    picture = picture_of(address)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {picture.size} {picture.size}">'
        f'<path d="{picture.path}" fill="#000"/></svg>'
    )


def _facts(document: Document, words: Words, locked: str) -> list[tuple[str, str]]:
    organisation, period = part(document, "organisation"), part(document, "period")
    account = ("bank_account_name", "bank_name", "bank_account_no")
    programmes = (
        words["programme"].format(**programme).strip()
        for programme in records(document, "programmes")
    )
    found = [
        (words["number"], f"{document['number']} · {words['revision'].format(**document)}"),
        (words["period"], words["days"].format(**period)),
        (words["organisation"], str(organisation["name"])),
        (words["uscc"], str(organisation["uscc"] or words["no_uscc"])),
        (words["account"], " · ".join(str(organisation[key]) for key in account) or "—"),
        (words["unit"], words["yuan"]),
        (words["programmes"], "\n".join(programmes)),
        (words["locked"], locked or "—"),
    ]
    return [(name, value.strip(" ·") or "—") for name, value in found]


def _line(line: Record, words: Words, language: Language) -> dict[str, object]:
    cells = (
        f"{line['programme']} v{line['version']}",
        _reference(line, words),
        _days(line, words),
        str(line.get("instrument") or "—"),
        _money(line["amount"]),
        _money(line["base"]),
        _rate(line.get("rate")),
        _money(line["granted_before_caps"]),
        figures(_cut(line)),
        _money(line["payable"]),
    )
    provider = line.get("provider")
    by = words["provided"].format(provider=provider) if provider else ""
    told = str(part(line, "explanation")[language])
    return {"position": str(line["position"]), "cells": cells, "steps": by + told}


def _reference(line: Record, words: Words) -> str:
    mark = difference_in(line)
    return f"{line['reference']}\n{words[mark]}" if mark else str(line["reference"])


def _days(line: Record, words: Words) -> str:
    if line.get("from"):
        return words["until"].format(first=line["from"], last=line["until"])
    return str(line["day"])


def _total(lines: Sequence[Record], words: Words) -> tuple[str, ...]:
    sums = [
        figures(sum(fen(str(line[key])) for line in lines))
        for key in ("amount", "base", "granted_before_caps", "payable")
    ]
    cut = figures(sum(_cut(line) for line in lines))
    return ("", words["total"], "", "", "", sums[0], sums[1], "", sums[2], cut, sums[3])


def _proofs(
    document: Document, words: Words, sha256: str, *, address: str
) -> list[tuple[str, str]]:
    found = [(words["hash"], sha256), (words["address"], address)]
    if locked := part(document, "locked"):
        found.insert(1, (words["chain"], f"{locked['position']} · {locked['previous']}"))
    return found


def _cut(line: Record) -> int:
    return sum(fen(str(cut["amount"])) for cut in _listed(line, "cuts") if isinstance(cut, dict))


def _rate(rate: object) -> str:
    if rate in (None, ""):
        return "—"
    return percent(int(Decimal(str(rate)).scaleb(RATE_DIGITS)))


def _money(amount: object) -> str:
    return figures(fen(str(amount)))


def _listed(line: Record, key: str) -> list[object]:
    found = line.get(key)
    return found if isinstance(found, list) else []
