"""A migrated database made once and copied for each test run.

Oscar, Wagtail and our rooms bring some three hundred migrations: a minute of work that changes only when a migration
does. The first run on a machine keeps what it made, named by a hash of all that went into it; each later test
database is a copy, and `migrate` finds nothing left to do.
"""

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parent.parent
STORE = Path(tempfile.gettempdir()) / f"ocop-tests-{os.getuid()}"
SOURCES = ("marketplace", "catalogue", "checkout", "cms", "search")


def fingerprint() -> str:
    """A hash of every migration of ours, of the data they load and of every installed package's version."""
    digest = hashlib.sha256()
    for package in sorted(f"{found.name}=={found.version}" for found in metadata.distributions()):
        digest.update(package.encode())
    for room in SOURCES:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix == ".csv" or (path.suffix == ".py" and path.parent.name == "migrations"):
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def start_from_template(connection: BaseDatabaseWrapper) -> None:
    """Let Django make this connection's test database out of a migrated copy."""
    if connection.vendor == "sqlite":
        _copy_into_memory(connection)
    elif connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = _postgres_template(connection)


def _copy_into_memory(connection: BaseDatabaseWrapper) -> None:
    creation = connection.creation
    create_empty = creation._create_test_db

    def create_from_template(verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name = create_empty(verbosity, autoclobber, keepdb)
        source = sqlite3.connect(_sqlite_template())
        target = sqlite3.connect(name, uri=True)
        source.backup(target)
        source.close()
        # An in-memory database lives as long as one connection to it does.
        creation.template_copy = target
        return name

    creation._create_test_db = create_from_template


def _sqlite_template() -> Path:
    path = STORE / f"{fingerprint()}.sqlite3"
    with _one_at_a_time("sqlite"):
        if not path.exists():
            _forget_old_templates()
            unfinished = path.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            _migrate(f"sqlite:///{unfinished}")
            with sqlite3.connect(unfinished) as made:
                made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            made.close()
            unfinished.rename(path)
    return path


def _forget_old_templates() -> None:
    yesterday = time.time() - 24 * 60 * 60
    for path in STORE.glob("*.sqlite3"):
        if path.stat().st_atime < yesterday:
            path.unlink()


def _postgres_template(connection: BaseDatabaseWrapper) -> str:
    name = f"template_{connection.settings_dict['NAME']}"
    expected = fingerprint()
    with _one_at_a_time(name), connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        )
        row = cursor.fetchone()
        if row != (expected,):
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
            _migrate(urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")))
            cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{expected}'")
    return name


def _migrate(database_url: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
        },
        check=True,
    )


@contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    """Hold a lock that all test processes of this machine share."""
    STORE.mkdir(mode=0o700, exist_ok=True)
    with (STORE / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
