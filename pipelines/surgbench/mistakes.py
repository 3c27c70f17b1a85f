"""Mistakes drawn on their frames, the most confident first.

A model is as confident as it is likely to say the same again: the share of its samples that are
like the first, or of a triplet the probability of its likeliest class among all.
"""

from collections.abc import Callable, Mapping
from html import escape
from math import exp

from surgchain.pipelines.corpus import chain_html
from surgchain.pipelines.surgbench.replies import answer_of
from surgchain.pipelines.surgbench.results import Scored, chain_of
from surgchain.qa import judge
from surgchain.qa.metrics.asked import Asked
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Scene

See = Callable[[str, str], bytes]
LONGEST = 4_000
"""Characters of a text that are drawn; a model may write without end."""


def drawn(scored: Scored, name: str, see: See, scenes: Mapping[str, Scene], most: int) -> str:
    """Return the most confident mistakes of a group of questions."""
    group = next(g for g in scored.groups if g.name == name)
    values = scored.tallies[name].values
    wrong = [a for a, v in zip(group.asked, values, strict=True) if v < 0.5]  # noqa: PLR2004
    wrong.sort(key=lambda a: (-confidence(scored, a), content_id("shown", a.question_id)))
    shown = [one(scored, a, see, scenes) for a in wrong[:most]]
    return f'<p class="note">{len(wrong):,} wrong</p>{"".join(shown)}' if shown else ""


def confidence(scored: Scored, asked: Asked) -> float:
    """Return how sure the model was, in [0, 1]; 0 where nothing tells."""
    reply = scored.replies.get(asked.question_id)
    if reply is None or reply.first is None:
        return 0.0
    if len(reply.texts) > 1:
        answers = [None if t is None else answer_of(t) for t in reply.texts]
        return sum(a is not None and a == answers[0] for a in answers) / len(answers)
    if not reply.logprobs:
        return 0.0
    best = max(value for _, value in reply.logprobs)
    return 1.0 / sum(exp(value - best) for _, value in reply.logprobs)


def one(scored: Scored, asked: Asked, see: See, scenes: Mapping[str, Scene]) -> str:
    """Return a mistake: its frame with facts and claimed boxes, what was said, what was right."""
    reply = scored.replies.get(asked.question_id)
    scene = scenes.get(asked.frame_id)
    if reply is None or reply.first is None or scene is None:
        why = (reply.failed or "no answer") if reply else "no answer"
        return f"<p>{escape(asked.question_id)}: {escape(why)}</p>"
    chain = chain_of(asked, reply._replace(texts=(reply.first[:LONGEST],)))
    verdict = None
    if "<think>" in chain.text:
        verdict = judge.judge(chain, scene, ontologies.load(asked.ontology), judge.load())
    elif "<answer>" not in chain.text:
        chain = chain.model_copy(update={"text": f"<answer>{chain.text}</answer>"})
    sure = confidence(scored, asked)
    said = f" (it was {sure:.0%} sure)" if sure else ""
    return (
        chain_html.chain_html(see(asked.source, asked.frame_id), scene, chain, verdict)
        + f'<p class="gold">right: {escape(asked.gold)}{escape(said)}</p>'
    )
