"""JSON: figures of utilisation, and reports that are filed."""

from fastapi import APIRouter

from booking.utilisation.api import figures, filed, filings

router = APIRouter()
for _part in (figures, filed, filings):
    router.include_router(_part.router)
