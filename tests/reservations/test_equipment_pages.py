"""What a booking takes besides its place, and what its use took, stands on its pages."""

from bs4 import BeautifulSoup

from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.rules.terms import ServiceMode
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.rules.use_record import UseRecord
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import NOON, make_reservation
from tests.reservations.actions.test_operators import offered
from tests.reservations.visiting import Visit, text_of

TAKEN = "这段时间已被占用"
SOLD = {"enterprise": {"hour": "800.00", "consumables": [{"name": "金靶", "price": "50.00"}]}}


def test_the_page_of_a_booking_names_who_and_what_it_takes_along(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        stage = offered(uow, scene, clock=visit.clock, kind=UnitKind.ACCESSORY)
        operator = offered(uow, scene, clock=visit.clock, kind=UnitKind.OPERATOR)
        for unit, label in ((stage, "示例加热台"), (operator, "示例技术员")):
            uow.session.get_one(Unit, unit).label = label
        now, later = visit.clock.now(), between("11-24 15:00", "16:00")
        bare = make_reservation(uow, scene, later, now=now).number
        assisted = ServiceMode.ASSISTED
        made = make_reservation(uow, scene, now=now, mode=assisted, helper_ids=(stage,))
        number = made.number
    for reader in (scene.member, scene.manager):
        client = visit.by(reader)
        assert "示例技术员 · 示例加热台" in text_of(client.get(f"/reservations/{number}"))
        assert "实验技术人员与附件" not in text_of(client.get(f"/reservations/{bare}"))


def test_accessories_are_chosen_on_the_panel_and_taken_along(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        stage = offered(uow, scene, clock=visit.clock, kind=UnitKind.ACCESSORY)
        uow.session.get_one(Unit, stage).label = "示例加热台"
    client, place = visit.by(scene.member), f"/instruments/{scene.instrument.key}"
    typed = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T14:00", "purpose": "断口"}
    asked = {**typed, "accessory_ids": str(stage)}
    shown = BeautifulSoup(client.get(f"{place}/booking", params=asked).text, "html.parser")
    box = shown.select_one("#booking input[name=accessory_ids]")
    assert box is not None
    assert box.has_attr("checked")
    assert "示例加热台" in shown.get_text()
    made = client.post(f"{place}/reservations", data=asked, follow_redirects=False)
    assert made.status_code == 303
    assert "示例加热台" in text_of(client.get(made.headers["location"]))


def test_the_panel_says_that_an_accessory_is_taken_though_a_place_is_free(visit: Visit) -> None:
    scene = visit.scene(units=2)
    with visit.write() as uow:
        stage = offered(uow, scene, clock=visit.clock, kind=UnitKind.ACCESSORY)
        make_reservation(uow, scene, now=visit.clock.now(), helper_ids=(stage,))
    client, place = visit.by(scene.member), f"/instruments/{scene.instrument.key}"
    typed = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T14:00", "purpose": "断口"}
    assert TAKEN not in text_of(client.get(f"{place}/booking", params=typed))
    asked = {**typed, "accessory_ids": str(stage)}
    assert TAKEN in text_of(client.get(f"{place}/booking", params=asked))
    refused = client.post(f"{place}/reservations", data=asked)
    assert (refused.status_code, "checked" in refused.text) == (409, True)


def test_the_sheet_of_a_day_says_whom_and_what_to_make_ready(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        operator = offered(uow, scene, clock=visit.clock, kind=UnitKind.OPERATOR)
        uow.session.get_one(Unit, operator).label = "示例技术员"
        make_reservation(uow, scene, now=visit.clock.now(), mode=ServiceMode.ASSISTED)
        make_reservation(uow, scene, between("11-24 15:00", "16:00"), now=visit.clock.now())
    rows = visit.by(scene.manager).get("/day?day=2026-11-24").text.split("<tr>")
    assert ["示例技术员" in row for row in rows if "data-label" in row] == [True, False]


def test_whoever_confirms_a_use_reads_what_was_used_up(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        add_tariff(uow, scene.instrument.key, valid_from=at("11-22 00:00"), classes=SOLD)
        number = make_reservation(uow, scene, now=visit.clock.now()).number
        check_in(uow, number, actor=scene.manager, now=NOON.start)
        record = UseRecord(test_minutes=120, consumables={"金靶": 7})
        check_out(uow, number, record, actor=scene.manager, now=NOON.end)
    visit.clock.at("2026-11-24T15:00")
    client = visit.by(scene.member)
    for page in ("/confirmations", f"/reservations/{number}"):
        assert "金靶 × 7" in text_of(client.get(page))


def test_what_was_chosen_is_asked_for_at_another_time_too(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        kind = UnitKind.ACCESSORY
        stages = [str(offered(uow, scene, clock=visit.clock, kind=kind)) for _ in range(2)]
        offered(uow, scene, clock=visit.clock, kind=UnitKind.OPERATOR)
        add_tariff(uow, scene.instrument.key, valid_from=at("11-22 00:00"), classes=SOLD)
        make_reservation(uow, scene, now=visit.clock.now())
    client, place = visit.by(scene.member), f"/instruments/{scene.instrument.key}"
    wish = {"samples": "2", "consumables": "金靶 3", "mode": "assisted"}
    time = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T14:00"}
    typed: dict[str, str | list[str]] = {**time, **wish, "accessory_ids": stages}
    panel = BeautifulSoup(client.get(f"{place}/booking", params=typed).text, "html.parser")
    (link,) = panel.select(f'a[href^="{place}/waitlist"]')
    form = BeautifulSoup(client.get(str(link["href"])).text, "html.parser")
    ticked = [str(box["value"]) for box in form.select("input[name=accessory_ids][checked]")]
    assert sorted(ticked) == sorted(stages)
    chosen = form.select_one("select[name=mode] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "assisted"
    for name in ("samples", "consumables"):
        (field,) = form.select(f"input[name={name}]")
        assert field["value"] == wish[name]
    # Whoever takes what is offered on another instrument is led there with all of it.
    led = client.get(
        f"{place}/booking",
        params={**typed, "span": "2026-11-24T08:00:00Z/2026-11-24T10:00:00Z"},
        headers={"HX-Request": "true", "HX-Target": "main"},
    )
    assert led.headers["HX-Redirect"].count("accessory_ids=") == 2


def chosen_in(form: BeautifulSoup, name: str) -> list[str]:
    """What stands in fields of a name, ticked or typed."""
    return [
        str(field.get("value", ""))
        for field in form.select(f"input[name={name}]")
        if field.get("type") not in {"checkbox", "radio"} or field.has_attr("checked")
    ]


def test_what_was_chosen_goes_along_to_a_series_and_to_a_joint_booking(visit: Visit) -> None:
    scene = visit.scene(units=2)
    with visit.write() as uow:
        stage = str(offered(uow, scene, clock=visit.clock, kind=UnitKind.ACCESSORY))
        offered(uow, scene, clock=visit.clock, kind=UnitKind.OPERATOR)
        add_tariff(uow, scene.instrument.key, valid_from=at("11-22 00:00"), classes=SOLD)
    client, place = visit.by(scene.member), f"/instruments/{scene.instrument.key}"
    typed = {
        "starts_at": "2026-11-24T12:00",
        "ends_at": "2026-11-24T14:30",
        "mode": "assisted",
        "samples": "2",
        "consumables": "金靶 3",
        "purpose": "断口",
        "accessory_ids": stage,
        "voucher": "V1",
    }
    # As it is fetched while somebody chooses.
    seen = client.get(
        f"{place}/booking", params=typed, headers={"HX-Request": "true", "HX-Target": "verdict"}
    )
    links = [str(one["href"]) for one in BeautifulSoup(seen.text, "html.parser").select("a")]
    (series,) = (one for one in links if one.startswith(f"{place}/series"))
    (joint,) = (one for one in links if one.startswith("/joint-bookings"))
    form = BeautifulSoup(client.get(series).text, "html.parser")
    for name in ("samples", "consumables", "purpose", "voucher", "starts_at", "ends_at"):
        assert chosen_in(form, name) == [typed[name]]
    assert chosen_in(form, "accessory_ids") == [stage]
    (mode,) = form.select("select[name=mode] option[selected]")
    assert mode["value"] == "assisted"
    foreseen = client.get(
        f"{place}/series",
        params={**typed, "frequency": "weekly", "every": "1", "until": "2026-12-01"},
    )
    assert "2 次中有 2 次空闲" in text_of(foreseen)
    unsold = {**typed, "consumables": "银靶", "frequency": "weekly", "until": "2026-12-01"}
    assert client.get(f"{place}/series", params=unsold).status_code == 200
    form = BeautifulSoup(client.get(joint).text, "html.parser")
    along = ("samples", "purpose", "minutes", "accessory", "voucher")
    assert [chosen_in(form, name) for name in along] == [
        *(["2"], ["断口"], ["150"], [f"0:{stage}"], ["V1"])
    ]
