"""Queries by ids whose SQL is written once.

For a page of cards Django takes three times as long to write the SQL as the database takes to answer. The text depends on the number of
ids alone, so it is kept, and each page only fills in its values. What is read is what the ORM would read, through its own converters.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Final, TypeVar

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection, router
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

#: Numbers of ids for which SQL is written; a shorter list is filled up by repeating its last id.
_SIZES: Final = (1, 4, 12, 24, 48, 96, 192, 384, 1_000, 2_000, 4_000)
#: What stands in the SQL for the first id, once and a second time; the others follow.
_STAND_INS: Final = (30_001, 31_001)
#: What stands in the SQL for a moment until a page brings its own.
_SOME_MOMENT: Final = datetime(4321, 1, 2, 3, 4, 5, tzinfo=UTC)

Build = Callable[..., QuerySet[Any, Any]]
AnyModel = TypeVar("AnyModel", bound=Model)


@dataclass(frozen=True, slots=True)
class _Statement:
    """SQL with its values, and where the ids and the moment go among them."""

    sql: str
    #: How many ids it takes.
    size: int
    values: tuple[Any, ...]
    ids: tuple[tuple[int, int], ...]
    moments: tuple[int, ...]
    names: tuple[str, ...]
    compiler: SQLCompiler
    converters: dict[int, Any]


class PreparedRows:
    """The query `build(ids, *key)`, or `build(ids, moment, *key)` where `takes_moment`, of `values()`.

    Whatever else the SQL depends on is hashable and part of `key`. Where `shares_locks`, rows that `build` locks can't be changed by others
    but read with the same lock, for which Django has no words: whoever only relies on a row keeps nobody waiting who does so, too.
    `ids` are of the type `kind`.
    """

    def __init__(
        self,
        build: Build,
        *,
        takes_moment: bool = False,
        shares_locks: bool = False,
        kind: type[int] | type[str] = int,
    ) -> None:
        self._build = build
        self._kind = kind
        self._takes_moment = takes_moment
        self._shares_locks = shares_locks
        self._statement = lru_cache(maxsize=64)(self._write)

    def __call__(
        self, ids: Sequence[Any], *key: Hashable, moment: datetime | None = None
    ) -> list[dict[str, Any]]:
        """Return the rows for `ids`, in the order of the query."""
        if not ids:
            return []
        size = next((size for size in _SIZES if size >= len(ids)), None)
        if size is None:  # more than anybody reads at once
            return list(self._query(list(ids), moment, key))
        statement = self._statement(size, key)
        if statement is None:
            return []
        with _preparing_cursor() as cursor:
            cursor.execute(statement.sql, self._values(statement, ids, moment))
            rows = cursor.fetchall()
        if statement.converters:
            rows = list(statement.compiler.apply_converters(rows, statement.converters))
        return [dict(zip(statement.names, row, strict=False)) for row in rows]

    def _query(
        self, ids: list[Any], moment: datetime | None, key: tuple[Hashable, ...]
    ) -> QuerySet[Any, Any]:
        return self._build(ids, moment, *key) if self._takes_moment else self._build(ids, *key)

    def _write(self, size: int, key: tuple[Hashable, ...]) -> _Statement | None:
        """Write the SQL for `size` ids; None where the query can find nothing."""
        # Written twice: an id goes where the two differ, whatever else the query says. Small and positive, since
        # Django drops a condition that no value of its column can meet.
        first, second = ([self._kind(start + n) for n in range(size)] for start in _STAND_INS)
        query = self._query(first, _SOME_MOMENT, key).query
        compiler = query.get_compiler(connection=connection)
        try:
            sql, values = compiler.as_sql()
            _sql, others = (
                self._query(second, _SOME_MOMENT, key).query.get_compiler(connection=connection).as_sql()
            )
        except EmptyResultSet:
            return None
        moment = connection.ops.adapt_datetimefield_value(_SOME_MOMENT)
        selected = [column[0] for column in compiler.select[: compiler.col_count]]
        return _Statement(
            sql=sql.replace(" FOR UPDATE", " FOR SHARE") if self._shares_locks else sql,
            size=size,
            values=tuple(values),
            ids=tuple(
                (position, first.index(value))
                for position, (value, other) in enumerate(zip(values, others, strict=True))
                if value != other
            ),
            moments=tuple(
                position for position, value in enumerate(values) if self._takes_moment and value == moment
            ),
            names=tuple(query.selected or (*query.values_select, *query.annotation_select)),
            compiler=compiler,
            converters=compiler.get_converters(selected),
        )

    def _values(self, statement: _Statement, ids: Sequence[Any], moment: datetime | None) -> list[Any]:
        values = list(statement.values)
        given = [*ids, *[ids[-1]] * (statement.size - len(ids))]
        for position, index in statement.ids:
            values[position] = given[index]
        if statement.moments:
            adapted = connection.ops.adapt_datetimefield_value(moment)
            for position in statement.moments:
                values[position] = adapted
        return values


def _preparing_cursor() -> CursorWrapper:
    """Return a cursor with which PostgreSQL keeps the plan of what it is asked often, too: planning takes it longer than answering.

    Django's own fills in the values itself, which makes every query another text. psycopg has PostgreSQL prepare what comes more than `prepare_threshold` times.
    """
    cursor = connection.cursor()
    if connection.vendor == "postgresql":
        from psycopg import Cursor

        cursor.cursor.close()
        cursor.cursor = Cursor(connection.connection)
    return cursor


@cache
def columns_of(model: type[Model], without: frozenset[str] = frozenset()) -> list[str]:
    """Return the columns of `model` to be read by `values()`, but those of the fields `without`.

    Of a text in two languages the two, not the one that Oscar knows: modeltranslation would read that one from the language of the
    moment, and the SQL is kept for all of them.
    """
    first = settings.MODELTRANSLATION_DEFAULT_LANGUAGE
    names = [field.attname for field in model._meta.concrete_fields]
    texts = {name.removesuffix(f"_{first}") for name in names if name.endswith(f"_{first}")}
    languages = ("", *(f"_{language}" for language in settings.MODELTRANSLATION_LANGUAGES))
    left_out = texts | {f"{name}{language}" for name in without for language in languages}
    return [name for name in names if name not in left_out]


def columns_beside(beside: Mapping[str, type[Model]], without: frozenset[str] = frozenset()) -> list[str]:
    """Return the columns of the models at the paths `beside` (`product__parent`), to be read by `values()`."""
    return [f"{path}__{name}" for path, model in beside.items() for name in columns_of(model, without)]


def model_with(
    model: type[AnyModel],
    row: Mapping[str, Any],
    beside: Mapping[str, type[Model]],
    *,
    prefix: str = "",
    without: frozenset[str] = frozenset(),
) -> AnyModel:
    """Return an instance of `model` with what lies at the paths `beside`, each path after the one it goes on from, as `select_related` would."""
    made = model_from_row(model, row, prefix, without)
    owners: dict[str, Model] = {"": made}
    for path, kind in beside.items():
        parent, _, name = path.rpartition("__")
        if parent not in owners:
            continue
        is_there = row[f"{prefix}{path}__{kind._meta.pk.attname}"] is not None  # type: ignore[union-attr]
        one = model_from_row(kind, row, f"{prefix}{path}__", without) if is_there else None
        setattr(owners[parent], name, one)
        if one is not None:
            owners[path] = one
    return made


def model_from_row(
    model: type[AnyModel], row: Mapping[str, Any], prefix: str = "", without: frozenset[str] = frozenset()
) -> AnyModel:
    """Return an instance of `model` from the columns of `row` that begin with `prefix`, as if the ORM had read it."""
    names = columns_of(model, without)
    return model.from_db(router.db_for_read(model), names, [row[f"{prefix}{name}"] for name in names])
