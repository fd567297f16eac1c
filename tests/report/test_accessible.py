"""Axe finds nothing against the page in a real browser, and the browser fetches nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from allocator.report.render import render

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser():
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


def opened(browser, page: str, folder: Path, width: int) -> tuple[Page, list[str]]:
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
    found = Axe().run(tab, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


def test_no_violation_and_no_request(browser, any_page, tmp_path):
    """WCAG 2.0 to 2.2 A and AA and axe's good practice; the only request is the page itself."""
    tab, asked = opened(browser, any_page, tmp_path, 1280)
    assert violations(tab) == []
    assert asked == [(tmp_path / "report.html").as_uri()]
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tab.close()


def test_kent_has_no_violation_and_no_request(browser, kent_page, tmp_path):
    """So has a real round's page on a telephone; of each table's alike rows the first ten are looked at."""
    tab, asked = opened(browser, kent_page, tmp_path, 360)
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tab.evaluate(
        "for (const body of document.querySelectorAll('tbody'))"
        "  [...body.rows].slice(10).forEach(row => row.remove())"
    )
    assert violations(tab) == []
    assert asked == [(tmp_path / "report.html").as_uri()]
    tab.close()


def test_axe_would_find_a_fault(browser, case, tmp_path):
    """The check can fail: a page without its language and with a picture without a name is faulted."""
    spoiled = render(case.summary()).replace(' lang="en-GB"', "").replace("<h1>", '<img src="data:,"><h1>')
    tab, _ = opened(browser, spoiled, tmp_path, 1280)
    assert {fault.split(":")[0] for fault in violations(tab)} >= {"html-has-lang", "image-alt"}
    tab.close()


def test_it_prints_tagged_on_a4_with_every_detail(browser, case, tmp_path):
    """Printed, the page has the text that is folded on the screen."""
    file = tmp_path / "report.html"
    file.write_text(render(case.summary()), encoding="utf-8")
    tab = browser.new_page()
    tab.goto(file.as_uri())
    tab.emulate_media(media="print")
    folded = tab.locator("#t-provisions").locator("xpath=ancestor::table")
    assert folded.bounding_box()["height"] > 50
    printed = tab.pdf(prefer_css_page_size=True, tagged=True)
    assert printed.startswith(b"%PDF")
    assert b"/StructTreeRoot" in printed
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed
    tab.close()
