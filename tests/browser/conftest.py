"""A browser for tests. Playwright's own loop runs in this thread, so Django is told that its database may be used beside it."""

import os
import threading
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

#: Widths and heights of what people hold or sit at.
SCREENS = {"phone": (390, 844), "desktop": (1280, 900)}


#: Seconds that a server may go on answering a page which is closed already.
_TO_THE_END = 60


class _Requests:
    """The threads that are answering a request now."""

    def __init__(self) -> None:
        self._answering: set[threading.Thread] = set()
        self._changed = threading.Condition()
        request_started.connect(self._started)
        request_finished.connect(self._finished)

    def _started(self, **kwargs: object) -> None:
        with self._changed:
            self._answering.add(threading.current_thread())

    def _finished(self, **kwargs: object) -> None:
        with self._changed:
            self._answering.discard(threading.current_thread())
            self._changed.notify_all()

    def _is_quiet(self) -> bool:
        # This thread's own never end where a test left a download of its client open.
        return not any(thread.is_alive() for thread in self._answering - {threading.current_thread()})

    def wait_for_the_last(self) -> bool:
        with self._changed:
            return self._changed.wait_for(self._is_quiet, timeout=_TO_THE_END)


_requests = _Requests()


@pytest.fixture(autouse=True)
def _the_database_is_put_back_when_nothing_reads_it() -> Iterator[None]:
    """A page that is closed leaves requests behind, and SQLite in memory has one connection for the server and the test."""
    yield
    assert _requests.wait_for_the_last(), "the server is still answering"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium that `CHROMIUM` names."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def new_context(chromium: Browser, screen: str, **options: object) -> BrowserContext:
    width, height = SCREENS[screen]
    return chromium.new_context(viewport={"width": width, "height": height}, **options)


@pytest.fixture(params=list(SCREENS))
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh page, once on a phone and once on a desktop."""
    context = new_context(chromium, request.param)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone_page(chromium: Browser) -> Iterator[Page]:
    """A fresh page on a phone."""
    context = new_context(chromium, "phone")
    yield context.new_page()
    context.close()
