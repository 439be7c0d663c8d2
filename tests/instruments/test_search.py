"""Finding instruments by whatever their users call them."""

import pytest

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards, index_cards_of, set_synonyms
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries.search import Wanted, cards, category_counts, find_ids
from booking.instruments.states import InstrumentState
from booking.organisations.models import Lab
from tests.factories.instruments import (
    CENTRE_ADMIN,
    PRICES,
    keeper_of_instrument,
    make_instrument,
    make_lab,
    make_provider,
    moment,
)


@pytest.fixture
def named(uow: UnitOfWork) -> dict[str, int]:
    """Three published cards and a draft."""
    owner = make_provider(uow, name="渭川电子科技大学（示例）")
    lab = make_lab(uow, organisation_id=owner.key, name="电镜与表面分析实验室").key
    made = {
        "sem": make_instrument(
            uow,
            lab_id=lab,
            name="场发射扫描电子显微镜",
            aliases=["FE-SEM"],
            model="FS-800",
            category_code="010102",
        ),
        "xrd": make_instrument(
            uow,
            lab_id=lab,
            name="X射线衍射仪",
            name_en="X-ray diffractometer",
            category_code="010301",
            service_modes=["entrusted"],
            district="qinhan",
        ),
        "shaker": make_instrument(uow, name="电动振动台", category_code="020101"),
        "draft": make_instrument(
            uow, lab_id=lab, name="扫描探针显微镜", state=InstrumentState.DRAFT
        ),
    }
    ids = {key: instrument.key for key, instrument in made.items()}
    index_cards(uow, list(ids.values()))
    return ids


def found(
    uow: UnitOfWork, named: dict[str, int], wanted: Wanted, actor: Actor | None = None
) -> list[str]:
    keys = {one: key for key, one in named.items()}
    return [keys[one] for one in find_ids(uow.session, wanted, actor=actor) if one in keys]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("镜", ["sem", "xrd"]),
        ("显微", ["sem"]),
        ("扫描电子显微镜", ["sem"]),
        ("显微扫描", []),
        ("电子 显微", ["sem"]),
        ("衍射 显微", []),
        ("sem", ["sem"]),
        ("ＦＥ-ＳＥＭ", ["sem"]),
        ("fs800", []),
        ("fs 800", ["sem"]),
        ("x射线", ["xrd"]),
        ("diffract", ["xrd"]),
        ("saomiao", ["sem"]),
        ("smdzxwj", ["sem"]),
        ("zhendong", ["shaker"]),
        ("表面分析实验室", ["sem", "xrd"]),
        ("渭川电子", ["sem", "xrd"]),
        ("鲸鱼", []),
        ("%", []),
        ("' OR 1=1 --", []),
        ('"', []),
        ("", ["sem", "xrd", "shaker"]),
        ("  ", ["sem", "xrd", "shaker"]),
    ],
)
def test_words_find_cards(
    uow: UnitOfWork, named: dict[str, int], words: str, keys: list[str]
) -> None:
    assert found(uow, named, Wanted(words=words)) == keys


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        (Wanted(category="01"), ["sem", "xrd"]),
        (Wanted(category="010301"), ["xrd"]),
        (Wanted(district="qinhan"), ["xrd"]),
        (Wanted(mode="entrusted", words="镜"), ["sem", "xrd"]),
        (Wanted(mode="self_operated", words="镜"), ["sem"]),
        (Wanted(mode="remote"), []),
    ],
)
def test_filters_narrow(
    uow: UnitOfWork, named: dict[str, int], wanted: Wanted, keys: list[str]
) -> None:
    assert found(uow, named, wanted) == keys


def test_drafts_are_found_by_their_own_people_only(uow: UnitOfWork, named: dict[str, int]) -> None:
    mine = keeper_of_instrument(uow, uow.session.get_one(Instrument, named["draft"]))
    other = keeper_of_instrument(uow, uow.session.get_one(Instrument, named["shaker"]))
    probe = Wanted(words="探针")
    assert found(uow, named, probe) == []
    assert found(uow, named, probe, other) == []
    assert found(uow, named, probe, mine) == ["draft"]
    assert found(uow, named, probe, CENTRE_ADMIN) == ["draft"]


def test_pages_follow_each_other(uow: UnitOfWork, named: dict[str, int]) -> None:
    first = find_ids(uow.session, Wanted(words="镜"), actor=None, limit=1)
    rest = find_ids(uow.session, Wanted(words="镜"), actor=None, after_id=first[0])
    assert [*first, *rest] == [named["sem"], named["xrd"]]


def test_other_names_of_a_thing_find_it(uow: UnitOfWork, named: dict[str, int]) -> None:
    assert found(uow, named, Wanted(words="XRD")) == []
    set_synonyms(uow, [("X射线衍射", "XRD")])
    assert found(uow, named, Wanted(words="XRD")) == ["xrd"]
    set_synonyms(uow, [])
    assert found(uow, named, Wanted(words="XRD")) == []


def test_a_lab_that_is_renamed_is_found_by_its_new_name(
    uow: UnitOfWork, named: dict[str, int]
) -> None:
    (sem,) = cards(uow.session, [named["sem"]], at=moment("2026-11-23T09:00"))
    lab = uow.session.get_one(Lab, sem.lab_id)
    lab.name = "材料中心"
    uow.session.flush()
    index_cards_of(uow, lab_id=lab.key)
    assert found(uow, named, Wanted(words="材料中心")) == ["sem", "xrd"]
    assert found(uow, named, Wanted(words="表面分析")) == []


def test_a_list_shows_whose_it_is_and_what_an_hour_costs(
    uow: UnitOfWork, named: dict[str, int]
) -> None:
    sem, xrd = cards(uow.session, [named["xrd"], named["sem"]], at=moment("2026-11-23T09:00"))
    assert (sem.name, xrd.name) == ("场发射扫描电子显微镜", "X射线衍射仪")
    assert sem.organisation_name == "渭川电子科技大学（示例）"
    assert sem.hour_price == PRICES["enterprise"]["hour"]


def test_the_home_page_counts_public_cards_by_kind(uow: UnitOfWork, named: dict[str, int]) -> None:
    assert category_counts(uow.session) == {"01": 2, "02": 1}
