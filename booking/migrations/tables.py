"""Every room's tables, imported for their metadata."""

import booking.accounts.models
import booking.audit.models
import booking.billing.models
import booking.credit.models
import booking.files.models
import booking.instruments.models.calendar
import booking.instruments.models.hold
import booking.instruments.models.instrument
import booking.instruments.models.policy
import booking.instruments.models.search
import booking.instruments.models.sheet_import
import booking.instruments.models.tariff
import booking.instruments.models.unit
import booking.invoices.models
import booking.jobs.models
import booking.ledger.models
import booking.loans.models
import booking.notifications.models
import booking.orders.models
import booking.organisations.models
import booking.reservations.models.dispute
import booking.reservations.models.photo
import booking.reservations.models.proposal
import booking.reservations.models.reservation
import booking.reservations.models.usage
import booking.reservations.models.waitlist
import booking.subsidies.models.programme
import booking.subsidies.models.statement
import booking.training.models
import booking.utilisation.models
import booking.web.idempotency
import booking.web.rates.windows  # noqa: F401
