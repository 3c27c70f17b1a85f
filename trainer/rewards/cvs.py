"""The three criteria against the raters' votes, in [0, 1]; None for other tasks.

    reward = mean over C1, C2, C3 of (p where `yes` was said, 1 - p where `no`)

p is the share of raters who said yes, which Endoscapes2023 gives as a decimal (mean of three): the
expected agreement with a rater drawn at random. Saying the majority is best for every p, and where
the raters were split a wrong verdict costs less. Scenes with hard labels have p of 0 or 1, which
makes it the part of the criteria that agree; a scene without criteria is scored by its gold text.
"""

from surgchain.qa.metrics import scoring
from surgchain.schemas import answers
from surgchain.trainer.sampled import Sampled, answer_of


def reward(sampled: Sampled) -> float | None:
    """Return the expected agreement, None for other tasks; raise `InputError` as `classes` does."""
    if sampled.task != "cvs":
        return None
    right = scoring.parsed_gold(sampled.gold, "cvs", sampled.ontology, sampled.options)
    text = answer_of(sampled.text)
    said = answers.parse(text, "cvs", sampled.ontology, sampled.options) if text else None
    if said is None or said.criteria is None:
        return 0.0
    hard = tuple(float(met) for met in right.criteria or ())
    votes = sampled.scene.cvs or hard
    agree = (p if yes else 1 - p for yes, p in zip(said.criteria, votes, strict=True))
    return sum(agree) / len(votes)
