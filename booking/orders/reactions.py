"""What happens to orders when something they rest on changes elsewhere."""

from booking.accounts.events import MemberLeft
from booking.db.transactions import UnitOfWork
from booking.orders.actions.hand_over import hand_over_orders


def hand_over_running(uow: UnitOfWork, fact: MemberLeft) -> None:
    """What somebody who left had asked for goes to the successor; without one, nobody leaves."""
    if fact.gone:
        hand_over_orders(
            uow,
            fact.user_id,
            fact.organisation_id,
            successor_id=fact.successor_id,
            actor_id=fact.actor_id,
            now=fact.at,
        )
