"""Going through a page without a pointer."""

import pytest
from playwright.sync_api import Locator, Page


def tab_to(page: Page, wanted: Locator, *, most: int = 80) -> None:
    """Press Tab until `wanted` has the focus."""
    for _press in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("the keyboard doesn't get there")
