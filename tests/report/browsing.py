"""A page opened in a real browser: what it asks for, and what axe has against it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run the Chromium of this machine; without one the test is skipped, and counted as skipped."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


def opened(browser: Browser, page: str, folder: Path, width: int) -> tuple[Page, list[str]]:
    """Open the page with every detail unfolded; return it with the addresses it asked for."""
    file = folder / "report.html"
    file.write_text(page, encoding="utf-8")
    tab = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(file.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    return tab, asked


def violations(tab: Page) -> list[str]:
    """Return what axe finds, an entry for each place."""
    found = Axe().run(tab, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]
