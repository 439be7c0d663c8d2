"""Names for every constraint, and the columns that every table has."""

from sqlmodel import Field, SQLModel

from booking.db.types import Id

metadata = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """A table with a surrogate key; public addresses use reference numbers where there are some."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        if self.id is None:
            raise ValueError("not written yet")
        return self.id
