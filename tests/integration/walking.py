"""A person who follows what pages offer: every link, every form, whatever a page fetches for itself.

`Walk` goes breadth-first from one page and notes what refuses, is missing or breaks, each finding as "page -> link: what is wrong".
Alike links are followed a few times only: `alike` times each.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import translation
from lxml import html

HOST = "http://testserver"
#: Answers of a form that lets a person in: it went through, says what is missing, or asks to wait.
TAKEN = {200, 204, 302, 303, 400, 409, 422, 429}
#: How often a list is narrowed, sorted or paged through.
FILTERS = 4
FILES = ("/static/", "/media/")
#: Wagtail's own screens: who may enter them is ours, how they are made is not.
EDITORS_DESK = "/cms/"


@dataclass
class Walk:
    """One person's way through the shop in one language, and what was found on it."""

    client: Client
    language: str
    #: Where this person is at home; pages elsewhere are opened, but what they offer is left to somebody else's walk.
    within: tuple[str, ...]
    #: Names of the addresses that may ask this person to sign in.
    closed: frozenset[str] = frozenset()
    #: How often the walk leads to the same kind of address where it is at home.
    alike: int = 2
    #: How many steps from the start are followed.
    deepest: int = 99
    findings: list[str] = field(default_factory=list)
    #: Names of the addresses that were opened, or whose form was sent.
    reached: set[str] = field(default_factory=set)
    _waiting: deque[tuple[str, str, int]] = field(default_factory=deque)
    _seen: set[str] = field(default_factory=set)
    _alike: Counter[tuple[str, ...]] = field(default_factory=Counter)
    #: What each page has to jump to, and who jumps there: page, address, place.
    _places: dict[str, set[str]] = field(default_factory=dict)
    _jumps: list[tuple[str, str, str]] = field(default_factory=list)

    def start(self, path: str) -> "Walk":
        """Walk from `path` until nothing new is offered."""
        self.client.raise_request_exception = False
        self._seen.add(path)
        self._waiting.append(("the start", path, 0))
        while self._waiting:
            self._open(*self._waiting.popleft())
        for page, target, place in self._jumps:
            if place not in self._places.get(target, {place}):
                self._note(page, f"{target}#{place}", "no such place on the page")
        return self

    def _open(self, page: str, path: str, steps: int) -> None:
        response: Any = self.client.get(path, follow=True, headers=_HEADERS)
        landed = urljoin(path, response.redirect_chain[-1][0] if response.redirect_chain else "")
        if response.status_code != 200:
            return self._note(page, path, _refusal(response))
        if landed != path and _name(landed) == "account_login" and _name(path) not in self.closed:
            return self._note(page, path, "asks to sign in")
        self.reached |= {_name(path), _name(landed)}
        is_page = response.headers["Content-Type"].startswith("text/html") and not response.streaming
        if not is_page or not response.content.strip():
            return None
        tree = html.document_fromstring(response.content.decode())
        if not landed.startswith(EDITORS_DESK):
            self._places[path] = set(tree.xpath("//@id"))
            if b"<html" in response.content:
                self._check_page(page, landed, tree)
        if landed.startswith(self.within) and steps < self.deepest and not self._is_translated(landed):
            self._gather(landed, tree, steps + 1)
        return None

    def _check_page(self, page: str, path: str, tree: Any) -> None:
        title, headings = tree.findtext(".//title") or "", tree.xpath("//h1")
        if not title.split("·")[0].strip():
            self._note(page, path, "no title")
        if len(headings) != 1 or not headings[0].text_content().strip():
            self._note(page, path, f"{len(headings)} main headings")
        if path.startswith(("/vi/", "/en/")) and tree.get("lang") != path[1:3]:
            self._note(page, path, f"says that it is in {tree.get('lang')}")

    def _gather(self, path: str, tree: Any, steps: int) -> None:
        for offered in _offered(tree):
            target, place = urldefrag(urljoin(HOST + path, offered))
            if not target.startswith(f"{HOST}/"):
                continue
            target = target.removeprefix(HOST)
            if place:
                self._jumps.append((path, target, place))
            if target not in self._seen and self._is_new(target):
                self._seen.add(target)
                self._waiting.append((path, target, steps))
        if path.startswith(EDITORS_DESK):
            return
        for action, values in _sent(tree):
            target = urljoin(path, action)
            if self._counts(2, _name(target), "sent"):
                self._send(path, target, values)

    def _is_new(self, target: str) -> bool:
        """Whether this kind of address is to be seen once more; elsewhere, and in the other language, one is enough."""
        if target.startswith(FILES):
            return False
        is_home = target.startswith(self.within) and not self._is_translated(target)
        kind = (_name(target), "?" if urlsplit(target).query else "")
        most = min(self.alike, FILTERS) if kind[1] else self.alike
        return self._counts(most if is_home else 1, *kind)

    def _counts(self, most: int, *alike: str) -> bool:
        self._alike[alike] += 1
        return self._alike[alike] <= most

    def _is_translated(self, path: str) -> bool:
        return path.startswith(("/vi/", "/en/")) and path[1:3] != self.language

    def _send(self, page: str, target: str, values: dict[str, str]) -> None:
        """Send a form with nothing typed, and take back whatever it did."""
        cookies = self.client.cookies.copy()
        with transaction.atomic():
            response = self.client.post(target, values, headers=_HEADERS)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        self.reached.add(_name(target))
        if response.status_code not in TAKEN:
            self._note(page, f"the form to {target}", _refusal(response))

    def _note(self, page: str, link: str, problem: str) -> None:
        self.findings.append(f"{page} -> {link}: {problem}")


_HEADERS: dict[str, Any] = {"Sec-Fetch-Site": "same-origin", "Origin": HOST}


def _refusal(response: Any) -> str:
    error = getattr(response, "exc_info", None)
    return f"{response.status_code} {error[1]!r}" if error else str(response.status_code)


@cache
def _name(path: str) -> str:
    """Return the name of an address; that of Wagtail's pages says how deep they lie, for each depth is another kind."""
    path = urlsplit(path).path
    try:
        with translation.override("en" if path.startswith("/en/") else "vi"):
            name = resolve(path).view_name
    except Resolver404:
        return "unknown"
    return f"{name} {path.count('/')}" if name == "wagtail_serve" else name


def _offered(tree: Any) -> Iterator[str]:
    """Yield the addresses to which a page leads without changing anything."""
    # Wagtail completes the addresses of its bulk actions by a script.
    yield from tree.xpath("//a[not(@data-bulk-action-button)]/@href")
    yield from tree.xpath("//*[not(self::form)]/@hx-get")
    for form in tree.forms:
        if form.method == "GET":
            action, place = urldefrag(form.action or "")
            yield f"{action.split('?')[0]}?{urlencode(form.form_values())}#{place}"


def _sent(tree: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where a page's forms can be sent by each of their buttons, with what they hold unseen."""
    for form in tree.forms:
        if form.method == "POST":
            hidden = {one.name: one.value or "" for one in form.xpath(".//input[@type='hidden' and @name]")}
            for action in [form.action or "", *form.xpath(".//@formaction")]:
                yield action, hidden
