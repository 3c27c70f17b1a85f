"""Optimisers: AdamW, or Muon for the matrices inside the blocks with AdamW for the rest.

Muon (Jordan et al. 2024, `torch.optim.Muon`) let the tiny model leave the plateau on boxes
(notes-grpo.md); its rate is 7 times AdamW's.
"""

from collections.abc import Callable
from typing import Any

import torch

from surgchain.trainer.learning import Optimizer

MUON_RATE = 7.0


def build(
    kind: Optimizer, model: torch.nn.Module, rate: float, decay: float, betas: tuple[float, float]
) -> torch.optim.Optimizer:
    """Return the optimiser of a model's learning weights."""
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    matrices = [p for n, p in named if kind == "muon" and _is_block_matrix(n, p)]
    held = {id(p) for p in matrices}
    rest = [p for _, p in named if id(p) not in held]
    adamw = torch.optim.AdamW(rest, lr=rate, weight_decay=decay, betas=betas)
    if not matrices:
        return adamw
    muon = torch.optim.Muon(
        matrices, lr=MUON_RATE * rate, weight_decay=decay, momentum=0.95, ns_steps=4
    )
    return Both(muon, adamw)


def _is_block_matrix(name: str, weight: torch.Tensor) -> bool:
    return weight.ndim == 2 and "embed" not in name and "lm_head" not in name  # noqa: PLR2004


class Both(torch.optim.Optimizer):
    """Two optimisers over disjoint weights, stepped, saved and scheduled as one."""

    def __init__(self, *parts: torch.optim.Optimizer) -> None:
        groups = [g for part in parts for g in part.param_groups]
        super().__init__([p for g in groups for p in g["params"]], {})
        self.parts = parts
        self.param_groups = groups  # the parts' own, so that a schedule reaches both

    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Step both."""
        assert closure is None, "no closures"
        for part in self.parts:
            part.step()

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of both."""
        for part in self.parts:
            part.zero_grad(set_to_none)

    def state_dict(self) -> dict[str, Any]:
        """Return both states; `state` and `param_groups` are there for accelerate's sake."""
        return {
            "parts": [part.state_dict() for part in self.parts],
            "state": {},
            "param_groups": [],
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take both states back."""
        for part, state in zip(self.parts, state_dict["parts"], strict=True):
            part.load_state_dict(state)
        self.param_groups = [g for part in self.parts for g in part.param_groups]
