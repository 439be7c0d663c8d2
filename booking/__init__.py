"""Shared instrument booking platform: rooms are business nouns stacked so that imports go down.

kernel          vocabulary of every room: time spans, money, errors, facts, periods
settings        the only reader of the environment
db              everything that knows SQL exists
web             everything that knows HTTP and HTML exist
access          who may do what: permissions, roles, doors
files           what people send, judged by content and kept outside the web root
organisations   providers, labs, companies and their qualifications
accounts        people, credentials, memberships, sessions, tokens
ledger          double entry, append-only
instruments     the registry: what exists, when it is open, what it costs; units and holds
credit          credit scores of companies and labs: entries, rules, appeals
training        who may operate what alone: asking, sessions, permissions that end
reservations    asking for time, getting it, using it
billing         what a confirmed use costs
orders          entrusted orders: samples, quotes, work, results (委托/送样)
needs           what companies need, and what labs offer for it (供需匹配)
loans           仪器贷: credit lines, draws, bank records
utilisation     how well instruments are used
subsidies       programmes, the engine, statements
analytics       whole tables as Parquet, for the centre's own analysis
audit           every fact becomes an entry
jobs            APScheduler, leases, the run ledger
wiring          which fact calls which reaction
"""

__version__ = "0.1.0"
