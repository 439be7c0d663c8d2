"""A file in a form: how a route says that it takes one, and how it gets at it.

    class ClaimForm(…):
        evidence: ChosenFile | None = None

    @router.post(…)
    @takes_file(Use.EVIDENCE)
    def claim(form: Annotated[Filled[ClaimForm], filled_in(ClaimForm)], vault: VaultDep, …):
        page.if_refused(…, form=form)                       # what was typed stays, but no file can
        received = receive(vault, form.checked.evidence, Use.EVIDENCE)
        …

Templates show it with `ui.file_field(form, "evidence", …)` in a form with
`enctype="multipart/form-data"`. Call `receive` before anything is asked of the transaction: it
takes as long as the scanner does.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, UploadFile

from booking.files.providers.disk import Vault, vault_of
from booking.files.rules.kinds import ALLOWED, Use
from booking.web.manners import takes_bodies_of

ChosenFile = UploadFile
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def takes_file(*uses: Use) -> Callable[[Endpoint], Endpoint]:
    """A route that takes a file of each of these uses; every other refuses bodies so large."""
    return takes_bodies_of(sum(ALLOWED[use].largest for use in uses))


async def _vault(request: Request) -> Vault:
    state = request.app.state
    return vault_of(state.engine, scan_command=state.settings.scan_command)


VaultDep = Annotated[Vault, Depends(_vault)]
