"""Pages about what is owed."""

from fastapi import APIRouter

from booking.billing.routes import adjustments, charges

router = APIRouter()
router.include_router(adjustments.router)
router.include_router(charges.router)
