"""All proofs, and what they find."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlmodel import Session

from booking.checking import audit, credit, files, money, people, subsidies, time, utilisation
from booking.checking.proof import Finding, Proof

PROOFS: Final[Sequence[Proof]] = sorted(
    (
        *time.PROOFS,
        *money.PROOFS,
        *credit.PROOFS,
        *subsidies.PROOFS,
        *utilisation.PROOFS,
        *people.PROOFS,
        *audit.PROOFS,
        *files.PROOFS,
    ),
    key=lambda proof: proof.invariant,
)


def broken(session: Session) -> Iterator[Finding]:
    """Every row that breaks an invariant; nothing when all is well."""
    for proof in PROOFS:
        for row in proof.find(session):
            yield Finding(proof.invariant, proof.name, row)
