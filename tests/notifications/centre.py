"""A centre whose companies have their programs told."""

from dataclasses import dataclass

from sqlalchemy.engine import Engine
from sqlmodel import col, select

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.db.outside import Outside, Sent
from booking.notifications.actions import manage_webhooks as deeds
from booking.notifications.actions.manage_webhooks import NewSecret, WebhookWish
from booking.notifications.jobs import deliver_webhooks
from booking.notifications.models import Webhook, WebhookDelivery
from booking.notifications.rules import (
    HookFact,
)
from booking.organisations.actions.verify import take_step
from booking.organisations.states import OrganisationStep
from booking.settings import Settings
from booking.wiring import REACTIONS
from tests.factories.accounts import SEAL, make_member, make_staff
from tests.factories.door import Write
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock

FACTS = [HookFact.ORGANISATION_SUSPENDED, HookFact.ORGANISATION_REINSTATED]


@dataclass
class Centre:
    """Two companies, and the clock that sends what they are to be told."""

    engine: Engine
    write: Write
    clock: FrozenClock
    settings: Settings

    def __post_init__(self) -> None:
        with self.write() as uow:
            self.company, self.other = make_organisation(uow).key, make_organisation(uow).key
            self.admin = make_member(uow, self.company, Role.COMPANY_ADMIN)
            self.staff = make_staff(uow)

    def add(
        self, url: str, *facts: HookFact, place: int | None = None, actor: Actor | None = None
    ) -> NewSecret:
        wish = WebhookWish(
            organisation_id=place or self.company,
            url=url,
            facts=facts or FACTS,
            http_allowed=True,
        )
        with self.write() as uow:
            return deeds.add_webhook(
                uow, wish, seal=SEAL, actor=actor or self.admin, now=self.clock.now()
            )

    def suspend(self, organisation_id: int | None = None) -> None:
        with self.write() as uow:
            take_step(
                uow,
                organisation_id or self.company,
                OrganisationStep.SUSPEND,
                reason="未年检",
                actor=self.staff,
                now=self.clock.now(),
            )

    def outside(self) -> Outside:
        return Outside(self.engine, REACTIONS, self.settings)

    def deliver(self) -> Sent:
        return deliver_webhooks(self.outside(), self.clock.now())

    def told(self) -> list[WebhookDelivery]:
        with self.write() as uow:
            return list(uow.session.exec(select(WebhookDelivery).order_by(col(WebhookDelivery.id))))

    def webhook(self) -> Webhook:
        with self.write() as uow:
            return uow.session.exec(select(Webhook)).one()

    def test(self, made: NewSecret) -> None:
        with self.write() as uow:
            deeds.try_webhook(uow, made.webhook_id, actor=self.admin, now=self.clock.now())
