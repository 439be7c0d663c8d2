"""A lab, its people and their requests, for tests that speak JSON about instruments."""

from dataclasses import dataclass

from starlette.testclient import TestClient

Headers = dict[str, str]
PLACE = "/api/v1/instruments"
WEEK: list[dict[str, object]] = [
    {"weekday": day, "opens": "08:30", "closes": "18:00"} for day in range(1, 6)
]


@dataclass(frozen=True)
class People:
    """A lab, its manager, a stranger's manager, a company's member, the centre."""

    lab_id: int
    keeper: Headers
    stranger: Headers
    company: Headers
    centre: Headers
    auditor: Headers


def card(people: People, **changes: object) -> dict[str, object]:
    told: dict[str, object] = {
        "name": "场发射扫描电子显微镜",
        "name_en": "Field-emission SEM",
        "inner_id": "EM-001",
        "lab_id": people.lab_id,
        "category_code": "010102",
        "resource_kind": "instrument",
        "original_value": "2860000.00",
        "manufacturer": "示例电子光学仪器公司",
        "model": "XM-5000（示例）",
        "start_date": "2022-05-30",
        "acceptance_date": None,
        "disciplines": ["材料科学"],
        "share_mode": "external",
        "service_modes": ["self_operated", "entrusted"],
        "units": 2,
        "aliases": ["FE-SEM"],
    }
    return told | changes


def registered(client: TestClient, people: People, **changes: object) -> str:
    made = client.post(PLACE, json=card(people, **changes), headers=people.keeper)
    assert made.status_code == 201, made.text
    return f"{PLACE}/{made.json()['id']}"


def published(client: TestClient, people: People, **changes: object) -> str:
    here = registered(client, people, **changes)
    client.put(f"{here}/opening-hours", json=WEEK, headers=people.keeper)
    plain = {"follows_statutory_calendar": False}
    client.put(f"{here}/policy", json=plain, headers=people.keeper)
    assert client.post(f"{here}/submission", headers=people.keeper).status_code == 200
    assert client.post(f"{here}/publication", headers=people.centre).status_code == 200
    return here
