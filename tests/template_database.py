"""A migrated database made once and copied for each test run.

Oscar, Wagtail and our rooms bring some three hundred migrations: a minute of work that changes only when a migration
does. The first run on a machine keeps what it made, named by a hash of all that went into it; each later test
database is a copy, and `migrate` finds nothing left to do. Where migrations were only added, what is there goes on.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parent.parent
STORE = Path(tempfile.gettempdir()) / f"ocop-tests-{os.getuid()}"
SOURCES = ("marketplace", "catalogue", "checkout", "cms", "search")


@dataclass(frozen=True)
class Ingredients:
    """What a migrated database is made of: each source's name and a hash of its content."""

    parts: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """A short name of all of it."""
        return hashlib.sha256(json.dumps(self.parts, sort_keys=True).encode()).hexdigest()[:16]

    def contains(self, older: dict[str, str]) -> bool:
        """Whether a database made of `older` lacks only what was added since."""
        return older.items() <= self.parts.items()


def ingredients() -> Ingredients:
    """Every migration of ours, the data they load, and every installed package's version."""
    packages = sorted(f"{found.name}=={found.version}" for found in metadata.distributions())
    parts = {"packages": _hash("\n".join(packages).encode())}
    for room in SOURCES:
        for path in (ROOT / room).rglob("*"):
            if path.suffix == ".csv" or (path.suffix == ".py" and path.parent.name == "migrations"):
                parts[path.relative_to(ROOT).as_posix()] = _hash(path.read_bytes())
    return Ingredients(parts)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def start_from_template(connection: BaseDatabaseWrapper) -> None:
    """Let Django make this connection's test database out of a migrated copy."""
    STORE.mkdir(mode=0o700, exist_ok=True)
    if connection.vendor == "sqlite":
        _copy_into_memory(connection)
    elif connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = _postgres_template(connection)


def _copy_into_memory(connection: BaseDatabaseWrapper) -> None:
    creation = connection.creation
    create_empty = creation._create_test_db

    def create_from_template(verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name = create_empty(verbosity, autoclobber, keepdb)
        source = sqlite3.connect(sqlite_template(ingredients()))
        target = sqlite3.connect(name, uri=True)
        source.backup(target)
        source.close()
        # An in-memory database lives as long as one connection to it does.
        creation.template_copy = target
        return name

    creation._create_test_db = create_from_template


def sqlite_template(made_of: Ingredients) -> Path:
    """Return the file of the migrated database made of these, to be copied."""
    STORE.mkdir(mode=0o700, exist_ok=True)
    path = STORE / f"{made_of.fingerprint}.sqlite3"
    with _one_at_a_time(made_of.fingerprint):
        if not path.exists():
            _forget_old_templates()
            unfinished = path.with_suffix(f".{os.getpid()}")
            if base := _sqlite_base(made_of):
                shutil.copyfile(base, unfinished)
            _migrate(f"sqlite:///{unfinished}")
            with sqlite3.connect(unfinished) as made:
                made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            made.close()
            _write_recipe(made_of)
            unfinished.rename(path)
        path.touch()  # in use: not among the old ones
    return path


def _sqlite_base(made_of: Ingredients) -> Path | None:
    """Return the template that lacks least, or None where each holds something that has changed."""
    fitting = []
    for recipe in STORE.glob("*.json"):
        older = _read_recipe(recipe.stem)
        path = recipe.with_suffix(".sqlite3")
        if older and path.exists() and made_of.contains(older):
            fitting.append((len(older), path))
    return max(fitting)[1] if fitting else None


def _forget_old_templates() -> None:
    yesterday = time.time() - 24 * 60 * 60
    for path in STORE.glob("*.sqlite3"):
        if path.stat().st_mtime < yesterday:
            path.unlink()


def _postgres_template(connection: BaseDatabaseWrapper) -> str:
    name = f"template_{connection.settings_dict['NAME']}"
    made_of = ingredients()
    with _one_at_a_time(name), connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        )
        row = cursor.fetchone()
        if row != (made_of.fingerprint,):
            older = _read_recipe(row[0]) if row and row[0] else None
            if not older or not made_of.contains(older):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
                cursor.execute(f'CREATE DATABASE "{name}"')
            _migrate(urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")))
            _write_recipe(made_of)
            cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{made_of.fingerprint}'")
    return name


def _write_recipe(made_of: Ingredients) -> None:
    (STORE / f"{made_of.fingerprint}.json").write_text(json.dumps(made_of.parts))


def _read_recipe(fingerprint: str) -> dict[str, str] | None:
    path = STORE / f"{fingerprint}.json"
    if not path.exists():
        return None
    parts: dict[str, str] = json.loads(path.read_text())
    return parts


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
    with (STORE / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Make the template of the database that the environment names, where there is none yet."""
    import django
    from django.db import connection

    os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.settings.test"
    django.setup()
    STORE.mkdir(mode=0o700, exist_ok=True)
    if connection.vendor == "sqlite":
        sqlite_template(ingredients())
    else:
        _postgres_template(connection)


if __name__ == "__main__":
    main()
