"""Alarms of GRPO: a run that collapses, or that has nothing left to learn from, is stopped.

    collapse    the mean reward of the last `window` steps fell below `keep` times the best one
    flat        nearly every group of the last `window` steps was without variance: no gradient
    gamed       the reward rose since the best held-out accuracy, which fell by more than `drop`

Each is pure: the numbers of a log in, one line or None out.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from surgchain.schemas.errors import InputError

HELD_OUT = "held_out"
"""Name of the held-out accuracy in a log."""


class Alarms(BaseModel):
    """When a run is stopped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window: int = Field(default=8, ge=1)
    """Steps whose mean is looked at."""
    keep: float = Field(default=0.5, ge=0, le=1)
    """Part of the best mean reward below which the run has collapsed; 0: never."""
    flat: float = Field(default=0.98, gt=0)
    """Share of groups without variance from which nothing is left to learn; above 1: never."""
    held_every: int = Field(default=0, ge=0)
    """Steps between two looks at held-out (`val`) questions; 0: never."""
    held_questions: int = Field(default=96, ge=1)
    """How many are asked, greedily, the same each time."""
    drop: float = Field(default=0.1, gt=0)
    """Fall of the held-out accuracy from its best at which a run whose reward rises is stopped; 96
    questions have an interval of about .1 either way."""


def collapsed(rewards: Sequence[float], alarms: Alarms) -> str | None:
    """Say how the reward collapsed, or None."""
    means = _means(rewards, alarms.window)
    if not means or means[-1] >= alarms.keep * max(means):
        return None
    return (
        f"the reward fell to {means[-1]:.3f} from {max(means):.3f} "
        f"(means of {alarms.window} steps); lower `rate` or `temperature`"
    )


def flat(shares: Sequence[float], alarms: Alarms) -> str | None:
    """Say that no group has variance, or None."""
    means = _means(shares, alarms.window)
    if not means or means[-1] < alarms.flat:
        return None
    return (
        f"{means[-1]:.0%} of the groups of {alarms.window} steps have one reward for all samples; "
        f"ask harder questions or raise `temperature`"
    )


class Look(NamedTuple):
    """A look at the held-out questions."""

    reward: float
    """Mean reward of the steps before it."""
    accuracy: float


def gamed(held: Sequence[Look], alarms: Alarms) -> str | None:
    """Say how the reward left the truth behind, or None."""
    if not held:
        return None
    best, last = max(held, key=lambda look: look.accuracy), held[-1]
    if last.accuracy >= best.accuracy - alarms.drop or last.reward <= best.reward:
        return None
    return (
        f"the reward rose from {best.reward:.3f} to {last.reward:.3f} "
        f"while the held-out accuracy fell from {best.accuracy:.3f} to {last.accuracy:.3f}; "
        f"take an earlier checkpoint, or mend the rewards"
    )


def looks(history: Sequence[dict[str, Any]], window: int) -> list[Look]:
    """Return the looks that a log holds, those before a kill among them."""
    found, rewards = list[Look](), list[float]()
    for entry in history:
        if HELD_OUT in entry:
            recent = rewards[-window:]
            found.append(Look(sum(recent) / max(1, len(recent)), entry[HELD_OUT]))
        elif "reward" in entry:
            rewards.append(entry["reward"])
    return found


def _means(values: Sequence[float], window: int) -> list[float]:
    ends = range(window, len(values) + 1)
    return [sum(values[end - window : end]) / window for end in ends]


def watch(alarms: Alarms, accuracy: Callable[[], float] | None = None) -> Any:
    """Return a callback that raises `InputError` when an alarm goes off.

    `accuracy` asks the model its held-out questions, in [0, 1]; None: there are none.
    """
    from transformers import TrainerCallback

    class Watch(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            if not accuracy or not alarms.held_every or state.global_step % alarms.held_every:
                return
            state.log_history.append({"step": state.global_step, HELD_OUT: accuracy()})
            if words := gamed(looks(state.log_history, alarms.window), alarms):
                raise InputError(f"step {state.global_step}: {words}")

        def on_log(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            logs = [h for h in state.log_history if "reward" in h]
            words = collapsed([h["reward"] for h in logs], alarms) or flat(
                [h.get("frac_reward_zero_std", 0.0) for h in logs], alarms
            )
            if words:
                raise InputError(f"step {state.global_step}: {words}")

    return Watch()
