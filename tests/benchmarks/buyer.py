"""A guest without JavaScript: fills a basket and orders, as a browser does, and is told how many queries each answer took."""

import html
import http.cookiejar
import re
import statistics
import urllib.parse
import urllib.request
from collections.abc import Sequence

from tests.benchmarks.counting import ASK, COUNT
from tests.benchmarks.load import Failed

#: The address of whoever buys, as the checkout's form takes it.
WHO_AND_WHERE = {
    "recipient_name": "Nguyễn Thị Lan",
    "phone": "0912 345 678",
    "province": "68",
    "commune": "Phường Xuân Hương - Đà Lạt",
    "street": "12 Trần Phú",
    "payment_method": "cash",
    "consent": "on",
}
_HIDDEN = re.compile(r'type="hidden" name="(shown|basket|csrfmiddlewaretoken)" value="([^"]*)"')


class Guest:
    """One visitor of the site at `address`, with a jar of cookies."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._jar = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar), _Stay())
        self._browser.addheaders = [("Origin", address), (ASK, "1")]

    @property
    def cookie(self) -> str:
        """The cookies as a header carries them."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def put(self, packs: Sequence[int]) -> None:
        """Put one of each pack into the basket and look at it, so that its messages are read."""
        from django.urls import reverse

        for pack in packs:
            self._ask(reverse("basket:add", kwargs={"pk": pack}), {"quantity": "1"}, expected=302)
        self._ask(reverse("basket:summary"))

    def queries(self, url: str, *, times: int = 5) -> int:
        """Return how many queries the answer to `url` took: the middle of several, each uncached.

        Once a minute a process also reads the dated rules and the names of filters, three small queries each.
        """
        path = url.removeprefix(self.address)
        joint = "&" if "?" in path else "?"
        return statistics.median_low(
            self._ask(f"{path}{joint}counted={number}")[1] for number in range(times)
        )

    def order(self) -> int:
        """Order what lies in the basket for cash; return how many queries the placing took."""
        from django.urls import reverse

        path = reverse("checkout:checkout")
        page, _queries = self._ask(path)
        page, _queries = self._ask(path, {**WHO_AND_WHERE, **_hidden(page), "refresh": "1"})
        return self._ask(path, {**WHO_AND_WHERE, **_hidden(page)}, expected=302)[1]

    def _ask(self, path: str, form: dict[str, str] | None = None, *, expected: int = 200) -> tuple[str, int]:
        data = None if form is None else urllib.parse.urlencode(form).encode()
        with self._browser.open(self.address + path, data, timeout=60) as response:
            if response.status != expected:
                raise Failed(f"{path}: status {response.status}")
            return response.read().decode(), int(response.headers[COUNT])


class _Stay(urllib.request.HTTPRedirectHandler):
    """Hand a redirect or an error back as it is: what it took is counted, not what comes after it."""

    def http_error_302(self, request, response, code, message, headers):  # type: ignore[no-untyped-def]
        return response

    http_error_301 = http_error_303 = http_error_307 = http_error_302


def _hidden(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}
