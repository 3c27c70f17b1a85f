"""Asking a suite in the way that was chosen: a checkpoint here, a server, or the teacher."""

import os
from collections.abc import Iterable
from pathlib import Path

from surgchain.pipelines.surgbench.replies import Reply
from surgchain.pipelines.surgbench.suites import Pictures, Suite
from surgchain.pipelines.surgbench.ways import Way

KEY = "SURGCHAIN_ENDPOINT_KEY"


def replies(
    way: Way, suite: Suite, see: Pictures, ledger: Path, model: Path | None, endpoint: str | None
) -> Iterable[Reply]:
    """Return the reply to each question of a suite, in order."""
    if way.kind == "teacher":
        from surgchain.pipelines.surgbench import teacher

        return teacher.replies(suite, see)
    if way.kind == "checkpoint":
        assert model is not None, "a checkpoint has a folder"
        return _of_checkpoint(way, suite, see, ledger, model)
    return _of_endpoint(way, suite, see, ledger, endpoint or "")


def _of_checkpoint(
    way: Way, suite: Suite, see: Pictures, ledger: Path, model: Path
) -> Iterable[Reply]:
    from surgchain.pipelines.surgbench import local

    how = local.How(
        model, way.samples, max_tokens=way.max_tokens, sees=way.shown == "pictures",
        boxes=way.boxes, logprobs=way.logprobs,
    )  # fmt: skip
    return local.replies(suite.asked, see, how, ledger)


def _of_endpoint(
    way: Way, suite: Suite, see: Pictures, ledger: Path, endpoint: str
) -> Iterable[Reply]:
    from surgchain.pipelines.surgbench import endpoint as server
    from surgchain.pipelines.surgbench import endpoint_logprobs

    how = server.How(
        way.name, tuple(u.strip() for u in endpoint.split(",") if u.strip()),
        os.environ.get(KEY, ""), way.samples, max_tokens=way.max_tokens,
        sees=way.shown == "pictures",
        dialect="pixels" if way.boxes == "pixels" else "thousandths",
    )  # fmt: skip
    found = server.replies(suite.asked, see, how, ledger)
    if not way.logprobs:
        return found
    return endpoint_logprobs.added(suite.asked, found, see, how, ledger)
