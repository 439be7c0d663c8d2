"""What `/privacy` says is gone in time is gone in time."""

from datetime import timedelta

import pytest
from sqlmodel import select

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.accounts.actions.invite import invite
from booking.accounts.actions.reset_password import ask_for_link
from booking.accounts.jobs import forget_old_sign_ins
from booking.accounts.models import Invitation, MailedLink
from booking.accounts.rules import INVITATION_LIFE, LINK_LIFE, LINKS_KEPT_FOR
from tests.factories.accounts import make_member
from tests.factories.organisations import make_organisation
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(("waited", "kept"), [(LINKS_KEPT_FOR - INSTANT, 1), (LINKS_KEPT_FOR, 0)])
def test_links_and_invitations_are_forgotten(uow, waited: timedelta, kept: int) -> None:
    company = make_organisation(uow).key
    admin = make_member(uow, company, Role.COMPANY_ADMIN)
    ask_for_link(uow, admin.email, now=NOW)
    grant = Grant(Role.COMPANY_MEMBER, company)
    invite(uow, "guest@example.com", grant, actor=admin, now=NOW + LINK_LIFE - INVITATION_LIFE)
    forget_old_sign_ins(uow, NOW + LINK_LIFE + waited)
    assert len(uow.session.exec(select(MailedLink)).all()) == kept
    assert len(uow.session.exec(select(Invitation)).all()) == kept
