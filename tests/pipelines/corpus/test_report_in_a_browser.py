"""The page in a real headless browser that has no network."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.corpus.report.page import page
from surgchain.schemas import tables
from surgchain.schemas.records import Chain

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WIDE, NARROW = 1280, 400


@pytest.fixture(scope="module")
def browser() -> Iterator:
    sync = pytest.importorskip("playwright.sync_api", reason="pip install -e '.[review]'")
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}")
    with sync.sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_page_opens_offline_and_fits(browser, small_project: Path, width: int) -> None:
    path = Path("data/drafts/ward.parquet").absolute()
    script = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    hostile = [c.model_copy(update={"text": script + c.text}) for c in tables.read(path, Chain)]
    tables.write(path, hostile, tables.CHAINS)
    file = Path("index.html").absolute()
    file.write_text(page(Project()), encoding="utf-8")
    context = browser.new_context(offline=True, viewport={"width": width, "height": 900})
    tab = context.new_page()
    asked, said, alerts = [], [], []
    tab.on("request", lambda r: asked.append(r.url.split(":")[0]))
    tab.on("console", lambda m: said.append(m.text))
    tab.on("dialog", lambda d: (alerts.append(d.message), d.dismiss()))
    tab.goto(file.as_uri())
    assert set(asked) <= {"file", "data"}
    assert (said, alerts) == ([], [])
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    pictures = "[...document.querySelectorAll('.frame img')].map(i => i.naturalWidth)"
    shown = tab.evaluate(pictures)
    assert len(shown) == tab.locator(".chain").count() == 12
    assert min(shown) > 0
    assert tab.locator(".frame rect.fact").count() > 0
    assert tab.locator(".frame rect.claim").count() > 0
    assert tab.locator(".text", has_text="<script>alert(2)</script>").count() > 0
    tab.locator("nav a", has_text="Training").click()
    assert tab.locator("h2", has_text="Training").is_visible()
    context.close()
