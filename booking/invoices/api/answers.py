"""All JSON of the room."""

from fastapi import APIRouter

from booking.invoices.api import invoices, payments

router = APIRouter()
for part in (invoices, payments):
    router.include_router(part.router)
