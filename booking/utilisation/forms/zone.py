"""Where pages get their reports: what this application remembers, and what others find of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request
from sqlmodel import Session

from booking.utilisation.report.pooled import Asked, Report
from booking.utilisation.report.remembered import Keep, Reports
from booking.web.memory import memory

_Memory = Annotated[Reports, Depends(memory("utilisation", Reports))]


@dataclass(frozen=True, slots=True)
class ReportsForAll:
    """Reports as they are told here; those that take long are kept for others."""

    reports: Reports
    keep: Keep

    def of(self, session: Session, asked: Asked, *, now: datetime) -> Report:
        return self.reports.of(session, asked, now=now, keep=self.keep)


def _reports(request: Request, background: BackgroundTasks, reports: _Memory) -> ReportsForAll:
    """Kept after the answer: nobody waits for it, and a session for questions writes nothing."""
    return ReportsForAll(reports, partial(background.add_task, request.app.state.keep_report))


ReportsDep = Annotated[ReportsForAll, Depends(_reports)]
