"""`make bench-shop`: what the pages cost, in queries and as a ratio to a bare view of the same server in the same run.

Absolute numbers say something about the machine, ratios about the shop. The server is production's (two processes, no debug, templates
cached, static files collected) on SQLite, or on what DATABASE_URL, ELASTICSEARCH_URL and REDIS_URL name. `--products` says how many goods,
several numbers are measured one after the other, each on data of its own.
"""

import argparse
import os
import secrets
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from marketplace.settings.encryption_keys import development_key
from tests.benchmarks.buyer import Guest
from tests.benchmarks.load import Failed, Target, cpu_seconds, requests_a_second

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 3
#: What a page may cost in bare views.
ALLOWED = {"listing": 40, "search": 40, "product page": 25, "basket of 10 lines": 60, "cached listing": 2}
BASKET_LINES, BASKET_PRODUCERS = 10, 5
CATALOGUES = (2_000, 20_000)
#: How many queries a page may take, and placing an order for each consignment beyond the first.
ALLOWED_QUERIES = {"listing": 8, "search": 8, "product page": 10, "basket of 10 lines": 15}
ALLOWED_QUERIES_A_CONSIGNMENT = 12


def main() -> int:
    """Measure each catalogue in a process of its own; 1 where a page costs more than it may."""
    parser = argparse.ArgumentParser(
        description="Queries and requests a second, each as a ratio to a bare view."
    )
    parser.add_argument(
        "--products", type=int, nargs="+", default=CATALOGUES, help="synthetic goods (default: 2000 20000)"
    )
    parser.add_argument("--seconds", type=float, default=4, help="seconds a page and round (default: 4)")
    options = parser.parse_args()
    if len(options.products) == 1:
        return measure(options.products[0], options.seconds)
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.bench",
        "--seconds",
        str(options.seconds),
        "--products",
    ]
    imports = [sys.executable, "-m", "tests.benchmarks.import_bench"]
    return max(
        subprocess.run(measured, cwd=ROOT, check=False).returncode
        for measured in [*([*command, str(products)] for products in options.products), imports]
    )


def measure(products: int, seconds: float) -> int:
    """Prepare the data once, start the server, count, measure, print; 1 where a page costs more than it may."""
    port = _free_port()
    address = f"http://localhost:{port}"
    os.environ.update(_environment(products, address))
    _prepare(products)
    with _server(port, address) as server:
        targets = _targets(address)
        rates, cpu = _measure(targets, seconds, server)
        queries = _count(address, targets)
    return report(rates, cpu, queries, products)


def _environment(products: int, address: str) -> dict[str, str]:
    folder = os.environ.get("BENCH_DATA_DIR", str(ROOT / "var" / "bench" / str(products)))
    return {
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "ENV_FILE": os.devnull,
        "DATA_DIR": folder,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "FIELD_ENCRYPTION_KEYS": development_key(Path(folder)),
        "ALLOWED_HOSTS": "localhost",
        "SITE_URL": address,
        "SECURE_SSL_REDIRECT": "0",
        "EMAIL_URL": "dummymail://",
        "DEMONSTRATION": "1",
        "DEMO_PASSWORD": secrets.token_urlsafe(16),
        "SINGLE_HOST": "1",
        "LOG_LEVEL": "ERROR",
    }


def _prepare(products: int) -> None:
    """Make the database, the goods and the index, once for each number of goods."""
    data_dir = Path(os.environ["DATA_DIR"])
    data_dir.mkdir(parents=True, exist_ok=True)
    done = data_dir / "prepared"
    commands = [["compile_messages"], ["migrate", "--no-input"], ["collectstatic", "--no-input"]]
    if not done.exists():
        commands += [["load_demo", "--products", str(products)], ["search_rebuild"]]
    run_commands(commands)
    done.touch()


def run_commands(commands: list[list[str]]) -> None:
    """Run commands of `manage.py`, one after the other, in the environment as it is now."""
    for command in commands:
        print(f"{' '.join(command)} …", flush=True)
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def _server(port: int, address: str) -> Iterator[int]:
    """Run the server with two processes, and stop it; gives its process id."""
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
            *("--port", str(port), "--workers", "2", "--blocking-threads", "4", "--no-ws"),
            *("--log-level", "error", "marketplace.wsgi:application"),
        ],
        cwd=ROOT,
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{address}/healthz/", timeout=2).close()
                break
            except (URLError, OSError):
                if time.monotonic() > deadline or server.poll() is not None:
                    raise Failed("the server does not start") from None
                time.sleep(0.2)
        yield server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def _targets(address: str) -> list[Target]:
    """Choose what is measured among the goods that are there."""
    import django

    django.setup()
    from django.urls import reverse
    from django.utils import translation

    from catalogue.addresses import good_url
    from catalogue.models import Product

    with translation.override("vi"):
        packs = _packs()
        good = Product.objects.get(children=packs[0])
        listing = address + reverse("catalogue:index")
        search = address + reverse("search:search") + "?" + urllib.parse.urlencode({"q": "ca phe"})
        product = address + good_url(pk=good.pk, slug=good.slug, language="vi")
        basket = address + reverse("basket:summary")
        guest = Guest(address)
        guest.put(packs)
    return [
        Target("bare view", f"{address}/bare/"),
        Target("listing", listing),
        Target("search", search),
        Target("product page", product),
        Target("basket of 10 lines", basket, cookie=guest.cookie),
        Target("cached listing", listing, cacheable=True),
    ]


def _packs() -> list[int]:
    """Return ten packs that are sold, of different goods, two of each of five producers."""
    from django.utils import timezone

    from catalogue.certification.rules import sellable_q
    from catalogue.models import Product
    from marketplace.clock import today

    sold = Product.objects.filter(sellable_q(today(), at=timezone.now())).order_by("parent_id")
    chosen: dict[int, dict[int, int]] = {}
    for producer, good, pack in sold.values_list("parent__producer_id", "parent_id", "pk")[:5_000]:
        own = chosen.setdefault(producer, {})
        if len(own) < BASKET_LINES // BASKET_PRODUCERS:
            own.setdefault(good, pack)
    full = [list(own.values()) for own in chosen.values() if len(own) == BASKET_LINES // BASKET_PRODUCERS]
    if len(full) < BASKET_PRODUCERS:
        raise Failed(f"fewer than {BASKET_PRODUCERS} producers sell two goods each")
    return [pack for packs in full[:BASKET_PRODUCERS] for pack in packs]


def _measure(targets: list[Target], seconds: float, server: int) -> tuple[dict[str, float], dict[str, float]]:
    """Return requests a second and the server's CPU milliseconds a request, each the median of some rounds.

    In rounds, so that a busy moment of the machine meets all alike. The CPU time is 0 where the system doesn't tell it.
    """
    rates: dict[str, list[float]] = {target.name: [] for target in targets}
    cpu: dict[str, list[float]] = {target.name: [] for target in targets}
    for target in targets:
        requests_a_second(target, 1)  # wake up: connections, templates, caches of the process
    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS} …", flush=True)
        for target in targets:
            used, started = cpu_seconds(server), time.monotonic()
            rate = requests_a_second(target, seconds)
            answered = rate * (time.monotonic() - started)
            rates[target.name].append(rate)
            cpu[target.name].append(1_000 * (cpu_seconds(server) - used) / answered)
    return (
        {name: statistics.median(measured) for name, measured in rates.items()},
        {name: statistics.median(measured) for name, measured in cpu.items()},
    )


def _count(address: str, targets: list[Target]) -> dict[str, int]:
    """Return how many queries each page takes, and placing an order of one and of five producers."""
    from django.utils import translation

    queries = {}
    with translation.override("vi"):
        packs = _packs()
        guest = Guest(address)
        guest.put(packs)
        for target in targets:
            if target.name in ALLOWED_QUERIES:
                queries[target.name] = guest.queries(target.url)
        queries[f"order of {BASKET_PRODUCERS} producers"] = guest.order()
        single = Guest(address)
        single.put(packs[: BASKET_LINES // BASKET_PRODUCERS])
        queries["order of one producer"] = single.order()
    return queries


def report(rates: dict[str, float], cpu: dict[str, float], queries: dict[str, int], products: int) -> int:
    """Print what was measured beside what is allowed; 1 where anything is more than that.

    The CPU time judges nothing: on a machine that has other things to do it says more than the rates.
    """
    bare = rates["bare view"]
    print(f"\n{products:,} goods, two server processes\n")
    print(
        f"{'page':<20}{'requests/s':>12}{'ratio':>10}{'allowed':>10}{'CPU ms':>9}{'queries':>9}{'allowed':>9}"
    )
    late = 0
    for name, rate in rates.items():
        if name not in ALLOWED:
            print(f"{name:<20}{rate:>12,.0f}{'':>20}{cpu[name]:>9.1f}")
            continue
        ratio = bare / rate
        counted, most = queries.get(name, 0), ALLOWED_QUERIES.get(name)
        too_many = most is not None and counted > most
        late += ratio > ALLOWED[name] or too_many
        print(
            f"{name:<20}{rate:>12,.1f}{'1/' + format(ratio, '.1f'):>10}{'1/' + str(ALLOWED[name]):>10}"
            f"{cpu[name]:>9.1f}{counted if most else '':>9}{most or '':>9}"
            f"{'  too slow' if ratio > ALLOWED[name] else ''}{'  too many queries' if too_many else ''}"
        )
    return 1 if _report_orders(queries) or late else 0


def _report_orders(queries: dict[str, int]) -> bool:
    """Print what placing an order takes; True where a consignment takes more queries than it may."""
    one, several = queries["order of one producer"], queries[f"order of {BASKET_PRODUCERS} producers"]
    each = (several - one) / (BASKET_PRODUCERS - 1)
    too_many = each > ALLOWED_QUERIES_A_CONSIGNMENT
    print(
        f"\nplacing an order: {one} queries for one producer, {several} for {BASKET_PRODUCERS}: {each:.1f} for each consignment "
        f"more, allowed {ALLOWED_QUERIES_A_CONSIGNMENT}{'  too many queries' if too_many else ''}"
    )
    return too_many


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as reason:
        sys.exit(f"Not measured: {reason}")
