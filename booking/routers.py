"""The doors of the house: pages and JSON of every room."""

from fastapi import APIRouter

from booking import reference
from booking.accounts import api as accounts_api
from booking.accounts.routes import account as account_pages
from booking.accounts.routes import delegations as delegation_pages
from booking.accounts.routes import guise as guise_pages
from booking.accounts.routes import invitations as invitation_pages
from booking.accounts.routes import links as link_pages
from booking.accounts.routes import people as people_pages
from booking.accounts.routes import provider as provider_pages
from booking.accounts.routes import roles as role_pages
from booking.accounts.routes import second_factor as second_factor_pages
from booking.accounts.routes import signing as signing_pages
from booking.accounts.routes import signing_up as sign_up_pages
from booking.audit import api as audit_api
from booking.audit import routes as audit_pages
from booking.billing import api as billing_api
from booking.billing import routes as billing_pages
from booking.credit import api as credit_api
from booking.credit.routes import appeals as credit_appeal_pages
from booking.credit.routes import rules as credit_rules_pages
from booking.credit.routes import score as credit_pages
from booking.instruments.api import cards as cards_api
from booking.instruments.api import finding as finding_api
from booking.instruments.api import imports as imports_api
from booking.instruments.api import shared as shared_api
from booking.instruments.api import terms as terms_api
from booking.instruments.routes import attachments as attachment_pages
from booking.instruments.routes import calendar as calendar_pages
from booking.instruments.routes import catalogue as catalogue_pages
from booking.instruments.routes import closures as closure_pages
from booking.instruments.routes import filing as filing_pages
from booking.instruments.routes import helpers as helper_pages
from booking.instruments.routes import home as home_pages
from booking.instruments.routes import hours as hours_pages
from booking.instruments.routes import imports as import_pages
from booking.instruments.routes import live as live_pages
from booking.instruments.routes import management as management_pages
from booking.instruments.routes import national as national_pages
from booking.instruments.routes import policy as policy_pages
from booking.instruments.routes import slots as slot_pages
from booking.instruments.routes import statutory as statutory_pages
from booking.instruments.routes import tariffs as tariff_pages
from booking.instruments.routes import words as search_word_pages
from booking.invoices.api import answers as invoices_api
from booking.invoices.routes import pages as invoice_pages
from booking.jobs.routes import health as health_pages
from booking.jobs.routes import history as job_pages
from booking.ledger import api as ledger_api
from booking.ledger import routes as ledger_pages
from booking.loans import api as loans_api
from booking.loans.routes import bank_files as bank_file_pages
from booking.loans.routes import exposure as exposure_pages
from booking.loans.routes import lines as loan_pages
from booking.needs import api as needs_api
from booking.needs.routes import board as need_board_pages
from booking.needs.routes import letters as saved_search_letter_pages
from booking.needs.routes import needs as need_pages
from booking.needs.routes import searches as saved_search_pages
from booking.notifications import api as notifications_api
from booking.notifications.routes import notices as notice_pages
from booking.notifications.routes import webhooks as webhook_pages
from booking.orders.api import orders as orders_api
from booking.orders.routes import company as order_list_pages
from booking.orders.routes import order as order_pages
from booking.orders.routes import samples as sample_pages
from booking.organisations.api import organisations as organisations_api
from booking.organisations.api import qualifications as qualifications_api
from booking.organisations.routes import organisations as organisation_pages
from booking.organisations.routes import qualifications as qualification_pages
from booking.organisations.routes import registrations as registration_pages
from booking.personal import routes as personal_pages
from booking.reservations.api import asks as asks_api
from booking.reservations.api import feedback as feedback_api
from booking.reservations.api import joint as joint_api
from booking.reservations.api import reservations as reservations_api
from booking.reservations.api import rosters as rosters_api
from booking.reservations.api import series as series_api
from booking.reservations.api import waitlist as waitlist_api
from booking.reservations.routes import approvals as approval_pages
from booking.reservations.routes import asks as ask_pages
from booking.reservations.routes import booking as booking_pages
from booking.reservations.routes import changes as change_pages
from booking.reservations.routes import condition as condition_pages
from booking.reservations.routes import confirmations as confirmation_pages
from booking.reservations.routes import day as day_pages
from booking.reservations.routes import departure as departure_pages
from booking.reservations.routes import disputes as dispute_pages
from booking.reservations.routes import faults as fault_pages
from booking.reservations.routes import feedback as feedback_pages
from booking.reservations.routes import feeds as feed_pages
from booking.reservations.routes import here as here_pages
from booking.reservations.routes import joint as joint_pages
from booking.reservations.routes import mine as reservation_pages
from booking.reservations.routes import revocation as revocation_pages
from booking.reservations.routes import rosters as roster_pages
from booking.reservations.routes import rules_draft as rules_draft_pages
from booking.reservations.routes import rules_test as rules_test_pages
from booking.reservations.routes import series as series_pages
from booking.reservations.routes import suspension as suspension_pages
from booking.reservations.routes import timelines as timeline_pages
from booking.reservations.routes import waitlist as waitlist_pages
from booking.subsidies.api import applications as applications_api
from booking.subsidies.api import batches as batches_api
from booking.subsidies.api import budgets as budgets_api
from booking.subsidies.api import loan_interest as loan_interest_api
from booking.subsidies.api import programmes as programmes_api
from booking.subsidies.api import quotes as quotes_api
from booking.subsidies.api import statements as statements_api
from booking.subsidies.api import verification as verification_api
from booking.subsidies.api import vouchers as voucher_issue_api
from booking.subsidies.api import what_if as what_if_api
from booking.subsidies.routes import applications as application_pages
from booking.subsidies.routes import batches as batch_pages
from booking.subsidies.routes import budgets as budget_pages
from booking.subsidies.routes import caps as cap_pages
from booking.subsidies.routes import desk as desk_pages
from booking.subsidies.routes import estimate as estimate_pages
from booking.subsidies.routes import exports as statement_export_pages
from booking.subsidies.routes import granted as granted_pages
from booking.subsidies.routes import loan_interest as loan_interest_pages
from booking.subsidies.routes import programme_editor as programme_editor_pages
from booking.subsidies.routes import programmes as programme_pages
from booking.subsidies.routes import statements as statement_pages
from booking.subsidies.routes import verification as verification_pages
from booking.subsidies.routes import vouchers as voucher_issue_pages
from booking.subsidies.routes import what_if as what_if_pages
from booking.training.routes import desk as training_pages
from booking.training.routes import mine as own_training_pages
from booking.training.routes import sessions as training_session_pages
from booking.utilisation import api as utilisation_api
from booking.utilisation.routes import advice as advice_pages
from booking.utilisation.routes import filed as filed_report_pages
from booking.utilisation.routes import hour as hour_of_week_pages
from booking.utilisation.routes import instrument as instrument_use_pages
from booking.utilisation.routes import open_figures as open_figure_pages
from booking.utilisation.routes import registered as registered_pages
from booking.utilisation.routes import report as utilisation_pages
from booking.utilisation.routes import sj3 as yearly_sheet_pages
from booking.utilisation.routes import unmet as unmet_pages
from booking.utilisation.routes import year as provider_year_pages
from booking.vouchers import api as vouchers_api
from booking.vouchers.routes import claims as voucher_claim_pages
from booking.vouchers.routes import pages as voucher_pages
from booking.vouchers.routes import payments as voucher_payment_pages
from booking.vouchers.routes import share as voucher_share_pages

# Pages and JSON of every room, in alphabetical order.
PAGES: tuple[APIRouter, ...] = (
    account_pages.router,
    delegation_pages.router,
    guise_pages.router,
    invitation_pages.router,
    link_pages.router,
    people_pages.router,
    provider_pages.router,
    role_pages.router,
    second_factor_pages.router,
    signing_pages.router,
    sign_up_pages.router,
    audit_pages.router,
    billing_pages.router,
    ledger_pages.router,
    calendar_pages.router,
    catalogue_pages.router,
    slot_pages.router,
    closure_pages.router,
    home_pages.router,
    import_pages.router,
    live_pages.router,
    management_pages.router,
    attachment_pages.router,
    filing_pages.router,
    policy_pages.router,
    tariff_pages.router,
    national_pages.router,
    helper_pages.router,
    hours_pages.router,
    statutory_pages.router,
    search_word_pages.router,
    invoice_pages.router,
    health_pages.router,
    job_pages.router,
    need_board_pages.router,
    need_pages.router,
    saved_search_letter_pages.router,
    saved_search_pages.router,
    notice_pages.router,
    webhook_pages.router,
    order_list_pages.router,
    sample_pages.router,
    order_pages.router,
    organisation_pages.router,
    qualification_pages.router,
    registration_pages.router,
    personal_pages.router,
    reference.router,
    approval_pages.router,
    booking_pages.router,
    confirmation_pages.router,
    day_pages.router,
    departure_pages.router,
    fault_pages.router,
    feed_pages.router,
    condition_pages.router,
    feedback_pages.router,
    dispute_pages.router,
    here_pages.router,
    reservation_pages.router,
    series_pages.router,
    joint_pages.router,
    roster_pages.router,
    rules_test_pages.router,
    rules_draft_pages.router,
    revocation_pages.router,
    suspension_pages.router,
    timeline_pages.router,
    change_pages.router,
    ask_pages.router,
    waitlist_pages.router,
    loan_pages.router,
    granted_pages.router,
    loan_interest_pages.router,
    bank_file_pages.router,
    exposure_pages.router,
    application_pages.router,
    budget_pages.router,
    desk_pages.router,
    batch_pages.router,
    estimate_pages.router,
    cap_pages.router,
    programme_editor_pages.router,
    programme_pages.router,
    statement_export_pages.router,
    statement_pages.router,
    verification_pages.router,
    what_if_pages.router,
    credit_pages.router,
    credit_appeal_pages.router,
    credit_rules_pages.router,
    own_training_pages.router,
    training_pages.router,
    training_session_pages.router,
    utilisation_pages.router,
    hour_of_week_pages.router,
    open_figure_pages.router,
    unmet_pages.router,
    registered_pages.router,
    advice_pages.router,
    instrument_use_pages.router,
    provider_year_pages.router,
    yearly_sheet_pages.router,
    filed_report_pages.router,
    voucher_pages.router,
    voucher_payment_pages.router,
    voucher_claim_pages.router,
    voucher_share_pages.router,
    voucher_issue_pages.router,
)
API: tuple[APIRouter, ...] = (
    accounts_api.router,
    audit_api.router,
    billing_api.router,
    ledger_api.router,
    finding_api.router,
    cards_api.router,
    imports_api.router,
    shared_api.router,
    terms_api.router,
    invoices_api.router,
    needs_api.router,
    notifications_api.router,
    orders_api.router,
    organisations_api.router,
    qualifications_api.router,
    credit_api.router,
    reservations_api.router,
    asks_api.router,
    feedback_api.router,
    series_api.router,
    joint_api.router,
    rosters_api.router,
    waitlist_api.router,
    loans_api.router,
    applications_api.router,
    loan_interest_api.router,
    budgets_api.router,
    programmes_api.router,
    what_if_api.router,
    quotes_api.router,
    statements_api.router,
    verification_api.router,
    batches_api.router,
    utilisation_api.router,
    vouchers_api.router,
    voucher_issue_api.router,
)
