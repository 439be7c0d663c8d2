"""Everything asked once: what each person passes, and which words each of them reads.

`python -m tests.access.survey` prints `fields.csv` as the code stands.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from httpx2 import Response

from booking.web.languages import is_api
from tests.access.ask import Ask
from tests.access.asking import NOT_FOUND, Asking, Case, Plan, passage, scratch
from tests.access.fields import COLUMNS, READS, READS_NOT, Field, read_in, words
from tests.access.inventory import Route, inventory
from tests.access.more import KINDS_OF_FILE, MORE
from tests.access.world.people import WHO
from tests.access.world.records import ABSENT, GUEST, HIDDEN, OTHER

NOT_OURS = (GUEST, OTHER, HIDDEN)


@dataclass
class Survey:
    """What came of it; `read` says where a word was read first."""

    passages: dict[Case, dict[str, str]] = field(default_factory=dict)
    read: dict[str, dict[Field, str]] = field(default_factory=lambda: {who: {} for who in WHO})
    # What is answered otherwise than if it were absent, although it is said not to be there.
    told_apart: list[str] = field(default_factory=list)
    # Pages that answer an English reader otherwise than a Chinese one.
    other_in_english: list[str] = field(default_factory=list)


def survey(asking: Asking) -> Survey:
    """Ask every route as everybody for every kind of record, and some more."""
    found, looked_for = Survey(), words(asking.world)

    def note(plan: Plan, who: str) -> Response:
        answer = asking.answer(plan, who)
        for one in read_in(answer, plan, looked_for):
            found.read[who].setdefault(one, f"{plan.method} {plan.path}")
        return answer

    for route in sorted(inventory(asking.app)):
        cases, met = list(asking.cases(route)), set[str]()
        for who in WHO:
            plans = {case.kind: asking.plan(case, who) for case in cases}
            answers = {kind: note(plan, who) for kind, plan in plans.items()}
            for case in cases:
                row = found.passages.setdefault(case, {})
                row[who] = passage(answers[case.kind])
            found.other_in_english += _other_in_english(asking, plans, answers, who=who, met=met)
            found.told_apart += _told_apart(who, plans, answers)
            found.told_apart += _told_apart_unread(asking, who, plans, answers)
    for who in WHO:
        # What names no record is the same for every kind of it.
        once = {f"{plan.method} {plan.path} {plan.ask}": plan for plan in _more(asking, who)}
        for plan in once.values():
            note(plan, who)
    return found


def _is_page(answer: Response, plan: Plan) -> bool:
    """For people: what lies under `/api/` speaks to those who write programs, in one language."""
    kind = answer.headers.get("content-type", "")
    return kind.startswith("text/html") and not is_api(plan.path)


def _other_in_english(
    asking: Asking,
    plans: dict[str, Plan],
    answers: dict[str, Response],
    *,
    who: str,
    met: set[str],
) -> Iterator[str]:
    """Each kind of answer of a page once more: some templates fail for English readers only."""
    for kind, zh in answers.items():
        plan = plans[kind]
        if passage(zh) in met or not _is_page(zh, plan):
            continue
        met.add(passage(zh))
        en = asking.answer(plan, who, english=True)
        if en.status_code != zh.status_code:
            yield f"{who}: {plan.method} {plan.path}: {en.status_code} not {zh.status_code}"
        elif "<html" in en.text and '<html lang="en"' not in en.text:
            yield f"{who}: {plan.method} {plan.path}: not in English"


def _told_apart(who: str, plans: dict[str, Plan], answers: dict[str, Response]) -> Iterator[str]:
    """Who may not know of a record is answered as if there were none, word for word."""
    for kind in NOT_OURS:
        if kind in answers and passage(answers[kind]) == NOT_FOUND:
            absent = _said(answers[ABSENT], plans[ABSENT], who, instead=kind)
            if absent != _said(answers[kind], plans[kind], who):
                yield f"{who}: {plans[kind].method} {plans[kind].path}"


def _told_apart_unread(
    asking: Asking, who: str, plans: dict[str, Plan], answers: dict[str, Response]
) -> Iterator[str]:
    """The same when the body cannot be read: it may not be looked into whose record it is."""
    hidden = [kind for kind in NOT_OURS if kind in answers and passage(answers[kind]) == NOT_FOUND]
    if not hidden or plans[ABSENT].method == "GET":
        return
    asked = {kind: _unreadable(plans[kind]) for kind in (*hidden, ABSENT)}
    answered = {kind: asking.answer(plan, who) for kind, plan in asked.items()}
    for kind in hidden:
        if asked[kind].path == asked[ABSENT].path:
            # Only the body would have named it: the same was asked twice.
            continue
        absent = _said(answered[ABSENT], asked[ABSENT], who, instead=kind)
        if absent != _said(answered[kind], asked[kind], who):
            yield f"{who}: {asked[kind].method} {asked[kind].path} without a readable body"


def _unreadable(plan: Plan) -> Plan:
    nonsense = {"nonsense": "?"}
    as_form = Ask(form=nonsense)
    ask = Ask(json=nonsense) if plan.path.startswith("/api/") else as_form
    return Plan(plan.method, plan.path, ask, plan.named)


def _said(answer: Response, plan: Plan, who: str, instead: str | None = None) -> tuple[int, str]:
    """An answer; with `instead`, as if the record of that kind had been asked for."""
    text = answer.text
    if instead is not None:
        for record in plan.named:
            absent, there = record.value(ABSENT, who), record.value(instead, who)
            text = text.replace(str(absent), str(there))
    # A form shows again which of one's own was chosen, as the request said itself.
    return answer.status_code, text.replace(" selected", "")


def _more(asking: Asking, who: str) -> Iterator[Plan]:
    files = [(f"GET {path}".replace("{kind}", kind), None) for path, kind in KINDS_OF_FILE]
    for address, build in (*MORE, *files):
        method, path = address.split(" ")
        for case in asking.cases(Route(path, method)):
            # What is not there tells nothing.
            if case.kind != ABSENT:
                yield asking.plan(case, who, build)


def main() -> None:
    """Print who reads what, and where."""
    with scratch() as asking:
        found, looked_for = survey(asking), words(asking.world)
    out = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    out.writeheader()
    for side, name in looked_for:
        cells = {who: READS if (side, name) in found.read[who] else READS_NOT for who in WHO}
        out.writerow({"whose": side, "field": name, **cells})
    for who in WHO:
        for (side, name), where in found.read[who].items():
            if side != "ours":
                sys.stderr.write(f"{who} reads {side} {name}: {where}\n")


if __name__ == "__main__":
    main()
