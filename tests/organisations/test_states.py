"""The life of an organisation: what is in the table happens, nothing else does."""

from itertools import product

from booking.organisations.states import TRANSITIONS, OrganisationState, OrganisationStep, after

PENDING, VERIFIED, SUSPENDED = OrganisationState
VERIFY, SUSPEND, REINSTATE = OrganisationStep


def test_an_organisation_is_verified_suspended_and_reinstated() -> None:
    assert after(PENDING, VERIFY) is VERIFIED
    assert after(VERIFIED, SUSPEND) is SUSPENDED
    assert after(SUSPENDED, REINSTATE) is VERIFIED


def test_every_other_step_leads_nowhere() -> None:
    others = set(product(OrganisationState, OrganisationStep)) - set(TRANSITIONS)
    assert len(others) == 6
    assert all(after(state, step) is None for state, step in others)
