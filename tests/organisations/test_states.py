"""The life of an organisation: what is in the table happens, nothing else does."""

from itertools import product

from booking.organisations.states import TRANSITIONS, OrganisationState, OrganisationStep, after

State, Step = OrganisationState, OrganisationStep


def test_an_organisation_is_verified_suspended_and_reinstated() -> None:
    assert after(State.PENDING, Step.VERIFY) is State.VERIFIED
    assert after(State.VERIFIED, Step.SUSPEND) is State.SUSPENDED
    assert after(State.SUSPENDED, Step.REINSTATE) is State.VERIFIED


def test_a_registration_is_returned_and_handed_in_again() -> None:
    assert after(State.PENDING, Step.RETURN) is State.RETURNED
    assert after(State.RETURNED, Step.RESUBMIT) is State.PENDING


def test_every_other_step_leads_nowhere() -> None:
    others = set(product(OrganisationState, OrganisationStep)) - set(TRANSITIONS)
    assert len(others) == 15
    assert all(after(state, step) is None for state, step in others)
