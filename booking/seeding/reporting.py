"""From the demo's present day on: a quarter that was reported, and one thing put right since."""

from datetime import datetime
from typing import Final

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.seeding.registering import Register
from booking.utilisation.actions.file_report import enter_line, file_report
from booking.utilisation.queries.yearly_sheet import all_of
from booking.utilisation.report.filing import sheet_of
from booking.utilisation.rules.deadlines import last_ended
from booking.utilisation.rules.sheets import Kind, Report

PROJECT: Final = "示例课题：材料断口分析"


def report_quarter(uow: UnitOfWork, register: Register, *, now: datetime) -> None:
    """The first provider handed in the quarter before the last; the last one is due."""
    last = last_ended(Kind.SERVICE, local(now).date())
    before = last_ended(Kind.SERVICE, last.first)
    for owner in register.organisations.values():
        report = Report(Kind.SERVICE, owner, before)
        sheet = sheet_of(uow.session, report, reach=all_of(owner), now=now)
        if sheet.can_be_filed:
            file_report(uow, report, actor=HOUSE, now=now)
            told = {"subjectName": PROJECT}
            enter_line(uow, report, sheet.lines[0], entered=told, actor=HOUSE, now=now)
            return
