"""The reward files as TRL wants them: functions of a batch of texts and the rows' columns."""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from surgchain.schemas import dialects
from surgchain.schemas.dialects import Spoken
from surgchain.schemas.errors import ParamsError
from surgchain.schemas.records import Scene
from surgchain.trainer import rewards
from surgchain.trainer.sampled import Sampled

Reward = Callable[[Sampled], float | None]


def named(word: str) -> Reward:
    """Return the reward of a file in trainer/rewards/; raise `ParamsError` with the list."""
    folder = Path(next(iter(rewards.__path__)))
    words = sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))
    if word not in words:
        raise ParamsError(
            f"no reward named {word!r}; one of {', '.join(words)}; "
            f"to add one, write trainer/rewards/{word}.py like its neighbours"
        )
    reward: Reward = import_module(f"surgchain.trainer.rewards.{word}").reward
    return reward


def functions(words: list[str], spoken: Spoken) -> list[Callable[..., list[float | None]]]:
    """Return a function for TRL for each word, named after it in the logs."""
    return [_batched(word, named(word), spoken) for word in words]


def _batched(word: str, reward: Reward, spoken: Spoken) -> Callable[..., list[float | None]]:
    def of_batch(
        completions: list[Any], task: list[Any], gold: list[str], scene: list[str],
        size: list[list[int]], options: list[list[str]], **_: Any,
    ) -> list[float | None]:  # fmt: skip
        facts = [Scene.model_validate(json.loads(one)) for one in scene]
        texts = [_canonical(c, spoken, s) for c, s in zip(completions, size, strict=True)]
        choices = [tuple(one) for one in options]
        columns = zip(texts, task, gold, facts, choices, strict=True)
        return [reward(Sampled(*row)) for row in columns]

    of_batch.__name__ = word
    return of_batch


def _canonical(completion: Any, spoken: Spoken, size: list[int]) -> str:
    text = completion if isinstance(completion, str) else completion[0]["content"]
    if isinstance(text, list):
        text = "".join(part.get("text", "") for part in text)
    return dialects.to_canonical(text.strip(), spoken, (size[0], size[1]))
