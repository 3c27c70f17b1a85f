"""One chain from a model behind a server: asked, read, repaired once, or failed with its reason.

All or nothing: a chain has three levels and an answer, or there is none. Whatever came back is in
the ledger before it is used, and what the ledger has is not asked again.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from surgchain.annotators import prompts
from surgchain.annotators.budget import Purse
from surgchain.annotators.ledger import Entry, Ledger
from surgchain.annotators.serving import payloads
from surgchain.annotators.serving.client import Client, RowFailed
from surgchain.annotators.serving.payloads import JSON_TYPE, Payload, Picture, Sampling
from surgchain.annotators.serving.written import FIELDS, read
from surgchain.annotators.teachers import Ask, Draft, How, chain_of
from surgchain.schemas import chain_text, dialects
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.answers import CLASS_FACETS
from surgchain.schemas.dialects import Spoken
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Provenance, Question

Mode = Literal["whole", "staged"]
SHOWN_AGAIN = 2000
"""Characters of an unusable reply that the repair request shows."""


class Job(NamedTuple):
    """A chain to be written."""

    number: int
    """Of its ask."""
    ask: Ask
    picture: Picture | None
    """None: it could not be read."""
    size: tuple[int, int]
    """Width and height of the picture as the model sees it, pixels."""
    sample: int
    """Number of this chain among those of its ask."""
    sees_facts: bool


class Style(NamedTuple):
    """How chains are asked for."""

    mode: Mode
    sampling: Sampling
    samples: int
    spoken: Spoken
    longest_level: int
    """Characters."""


class Unwritten(Exception):  # noqa: N818  (it says why there is no chain)
    """There will be no chain; the message is the reason."""

    how: How = "failed"


class Unpaid(Unwritten):
    """It was not asked for: the budget is spent."""

    how: How = "left"


@dataclass
class Turn:
    """What happened on the way to one chain."""

    sent: bool = False
    unusable: bool = False
    prompt_sha256: str = ""


class ChainWriter:
    """Writes chains by asking a client, through a ledger, within a budget."""

    def __init__(self, client: Client, ledger: Ledger, purse: Purse, style: Style) -> None:
        self.client, self.ledger, self.purse, self.style = client, ledger, purse, style
        self.told: Counter[str] = Counter()
        """Chains asked for, those that needed repair, and what all their requests cost."""

    async def __call__(self, job: Job) -> tuple[Job, Draft]:
        """Return the draft of a job."""
        turn = Turn()
        self.told["asked"] += 1
        try:
            text = await self._text(job, turn)
        except Unwritten as error:
            self.told[error.how] += 1
            return job, Draft(job.ask, None, str(error), error.how)
        finally:
            self.told["needed_repair"] += turn.unusable
        how: How = "ledger" if not turn.sent else "repaired" if turn.unusable else "answered"
        provenance = Provenance(
            generator="vllm",
            model=self.style.sampling.model,
            prompt_sha256=turn.prompt_sha256,
            saw_facts=job.sees_facts,
            seed=job.ask.seed + job.sample,
            samples=self.style.samples,
        )
        return job, Draft(job.ask, chain_of(job.ask, text, provenance), "", how)

    async def _text(self, job: Job, turn: Turn) -> str:
        if job.picture is None:
            raise Unwritten("no picture")
        if self.style.mode == "whole":
            parts = await self._part(job, FIELDS, None, turn)
        else:
            parts = {}
            for stage, fields in (
                ("stage1", FIELDS[:1]),
                ("stage2", FIELDS[1:2]),
                ("stage3", FIELDS[2:]),
            ):
                parts |= await self._part(job, fields, (stage, dict(parts)), turn)
        whole = chain_text.render(*(parts[f] for f in FIELDS))
        return dialects.to_canonical(whole, self.style.spoken, job.size)

    async def _part(
        self,
        job: Job,
        fields: tuple[str, ...],
        stage: tuple[str, dict[str, str]] | None,
        turn: Turn,
    ) -> dict[str, str]:
        """Return the fields of one reply, asked for once more where they cannot be used."""
        ontology = ontologies.load(job.ask.scene.ontology)
        messages = self._messages(job, ontology, stage, turn)
        question = job.ask.question

        def wrong(text: str) -> str:
            return read(text, fields, question, ontology).reason

        schema = payloads.schema_of(fields, _choices(question, ontology), self.style.longest_level)
        first = await self._entry(job, self._payload(messages, job, schema, again=False), turn)
        if reason := wrong(first.answer):
            turn.unusable = True
            messages += _once_more(first.answer, reason)
            again = self._payload(messages, job, schema, again=True)
            first = await self._entry(job, again, turn, wrong)
        return read(first.answer, fields, question, ontology).parts

    def _messages(
        self, job: Job, ontology: Ontology, stage: tuple[str, dict[str, str]] | None, turn: Turn
    ) -> list[JSON_TYPE]:
        spoken = self.style.spoken
        words = prompts.prompt(
            job.ask.question,
            job.ask.scene,
            ontology,
            sees_facts=job.sees_facts,
            dialect=spoken.dialect,
            stage=stage,
        )
        turn.prompt_sha256 = words.sha256
        texts = [dialects.to_model(t, spoken, job.size) for t in (words.before, words.after) if t]
        parts = [payloads.picture_part(), *map(payloads.text_part, texts)]
        return [
            {"role": "system", "content": words.system},
            {"role": "user", "content": parts},
        ]

    def _payload(
        self, messages: list[JSON_TYPE], job: Job, schema: JSON_TYPE, *, again: bool
    ) -> Payload:
        assert job.picture is not None
        seed = None if again else job.ask.seed + job.sample  # the same seed would write the same
        sampling = self.style.sampling._replace(seed=seed)
        return payloads.payload(messages, job.picture, sampling, schema)

    async def _entry(
        self, job: Job, payload: Payload, turn: Turn, wrong: Callable[[str], str] | None = None
    ) -> Entry:
        """Return the answer to a payload, from the ledger where it is there; raise `Unwritten`."""
        entry = self.ledger.get(payload.key)
        if entry is None:
            if spent := self.purse.spent():
                raise Unpaid(spent)
            turn.sent = True
            entry = await self._asked(payload, wrong)
        if not entry.frame_id:  # new, or written before rows said their frame
            entry = entry._replace(frame_id=job.ask.frame_id)
            await self.ledger.put(entry)
        self.told["requests"] += 1
        self.told["prompt_tokens"] += entry.prompt_tokens
        self.told["completion_tokens"] += entry.completion_tokens
        if entry.reason:
            raise Unwritten(entry.reason)
        return entry

    async def _asked(self, payload: Payload, wrong: Callable[[str], str] | None) -> Entry:
        try:
            reply = await self.client.ask(payload.body())
        except RowFailed as error:
            return Entry(payload.key, "", str(error))
        self.purse.pay(reply.prompt_tokens, reply.completion_tokens)
        return Entry(
            payload.key,
            reply.text,
            wrong(reply.text) if wrong else "",
            reply.prompt_tokens,
            reply.completion_tokens,
            reply.seconds,
        )


def _choices(question: Question, ontology: Ontology) -> tuple[str, ...]:
    """Return all that the answer may be, where that is a list."""
    facet = CLASS_FACETS.get(question.task)
    return question.options or (ontology.names(facet) if facet else ())


def _once_more(answer: str, reason: str) -> list[JSON_TYPE]:
    return [
        {"role": "assistant", "content": answer[:SHOWN_AGAIN]},
        {"role": "user", "content": prompts.repair(reason)},
    ]
