"""Who sees what, within a budget of minutes; written down before it is sent."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median

from surgchain.annotators.label_studio.assign import Assigned, Wanted, assign
from surgchain.annotators.label_studio.sent import Sent
from surgchain.pipelines.files import read_json, write_json
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Review

INTENDED = "sending.json"
SECONDS_PER_CHAIN = 60.0
"""Of a review, while few are known."""
FEW = 20
SECONDS_PER_MINUTE = 60


def plan(
    wanted: Iterable[Wanted],
    before: Sequence[Sent],
    reviews: Sequence[Review],
    reviewers: Sequence[str],
    *,
    overlap: int,
    overlap_of: Mapping[str, int],
    minutes: float,
) -> list[Assigned]:
    """Say who sees what, on top of what was sent before.

    The budget of each reviewer is for all that waits for them: a second push adds as much as they
    have done since, and nothing where they have done nothing.
    """
    done = {(r.chain_id, r.reviewer, r.kind) for r in reviews}
    waiting = Counter(s.reviewer for s in before if (s.chain_id, s.reviewer, s.kind) not in done)
    return assign(
        wanted,
        reviewers,
        overlap=overlap,
        overlap_of=overlap_of,
        most_per_reviewer=int(minutes * SECONDS_PER_MINUTE / seconds_each(reviews)),
        waiting=waiting,
        taken={(s.chain_id, s.reviewer) for s in before if s.kind != "adjudication"},
    )


def seconds_each(reviews: Iterable[Review]) -> float:
    """Return the median time of a review; a minute while there are few."""
    spent = [r.seconds for r in reviews if r.seconds > 0]
    return median(spent) if len(spent) >= FEW else SECONDS_PER_CHAIN


def told(given: Sequence[Assigned], reviews: Sequence[Review]) -> list[str]:
    """Say why these were chosen, and how long they take.

    >>> told(given, reviews)
    ['chosen: 40 audit, 12 policy', 'about 52 minutes for r1']
    """
    if not given:
        return []
    reasons = Counter(g.wanted.reason for g in given if g.wanted.reason != "gold")
    hidden = sum(g.wanted.reason == "gold" for g in given)
    of_each = Counter(g.reviewer for g in given)
    minutes = seconds_each(reviews) / SECONDS_PER_MINUTE
    chosen = [f"{n} {reason}" for reason, n in reasons.most_common()]
    chosen += [f"{hidden} hidden gold"] if hidden else []
    return [
        f"chosen: {', '.join(chosen)}",
        *(
            f"about {max(1, round(n * minutes))} minutes for {r}"
            for r, n in sorted(of_each.items())
        ),
    ]


def overlaps(pairs: Iterable[str]) -> dict[str, int]:
    """Read `STRATUM=NUMBER`."""
    found = {}
    for pair in pairs:
        stratum, _, number = pair.rpartition("=")
        if not stratum or not number.isdigit():
            raise InputError(f"--overlap-of {pair!r}: write STRATUM=NUMBER")
        found[stratum] = int(number)
    return found


def intended(desk: Desk) -> list[Assigned]:
    """Return what a push that broke off meant to send; who sees what must not be drawn anew."""
    path = desk.folder / INTENDED
    rows = read_json(path) if path.exists() else []
    return [Assigned(r["reviewer"], Wanted(**r["wanted"])) for r in rows]


@contextmanager
def intending(desk: Desk, given: Iterable[Assigned]) -> Iterator[None]:
    """Write down what is to be sent, and take it back when all of it was."""
    rows = [{"reviewer": g.reviewer, "wanted": g.wanted._asdict()} for g in given]
    write_json(desk.folder / INTENDED, rows)
    yield
    (desk.folder / INTENDED).unlink()
