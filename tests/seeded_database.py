"""Gives each test with real transactions the database as the migrations left it.

Django empties every table after such a test, and with them what migrations load: provinces, rules, rates. It would also have to
delete from tables that refuse it (history). Here the tables go back to what they held at the start instead.
"""

import sqlite3
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

_Rows = dict[str, bytes]


def restore_seeds_after_each_test() -> None:
    """Make `TransactionTestCase` put every database back to its present contents. Call once, when the databases are made."""
    kept: dict[str, Any] = {alias: _keep(connections[alias]) for alias in connections}

    def put_back(self: TransactionTestCase) -> None:
        for alias, contents in kept.items():
            _restore(connections[alias], contents)

    TransactionTestCase._fixture_teardown = put_back  # type: ignore[method-assign]


def _keep(connection: BaseDatabaseWrapper) -> Any:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(copy)
        return copy
    tables: _Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            tables[table] = _read(cursor, table)
    return tables


def _restore(connection: BaseDatabaseWrapper, contents: Any) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        contents.backup(connection.connection)
        return
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, rows in contents.items():
            # Most are as they were. To empty a table row by row is cheaper than TRUNCATE, which makes each a new file.
            if _read(cursor, table) != rows:
                cursor.execute(f'DELETE FROM "{table}"')
                with cursor.copy(f'COPY "{table}" FROM STDIN') as target:
                    target.write(rows)
        cursor.execute("SET session_replication_role = DEFAULT")


def _read(cursor: Any, table: str) -> bytes:
    with cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
        return b"".join(bytes(part) for part in rows)
