"""A programme's document and its form are the same thing said twice."""

from pathlib import Path

import pytest

from booking.subsidies.rules.changes import changes
from booking.subsidies.rules.documents import read_document
from booking.subsidies.rules.editing import (
    compacted,
    document_of,
    fields_of,
    rows_in,
    with_row,
    without_row,
)
from booking.subsidies.rules.reading import read_programme
from tests.subsidies.requests import interest_programme, programme, tiers

SEEDED = sorted((Path(__file__).resolve().parents[3] / "seed" / "programmes").glob("*.yaml"))
VALID = {"from": "2026-01-01", "to": "2026-12-31"}


@pytest.mark.parametrize("file", SEEDED, ids=lambda file: file.stem)
def test_an_example_survives_its_form(file):
    document = read_document(file.read_text("utf-8"), is_json=False)
    assert isinstance(document, dict)
    assert read_programme(document_of(fields_of(document))) == read_programme(document)


@pytest.mark.parametrize(
    "terms",
    [
        programme(period={"starts": "10-01"}, budget={"amount": "1.00", "rule": "pro_rata"}),
        programme(brackets=[{"up_to": "400.00", "rate": "1"}, {"rate": "0.1"}]),
        programme(rate=tiers("0.3", bonus=[{"when": {"flag": "public_project"}, "rate": "0.1"}])),
        programme(eligibility={"exclude": ["related_party", "batch_test"], "regions": ["xixian"]}),
        interest_programme(valid=VALID, max_days=365, exclude_overdue=False),
    ],
)
def test_the_whole_format_survives_its_form(terms):
    assert read_programme(document_of(compacted(fields_of(terms)))) == read_programme(terms)


def test_rows_come_and_go_and_empty_ones_say_nothing():
    fields = fields_of(programme(rate=tiers("0.3", "0.2")))
    more = with_row(fields, "rate.tiers")
    assert (rows_in(more, "rate.tiers"), document_of(more)) == (3, document_of(fields))
    fewer = without_row(more, "rate.tiers", 0)
    assert (rows_in(fewer, "rate.tiers"), fewer["rate.tiers[0].rate"]) == (1, "0.2")


def test_what_cannot_be_read_stays_as_it_was_typed():
    fields = {"id": "P", "kind": "usage", "version": "two", "rate.tiers[0].rate": "half"}
    assert fields_of(document_of(fields)).items() >= fields.items()


def test_the_fields_of_the_other_kind_are_not_said():
    document = document_of({"kind": "interest", "discount.value": "0.4", "base": "paid"})
    assert document == {"kind": "interest", "discount": {"value": "0.4"}}


def test_versions_differ_in_words():
    one = read_programme(programme(caps=[{"scope": "user", "amount": "100.00"}]))
    other = read_programme(programme(caps=[{"scope": "user", "amount": "200.00"}], base="paid"))
    told = changes(one, other, "zh")
    assert [(list(c.before), list(c.after)) for c in told] == [
        (["基数为合同、发票、付款三者中最小的金额"], ["基数为付款金额"]),
        (["上限（同一用户）100.00 元"], ["上限（同一用户）200.00 元"]),
    ]
    assert changes(one, one, "en") == []
