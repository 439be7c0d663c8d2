"""All pages of the room, those with a name in their address before those with a reference."""

from fastapi import APIRouter

from booking.invoices.routes import invoices, keeping, payments

router = APIRouter()
for part in (keeping, invoices, payments):
    router.include_router(part.router)
