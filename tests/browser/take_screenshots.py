"""`python -m tests.browser.take_screenshots [ADDRESS]`: pictures of the main pages for `docs/screenshots/`, at both widths.

Wants the running demonstration (`make run`), Chromium in `CHROMIUM`, and buys two things there.
"""

import io
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

OUT = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SCREENS = {"phone": (390, 844), "desktop": (1280, 900)}
PASSWORD = os.environ.get("DEMO_PASSWORD", "cho-ocop-2026")
#: Name of the picture, address, whose eyes (nobody's where empty).
PAGES = [
    ("home", "/vi/", ""),
    ("listing", "/vi/san-pham/", ""),
    ("search", "/vi/tim-kiem/?q=ca+phe+duoi+200k", ""),
    ("region", "/vi/vung-dat/", ""),
    ("sign-in", "/vi/tai-khoan/dang-nhap/", ""),
    ("workplace", "/vi/quan-ly/", "chuthe@demo.example"),
    ("desk", "/vi/quan-ly/", "quantri@demo.example"),
]


def keep(page: Page, name: str, screen: str) -> None:
    """Write what is on the screen, down to 1,600 px on a phone and 1,400 px on a desktop."""
    page.wait_for_load_state("networkidle")
    height = min(page.evaluate("document.documentElement.scrollHeight"), 1600 if screen == "phone" else 1400)
    width = SCREENS[screen][0]
    page.set_viewport_size({"width": width, "height": max(height, SCREENS[screen][1])})
    page.wait_for_load_state("networkidle")
    page.evaluate("window.scrollTo(0, 0)")  # where filling in a form has scrolled down
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").save(OUT / f"{name}-{screen}.webp", quality=82, method=6)
    page.set_viewport_size({"width": width, "height": SCREENS[screen][1]})


def open_context(browser: Browser, screen: str) -> BrowserContext:
    width, height = SCREENS[screen]
    return browser.new_context(viewport={"width": width, "height": height})


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/vi/tai-khoan/dang-nhap/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_load_state("networkidle")


def buy(page: Page, site: str, screen: str) -> None:
    """Walk from a good to an order and keep a picture of each step."""
    page.goto(f"{site}/vi/san-pham/?sold=1", wait_until="networkidle")
    links = [link.get_attribute("href") for link in page.locator(".card__name a").all()[:8]]
    page.goto(site + str(links[0]), wait_until="networkidle")
    keep(page, "good", screen)
    page.goto(
        site + str(page.locator(".certificate a").first.get_attribute("href")), wait_until="networkidle"
    )
    keep(page, "certificate", screen)
    for address in (links[0], links[5]):
        page.goto(site + str(address), wait_until="networkidle")
        page.click(".buy-bar button")
        page.wait_for_load_state("networkidle")
    keep(page, "basket", screen)
    page.goto(f"{site}/vi/dat-hang/", wait_until="networkidle")
    page.fill("[name=recipient_name]", "Nguyễn Thị Hoa")
    page.fill("[name=phone]", "0912 345 678")
    page.select_option("[name=province]", label="Hà Nội")
    page.wait_for_load_state("networkidle")
    page.fill("[name=commune]", "Phường Hoàn Kiếm")
    page.fill("[name=street]", "12 phố Hàng Bông")
    with page.expect_response("**/dat-hang/"):  # the total is worked out anew
        page.locator("[name=payment_method]").first.check()
    page.locator("[name=consent]").check()
    keep(page, "checkout", screen)
    page.click("button:not([name])[class*='button--large']")
    page.wait_for_load_state("networkidle")
    keep(page, "order", screen)


def main() -> None:
    site = (sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000").rstrip("/")
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        for screen in SCREENS:
            for name, address, email in PAGES:
                context = open_context(browser, screen)
                page = context.new_page()
                if email:
                    sign_in(page, site, email)
                page.goto(site + address, wait_until="networkidle")
                keep(page, name, screen)
                context.close()
            context = open_context(browser, screen)
            buy(context.new_page(), site, screen)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
