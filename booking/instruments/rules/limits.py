"""How long the texts of a card may be (`policy-facts.md` §6.3), for forms, sheets and reports."""

from collections.abc import Mapping
from typing import Final

# In characters; of a list, of one entry.
LONGEST: Final[Mapping[str, int]] = {
    "name": 50,
    "name_en": 100,
    "inner_id": 40,
    "category_code": 8,
    "classification_scheme": 16,
    "origin_country": 50,
    "manufacturer": 100,
    "model": 100,
    "specs": 500,
    "functions": 300,
    "disciplines": 100,
    "services": 200,
    "typical_results": 500,
    "user_notes": 500,
    "fee_notes": 500,
    "address": 100,
    "province": 20,
    "city": 20,
    "postal_address": 100,
    "postal_code": 6,
    "funds": 100,
    "contact_name": 20,
    "contact_phone": 20,
    "contact_email": 50,
    "aliases": 50,
}
# Entries of a list.
MOST: Final[Mapping[str, int]] = {"disciplines": 4, "aliases": 20}
MOST_UNITS: Final = 200
