"""Axe finds nothing against the page in a real browser, and the browser fetches nothing."""

from __future__ import annotations

from allocator.report.render import render
from report.browsing import opened, violations


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
