"""Who is written to about what, in their own language, and what each letter says."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.organisations.actions.add_qualification import Claim, add_qualification
from booking.organisations.actions.judge_qualification import (
    return_qualification,
    verify_qualification,
)
from booking.organisations.actions.verify import take_step
from booking.organisations.jobs import remind_of_expiry
from booking.organisations.states import OrganisationStep
from tests.factories.accounts import make_member, make_staff, make_user, set_second_factor
from tests.factories.door import Write
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock, moment
from tests.support.post import Post, by_folder
from tests.support.serving import test_settings as settings_for

NOW = moment("2026-11-23T09:00")
ADMIN = "admin@company.example.com"
HNTE = "High and new technology enterprise"
Deed = Callable[[UnitOfWork, int], None]


@pytest.fixture
def post(engine, clock: FrozenClock, tmp_path: Path) -> Post:
    return by_folder(engine, clock, settings_for(str(engine.url)), tmp_path / "letters")


def company(uow: UnitOfWork, *, locale: str = "zh_CN", verified: bool = False) -> int:
    made = make_organisation(uow, name="示例制造", verified=verified).key
    make_user(uow, Grant(Role.COMPANY_ADMIN, made), email=ADMIN, name="甲", locale=locale)
    member = Grant(Role.COMPANY_MEMBER, made)
    make_user(uow, member, email="member@company.example.com")
    return made


def verified(uow: UnitOfWork, key: int) -> None:
    take_step(uow, key, OrganisationStep.VERIFY, actor=make_staff(uow), now=NOW)


def returned(uow: UnitOfWork, key: int) -> None:
    step = OrganisationStep.RETURN
    take_step(uow, key, step, actor=make_staff(uow), now=NOW, reason="名称不符")


def suspended(uow: UnitOfWork, key: int) -> None:
    verified(uow, key)
    step = OrganisationStep.SUSPEND
    take_step(uow, key, step, actor=make_staff(uow), now=NOW, reason="年检未过")


def claimed(uow: UnitOfWork, key: int) -> int:
    claim = Claim(
        code="hnte",
        valid_from=date(2024, 1, 1),
        valid_to=date(2026, 12, 1),
        number="GR202661000123",
    )
    claimant = make_member(uow, key, Role.COMPANY_ADMIN)
    return add_qualification(uow, key, claim, actor=claimant, now=NOW).key


def certificate_verified(uow: UnitOfWork, key: int) -> None:
    verify_qualification(uow, claimed(uow, key), actor=make_staff(uow), now=NOW)


def certificate_returned(uow: UnitOfWork, key: int) -> None:
    return_qualification(uow, claimed(uow, key), "看不清", actor=make_staff(uow), now=NOW)


def certificate_ends(uow: UnitOfWork, key: int) -> None:
    certificate_verified(uow, key)
    remind_of_expiry(uow, NOW)


@pytest.mark.parametrize(
    ("deed", "locale", "subject", "said"),
    [
        (verified, "zh_CN", "示例制造已通过核验", "即日起可以预约"),
        (verified, "en", "示例制造 is verified", "can book from now on"),
        (returned, "zh_CN", "示例制造的注册被退回", "名称不符"),
        (returned, "en", "The registration of 示例制造 was returned", "名称不符"),
        (suspended, "zh_CN", "示例制造已被暂停", "年检未过"),
        (suspended, "en", "示例制造 is suspended", "年检未过"),
        (certificate_verified, "zh_CN", "示例制造的高新技术企业已核验", "GR202661000123"),
        (certificate_returned, "zh_CN", "示例制造的高新技术企业被退回", "看不清"),
        (certificate_ends, "zh_CN", "示例制造的高新技术企业将在 30 天内到期", "2026-12-01"),
        (
            certificate_ends,
            "en",
            "High and new technology enterprise of 示例制造 ends in 30 days",
            "2026-12-01",
        ),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_the_administrator_is_told_in_her_own_language(
    post: Post, write: Write, deed: Deed, locale: str, subject: str, said: str
) -> None:
    with write() as uow:
        deed(uow, company(uow, locale=locale))
    letter = post.letters(to=ADMIN)[-1]
    assert letter["Subject"] == subject
    assert said in letter.get_content()
    assert post.letters(to="member@company.example.com") == []


def test_the_owner_is_told_when_the_way_into_the_account_changes(post: Post, write: Write) -> None:
    with write() as uow:
        company(uow)
        set_second_factor(uow, make_user(uow, email="owner@example.com").key)
    (letter,) = post.letters(to="owner@example.com")
    assert letter["Subject"] == "您账号的登录方式有变"
    assert "两步" in letter.get_content()
