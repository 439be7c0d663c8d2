"""Finding instruments by whatever their users call them."""

from typing import Any

import pytest

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards, index_cards_of
from booking.instruments.actions.manage_synonyms import set_synonyms
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries import search
from booking.instruments.queries.found import cards
from booking.instruments.queries.search import START, Place, Wanted, find, find_ids
from booking.instruments.rules.lexicon import Relation
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
        ("显微扫描", ["sem"]),
        ("电子 显微", ["sem"]),
        ("衍射 显微", []),
        ("sem", ["sem"]),
        ("ＦＥ-ＳＥＭ", ["sem"]),
        ("fs800", ["sem"]),
        ("FS-800", ["sem"]),
        ("fs 800", ["sem"]),
        ("x射线", ["xrd"]),
        ("diffract", ["xrd"]),
        ("saomiao", ["sem"]),
        ("smdzxwj", ["sem"]),
        ("掃描電子顯微鏡", ["sem"]),
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
    wanted = Wanted(words="镜")
    first = find(uow.session, wanted, actor=None, limit=1)
    rest = find(uow.session, wanted, actor=None, after=first.places[-1])
    assert [*first.ids, *rest.ids] == [named["sem"], named["xrd"]]
    assert find(uow.session, wanted, actor=None, after=rest.places[-1]).ids == []


def test_other_names_of_a_thing_find_it_through_any_chain(
    uow: UnitOfWork, named: dict[str, int]
) -> None:
    assert found(uow, named, Wanted(words="XRD")) == []
    same = [("X光衍射", "XRD", Relation.SAME), ("X射线衍射", "X光衍射", Relation.SAME)]
    set_synonyms(uow, same)
    assert found(uow, named, Wanted(words="XRD")) == ["xrd"]
    set_synonyms(uow, [])
    assert found(uow, named, Wanted(words="XRD")) == []


def test_a_quantity_leads_to_what_measures_it_and_not_back(
    uow: UnitOfWork, named: dict[str, int]
) -> None:
    set_synonyms(uow, [("晶体结构", "衍射仪", Relation.LEADS_TO)])
    assert found(uow, named, Wanted(words="晶体结构")) == ["xrd"]
    assert found(uow, named, Wanted(words="晶体结构测试")) == ["xrd"]
    set_synonyms(uow, [("振动台", "衍射仪", Relation.LEADS_TO)])
    assert found(uow, named, Wanted(words="衍射仪")) == ["xrd"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("diffracttometer", "diffractometer"),
        ("difractometer", "diffractometer"),
        ("diffractoneter", "diffractometer"),
        ("diffractomteer", "diffractometer"),
        ("X-ray difractometer", "x ray diffractometer"),
    ],
)
def test_one_wrong_letter_is_forgiven_and_told(
    uow: UnitOfWork, named: dict[str, int], typed: str, meant: str
) -> None:
    instead = find(uow.session, Wanted(words=typed), actor=None)
    assert (instead.ids, instead.words) == ([named["xrd"]], meant)
    after = find(uow.session, Wanted(words=typed), actor=None, after=instead.places[-1])
    assert after.ids == []


def test_what_is_spelt_right_is_never_replaced(uow: UnitOfWork, named: dict[str, int]) -> None:
    elsewhere = find(uow.session, Wanted(words="diffract", district="jinghe"), actor=None)
    assert (elsewhere.ids, elsewhere.words) == ([], None)
    assert find(uow.session, Wanted(words="dffrctmtr"), actor=None).words is None


def test_nobody_is_led_to_a_draft_by_a_wrong_letter(uow: UnitOfWork, named: dict[str, int]) -> None:
    hidden = make_instrument(uow, name="样机", name_en="Zeugograph", state=InstrumentState.DRAFT)
    index_cards(uow, [hidden.key])
    unseen = find(uow.session, Wanted(words="zeugograhp"), actor=None)
    assert (unseen.ids, unseen.words) == ([], None)
    assert find(uow.session, Wanted(words="zeugograhp"), actor=CENTRE_ADMIN).ids == [hidden.key]


def test_the_closest_come_first(uow: UnitOfWork) -> None:
    said: dict[str, dict[str, Any]] = {
        "text": {"name": "半电波暗室", "functions": "配有 SEM"},
        "within": {"name": "暗室", "name_en": "Semi-anechoic chamber"},
        "alias": {"name": "离子束系统", "aliases": ["FIB-SEM"]},
        "model": {"name": "分析台", "model": "SEMX-5"},
        "same": {"name": "扫描电镜"},
    }
    made = {key: make_instrument(uow, **facts).key for key, facts in said.items()}
    index_cards(uow, made.values())
    set_synonyms(uow, [("SEM", "扫描电镜", Relation.SAME)])
    places = find(uow.session, Wanted(words="SEM"), actor=None).places
    keys = {key: name for name, key in made.items()}
    assert [keys[place.id] for place in places] == ["alias", "same", "within", "model", "text"]


def test_few_and_many_are_found_in_the_same_order(
    uow: UnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["电镜", "扫描电镜", "透射电镜样机", "显微系统", "扫描系统"]
    made = [
        make_instrument(
            uow, name=f"{names[n % 5]}{n}", functions="电镜" if n % 2 else "", model=f"电镜{n % 3}"
        ).key
        for n in range(40)
    ]
    index_cards(uow, made)
    wanted = Wanted(words="电镜")
    whole = find(uow.session, wanted, actor=None, limit=100).places
    assert len(whole) == len(made)
    monkeypatch.setattr(search, "_FEW", 3)
    monkeypatch.setattr(search, "_READ_AHEAD", 5)
    pieces: list[Place] = []
    while page := find(
        uow.session, wanted, actor=None, after=pieces[-1] if pieces else START, limit=7
    ).places:
        pieces += page
    assert pieces == list(whole)


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
    sem, xrd = cards(uow.session, [named["sem"], named["xrd"]], at=moment("2026-11-23T09:00"))
    assert (sem.name, xrd.name) == ("场发射扫描电子显微镜", "X射线衍射仪")
    assert sem.organisation_name == "渭川电子科技大学（示例）"
    assert sem.hour_price == PRICES["enterprise"]["hour"]
