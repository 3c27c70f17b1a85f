"""Alarms of GRPO: a run that collapses, or that has nothing left to learn from, is stopped.

    collapse    the mean reward of the last `window` steps fell below `keep` times the best one
    flat        nearly every group of the last `window` steps was without variance: no gradient

Each is pure: the numbers of a log in, one line or None out.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from surgchain.schemas.errors import InputError


class Alarms(BaseModel):
    """When a run is stopped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window: int = Field(default=8, ge=1)
    """Steps whose mean is looked at."""
    keep: float = Field(default=0.5, ge=0, le=1)
    """Part of the best mean reward below which the run has collapsed; 0: never."""
    flat: float = Field(default=0.98, gt=0)
    """Share of groups without variance from which nothing is left to learn; above 1: never."""


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


def _means(values: Sequence[float], window: int) -> list[float]:
    ends = range(window, len(values) + 1)
    return [sum(values[end - window : end]) / window for end in ends]


def watch(alarms: Alarms) -> Any:
    """Return a callback that raises `InputError` when an alarm goes off."""
    from transformers import TrainerCallback

    class Watch(TrainerCallback):  # type: ignore[misc]
        def on_log(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            logs = [h for h in state.log_history if "reward" in h]
            words = collapsed([h["reward"] for h in logs], alarms) or flat(
                [h.get("frac_reward_zero_std", 0.0) for h in logs], alarms
            )
            if words:
                raise InputError(f"step {state.global_step}: {words}")

    return Watch()
