"""All tests, with every service that can be had: `make test`, or `python -m tests.run [pytest's arguments]`.

The suite runs twice: on SQLite with the embedded search, as on a newcomer's machine, and on PostgreSQL with
Elasticsearch and Redis, as in production. Off CI a service that can't be had is said in one line and what needs it is
left out; under `CI=true` it is a failure.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.services import SERVICES, find_or_start

ROOT = Path(__file__).resolve().parent.parent
SUMMARY = re.compile(r"^(=+ )?.*\d+ (passed|failed|errors?|skipped|deselected).* in [\d.]+s.*$")


@dataclass(frozen=True)
class Run:
    """One run of the suite: which of the found services it uses, and which tests it takes."""

    title: str
    variables: tuple[str, ...]
    markers: str


RUNS = (
    Run(
        title="SQLite, embedded search",
        variables=("STRIPE_MOCK_URL", "CHROMIUM"),
        markers="not postgres and not elasticsearch and not redis",
    ),
    Run(
        title="PostgreSQL, Elasticsearch, Redis",
        variables=("DATABASE_URL", "ELASTICSEARCH_URL", "REDIS_URL", "STRIPE_MOCK_URL"),
        markers="not browser and not sqlite_only and not once",
    ),
)


def main(arguments: list[str]) -> int:
    """Run the suite twice and return 0 only where all of it passed."""
    environment: dict[str, str] = {}
    missing = []
    for service in SERVICES:
        found = find_or_start(service)
        if found.value:
            environment[service.variable] = found.value
            print(f"{service.name}: {found.how}, {_without_password(found.value)}")
        else:
            missing.append(service.name)
            print(f"{service.name}: left out, {found.how}")
    if missing and os.environ.get("CI") == "true":
        print(f"CI=true: {', '.join(missing)} must be there.")
        return 1

    used = {run: _environment(run, environment) for run in RUNS}
    possible = [run for run in RUNS if "DATABASE_URL" not in run.variables or used[run]["DATABASE_URL"]]
    _migrate([used[run] for run in possible])
    outcomes = []
    for run in RUNS:
        if run not in possible:
            outcomes.append((run.title, "left out: no PostgreSQL", 0))
            continue
        print(f"\n{run.title}", flush=True)
        outcomes.append((run.title, *_pytest(run, used[run], arguments)))

    print()
    width = max(len(title) for title, _, _ in outcomes)
    for title, summary, _ in outcomes:
        print(f"{title:<{width}}  {summary}")
    return max(code for _, _, code in outcomes)


def _environment(run: Run, found: dict[str, str]) -> dict[str, str]:
    """Return what a run's processes are told: its services, and that what one of them compiles the others take."""
    # Empty, not absent: an absent variable would be read from .env.
    services = {
        service.variable: found.get(service.variable, "") if service.variable in run.variables else ""
        for service in SERVICES
    }
    # Each worker, and each process that a test starts, would compile all of it anew where bytecode isn't kept.
    return {**os.environ, **services, "PYTHONDONTWRITEBYTECODE": ""}


def _migrate(environments: list[dict[str, str]]) -> None:
    """Make the databases that the runs copy, side by side: a minute and more of one core each, where migrations are new."""
    command = [sys.executable, "-m", "tests.template_database"]
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment) for environment in environments]
    codes = [process.wait() for process in processes]
    if any(codes):
        raise SystemExit("The migrations fail.")


def _pytest(run: Run, environment: dict[str, str], arguments: list[str]) -> tuple[str, int]:
    """Run pytest, passing on what it prints; return its closing line and its exit code."""
    processes = os.environ.get("PYTEST_PROCESSES", str(min(os.cpu_count() or 1, 4)))
    command = [sys.executable, "-m", "pytest", "-n", processes, "--dist", "worksteal", "-m", run.markers]
    summary = "no summary"
    with subprocess.Popen(
        [*command, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            if SUMMARY.match(line):
                summary = line.strip()
    # 5: nothing was collected, as where `-k` names tests of the other run.
    return summary, 0 if process.returncode == 5 else process.returncode


def _without_password(value: str) -> str:
    return re.sub(r":[^:/@]+@", ":…@", value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
