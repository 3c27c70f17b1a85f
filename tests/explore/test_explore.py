"""The App for real: its own mongod, a headless Chromium, a view chosen, a chain read, a tag pulled.

Screenshots are kept in reports/explore/ to be looked at.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
MAIN = os.environ.get("SURGCHAIN_PYTHON", str(ROOT / ".venv/bin/python"))
SHOTS = ROOT / "reports" / "explore"
CHROMIUM = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]  # fmt: skip
COUNT = """
import json, sys, fiftyone as fo
found = fo.load_dataset(sys.argv[1])
print(json.dumps({n: len(found.load_saved_view(n)) for n in found.list_saved_views()}))
"""
EXPLORE = [sys.executable, "-m", "surgchain.pipelines.explore"]


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explore")
    SHOTS.mkdir(parents=True, exist_ok=True)
    subprocess.run([MAIN, ROOT / "tests" / "small_project.py", folder], check=True, timeout=180)
    (chain_id,) = pq.read_table(folder / "data/drafts/ward.parquet")["chain_id"][:1].to_pylist()
    pq.write_table(  # two people who see one chain differently
        pa.table({"chain_id": [chain_id] * 2, "decision": ["accept", "reject"]}),
        folder / "reviews" / "ward.parquet",
    )
    return folder


@pytest.fixture(scope="module")
def app(project: Path) -> Iterator[str]:
    port = free_port()
    command = [*EXPLORE, "r0", "--port", str(port), "--embeddings"]
    process = subprocess.Popen(command, cwd=project)
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 180
    while not answers(address):
        assert process.poll() is None, "the App ended before it was there"
        assert time.monotonic() < until, "the App was not there after three minutes"
        time.sleep(1)
    yield address
    process.terminate()
    process.wait(60)


def answers(address: str) -> bool:
    try:
        return bool(urllib.request.urlopen(address, timeout=5).read(1))  # noqa: S310
    except OSError:
        return False


@pytest.fixture
def page(app: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=CHROMIUM
        )
        found = browser.new_context(viewport={"width": 1600, "height": 1000}).new_page()
        found.set_default_timeout(60_000)
        yield found
        browser.close()


def click(page: Page, what: str) -> None:
    """Click without waiting for animations to rest, which take long without a GPU."""
    page.locator(what).last.dispatch_event("click")


def opened(page: Page, address: str) -> None:
    """Open a page of the App; send away the offer of its Enterprise edition, which lies over it."""
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_selector("[data-cy=looker]")
    page.wait_for_timeout(2000)
    offer = page.get_by_text("Dismiss", exact=True)
    if offer.count():
        offer.last.dispatch_event("click")
        page.wait_for_timeout(500)


def test_the_view_of_a_class_and_a_map_of_its_words(app: str, page: Page, project: Path) -> None:
    opened(page, f"{app}/datasets/surgchain-r0?view=class-grasper")
    page.screenshot(path=SHOTS / "class.png")
    click(page, "[data-cy=new-panel-btn]")
    click(page, "[data-cy=new-panel-option-Embeddings]")
    panel = page.locator("[data-cy=panel-content-Embeddings]")
    panel.get_by_text("words", exact=True).first.dispatch_event("click")
    panel.get_by_text("points").first.wait_for()
    drawn = pq.read_table(project / "data/drafts/ward.parquet").num_rows
    panel.get_by_text(f"{drawn} points").first.wait_for()
    page.wait_for_timeout(2000)
    page.screenshot(path=SHOTS / "map.png")


def test_a_view_is_chosen_a_chain_read_and_a_tag_pulled_back(
    app: str, page: Page, project: Path
) -> None:
    opened(page, f"{app}/datasets/surgchain-r0?view=rejected")
    verdicts = pq.read_table(project / "data/verdicts/ward.parquet").to_pylist()
    rejected = [v for v in verdicts if not v["passed"]]
    page.get_by_text(f"{len(rejected)} samples").first.wait_for()
    page.screenshot(path=SHOTS / "view.png")

    page.locator("[data-cy=looker]").first.click(force=True)
    page.wait_for_selector("[data-cy=modal]")
    chain = page.locator("[data-cy=panel-content-chain_panel]")
    chain.get_by_text("surgchain explain c-").first.wait_for()
    page.wait_for_timeout(2000)
    page.screenshot(path=SHOTS / "chain.png")
    panels = ("fo-sample-modal-plugin", "chain_panel")
    left, right = (
        page.locator(f"[data-cy=panel-content-{name}]").last.bounding_box() for name in panels
    )
    assert left["x"] + left["width"] <= right["x"] + 1  # beside the frame, not over it
    assert min(left["width"], right["width"]) > 300

    words = chain.inner_text()
    (verdict,) = (v for v in rejected if v["chain_id"] in words)
    texts = pq.read_table(project / "data/drafts/ward.parquet").to_pylist()
    text = next(t["text"] for t in texts if t["chain_id"] == verdict["chain_id"])
    spans = [(f["fault"], f["span"]) for f in verdict["findings"] if f["span"]]
    assert spans, "the first rejected chain has a finding with a place"
    fault, (start, end) = spans[0]
    marked = chain.locator("p > span").filter(has_text=" ".join(text[start:end].split())).first
    colour = "e => getComputedStyle(e).color"
    assert marked.evaluate(colour) != marked.locator("..").evaluate(colour)
    assert fault in words
    assert all(f["reason"] in words for f in verdict["findings"])

    click(page, "[data-cy=modal] [data-cy=action-tag-sample-labels]")
    box = page.locator("[data-cy=modal] input[placeholder*='tag' i]").last
    box.fill("wrong_count")
    box.press("Enter")
    page.wait_for_timeout(1500)
    page.get_by_text("Apply", exact=True).last.dispatch_event("click")
    page.wait_for_timeout(4000)
    page.screenshot(path=SHOTS / "tagged.png")


def views(project: Path, name: str) -> dict[str, int]:
    """Return the saved views of a dataset with the number of their chains."""
    env = {
        **os.environ, "FIFTYONE_DATABASE_URI": (project / "work/explore/uri").read_text(),
        "FIFTYONE_DATABASE_NAME": "surgchain", "FIFTYONE_DO_NOT_TRACK": "true",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", COUNT, name], env=env, capture_output=True, text=True, check=True,
        timeout=120,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def test_every_view_holds_the_chains_that_its_name_says(app: str, project: Path) -> None:
    verdicts = pq.read_table(project / "data/verdicts/ward.parquet").to_pylist()
    scenes = pq.read_table(project / "data/ingest/ward/scenes.parquet").to_pylist()
    drafts = pq.read_table(project / "data/drafts/ward.parquet").to_pylist()
    faults = Counter(f for v in verdicts for f in {found["fault"] for found in v["findings"]})
    seen = {s["frame_id"]: {e["name"] for e in s["instruments"] if e["box"]} for s in scenes}
    found = views(project, "surgchain-r0")
    rounds = project / "data/rounds/r0"
    assert found["accepted"] == pq.read_metadata(rounds / "examples.parquet").num_rows
    assert found["held"] == pq.read_metadata(rounds / "held.parquet").num_rows
    assert found["rejected"] == sum(not v["passed"] for v in verdicts) > 0
    assert {n[6:]: k for n, k in found.items() if n.startswith("fault ")} == dict(faults)
    assert found["generator embedded"] == len(drafts)
    assert found["class grasper"] == sum("grasper" in seen[d["frame_id"]] for d in drafts)
    assert {n for n in found if n.startswith("task ")} == {
        f"task {d['question']['task']}" for d in drafts
    }
    assert (found["self-made"], found["disagreements"]) == (0, 1)


def test_what_the_model_wrote_is_a_view_of_the_round_it_came_with(app: str, project: Path) -> None:
    subprocess.run([*EXPLORE, "r1", "--no-wait"], cwd=project, check=True, timeout=180)
    own = pq.read_metadata(project / "data/harvest/r1/chains.parquet").num_rows
    assert views(project, "surgchain-r1")["self-made"] == own > 0


def test_a_port_that_is_taken_is_one_clear_line(app: str, project: Path) -> None:
    port = app.rpartition(":")[2]
    done = subprocess.run(
        [*EXPLORE, "r0", "--port", port], cwd=project, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(
        f"port {port} is taken, by an open App perhaps: end it, or give --port"
    )


def test_b_tags_come_back_as_reviews_of_kind_curation(app: str, project: Path) -> None:
    # the App is still open: the command finds its database
    for number in (1, 2):
        done = subprocess.run(
            [*EXPLORE, "r0", "--pull", "--reviewer", "ann"], cwd=project,
            capture_output=True, text=True, check=True, timeout=180,
        )  # fmt: skip
        assert f"{2 - number} new, 0 gone, 1 in all" in done.stdout
    (row,) = pq.read_table(project / "reviews/curation.parquet").to_pylist()
    assert (row["kind"], row["reviewer"], row["decision"]) == ("curation", "ann", "reject")
    assert row["levels"][0]["error_tags"] == ["wrong_count"]
    assert row["chain_id"].startswith("c-")
