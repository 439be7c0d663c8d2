"""Calendars of one instrument as pages show them: weeks, days, months, agendas."""
