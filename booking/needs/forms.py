"""What companies fill in about a need, labs about an offer, anybody about a search to keep."""

from typing import Annotated

from pydantic import BaseModel, Field

from booking.instruments.forms.finding import Filters
from booking.instruments.forms.texts import Said
from booking.instruments.queries.ordering import Order
from booking.instruments.rules.categories import Category
from booking.instruments.rules.price_bands import PriceBand
from booking.instruments.rules.terms import ServiceMode
from booking.needs.rules.telling import Offering, Told
from booking.organisations.rules import District
from booking.web.forms import YuanField
from booking.web.moments import Day
from booking.web.texts import prose, text, title

RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class NeedForm(BaseModel):
    """What, of what, how exactly, by when, how many; and where the company is."""

    what: Annotated[str, text(200, shortest=1)]
    material: Annotated[str, text(100)] = ""
    accuracy: Annotated[str, text(200)] = ""
    by_day: Day
    samples: Annotated[int, Field(ge=0, le=100_000)] = 0
    district: District
    company: RowId | None = None

    def told(self) -> Told:
        return Told(
            what=self.what,
            material=self.material,
            accuracy=self.accuracy,
            by_day=self.by_day,
            samples=self.samples,
            district=self.district,
            organisation_id=self.company,
        )


class OfferForm(BaseModel):
    """What a lab would do, for how much, until when it says so."""

    offer: Annotated[str, prose(2000, shortest=1)]
    until: Day
    offered_price: Annotated[YuanField, Field(ge=0, le=10_000_000_000)] | None = None
    lab: RowId | None = None
    instrument: RowId | None = None

    def offering(self) -> Offering:
        return Offering(
            words=self.offer,
            until=self.until,
            price_fen=self.offered_price,
            lab_id=self.lab,
            instrument_id=self.instrument,
        )


class SearchForm(Filters):
    """The catalogue's filters with a name; times count for nothing."""

    search_name: Annotated[str, title(60)]


class Asked(Said):
    """What a search asks of the catalogue; it knows no times."""

    q: Annotated[str, Field(max_length=200)] = ""
    category: Category | None = None
    district: District | None = None
    mode: ServiceMode | None = None
    price: PriceBand | None = None
    lab: RowId | None = None
    subsidised: bool = False
    sort: Order = Order.RELEVANCE
    near: District | None = None


class NewSearch(Said):
    """A search to be saved, as programs say it."""

    name: Annotated[str, title(60)]
    asked: Asked


class SearchChange(Said):
    """Another name, paused or not."""

    name: Annotated[str, title(60)] | None = None
    paused: bool | None = None


class SearchNameForm(BaseModel):
    search_name: Annotated[str, title(60)]
