"""A chain beside its frame as HTML: facts, claimed boxes, the text with findings marked.

Every word of a model is escaped; the page needs no script.
"""

import base64
from collections.abc import Iterable, Sequence
from html import escape

from surgchain.qa import claims, lexicon
from surgchain.schemas import answers, boxes, chain_text, ontology
from surgchain.schemas.boxes import Box
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Chain, Claim, Finding, Scene, Verdict

STYLE = """
.chain{display:grid;grid-template-columns:minmax(260px,420px) 1fr;gap:0 20px;margin:18px 0;
 padding:14px;border:1px solid #d9dee5;border-radius:8px;background:#fff}
.frame{position:relative;align-self:start}.frame img{width:100%;display:block;border-radius:4px}
.frame svg{position:absolute;inset:0;width:100%;height:100%}
.fact{stroke:#2fd27f}.claim{stroke:#ffb020;stroke-dasharray:6 3}
.frame rect{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}
.text{white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5}
mark{background:#ffd7d4;color:#8c1d18;border-bottom:2px solid #c62828}
.found{color:#c62828}.claims{font-size:12px;color:#4b5563}.claims span{display:inline-block;
 border:1px solid #d9dee5;border-radius:9px;padding:0 7px;margin:2px 3px 2px 0}
.meta{font-size:12px;color:#6b7280}.question{font-weight:600;white-space:pre-wrap}
"""


def chain_html(picture: bytes, scene: Scene, chain: Chain, verdict: Verdict | None) -> str:
    """Return one chain as a block of HTML."""
    words = ontology.load(scene.ontology)
    said = claims.claims_of(claims.read(chain.text, lexicon.of(words)))
    findings = verdict.findings if verdict else ()
    state = "not judged" if verdict is None else "passed" if verdict.passed else "rejected"
    origin = chain.provenance
    by = f"{origin.generator} ({origin.model})" if origin else "foreign"
    stored = base64.b64encode(picture).decode()
    return (
        '<div class="chain"><div class="frame">'
        f'<img alt="" src="data:{_kind(picture)};base64,{stored}">'
        f'<svg viewBox="0 0 1 1" preserveAspectRatio="none">'
        f"{_rects(_facts(scene), 'fact')}"
        f"{_rects(_claimed(chain, said, words), 'claim')}</svg></div>"
        f'<div><div class="question">{escape(chain.question.as_asked())}</div>'
        f'<div class="text">{marked(chain.text, findings)}</div>'
        f"{''.join(map(_finding, findings))}"
        f'<div class="claims">{"".join(map(_chip, said))}</div>'
        f'<div class="meta">{escape(chain.chain_id)} · {escape(chain.frame_id)} · '
        f"{escape(chain.question.task)} · by {escape(by)} · {state}</div></div></div>"
    )


def marked(text: str, findings: Iterable[Finding]) -> str:
    """Return a text, escaped, with what was found at fault in `<mark>`."""
    spans = sorted(f.span for f in findings if f.span)
    parts, at = [], 0
    for start, end in spans:
        if start < at or not start < end <= len(text):
            continue  # inside one that is marked, or of another text
        parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return "".join([*parts, escape(text[at:])])


def _kind(picture: bytes) -> str:
    return "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"


def _facts(scene: Scene) -> list[tuple[str, Box]]:
    return [(e.name, e.box) for e in (*scene.instruments, *scene.structures) if e.box]


def _claimed(chain: Chain, said: Sequence[Claim], words: Ontology) -> list[tuple[str, Box]]:
    found = [
        (c.value[0], boxes.from_thousandths((x1, y1, x2, y2)))
        for c in said
        if c.kind == "box"
        for x1, y1, x2, y2 in [[float(v) for v in c.value[1:5]]]
    ]
    answer = chain_text.parse(chain.text).answer
    if not found and answer and chain.question.task == "localization":
        read = answers.parse(answer.text, "localization", words)
        found = list(read.boxes or ()) if read else []
    return found


def _rects(named: Iterable[tuple[str, Box]], kind: str) -> str:
    return "".join(
        f'<rect class="{kind}" x="{min(x1, x2):.4f}" y="{min(y1, y2):.4f}" '
        f'width="{abs(x2 - x1):.4f}" height="{abs(y2 - y1):.4f}">'
        f"<title>{escape(name)}</title></rect>"
        for name, (x1, y1, x2, y2) in named
    )


def _finding(finding: Finding) -> str:
    level = f" (level {finding.level})" if finding.level else ""
    return f'<div class="found">{escape(finding.fault)}{level}: {escape(finding.reason)}</div>'


def _chip(claim: Claim) -> str:
    no = "not " if claim.negated else "perhaps " if claim.hedged else ""
    value = ", ".join(filter(None, claim.value))
    return f"<span>L{claim.level} {escape(claim.kind)}: {no}{escape(value)}</span>"
