"""Triplets of a server's model by the log-probability of each class's text.

vLLM scores the words of a prompt where `prompt_logprobs` is asked for. So the answer is put into
the prompt as the beginning of the assistant's turn, after the model's own thinking if it thinks:

    <think> what it wrote </think><answer>grasper, retract, gallbladder</answer>

and the log-probabilities of the tokens of the last part are summed. One request a class, kept in
the ledger like all others.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from surgchain.annotators.ledger import Entry, Ledger
from surgchain.annotators.serving import replies as chat
from surgchain.annotators.serving.client import RowFailed
from surgchain.pipelines.surgbench import endpoint, forms
from surgchain.pipelines.surgbench.class_texts import CLOSED, OPENED
from surgchain.pipelines.surgbench.endpoint import SEEN, How, Job
from surgchain.pipelines.surgbench.replies import Reply
from surgchain.qa.metrics.asked import Asked
from surgchain.schemas import dialects
from surgchain.schemas.dialects import Spoken
from surgchain.schemas.errors import InputError


def added(
    asked: Sequence[Asked], replies: Iterable[Reply], see: SEEN, how: How, ledger: Path
) -> Iterator[Reply]:
    """Yield the replies, those to open triplet questions with the log-probabilities of all classes.

    A class whose request failed is left out; raise `InputError` where all of a question did.
    """
    found = list(replies)
    scored = [
        (one, reply.first)
        for one, reply in zip(asked, found, strict=True)
        if one.task == "triplet" and not one.options and reply.first is not None
    ]
    with Ledger(ledger) as book:
        answers = iter(endpoint.answered(_jobs(scored, see, how), how, book, _sum))
        tables = {
            one.question_id: _table(one, islice(answers, len(forms.classes(one))))
            for one, _ in scored
        }
    for reply in found:
        yield reply._replace(logprobs=tables.get(reply.question_id, ()))


def _jobs(scored: Iterable[tuple[Asked, str]], see: SEEN, how: How) -> Iterator[Job]:
    for one, text in scored:
        picture, size = endpoint.shown(one, see, how)
        thought = text.partition(OPENED)[0] if OPENED in text else ""
        before = dialects.to_model(thought, Spoken(how.dialect), size) + OPENED
        for name in forms.classes(one):
            ending = name + CLOSED
            body = {
                "model": how.model,
                "messages": [
                    *endpoint.messages(one, how, size),
                    {"role": "assistant", "content": before + ending},
                ],
                "add_generation_prompt": False,
                "continue_final_message": True,
                "prompt_logprobs": 0,
                "max_tokens": 1,
                "temperature": 0.0,
            }
            yield Job(one, endpoint.sent(body, picture), size, ending)


def _sum(reply: chat.Reply, job: Job) -> str:
    """Return the log-probability of a job's ending; raise where the server does not tell it."""
    if not reply.prompt_logprobs:
        raise InputError(
            "the server gives no `prompt_logprobs`, as vLLM does; leave --logprobs out"
        )
    found = of_ending(reply.prompt_logprobs, job.ending)
    if found is None:
        raise RowFailed("the prompt does not end in the class's text")
    return repr(found)


def of_ending(tokens: Sequence[tuple[str, float]], ending: str) -> float | None:
    """Return the summed log-probability of the last tokens that hold a text; None if none do.

    White space is not compared: a single token of some vocabularies is decoded without it.
    """
    wanted, held, total = "".join(ending.split()), "", 0.0
    for text, logprob in reversed(tokens):
        if len(held) >= len(wanted):
            break
        held = "".join(text.split()) + held
        total += logprob
    return min(0.0, total) if held.endswith(wanted) else None


def _table(one: Asked, answers: Iterable[tuple[Job, Entry]]) -> tuple[tuple[str, float], ...]:
    got = list(answers)
    table = tuple(
        (job.ending.removesuffix(CLOSED), float(entry.answer)) for job, entry in got if entry.answer
    )
    if not table:
        raise InputError(
            f"{one.question_id}: no class has a log-probability: {got[0][1].reason}; "
            f"leave --logprobs out"
        )
    return table
