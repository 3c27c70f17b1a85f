"""A reviewer in a real headless browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

Box = tuple[float, float, float, float]
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
HOTKEYS = {
    part: dict(zip(("accept", "edit", "reject", "cannot judge"), keys, strict=True))
    for part, keys in {
        "level1": "qwet",
        "level2": "asdf",
        "level3": "zxcb",
        "answer": "jklm",
    }.items()
}


class Reviewer:
    """Someone at the page."""

    def __init__(self, page: Page, url: str, shots: Path) -> None:
        self.page, self.url, self.shots = page, url, shots
        self.dialogs: list[str] = []
        page.on("dialog", lambda d: (self.dialogs.append(d.message), d.dismiss()))

    def log_in(self, email: str, password: str) -> None:
        self.page.goto(f"{self.url}/user/login/")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit], input[type=submit]")
        self.page.wait_for_load_state("networkidle")

    def open(self, project: int, task: int) -> None:
        self.page.goto(f"{self.url}/projects/{project}/data?task={task}")
        self.page.wait_for_selector("text=Level 1: what is seen", timeout=60_000)
        self.page.wait_for_selector(".konvajs-content canvas, canvas >> nth=1")
        self.page.wait_for_timeout(1500)  # the boxes are drawn when the picture is there

    def decide(self, **decisions: str) -> None:
        """Press the hotkeys; what is not named is accepted."""
        for part, keys in HOTKEYS.items():
            self.page.keyboard.press(keys[decisions.get(part, "accept")])
            self.page.wait_for_timeout(150)

    def write(self, part: str, text: str) -> None:
        panel = self.page.locator(f".sc-{part}")
        panel.locator("[data-testid=htx-textbox-edit-button]").first.click(force=True)
        panel.locator("textarea").last.fill(text)
        panel.locator("[data-testid=htx-textbox-save]").first.click()
        self.page.wait_for_timeout(300)

    def tag(self, part: str, group: str, fault: str) -> None:
        panel = self.page.locator(f".sc-{part}")
        panel.locator(".ant-select-selector").first.click()
        tree = self.page.locator(".ant-select-dropdown:visible")
        branch = tree.locator(".ant-select-tree-treenode", has_text=re.compile(f"^{group}$"))
        branch.locator(".ant-select-tree-switcher").first.click()
        tree.locator(f"text={fault}").first.click()
        self.page.keyboard.press("Escape")
        panel.locator("text=Level").first.click()
        self.page.wait_for_timeout(500)  # the list fades out

    def drag_box(self, box: Box, to: Box) -> None:
        """Move the middle of a box to the middle of another."""
        x, y = self._at(box)
        self.page.mouse.click(x, y)
        self.page.wait_for_timeout(300)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(*self._at(to), steps=8)
        self.page.mouse.up()
        self.page.wait_for_timeout(300)

    def draw_box(self, box: Box) -> None:
        """Draw a box with the label that was chosen."""
        x1, y1, x2, y2 = box
        self.page.mouse.move(*self._at((x1, y1, x1, y1)))
        self.page.mouse.down()
        self.page.mouse.move(*self._at((x2, y2, x2, y2)), steps=8)
        self.page.mouse.up()
        self.page.wait_for_timeout(300)

    def _at(self, box: Box) -> tuple[float, float]:
        canvas: Any = self.page.locator(".sc-left canvas").first.bounding_box()
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return canvas["x"] + canvas["width"] * x, canvas["y"] + canvas["height"] * y

    def regions(self) -> int:
        return self.page.locator(".lsf-outliner-item").count()

    def last_label(self) -> str:
        return self.page.locator(".lsf-outliner-item").last.inner_text().split()[-1]

    def submit(self) -> None:
        with self.page.expect_response(
            lambda r: "/annotations" in r.url and r.request.method in ("POST", "PATCH")
        ) as answer:
            self.page.keyboard.press("Control+Enter")
        assert answer.value.ok, answer.value.status

    def shot(self, name: str) -> None:
        self.shots.mkdir(parents=True, exist_ok=True)
        self.page.mouse.move(3, 3)  # no tooltip
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=self.shots / f"{name}.png")


@contextmanager
def browsing(url: str, shots: Path, *accounts: tuple[str, str]) -> Iterator[list[Reviewer]]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        people = []
        for email, password in accounts:
            context = browser.new_context(viewport={"width": 1600, "height": 1000})
            page = context.new_page()
            page.set_default_timeout(20_000)
            person = Reviewer(page, url, shots)
            person.log_in(email, password)
            people.append(person)
        yield people
        browser.close()
