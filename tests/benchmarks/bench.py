"""`make bench`: how fast the pages are, each as a ratio to a bare view of the same server in the same run.

Absolute numbers say something about the machine, ratios about the shop. The server is production's (two processes, no debug, templates
cached, static files collected) on SQLite, or on what DATABASE_URL, ELASTICSEARCH_URL and REDIS_URL name. `--products` says how many goods.
"""

import argparse
import http.cookiejar
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

from tests.benchmarks.load import Failed, Target, requests_a_second

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 3
#: What a page may cost in bare views.
ALLOWED = {"listing": 40, "search": 40, "product page": 25, "basket of 10 lines": 60, "cached listing": 2}
BASKET_LINES, BASKET_PRODUCERS = 10, 5


def main() -> int:
    """Prepare the data once, start the server, measure, print; 1 where a page costs more than it may."""
    parser = argparse.ArgumentParser(description="Requests a second, each as a ratio to a bare view.")
    parser.add_argument("--products", type=int, default=2_000, help="synthetic goods (default: 2,000)")
    parser.add_argument("--seconds", type=float, default=4, help="seconds a page and round (default: 4)")
    options = parser.parse_args()

    port = _free_port()
    address = f"http://localhost:{port}"
    os.environ.update(_environment(options.products, address))
    _prepare(options.products)
    with _server(port, address):
        rates = _measure(_targets(address), options.seconds)
    return report(rates, options.products)


def _environment(products: int, address: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "ENV_FILE": os.devnull,
        "DATA_DIR": os.environ.get("BENCH_DATA_DIR", str(ROOT / "var" / "bench" / str(products))),
        "SECRET_KEY": secrets.token_urlsafe(60),
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
    for command in commands:
        print(f"{' '.join(command)} …", flush=True)
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    done.touch()


@contextmanager
def _server(port: int, address: str) -> Iterator[None]:
    """Run the server with two processes, and stop it."""
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
        yield
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
        cookie = _basket_cookie(address, packs)
    return [
        Target("bare view", f"{address}/bare/"),
        Target("listing", listing),
        Target("search", search),
        Target("product page", product),
        Target("basket of 10 lines", basket, cookie=cookie),
        Target("cached listing", listing, cacheable=True),
    ]


def _basket_cookie(address: str, packs: list[int]) -> str:
    """Put ten goods of five producers into a guest's basket, as a browser without JavaScript does."""
    from django.urls import reverse

    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    browser.addheaders = [("Origin", address)]
    for pack in packs:
        browser.open(address + reverse("basket:add", kwargs={"pk": pack}), b"quantity=1", timeout=30).close()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


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


def _measure(targets: list[Target], seconds: float) -> dict[str, float]:
    """Measure in rounds, so that a busy moment of the machine meets all alike; the median counts."""
    rates: dict[str, list[float]] = {target.name: [] for target in targets}
    for target in targets:
        requests_a_second(target, 1)  # wake up: connections, templates, caches of the process
    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS} …", flush=True)
        for target in targets:
            rates[target.name].append(requests_a_second(target, seconds))
    return {name: statistics.median(measured) for name, measured in rates.items()}


def report(rates: dict[str, float], products: int) -> int:
    bare = rates["bare view"]
    print(f"\n{products:,} goods, two server processes\n")
    print(f"{'page':<20}{'requests/s':>12}{'ratio':>10}{'allowed':>10}")
    late = 0
    for name, rate in rates.items():
        if name not in ALLOWED:
            print(f"{name:<20}{rate:>12,.0f}")
            continue
        ratio = bare / rate
        late += ratio > ALLOWED[name]
        verdict = "" if ratio <= ALLOWED[name] else "  too slow"
        print(
            f"{name:<20}{rate:>12,.1f}{'1/' + format(ratio, '.1f'):>10}{'1/' + str(ALLOWED[name]):>10}{verdict}"
        )
    return 1 if late else 0


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
