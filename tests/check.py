"""Everything that judges the code without running its tests: `make check`."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.native_services import Unavailable, docker_compose
from tests.services import compose_environment

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")


class Refused(Exception):
    """A check found something; the message is what it printed."""


def command(*arguments: str, env: dict[str, str] | None = None) -> Callable[[], None]:
    """Return a check that runs one command and accepts its exit code 0."""

    def check() -> None:
        outcome = subprocess.run(
            arguments,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if outcome.returncode:
            raise Refused(outcome.stdout)

    return check


def compose_file() -> None:
    """`docker compose config`, with a value for everything that the file refuses to guess."""
    environment = compose_environment(secrets.token_hex(24))
    arguments = [*docker_compose(), "--profile", "development", "config", "--quiet"]
    command(*arguments, env=environment)()


def production_settings(data_dir: str) -> dict[str, str]:
    """An environment with which production starts; `check --deploy` judges the rest."""
    return {
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "FIELD_ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "cho.example.vn",
        "SITE_URL": "https://cho.example.vn",
        "EMAIL_URL": "smtp+tls://user:password@mail.example.vn:587",
        "DEFAULT_FROM_EMAIL": "cho@example.vn",
        "OPERATOR_NAME": "Trung tâm Xúc tiến Thương mại",
        "OPERATOR_ADDRESS": "1 Trần Phú, Đà Lạt",
        "OPERATOR_REGISTRATION": "0312345678",
        "OPERATOR_PHONE": "0263 3822 111",
        "OPERATOR_EMAIL": "cho@example.vn",
        "DATABASE_URL": "",
        "ELASTICSEARCH_URL": "",
        "REDIS_URL": "",
        "DATA_DIR": data_dir,
    }


def checks(data_dir: str) -> dict[str, Callable[[], None]]:
    """Every check by the name that a person would call it; the slow ones first."""
    local = {"DJANGO_SETTINGS_MODULE": "marketplace.settings.test", "DATABASE_URL": ""}
    return {
        "docker compose config": compose_file,
        "mypy": command(str(BIN / "mypy")),
        "lock resolves for Python 3.11 to 3.14": command("make", "--no-print-directory", "lock-check"),
        "djLint": command(str(BIN / "djlint"), "templates", "--lint", "--quiet"),
        "check --deploy": command(
            *MANAGE, "check", "--deploy", "--fail-level", "WARNING", env=production_settings(data_dir)
        ),
        "makemigrations --check": command(*MANAGE, "makemigrations", "--check", "--dry-run", env=local),
        "messages compiled, none untranslated": command(*MANAGE, "compile_messages", "--check", env=local),
        "import-linter": command(str(BIN / "lint-imports")),
        "ruff check": command(str(BIN / "ruff"), "check", "."),
        "ruff format": command(str(BIN / "ruff"), "format", "--check", "."),
    }


def main() -> int:
    """Run all checks, two at a time; print one line each, and what the refused ones say."""
    refused = 0
    with tempfile.TemporaryDirectory() as data_dir, ThreadPoolExecutor(max_workers=2) as pool:
        started = time.monotonic()
        running: list[tuple[str, Future[None]]] = [
            (name, pool.submit(check)) for name, check in checks(data_dir).items()
        ]
        for name, future in running:
            try:
                future.result()
            except Unavailable as reason:
                if os.environ.get("CI") == "true":
                    refused += 1
                    print(f"MISSING  {name}: {reason}", flush=True)
                else:
                    print(f"skipped  {name}: {reason}", flush=True)
            except Refused as complaint:
                refused += 1
                print(f"REFUSED  {name}\n{complaint}", flush=True)
            else:
                print(f"ok       {name}", flush=True)
        print(
            f"{len(running) - refused} of {len(running)} checks passed in {time.monotonic() - started:.0f} s"
        )
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
