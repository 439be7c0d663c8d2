"""Caps that several programmes share, and the order in which these are granted."""

from collections.abc import Mapping, Sequence

from booking.subsidies.rules import scalars
from booking.subsidies.rules.faults import Bad
from booking.subsidies.rules.nodes import Node
from booking.subsidies.rules.programme import JointCap, Kind, Scope
from booking.subsidies.rules.reading import LOAN_SCOPES, NO_WORDS, USE_SCOPES

_JOINT_KEYS = ("programmes", "scope", "amount", "order")


def read_joint_caps(node: Node, kinds: Mapping[str, Kind]) -> tuple[JointCap, ...]:
    """Joint caps over programmes that are there (id → kind), in an order that names each once."""
    nodes = node.children("joint_caps", _JOINT_KEYS)
    found = tuple(_joint_cap(item, kinds) for item in nodes)
    for i, item in enumerate(nodes):
        if evaluation_order(list(kinds), found[: i + 1]) is None:
            item.fault("order", "order_conflict")
            break
    return found


def evaluation_order(ids: Sequence[str], joint_caps: Sequence[JointCap]) -> list[str] | None:
    """Programmes in file order, except where joint caps say otherwise; None if those disagree."""
    after = {name: set[str]() for name in ids}
    for cap in joint_caps:
        # A programme that is not there keeps nobody waiting.
        order_here = [name for name in cap.order if name in after]
        for i, name in enumerate(order_here):
            after[name].update(order_here[:i])
    left, order = list(dict.fromkeys(ids)), list[str]()
    while left:
        ready = next((name for name in left if after[name] <= set(order)), None)
        if ready is None:
            return None
        left.remove(ready)
        order.append(ready)
    return order


def _joint_cap(node: Node, kinds: Mapping[str, Kind]) -> JointCap:
    programmes = node.need("programmes", _identifiers, otherwise=NO_WORDS)
    order = node.get("order", _identifiers, default=programmes)
    scopes: dict[str, Scope] = {**USE_SCOPES, **LOAN_SCOPES}
    for i, name in enumerate(programmes):
        if name not in kinds:
            node.fault(f"programmes[{i}]", "not_known", name=name)
            continue
        own = LOAN_SCOPES if kinds[name] == "interest" else USE_SCOPES
        scopes = {scope: value for scope, value in scopes.items() if scope in own}
    if sorted(order) != sorted(programmes):
        node.fault("order", "other_programmes")
        order = programmes
    return JointCap(
        programmes=programmes,
        scope=node.need("scope", scalars.one_of(scopes), otherwise="group"),
        amount=node.need("amount", scalars.amount, otherwise=0),
        order=order,
    )


def _identifiers(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise Bad("not_a_list")
    if not value:
        raise Bad("empty")
    return tuple(dict.fromkeys(scalars.identifier(item) for item in value))
