"""The embedded teacher as the upper bound: it is shown the facts, so it shows what scoring allows.

What it gets wrong is lost in the writing and reading of chains, not in seeing.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from surgchain.annotators.teachers import Ask
from surgchain.annotators.teachers.embedded import Teacher
from surgchain.pipelines.surgbench.endpoint import SEEN
from surgchain.pipelines.surgbench.replies import Reply
from surgchain.pipelines.surgbench.suites import Suite


def replies(suite: Suite, see: SEEN) -> Iterator[Reply]:
    """Yield the teacher's chain for each question, in order, without planted faults."""
    asks = [
        Ask(
            one.frame_id,
            suite.questions[one.question_id],
            suite.scenes[one.frame_id],
            partial(see, one.source, one.frame_id),
            0,
        )
        for one in suite.asked
    ]
    drafts = Teacher(fault_rate=0.0).draft(asks, Path("work"), {})
    for one, draft in zip(suite.asked, drafts, strict=True):
        texts = (draft.chain.text,) if draft.chain else ()
        yield Reply(one.question_id, texts, draft.failed)
