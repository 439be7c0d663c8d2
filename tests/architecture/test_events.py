"""No fact is announced to nobody by oversight."""

from booking.audit.reactions import record
from booking.kernel.events import Event
from booking.wiring import REACTIONS, SILENT
from tests.support.sources import import_everything, subclasses


def every_event() -> set[type[Event]]:
    import_everything()
    # A family of events that nobody announces itself has no name of its own.
    return {kind for kind in subclasses(Event) if "name" in vars(kind)}


def test_every_event_is_in_the_table_of_reactions_or_silent_on_purpose():
    assert every_event() - set(REACTIONS) - set(SILENT) == set()
    assert len(every_event()) > 20


def test_nothing_is_both_wired_and_silent():
    assert set(REACTIONS) & set(SILENT) == set()


def test_every_event_is_recorded():
    assert record in REACTIONS[Event]


def test_every_event_has_a_name_of_its_own():
    names = [event.name for event in every_event()]
    assert len(names) == len(set(names))
    assert "event" not in names
