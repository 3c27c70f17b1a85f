"""A chain drawn beside its frame: boxes of facts and claims, the text, the findings."""

import textwrap
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from surgchain.schemas import boxes, chain_text
from surgchain.schemas.answers import parse as parse_answer
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Chain, Scene, Verdict

FACT, CLAIM, INK, PAPER, FAULT = "#2fd27f", "#ffb020", "#1b1f24", "#ffffff", "#c62828"
FRAME_WIDTH, TEXT_WIDTH, MARGIN, LINE = 640, 560, 18, 19
COLUMNS = 72


def draw(
    picture: bytes, scene: Scene, chain: Chain, ontology: Ontology, verdict: Verdict | None = None
) -> Image.Image:
    """Return the frame with its boxes on the left and the chain on the right."""
    frame = Image.open(BytesIO(picture)).convert("RGB")
    height = round(frame.height * FRAME_WIDTH / frame.width)
    frame = frame.resize((FRAME_WIDTH, height), Image.Resampling.LANCZOS)
    _boxes(frame, [(e.name, e.box) for e in scene.instruments if e.box], FACT)
    answer = chain_text.parse(chain.text).answer
    read = parse_answer(answer.text, chain.question.task, ontology) if answer else None
    _boxes(frame, list(read.boxes or ()) if read else [], CLAIM)
    lines = _lines(chain, verdict)
    size = (FRAME_WIDTH + TEXT_WIDTH, max(height, 2 * MARGIN + LINE * len(lines)))
    page = Image.new("RGB", size, PAPER)
    page.paste(frame, (0, 0))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(14)
    for number, (line, colour) in enumerate(lines):
        pen.text((FRAME_WIDTH + MARGIN, MARGIN + number * LINE), line, fill=colour, font=font)
    return page


def _boxes(frame: Image.Image, named: list[tuple[str, boxes.Box]], colour: str) -> None:
    pen, font = ImageDraw.Draw(frame), ImageFont.load_default(13)
    for name, (x1, y1, x2, y2) in named:
        corners = (
            min(x1, x2) * frame.width, min(y1, y2) * frame.height,
            max(x1, x2) * frame.width, max(y1, y2) * frame.height,
        )  # fmt: skip
        pen.rectangle(corners, outline=colour, width=2)
        pen.text((corners[0] + 4, corners[1] + 2), name, fill=colour, font=font)


def _lines(chain: Chain, verdict: Verdict | None) -> list[tuple[str, str]]:
    lines = [(t, INK) for t in _wrapped(f"Q: {chain.question.as_asked()}")] + [("", INK)]
    lines += [(t, INK) for t in _wrapped(chain.text)]
    for finding in verdict.findings if verdict else ():
        lines += [(t, FAULT) for t in _wrapped(f"{finding.fault}: {finding.reason}")]
    return lines


def _wrapped(text: str) -> list[str]:
    return [w for line in text.splitlines() for w in textwrap.wrap(line, COLUMNS) or [""]]
