"""What an instrument offers, in the form that the rules of booking read."""

from collections.abc import Iterable
from datetime import timedelta

from booking.instruments.rules.customer import INTERNAL
from booking.instruments.rules.peaks import peak_hours_of
from booking.instruments.rules.shapes import SlotPolicy
from booking.instruments.rules.tariff import TariffTerms
from booking.instruments.rules.terms import Approval, BookingTerms, PolicyTerms, QuotaTerms
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.demand import Measure, Per, Policy, Quota, Within
from booking.reservations.rules.quota import periods_touched
from booking.reservations.rules.relief import Relief
from booking.reservations.rules.terms import AgreedTerms


def policy_from(terms: BookingTerms, customer_class: str) -> Policy:
    """The terms of an instrument for one span as the policy that binds a class of customer."""
    policy = terms.policy.for_class(customer_class)
    keeps = policy.guaranteed_outside_hours_per_week and customer_class == INTERNAL
    unused = policy.training_unused_days
    return Policy(
        published=terms.published,
        modes=terms.service_modes,
        open_windows=terms.open_windows,
        missing_years=terms.missing_years,
        faulty_since=terms.faulty_since,
        closed_by=terms.closed_by,
        grid=policy.grid,
        shortest=timedelta(minutes=policy.shortest_minutes),
        longest=timedelta(minutes=policy.longest_minutes),
        notice=timedelta(minutes=policy.notice_minutes),
        horizon_days=policy.horizon_days,
        buffer_before=policy.distance.before,
        buffer_after=policy.distance.after,
        quotas=_quotas(policy.quotas),
        relief=_relief(policy, timedelta(minutes=policy.uncounted_within_minutes), terms.tariff),
        person_gap=timedelta(minutes=policy.person_gap_minutes),
        organisation_gap=timedelta(minutes=policy.organisation_gap_minutes),
        training_required=policy.training_required,
        training_unused=None if unused is None else timedelta(days=unused),
        guaranteed=timedelta(hours=policy.guaranteed_outside_hours_per_week),
        guaranteed_release=timedelta(minutes=policy.guaranteed_release_minutes),
        places=len(terms.unit_ids),
        weeks_windows=terms.windows_in(weeks_of(terms.span)) if keeps else (),
    )


def policy_of_time(
    terms: SlotPolicy, customer_class: str, *, tariff: TariffTerms | None = None
) -> Policy:
    """What the rules of time, quotas and training read of the terms that a search knows.

    It knows no price lists: without one, only peak hours that the policy names are told from
    others.
    """
    policy = terms.for_class(customer_class)
    return Policy(
        published=True,
        modes=frozenset(),
        open_windows=(),
        grid=timedelta(seconds=policy.grid),
        shortest=timedelta(seconds=policy.shortest),
        longest=timedelta(seconds=policy.longest),
        notice=timedelta(seconds=policy.notice),
        horizon_days=dict(policy.horizons),
        quotas=_quotas(policy.quotas),
        relief=_relief(policy, timedelta(seconds=policy.uncounted_within), tariff),
        person_gap=timedelta(seconds=policy.person_gap),
        organisation_gap=timedelta(seconds=policy.organisation_gap),
        training_required=policy.training_required,
    )


def weeks_of(span: TimeSpan) -> TimeSpan:
    """The weeks that a span touches, whole."""
    weeks = periods_touched(span, Within.WEEK)
    return TimeSpan(weeks[0].start, weeks[-1].end)


def agreed_terms(policy: PolicyTerms) -> AgreedTerms:
    """The moments that a booking under this policy keeps."""
    return AgreedTerms(
        free_cancel=timedelta(minutes=policy.free_cancel_minutes),
        no_show_grace=timedelta(minutes=policy.no_show_grace_minutes),
        decide_within=timedelta(hours=policy.approval_hours),
    )


def needs_approval(approval: Approval, *, used_before: bool) -> bool:
    """Whether somebody has to decide: always, or until the first use went well."""
    return approval is Approval.ALWAYS or (approval is Approval.FIRST and not used_before)


def _relief(
    policy: PolicyTerms | SlotPolicy, within: timedelta, tariff: TariffTerms | None
) -> Relief:
    if not policy.uncounted_off_peak:
        return Relief(within=within)
    return Relief(peak_hours_of(policy.peak_hours, tariff.peak if tariff else ()), within)


def _quotas(terms: Iterable[QuotaTerms]) -> tuple[Quota, ...]:
    return tuple(
        Quota(Per(quota.per), Measure(quota.measure), Within(quota.period), quota.limit)
        for quota in terms
    )
