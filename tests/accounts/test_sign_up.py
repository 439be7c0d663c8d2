"""An organisation registers itself: from the form to waiting for the centre."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from booking.access.roles import Role
from booking.accounts.jobs import forget_old_sign_ins
from booking.accounts.models import SignUp, User
from booking.accounts.queries.people import members_of, user_by_email
from booking.accounts.rules import MOST_LINKS, SIGN_UP_LIFE
from booking.files.jobs import sweep_files
from booking.files.models import StoredFile
from booking.organisations.models import Organisation
from booking.organisations.states import OrganisationState
from tests.factories.accounts import be, make_member, make_staff, make_user, open_session
from tests.factories.door import Write
from tests.factories.files import pdf
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock
from tests.support.post import Post

EMAIL = "founder@example.com"
PASSWORD = "three-quiet-microscopes"
TOLD = {
    "organisation_name": "示例精密制造有限公司",
    "kind": "enterprise",
    "district": "qinhan",
    "uscc": "9135 0100 m000100y43",
    "name": "企业管理员甲",
    "email": EMAIL,
    "phone": "029-00000000",
    "new_password": PASSWORD,
}


@pytest.fixture
def centre(client: TestClient, write: Write, clock: FrozenClock) -> TestClient:
    """A browser of the centre's administrator."""
    with write() as uow:
        secret = open_session(uow, make_staff(uow), now=clock.now())
    return be(TestClient(client.app, follow_redirects=False), secret)


def register(
    client: TestClient, told: Mapping[str, str] = TOLD, *, licence: bytes | None = None
) -> tuple[int, str]:
    files = {"licence": ("执照.pdf", licence, "application/pdf")} if licence else None
    answer = client.post("/register", data=dict(told), files=files)
    return answer.status_code, answer.text


def confirmed(client: TestClient, post: Post) -> int:
    """The id of the organisation that came of it."""
    client.get(post.link(to=EMAIL))
    assert client.get("/register/confirmation").status_code == 200
    answer = client.post("/register/confirmation")
    assert answer.status_code == 303
    found = re.search(r"organisations%2F(\d+)", answer.headers["location"])
    assert found is not None
    return int(found[1])


def test_registering_confirming_and_signing_in(client, post, write) -> None:
    status, page = register(client, licence=pdf())
    assert (status, EMAIL in page) == (200, True)
    key = confirmed(client, post)
    with write() as uow:
        made = uow.session.get_one(Organisation, key)
        members = [(m.email, m.role) for m in members_of(uow.session, key)]
        assert user_by_email(uow.session, EMAIL) is not None
    assert (made.state, made.uscc) == (OrganisationState.PENDING, "91350100M000100Y43")
    assert made.licence_id is not None
    assert members == [(EMAIL, Role.COMPANY_ADMIN)]
    signed_in = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert signed_in.status_code == 303
    waiting = client.get(f"/organisations/{key}").text
    assert "中心核验" in waiting


def test_nothing_exists_before_the_address_is_confirmed(client, post, write) -> None:
    register(client)
    with write() as uow:
        assert uow.session.exec(select(Organisation)).all() == []
        assert uow.session.exec(select(User)).all() == []
    assert client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code != 303


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("uscc", "9135010", "7"),
        ("uscc", "91350100M000100I43", "I"),
        ("uscc", "91350100M000100Y44", "校验"),
        ("uscc", "", "统一社会信用代码"),
        ("email", "no address", "邮箱"),
        ("new_password", "short", "10"),
        ("new_password", "password123", "密码"),
    ],
)
def test_what_is_wrong_is_said_and_everything_else_stays(
    client, post, write, field: str, typed: str, said: str
) -> None:
    status, page = register(client, {**TOLD, field: typed})
    assert status == 422
    assert said in page
    assert TOLD["organisation_name"] in page
    assert PASSWORD not in page
    with write() as uow:
        assert uow.session.exec(select(SignUp)).all() == []


def test_every_reason_is_named_at_once(client, post) -> None:
    _, page = register(client, {**TOLD, "uscc": "91350100M000100Y44", "new_password": "short"})
    assert "校验" in page
    assert "至少 10" in page


def test_a_team_without_code_registers(client, post) -> None:
    told = {**TOLD, "kind": "startup_team", "organisation_name": "示例创业团队"}
    del told["uscc"]
    assert register(client, told)[0] == 200
    assert confirmed(client, post)


@pytest.mark.parametrize("same", ["uscc", "name"])
def test_an_organisation_that_is_registered_is_found(client, post, write, same: str) -> None:
    with write() as uow:
        known = make_organisation(uow)
    told = dict(TOLD, uscc=known.uscc or "") if same == "uscc" else TOLD
    told = dict(told, organisation_name=known.name) if same == "name" else told
    status, page = register(client, told)
    assert status == 409
    assert EMAIL in page  # what was typed stays


def test_a_file_that_is_no_licence_is_refused_and_nothing_is_kept(client, post, write) -> None:
    status, page = register(client, licence=b"<html><script>alert(1)</script></html>")
    assert status == 422
    assert TOLD["organisation_name"] in page
    with write() as uow:
        assert uow.session.exec(select(SignUp)).all() == []
        assert uow.session.exec(select(StoredFile)).all() == []


def test_whether_an_address_has_an_account_is_told_to_its_owner_only(client, post, write) -> None:
    with write() as uow:
        make_user(uow, email=EMAIL)
    known = register(client)
    other = register(client, {**TOLD, "email": "nobody@example.com"})
    assert known[1].replace(EMAIL, "") == other[1].replace("nobody@example.com", "")
    (letter,) = post.letters(to=EMAIL)
    assert "已有账号" in letter["Subject"]
    assert "/links/" not in letter.get_content()


def test_a_mailbox_is_not_flooded(client, post) -> None:
    for _ in range(MOST_LINKS + 2):
        register(client)
    assert len(post.letters(to=EMAIL)) == MOST_LINKS


def test_of_two_who_register_the_same_the_first_to_confirm_is_it(client, post) -> None:
    register(client)
    register(client, {**TOLD, "email": "other@example.com"})
    assert confirmed(client, post)
    client.get(post.link(to="other@example.com"))
    assert client.post("/register/confirmation").status_code == 409


def test_a_link_serves_once_and_for_two_days(client, post, clock) -> None:
    register(client)
    confirmed(client, post)
    client.get(post.link(to=EMAIL))
    assert client.post("/register/confirmation").status_code == 409
    team = {"organisation_name": "示例创业团队", "uscc": "", "kind": "startup_team"}
    register(client, {**TOLD, **team, "email": "late@example.com"})
    client.get(post.link(to="late@example.com"))
    clock.advance(seconds=SIGN_UP_LIFE.total_seconds())
    assert client.get("/register/confirmation").status_code == 409


def test_what_nobody_confirms_is_forgotten_with_its_file(client, post, write, clock) -> None:
    register(client, licence=pdf())
    late = clock.now() + SIGN_UP_LIFE
    with write() as uow:
        assert forget_old_sign_ins(uow, late) == 1
        sweep_files(uow, late + timedelta(days=2))
        assert uow.session.exec(select(SignUp)).all() == []
        assert uow.session.exec(select(StoredFile)).all() == []


def test_the_centre_is_written_to_and_verifies_in_one_click(client, centre, post, write) -> None:
    register(client, licence=pdf())
    key = confirmed(client, post)
    with write() as uow:
        (admin,) = uow.session.exec(select(User.email).where(User.email != EMAIL)).all()
    assert "待核验" in post.letters(to=admin)[-1]["Subject"]
    queue = centre.get("/registrations").text
    assert TOLD["organisation_name"] in queue
    licence = centre.get(f"/organisations/{key}/licence")
    assert (licence.status_code, licence.headers["content-type"]) == (200, "application/pdf")
    assert centre.post(f"/organisations/{key}/steps", data={"step": "verify"}).status_code == 303
    assert "已通过核验" in post.letters(to=EMAIL)[-1]["Subject"]


def test_a_returned_registration_is_corrected_and_comes_back(client, centre, post) -> None:
    register(client)
    key = confirmed(client, post)
    told = {"step": "return", "reason": "名称与执照不符"}
    assert centre.post(f"/organisations/{key}/steps", data=told).status_code == 303
    assert "名称与执照不符" in post.letters(to=EMAIL)[-1].get_content()
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert "名称与执照不符" in client.get(f"/organisations/{key}").text
    better = {
        "name": "示例精密制造",
        "kind": "enterprise",
        "district": "qinhan",
        "uscc": TOLD["uscc"],
    }
    assert client.post(f"/organisations/{key}/amendment", data=better).status_code == 303
    files = {"licence": ("执照.pdf", pdf(), "application/pdf")}
    assert client.post(f"/organisations/{key}/licence", files=files).status_code == 303
    assert client.post(f"/organisations/{key}/resubmission").status_code == 303
    assert "示例精密制造" in centre.get("/registrations").text


def test_a_licence_is_the_organisations_and_the_centres_alone(
    client, centre, post, write, clock
) -> None:
    register(client, licence=pdf())
    key = confirmed(client, post)
    with write() as uow:
        other = make_member(uow, make_organisation(uow).key, Role.COMPANY_ADMIN)
        secret = open_session(uow, other, now=clock.now())
    stranger = be(TestClient(client.app, follow_redirects=False), secret)
    assert stranger.get(f"/organisations/{key}/licence").status_code == 404
    assert (
        TestClient(client.app, follow_redirects=False)
        .get(f"/organisations/{key}/licence")
        .status_code
        == 303
    )


def test_suspending_says_before_what_it_will_do(client, centre, write) -> None:
    with write() as uow:
        company = make_organisation(uow).key
    page = centre.get(f"/organisations/{company}/suspension")
    assert page.status_code == 200
    assert "取消尚未开始的预约 0 个" in page.text


def test_without_letters_nobody_registers_alone(client) -> None:
    assert register(client)[0] == 409
    assert "<form" not in client.get("/register").text.split("<main", 1)[1].split("</main>")[0]
