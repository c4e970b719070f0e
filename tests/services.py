"""Finds or starts the real services that tests use: `python -m tests.services`, `make services`.

For each, in this order: the one that the environment names, the one that already listens on its port, one from
`docker compose` where an engine answers, one from the system (see `tests/native_services.py`). Safe to run twice;
what already listens is left alone. What can't be had is said in one line, and why.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests import native_services
from tests.native_services import Unavailable

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 120


@dataclass(frozen=True)
class Service:
    """One service: the variable that names it, where it listens by default, and how it starts."""

    name: str
    variable: str
    default: str
    answers: Callable[[str], str]
    """Returns why the service at this address does not answer; an empty string where it does."""
    start: Callable[[], None]
    compose_name: str = ""
    compose_value: str = ""


@dataclass(frozen=True)
class Found:
    """What came of looking for a service: its value for the environment, or the reason why there is none."""

    service: Service
    value: str
    how: str


def _listens(value: str) -> str:
    address = urlsplit(value)
    try:
        socket.create_connection((address.hostname or "", address.port or 0), timeout=2).close()
    except OSError as error:
        return f"nothing answers at {address.hostname}:{address.port} ({error})"
    return ""


def _postgres_answers(value: str) -> str:
    import psycopg

    try:
        psycopg.connect(value, connect_timeout=3).close()
    except psycopg.Error as error:
        return str(error).strip().splitlines()[-1]
    return ""


def _redis_answers(value: str) -> str:
    import redis

    try:
        redis.Redis.from_url(value, socket_timeout=3).ping()
    except redis.RedisError as error:
        return str(error)
    return ""


def _elasticsearch_answers(value: str) -> str:
    from elasticsearch import ApiError, Elasticsearch, TransportError

    try:
        # `ping()` asks for `/`, which the distribution from Maven doesn't have.
        Elasticsearch(value, request_timeout=3, max_retries=0).cluster.health()
    except (ApiError, TransportError) as error:
        return str(error)
    return ""


def _executable(value: str) -> str:
    return "" if shutil.which(value) else f"{value} is not an executable"


SERVICES = (
    Service(
        name="PostgreSQL",
        variable="DATABASE_URL",
        default="postgres://ocop:ocop@127.0.0.1:5432/ocop",
        answers=_postgres_answers,
        start=native_services.start_postgres,
        compose_name="postgres",
        compose_value="postgres://ocop:{password}@127.0.0.1:5432/ocop",
    ),
    Service(
        name="Redis",
        variable="REDIS_URL",
        default="redis://127.0.0.1:6379/0",
        answers=_redis_answers,
        start=native_services.start_redis,
        compose_name="redis",
        compose_value="redis://:{password}@127.0.0.1:6379/0",
    ),
    Service(
        name="Elasticsearch",
        variable="ELASTICSEARCH_URL",
        default="http://127.0.0.1:9200",
        answers=_elasticsearch_answers,
        start=native_services.start_elasticsearch,
        compose_name="elasticsearch",
        compose_value="http://elastic:{password}@127.0.0.1:9200",
    ),
    Service(
        name="stripe-mock",
        variable="STRIPE_MOCK_URL",
        default="http://127.0.0.1:12111",
        answers=_listens,
        start=native_services.start_stripe_mock,
        compose_name="stripe-mock",
        compose_value="http://127.0.0.1:12111",
    ),
    Service(
        name="Chromium",
        variable="CHROMIUM",
        default="",
        answers=_executable,
        start=native_services.install_chromium,
    ),
)


def find_or_start(service: Service) -> Found:
    """Return the service's address, starting it where that is needed and possible."""
    named = os.environ.get(service.variable, "")
    if named:
        problem = service.answers(named)
        return Found(service, "" if problem else named, problem or f"named by {service.variable}")
    default = service.default or native_services.find_chromium()
    if default and not service.answers(default):
        return Found(service, default, "was there")
    try:
        if service.compose_name and _docker_engine_answers():
            return Found(service, _start_by_compose(service), "started by docker compose")
        service.start()
    except Unavailable as reason:
        return Found(service, "", str(reason))
    value = service.default or native_services.find_chromium()
    problem = _wait_for(service, value)
    return Found(service, "" if problem else value, problem or "started")


def _wait_for(service: Service, value: str) -> str:
    deadline = time.monotonic() + READY_SECONDS
    while (problem := service.answers(value)) and time.monotonic() < deadline:
        time.sleep(0.5)
    return problem


def _docker_engine_answers() -> bool:
    return bool(shutil.which("docker")) and not any(
        subprocess.run(["docker", *arguments], capture_output=True, check=False).returncode
        for arguments in (["info"], ["compose", "version"])
    )


def _start_by_compose(service: Service) -> str:
    """Start one service of docker-compose.yml in a project of its own, with a password of its own."""
    password_file = ROOT / "var" / "services-password"
    if not password_file.exists():
        password_file.parent.mkdir(exist_ok=True)
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_hex(24))
    password = password_file.read_text()
    outcome = subprocess.run(
        [
            *("docker", "compose", "--project-name", "ocop-services", "--profile", "development"),
            *("up", "--detach", "--wait", "--no-deps", service.compose_name),
        ],
        cwd=ROOT,
        env={**os.environ, **compose_environment(password)},
        capture_output=True,
        text=True,
        check=False,
    )
    value = service.compose_value.format(password=password)
    problem = outcome.stderr.strip() if outcome.returncode else _wait_for(service, value)
    if problem:
        raise Unavailable(f"docker compose could not start it: {problem.splitlines()[-1]}")
    return value


def compose_environment(password: str) -> dict[str, str]:
    """A value for everything that docker-compose.yml refuses to guess."""
    return {
        "POSTGRES_PASSWORD": password,
        "ELASTIC_PASSWORD": password,
        "REDIS_PASSWORD": password,
        "SECRET_KEY": password,
        "FIELD_ENCRYPTION_KEYS": password,
        "ALLOWED_HOSTS": "localhost",
        "SITE_URL": "http://localhost",
        "SITE_ADDRESS": ":80",
        "EMAIL_URL": "consolemail://",
        "DEFAULT_FROM_EMAIL": "test@localhost",
    }


def main() -> int:
    """Print what was found, one line each; with `--export` as lines for a shell's `eval`."""
    export = "--export" in sys.argv
    found = [find_or_start(service) for service in SERVICES]
    for one in found:
        line = (
            f"{one.service.name}: {one.value + ' (' + one.how + ')' if one.value else 'missing: ' + one.how}"
        )
        print(line, file=sys.stderr if export else sys.stdout)
        if export and one.value:
            print(f"export {one.service.variable}='{one.value}'")
    return 0 if all(one.value for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
