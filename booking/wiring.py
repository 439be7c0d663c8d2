"""The one table of reactions: when this fact is announced, call these.

Reactions write rows in the transaction of the deed; what leaves the house leaves later.
`Event` stands for any fact: audit records them all.
"""

from booking.db.transactions import Reactions

REACTIONS: Reactions = {}
