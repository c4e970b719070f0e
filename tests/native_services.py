"""Starts the services of the tests on a machine without a container engine.

PostgreSQL, Redis and Chromium come from Debian, Elasticsearch from Maven Central (a whole server with its core
modules; the index needs no more), stripe-mock from its Go module. Debian's need root; the other two run as anybody.
"""

import os
import pwd
import shutil
import subprocess
import zipfile
from pathlib import Path

ELASTICSEARCH_VERSION = "8.19.3"
ELASTICSEARCH_USER = "ocop-elasticsearch"
STRIPE_MOCK = "github.com/stripe/stripe-mock@v0.203.0"
COMPOSE_MODULE = "github.com/docker/compose/v2@v2.40.3"


class Unavailable(Exception):
    """A service can't be had on this machine; the message says why and what would help."""


def is_root() -> bool:
    """Whether packages can be installed and other users' processes started."""
    return os.getuid() == 0


def home() -> Path:
    """Where downloaded services live; made where it is missing."""
    path = Path("/var/lib/ocop-services") if is_root() else Path.home() / ".cache" / "ocop-services"
    path.mkdir(parents=True, exist_ok=True)
    return path


def start_postgres() -> None:
    """Install Debian's PostgreSQL where it is missing, start its cluster, make the role and database `ocop`."""
    if not is_root():
        raise Unavailable("start PostgreSQL and name it in DATABASE_URL (this needs root)")
    _apt_install("pg_lsclusters", "postgresql")
    clusters = _run("pg_lsclusters", "--no-header").splitlines()
    if not clusters:
        raise Unavailable("PostgreSQL is installed, but has no cluster: pg_createcluster 15 main")
    version, name, _port, status = clusters[0].split()[:4]
    if status != "online":
        _run("pg_ctlcluster", version, name, "start")
    _as_postgres(
        "DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ocop') THEN "
        "CREATE ROLE ocop SUPERUSER LOGIN PASSWORD 'ocop'; END IF; END$$"
    )
    if not _as_postgres("SELECT 1 FROM pg_database WHERE datname = 'ocop'"):
        _as_postgres("CREATE DATABASE ocop OWNER ocop")


def start_redis() -> None:
    """Install Debian's Redis where it is missing and start it on the loopback interface, as a cache."""
    if not shutil.which("redis-server") and not is_root():
        raise Unavailable("start Redis and name it in REDIS_URL (installing needs root)")
    _apt_install("redis-server", "redis-server")
    if _run("redis-cli", "ping", check=False) != "PONG":
        _run("redis-server", "--daemonize", "yes", "--save", "", "--bind", "127.0.0.1", "--dir", str(home()))


def find_chromium() -> str:
    """The path of an installed Chromium, or an empty string."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), "")


def install_chromium() -> None:
    """Install Debian's Chromium, with letters that carry Vietnamese marks."""
    if not is_root():
        raise Unavailable("install Chromium and name it in CHROMIUM (this needs root)")
    _apt_install("chromium", "chromium", "fonts-noto-core")


def start_elasticsearch() -> None:
    """Fetch Elasticsearch by Maven and start it, as a user of its own where we are root: it refuses to be root."""
    directory = home() / f"elasticsearch-{ELASTICSEARCH_VERSION}"
    if not (directory / "bin" / "elasticsearch").exists():
        _fetch_elasticsearch(directory)
    java = _java_home()
    user = _elasticsearch_user() if is_root() else None
    (directory / "config" / "elasticsearch.yml").write_text(
        "cluster.name: ocop\ndiscovery.type: single-node\nxpack.security.enabled: false\nhttp.port: 9200\n"
        "cluster.routing.allocation.disk.threshold_enabled: false\n"
    )
    for name in ("data", "logs", "config"):
        (directory / name).mkdir(exist_ok=True)
    if user:
        _run("chown", "--recursive", user, str(directory))
    with (home() / "elasticsearch.log").open("w") as log:
        subprocess.Popen(
            [directory / "bin" / "elasticsearch"],
            cwd=directory,
            env={"PATH": os.environ["PATH"], "ES_JAVA_HOME": java, "ES_JAVA_OPTS": "-Xms512m -Xmx512m"},
            user=user,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _fetch_elasticsearch(directory: Path) -> None:
    _apt_install("mvn", "maven", "openjdk-17-jre-headless")
    artifact = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{ELASTICSEARCH_VERSION}:zip"
    archive = f"elasticsearch-{ELASTICSEARCH_VERSION}.zip"
    _run("mvn", "--batch-mode", "--quiet", "dependency:get", "-Dtransitive=false", f"-Dartifact={artifact}")
    _run(
        *("mvn", "--batch-mode", "--quiet", "dependency:copy", f"-Dartifact={artifact}"),
        f"-DoutputDirectory={home()}",
    )
    with zipfile.ZipFile(home() / archive) as opened:
        opened.extractall(home())
    (home() / archive).unlink()
    for program in (directory / "bin").iterdir():
        program.chmod(0o755)


def _java_home() -> str:
    java = shutil.which("java")
    if named := os.environ.get("JAVA_HOME"):
        return named
    if not java:
        raise Unavailable("a Java 17 runtime is missing: install one or set JAVA_HOME")
    return str(Path(java).resolve().parent.parent)


def _elasticsearch_user() -> str:
    try:
        pwd.getpwnam(ELASTICSEARCH_USER)
    except KeyError:
        _run("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ELASTICSEARCH_USER)
    return ELASTICSEARCH_USER


def start_stripe_mock() -> None:
    """Build stripe-mock by Go and start it; it answers on port 12111."""
    program = home() / "stripe-mock"
    if not program.exists():
        _apt_install("go", "golang-go")
        _run("go", "install", STRIPE_MOCK, env={"GOBIN": str(home())})
    with (home() / "stripe-mock.log").open("w") as log:
        subprocess.Popen(
            [program, "-http-addr", "127.0.0.1:12111"],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def docker_compose() -> list[str]:
    """The command that reads compose files; built from its Go module where Docker has no such plugin."""
    if shutil.which("docker") and "Docker Compose" in _run("docker", "compose", "version", check=False):
        return ["docker", "compose"]
    program = home() / "docker-compose"
    if not program.exists():
        if not shutil.which("go"):
            raise Unavailable("docker compose is not here, and Go isn't either, to build it")
        found = _run("go", "mod", "download", "-json", COMPOSE_MODULE)
        source = home() / "docker-compose-source"
        # Its go.mod excludes some versions, so it builds only as the main module, from a copy that can be written to.
        shutil.rmtree(source, ignore_errors=True)
        shutil.copytree(found.split('"Dir": "')[1].split('"')[0], source)
        _run("chmod", "--recursive", "u+w", str(source))
        _run("go", "build", "-o", str(program), "./cmd", cwd=source)
        shutil.rmtree(source)
    return [str(program)]


def _apt_install(program: str, *packages: str) -> None:
    """Install packages where the program that they bring is missing."""
    if shutil.which(program):
        return
    if not is_root() or not shutil.which("apt-get"):
        raise Unavailable(f"{program} is missing: install {' and '.join(packages)}")
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    _run("apt-get", "update", "-qq", env=environment)
    _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, env=environment)


def _as_postgres(statement: str) -> str:
    return _run("psql", "--tuples-only", "--no-align", "--command", statement, user="postgres", cwd=Path("/"))


def _run(
    *command: str,
    check: bool = True,
    env: dict[str, str] | None = None,
    user: str | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a command and return what it printed; `Unavailable` with its last line of complaint where it fails."""
    try:
        outcome = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **(env or {})},
            user=user,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise Unavailable(f"{command[0]} is missing") from error
    if check and outcome.returncode:
        complaint = (outcome.stderr or outcome.stdout).strip().splitlines() or ["no reason given"]
        raise Unavailable(f"`{' '.join(command[:3])}` failed: {complaint[-1]}")
    return outcome.stdout.strip()
