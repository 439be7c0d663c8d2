"""Finding: words among 100,000 cards, the week page.

    python -m bench.finding [--cards 100000] [--only sqlite|postgresql]

Beside each stands what it is measured against: reading every text with LIKE, an empty route of the
same application.
"""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session
from starlette.testclient import TestClient

from bench.harness import KINDS, each_kind, in_batches, share, timed
from booking.app import create_app
from booking.db.transactions import read_session, unit_of_work
from booking.instruments.actions.index_cards import file_cards
from booking.instruments.actions.manage_synonyms import set_synonyms
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.tables import HOLD, INSTRUMENT, SEARCH, UNIT
from booking.instruments.queries.catalogue import Asking, find_cards
from booking.instruments.queries.facets import facets
from booking.instruments.queries.filing import Indexable, ListPrice
from booking.instruments.queries.found import cards
from booking.instruments.queries.ordering import Order, Ordering
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.search import Wanted, find
from booking.instruments.rules.lexicon import Relation
from booking.instruments.rules.searching import filing
from booking.instruments.rules.subsidised import Scheme
from booking.instruments.states import InstrumentState
from booking.kernel.timespan import TimeSpan
from tests.factories.instruments import add_closure, make_instrument
from tests.support import serving
from tests.support.clock import FrozenClock

NOW: Final = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
SPAN: Final = TimeSpan(NOW, NOW + timedelta(days=14))
QUERIES: Final = (
    *("显微", "质谱", "鲸鱼", "镜", "T7", "显微镜", "球差校正透射电子显微镜", "球差 日立"),
    *("saomiao", "smdz", "x", "xian", "示例", "电", "M-706", "M706", "SEM", "扫描电镜", "力学性能"),
    *("痕量 岛津", "台式拉曼测试", "microscpoe", "manometre", "金属断口形貌", "拉伸 蔡司 台式"),
)
_FIRST: Final = ("场发射", "钨灯丝", "球差校正", "高分辨", "台式", "三重四极杆", "多晶", "单晶")
_SECOND: Final = (
    *("扫描电子显微镜", "透射电子显微镜", "质谱仪", "X射线衍射仪", "拉曼光谱仪", "核磁共振波谱仪"),
    *("万能试验机", "环境试验箱", "网络分析仪", "五轴加工中心", "粒度分析仪", "热重分析仪"),
)
_DISTRICTS: Final = ("fengxi", "fengdong", "qinhan", "konggang", "jinghe", "energy_trade")
_SAID: Final = (
    (
        "二次电子分辨率 0.8 nm@15 kV；加速电压 0.1–30 kV",
        "形貌观察、能谱点线面分析",
        "金属断口、粉体",
    ),
    ("质量范围 2–260 amu；检出限 ppt 级", "痕量元素定量、同位素比值", "水质、食品、高纯试剂"),
    ("载荷 100 kN；环境箱 −70–350 ℃", "拉伸、压缩、弯曲、剪切", "金属、复材、橡塑力学性能"),
)
_SYNONYMS: Final = 1_500
_MAKERS: Final = ("日立", "示例电子光学仪器公司", "蔡司", "示例分析仪器公司", "岛津")


# ── words ────────────────────────────────────────────────────────────────────────────────────────


def fill_the_catalogue(engine: Engine, count: int) -> None:
    """Copies of one published card under made-up names, filed for the search."""
    with unit_of_work(engine, {}) as uow:
        first = make_instrument(uow)
        template = first.model_dump(exclude={"id", "inner_id", "name"})
        session = uow.session
        set_synonyms(uow, [*_KNOWN, *_others(_SYNONYMS)])
        for numbers in in_batches(range(count), 5000):
            rows = [_card(template, number) for number in numbers]
            ids = session.execute(sa.insert(INSTRUMENT).returning(INSTRUMENT.c.id), rows)
            _file(session, list(zip(ids.scalars(), rows, strict=True)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
        if engine.dialect.name == "postgresql":
            # As autovacuum does a minute later: what was filed joins the index that is searched.
            connection.exec_driver_sql("VACUUM")


_KNOWN: Final = (
    ("扫描电镜", "SEM", Relation.SAME),
    ("扫描电镜", "扫描电子显微镜", Relation.SAME),
    ("力学性能", "万能试验机", Relation.LEADS_TO),
)


def _others(count: int) -> Iterator[tuple[str, str, Relation]]:
    return ((f"别名{n}", f"另名{n}", Relation.SAME) for n in range(count))


def _card(template: dict[str, object], number: int) -> dict[str, object]:
    names = [a + b for a, b in product(_FIRST, _SECOND)]
    return {
        **template,
        "inner_id": f"B-{number}",
        "name": names[number % len(names)],
        "model": f"{'T' if number % 90 == 0 else 'M'}{number % 977}",
        "manufacturer": _MAKERS[number % len(_MAKERS)],
    }


def _file(session: Session, made: Sequence[tuple[int, dict[str, object]]]) -> None:
    made_cards = [_indexable(instrument_id, card) for instrument_id, card in made]
    prices = {card.id: ListPrice(50_000 + card.id % 40 * 5_000, None) for card in made_cards}
    file_cards(session, made_cards, prices)


def _indexable(instrument_id: int, card: dict[str, object]) -> Indexable:
    given = tuple(str(card[name]) for name in ("name", "model", "manufacturer", "inner_id"))
    name, model, maker, inner = given
    said = _SAID[instrument_id % len(_SAID)]
    filed = filing(
        names=(name, "Scanning electron microscope"),
        model=model,
        aliases=(name.removesuffix("仪"),),
        described=(maker, inner, *said, "电镜与表面分析实验室", "秦岭理工大学示例"),
    )
    return Indexable(
        id=instrument_id,
        state=InstrumentState.PUBLISHED,
        lab_id=int(str(card["lab_id"])),
        category_code=f"{1 + instrument_id % 15:02}0102",
        district=_DISTRICTS[instrument_id % len(_DISTRICTS)],
        service_modes=["self_operated", "entrusted"][: 1 + instrument_id % 2],
        updated_at=NOW,
        filing=filed,
    )


def search_words(engine: Engine) -> None:
    """The first page of each query, and the same by reading every text."""
    every: list[float] = []
    print("  words                     found    p50      p95    LIKE p50   ratio")
    with read_session(engine) as session:
        for query in QUERIES:
            ids = find(session, Wanted(words=query), actor=None, limit=51).ids
            taken = timed(lambda asked=query: _page(session, asked), times=25)  # type: ignore[misc]
            like = timed(lambda asked=query: _by_like(session, asked), times=5)  # type: ignore[misc]
            every += taken
            middle, late, plain = share(taken, 0.5), share(taken, 0.95), share(like, 0.5)
            print(
                f"  {query:<22}{len(ids):8}{middle:8.2f}{late:9.2f}{plain:11.2f}"
                f"{plain / middle:8.1f}x"
            )
        for query in ("", "显微", "球差 日立", "x"):
            taken = timed(lambda asked=query: _counts(session, asked), times=25)  # type: ignore[misc]
            every += taken
            middle, late = share(taken, 0.5), share(taken, 0.95)
            print(f"  facets of {query:<12}{middle:16.2f}{late:9.2f}")
        for query in ("", "显微", "球差 日立", "x"):
            taken = timed(lambda asked=query: _paid_for(session, asked), times=25)  # type: ignore[misc]
            every += taken
            middle, late = share(taken, 0.5), share(taken, 0.95)
            print(f"  paid for, {query:<12}{middle:18.2f}{late:9.2f}")
        for query in ("", "显微", "球差 日立", "x"):
            taken = timed(lambda asked=query: _after_subsidy(session, asked), times=25)  # type: ignore[misc]
            middle, late = share(taken, 0.5), share(taken, 0.95)
            print(f"  after subsidy, {query:<12}{middle:13.2f}{late:9.2f}")
    print(f"  all: p95 {share(sorted(every), 0.95):.1f} ms (target 20 SQLite, 50 PostgreSQL)")


def _page(session: Session, words: str) -> None:
    ids = find(session, Wanted(words=words), actor=None, limit=21).ids
    cards(session, ids, at=NOW)


def _counts(session: Session, words: str) -> None:
    facets(session, Wanted(words=words), actor=None)


_SCHEME: Final = Scheme(
    pays=lambda hour: hour.fen // 3,
    kinds=frozenset({"instrument"}),
    districts=frozenset(_DISTRICTS),
    least_value_fen=1_000_000,
)


def _paid_for(session: Session, words: str) -> None:
    wanted = Wanted(words=words, schemes=(_SCHEME,))
    cards(session, find(session, wanted, actor=None, limit=21).ids, at=NOW)


def _after_subsidy(session: Session, words: str) -> None:
    ordering = Ordering(Order.AFTER_SUBSIDY, schemes=(_SCHEME,))
    asking = Asking(None, NOW, Memory(), ordering)
    find_cards(session, Wanted(words=words), asking=asking, limit=21)


def _by_like(session: Session, words: str) -> None:
    texts = sa.select(sa.func.count()).select_from(SEARCH)
    for word in words.lower().split():
        texts = texts.where(SEARCH.c.search_text.contains(word, autoescape=True))
    session.execute(texts).scalar_one()


# ── the week page ────────────────────────────────────────────────────────────────────────────────


def show_weeks(engine: Engine) -> None:
    """A week of 100 bookings as a whole page, against an empty route of the same application."""
    with unit_of_work(engine, {}) as uow:
        made = make_instrument(uow, units=1)
        closure = add_closure(uow, made.key, SPAN, kind=ClosureKind.OTHER).key
        mine = sa.select(UNIT.c.id).where(UNIT.c.instrument_id == made.key)
        unit = uow.session.execute(mine).scalar_one()
        rows = [
            {
                "unit_id": unit,
                "starts_at": NOW + n * HOUR,
                "ends_at": NOW + n * HOUR + HOUR / 2,
                "closure_id": closure,
            }
            for n in range(100)
        ]
        uow.session.execute(sa.insert(HOLD), rows)
        here = f"/instruments/{made.key}?week=2026-11-24"
    app = create_app(serving.test_settings(str(engine.url)), engine=engine, clock=FrozenClock())
    with TestClient(app) as client:
        empty = share(timed(lambda: client.get("/api/v1/me"), times=50), 0.5)
        whole = share(timed(lambda: client.get(here), times=50), 0.5)
        part = share(timed(lambda: client.get(here, headers={"HX-Request": "true"}), times=50), 0.5)
    print(f"  refused request {empty:6.1f} ms   whole page {whole:6.1f}   week only {part:6.1f} ms")
    print(f"  the page costs {(whole - empty) / empty:.1f}x the way there and back (target: 30 ms)")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=100_000)
    parser.add_argument("--only", choices=KINDS)
    told = parser.parse_args()
    for engine in each_kind(told.only):
        fill_the_catalogue(engine, told.cards)
        search_words(engine)
        show_weeks(engine)


if __name__ == "__main__":
    main()
