"""What holds on every page, asked in one visit: axe, width, targets, content policy, nothing that jumps, no other host asked.

`check_page(page, url)` opens an address; `check_open_page(page)` judges what is on the screen already (after a form, say).
Both return what they found, one line each; a good page gives an empty list.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

#: Findings of these weights are never accepted.
REFUSED = {"serious", "critical"}

#: Screens up to this width belong to a thumb.
PHONE_WIDTH = 480

#: 320 px: a small phone, or 1280 px at 400 %; 640 px: 1280 px at 200 %.
ZOOMED_WIDTHS = (640, 320)

AXE = Axe()

#: Targets under 44 px either way. A box and its label are one target; a link within a sentence is as high as its line.
TARGETS_TOO_SMALL = """() => {
  const isSentence = node => node.nodeType === Node.TEXT_NODE && /\\p{L}{2}/u.test(node.textContent);
  const edge = (boxes, side, choose) => choose(...boxes.map(box => box[side]));
  return [...document.querySelectorAll('a[href], button, select, summary, textarea, input:not([type=hidden])')]
    .filter(element => {
      const own = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (!own.width || !own.height || style.visibility === 'hidden' || own.bottom < 0) return false;
      if (element.closest('.visually-hidden')) return false;
      if (getComputedStyle(element, '::after').position === 'absolute') return false;
      if (style.display === 'inline' && [...element.parentElement.childNodes].some(isSentence)) return false;
      const boxes = [element, ...(element.labels || [])].map(part => part.getBoundingClientRect())
        .filter(box => box.width > 1);
      return edge(boxes, 'bottom', Math.max) - edge(boxes, 'top', Math.min) < 43.5
        || edge(boxes, 'right', Math.max) - edge(boxes, 'left', Math.min) < 43.5;
    })
    .map(element => `${element.tagName} ${element.className} ${element.textContent.trim().slice(0, 30)}`);
}"""

#: How far everything on the page has jumped since it began to load.
SHIFT = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})"""
MOST_SHIFT = 0.02

EXCESS_WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

NOTHING_IS_FETCHED = "() => document.readyState === 'complete' && !document.querySelector('.htmx-request')"


def check_page(page: Page, url: str) -> list[str]:
    """Open `url` and return what is wrong there, each finding with the address; the viewport stays as it was.

    An address that leads elsewhere is a finding too: the page that was meant would go unchecked.
    """
    with _refusals(page, url) as refused:
        page.goto(url)
        landed = page.url.split("#")[0]
        elsewhere = [] if landed == url.split("#")[0] else [f"leads to {landed}"]
        page.wait_for_function(NOTHING_IS_FETCHED)
        shift = page.evaluate(SHIFT)
        jumps = [f"jumps while it loads: {shift:.3f}"] if shift > MOST_SHIFT else []
        found = elsewhere + jumps + _findings(page) + refused
    return [f"{url}: {finding}" for finding in found]


def check_open_page(page: Page) -> list[str]:
    """Return what is wrong with the page that is on the screen, each finding with its address."""
    return [f"{page.url}: {finding}" for finding in _findings(page)]


def _findings(page: Page) -> list[str]:
    """Return serious findings of axe, sideways scrolling and small targets."""
    page.wait_for_function(NOTHING_IS_FETCHED)
    found = _axe_findings(page)
    viewport = page.viewport_size or {"width": 1280, "height": 900}
    if viewport["width"] <= PHONE_WIDTH:
        found += [f"small target: {target}" for target in page.evaluate(TARGETS_TOO_SMALL)]
    return found + _sideways(page, viewport["width"], viewport["height"])


def _axe_findings(page: Page) -> list[str]:
    findings = []
    for violation in AXE.run(page).response["violations"]:
        if violation["impact"] in REFUSED:
            where = violation["nodes"][0]["html"][:160]
            findings.append(f"{violation['id']} ({len(violation['nodes'])}): {where}")
    return findings


def _sideways(page: Page, width: int, height: int) -> list[str]:
    wide = []
    for tried in (width, *ZOOMED_WIDTHS):
        page.set_viewport_size({"width": tried, "height": 700})
        excess = page.evaluate(EXCESS_WIDTH)
        if excess > 0:
            wide.append(f"scrolls sideways at {tried} px: {excess} px too wide")
    page.set_viewport_size({"width": width, "height": height})
    return wide


@contextmanager
def _refusals(page: Page, url: str) -> Iterator[list[str]]:
    """Gather what the browser refuses under the content policy, the errors of scripts, and what is asked of other hosts."""
    refused: list[str] = []
    site = urlsplit(url).netloc

    def note(message: ConsoleMessage) -> None:
        if "Content Security" in message.text:
            refused.append(message.text)

    def fail(error: Exception) -> None:
        refused.append(f"script error: {error}")

    def leave(request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in {"http", "https"} and asked.netloc != site:
            refused.append(f"asks another host: {request.url}")

    page.on("console", note)
    page.on("pageerror", fail)
    page.on("request", leave)
    try:
        yield refused
    finally:
        page.remove_listener("console", note)
        page.remove_listener("pageerror", fail)
        page.remove_listener("request", leave)
