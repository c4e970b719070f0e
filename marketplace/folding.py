"""Names found by what somebody types at a desk, with or without marks and capitals: `ca phe` finds `Cà phê`, `dalat` does not.

For lists of the back office, on both databases alike; buyers' search has an engine of its own.
"""

import re
import unicodedata
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Contains

#: More words than a name has are not read.
MOST_WORDS = 8
_SQLITE_FUNCTION = "marketplace_folded"
_NOT_A_WORD = re.compile(r"[^0-9a-z]+")


def folded(text: str | None) -> str:
    """Return the words of `text` in lower case, without marks, `đ` as `d`, anything else as one space."""
    plain = unicodedata.normalize("NFD", (text or "").lower().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_A_WORD.sub(" ", letters).strip()


class Folded(Func):
    """`folded` of a text column, in the database."""

    arity = 1
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function=_SQLITE_FUNCTION, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL takes letters and marks apart itself; no extension is needed."""
        marks = r"regexp_replace(normalize(replace(lower(%(expressions)s), 'đ', 'd'), NFD), '[\u0300-\u036f]', '', 'g')"
        template = f"btrim(regexp_replace({marks}, '[^0-9a-z]+', ' ', 'g'))"
        return self.as_sql(compiler, connection, template=template, **context)


def names_like(typed: str, *paths: str) -> Q:
    """Return the condition that each word of `typed` stands in one of the columns at `paths`, marks and capitals aside.

    Nothing typed narrows nothing; signs without a letter or digit find nothing.
    """
    words = folded(typed).split()[:MOST_WORDS]
    found = Q() if words or not typed.strip() else Q(pk__in=[])
    for word in words:
        anywhere = Q()
        for path in paths:
            anywhere |= Q(Contains(Folded(Coalesce(F(path), Value(""))), Value(word)))
        found &= anywhere
    return found


def teach_sqlite(connection: Any, **_sent: Any) -> None:
    """Give a connection to SQLite the function that PostgreSQL is spelt out."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(_SQLITE_FUNCTION, 1, folded, deterministic=True)


def watch_connections() -> None:
    """Teach every connection to SQLite that is opened from now on."""
    connection_created.connect(teach_sqlite, dispatch_uid=_SQLITE_FUNCTION)
