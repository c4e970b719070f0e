"""A browser for tests. Playwright's own loop runs in this thread, so Django is told that its database may be used beside it."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

#: Widths and heights of what people hold or sit at.
SCREENS = {"phone": (390, 844), "desktop": (1280, 900)}


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
