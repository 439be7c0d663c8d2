"""Pages of the ledger, and of what was paid in advance."""

from fastapi import APIRouter

from booking.ledger.routes import books, prepayments

router = APIRouter()
router.include_router(books.router)
router.include_router(prepayments.router)
