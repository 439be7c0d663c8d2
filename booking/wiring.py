"""The one table of reactions: when this fact is announced, call these.

Reactions write rows in the transaction of the deed; what leaves the house leaves later.
`Event` stands for any fact: audit records them all.
"""

from booking.audit.reactions import record
from booking.db.transactions import Reactions
from booking.kernel.events import Event

REACTIONS: Reactions = {
    Event: (record,),
}

# Facts that are recorded and cause nothing else, on purpose.
SILENT: frozenset[type[Event]] = frozenset()
