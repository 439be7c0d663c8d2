"""Long lists of ids as one parameter: `among(column, ids_parameter("ids"))`.

An `IN` with thousands of placeholders is slow to build and to plan on either database.
"""

import json
from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeEngine


class IdList(sa.TypeDecorator[Sequence[int]]):
    """Ids as an array on PostgreSQL and as JSON text on SQLite; for parameters only."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        return dialect.type_descriptor(postgresql.ARRAY(sa.BigInteger()))

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> object:
        ids = list(value or ())
        return json.dumps(ids) if dialect.name == "sqlite" else ids


class _Among(GenericFunction[int]):
    name = "among"
    # A boolean would become `… = 1` on SQLite, which then no longer sees the index.
    type = sa.Integer()
    inherit_cache = True


def among(
    column: sa.ColumnElement[int], ids: sa.BindParameter[Sequence[int]]
) -> sa.ColumnElement[bool]:
    """Whether a column is one of a list of ids."""
    return cast(sa.ColumnElement[bool], _Among(column, ids))


def ids_parameter(name: str) -> sa.BindParameter[Sequence[int]]:
    """The list, to be given when the statement is executed."""
    return sa.bindparam(name, type_=IdList())


def _arguments(element: _Among, compiler: SQLCompiler) -> list[str]:
    return [compiler.process(clause) for clause in element.clauses]


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **_: object) -> str:
    column, ids = _arguments(element, compiler)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - names and placeholders


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **_: object) -> str:
    column, ids = _arguments(element, compiler)
    return f"{column} = ANY({ids})"
