"""What follows from facts about charges, invoices, payments and public money."""

from booking.billing import events as billing
from booking.db.transactions import Reactions
from booking.invoices import events as invoices
from booking.kernel.events import Event
from booking.ledger import events as ledger
from booking.loans import events as loans
from booking.loans.reactions import look_again_at_draw
from booking.notifications.reactions.applications import (
    tell_of_application,
    tell_of_end,
    tell_of_ending,
    tell_of_proposal,
)
from booking.notifications.reactions.charges import tell_of_charge
from booking.notifications.reactions.invoices import tell_of_invoice
from booking.notifications.reactions.loans import tell_of_loan
from booking.notifications.reactions.prepayments import tell_of_prepayment
from booking.notifications.reactions.reports import tell_of_report
from booking.notifications.reactions.statements import tell_of_statement
from booking.notifications.reactions.vouchers import tell_of_voucher
from booking.notifications.reactions.webhooks import tell_webhooks
from booking.subsidies import events as subsidies
from booking.utilisation import events as utilisation
from booking.utilisation.reactions import mark_corrected_charge
from booking.vouchers import events as vouchers
from booking.vouchers.reactions import correct_redemption

REACTIONS: Reactions = {
    billing.AdjustmentAsked: (tell_of_charge,),
    billing.AdjustmentRefused: (tell_of_charge,),
    billing.ChargeCorrected: (
        correct_redemption,
        look_again_at_draw,
        mark_corrected_charge,
        tell_of_charge,
    ),
    invoices.InvoiceChecked: (tell_of_invoice,),
    invoices.InvoiceRecorded: (tell_of_invoice,),
    invoices.InvoiceVoided: (tell_of_invoice,),
    loans.DrawAsked: (tell_of_loan,),
    loans.DrawConfirmed: (tell_of_loan,),
    loans.DrawCovered: (tell_of_loan,),
    loans.DrawExceeded: (tell_of_loan,),
    loans.DrawExpired: (tell_of_loan,),
    loans.DrawRefused: (tell_of_loan,),
    loans.LineInOrder: (tell_of_loan,),
    loans.LineOverdue: (tell_of_loan,),
    ledger.PrepaymentReceived: (tell_of_prepayment,),
    ledger.PrepaymentRefunded: (tell_of_prepayment,),
    loans.PromiseAtRisk: (tell_of_loan,),
    loans.PromiseKept: (tell_of_loan,),
    loans.PromiseShort: (tell_of_loan,),
    utilisation.ReportDue: (tell_of_report,),
    vouchers.VoucherExpired: (tell_of_voucher,),
    vouchers.VoucherExpiring: (tell_of_voucher,),
    vouchers.VoucherIssued: (tell_of_voucher,),
    vouchers.VoucherRestored: (tell_of_voucher,),
    subsidies.ApplicationAccepted: (tell_of_application,),
    subsidies.ApplicationHandedIn: (tell_of_application,),
    subsidies.ApplicationRefused: (tell_of_application,),
    subsidies.ApplicationReturned: (tell_of_application,),
    subsidies.ApplicationRevoked: (tell_of_application,),
    subsidies.ApplicationWithdrawn: (tell_of_application,),
    subsidies.ProgrammeEnded: (tell_of_end,),
    subsidies.ProgrammeEndingAsked: (tell_of_ending,),
    subsidies.ProgrammeEndingDeclined: (tell_of_ending,),
    subsidies.ProgrammeProposed: (tell_of_proposal,),
    subsidies.ProgrammeReturned: (tell_of_proposal,),
    subsidies.ProgrammeWithdrawn: (tell_of_end,),
    subsidies.StatementObjected: (tell_of_statement,),
    subsidies.StatementPaid: (tell_of_statement, tell_webhooks),
    subsidies.StatementPublished: (tell_of_statement, tell_webhooks),
    subsidies.StatementRecovered: (tell_of_statement,),
    subsidies.StatementReturned: (tell_of_statement, tell_webhooks),
}

# Recorded, and causing nothing else, on purpose.
SILENT: frozenset[type[Event]] = frozenset(
    {
        billing.AdjustmentLimitSet,
        billing.Charged,
        invoices.InvoiceFileAdded,
        invoices.InvoiceKeepingSet,
        invoices.InvoiceMatched,
        invoices.PaymentChecked,
        invoices.PaymentFileAdded,
        invoices.PaymentMatched,
        invoices.PaymentRecorded,
        invoices.PaymentVoided,
        loans.BankFileImported,
        loans.BankFileSent,
        loans.BankFileTakenIn,
        loans.BankMappingSaved,
        loans.BankRowAssigned,
        loans.BankRowDismissed,
        loans.CreditLineGranted,
        loans.DrawWithdrawn,
        loans.HoursPromised,
        loans.LoanKindChosen,
        loans.PromiseJudged,
        loans.RepaymentAgreed,
        subsidies.ApplicationBegun,
        subsidies.ApplicationPaperAdded,
        subsidies.ApplicationPaperRemoved,
        subsidies.ApplicationStepped,
        subsidies.BatchAnswered,
        subsidies.BatchDissolved,
        subsidies.BatchDrawn,
        subsidies.BatchSent,
        subsidies.PeriodSettled,
        subsidies.ProgrammeActivated,
        subsidies.ProgrammeDiscarded,
        subsidies.ProgrammeDrafted,
        subsidies.ProgrammeEndFact,
        subsidies.SimulationKept,
        subsidies.StatementAnswered,
        subsidies.StatementApproved,
        subsidies.StatementLocked,
        subsidies.StatementStepped,
        subsidies.StatementWithdrawn,
        subsidies.StatementsExported,
        utilisation.ReportEntered,
        utilisation.ReportFiled,
        utilisation.ReportUnitNamed,
        utilisation.SheetHandedIn,
        utilisation.YearlyEntryChanged,
        vouchers.ProviderPaid,
        vouchers.VoucherEncumbered,
        vouchers.VoucherRedeemed,
        vouchers.VoucherReleased,
        vouchers.VoucherReturned,
    }
)
