"""What drafting may cost: tokens, hours, money. Whichever is spent first stops it cleanly."""

import time

from pydantic import BaseModel, ConfigDict, Field


class Budget(BaseModel):
    """Upper bounds of one source's drafting; none: no bound."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: int | None = Field(default=None, ge=1)
    """Prompt and completion tokens, those of earlier runs in the ledger included."""
    hours: float | None = Field(default=None, gt=0)
    """Hours of this run."""
    money: float | None = Field(default=None, gt=0)
    """In the currency of the prices, earlier runs included."""
    price_prompt: float = Field(default=0.0, ge=0)
    """Per million prompt tokens."""
    price_completion: float = Field(default=0.0, ge=0)
    """Per million completion tokens."""

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Return what tokens cost."""
        spent = prompt_tokens * self.price_prompt + completion_tokens * self.price_completion
        return spent / 1_000_000


class Purse:
    """What has been spent of a budget."""

    def __init__(self, budget: Budget, prompt_tokens: int = 0, completion_tokens: int = 0) -> None:
        self.budget = budget
        self.prompt_tokens, self.completion_tokens = prompt_tokens, completion_tokens
        self._began = time.monotonic()

    def pay(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Count the tokens of an answer."""
        self.prompt_tokens += prompt_tokens
        self.completion_tokens += completion_tokens

    def spent(self) -> str:
        """Say which bound is reached; empty where there is money left."""
        budget = self.budget
        if (
            budget.tokens is not None
            and self.prompt_tokens + self.completion_tokens >= budget.tokens
        ):
            return f"the budget of {budget.tokens} tokens is spent"
        if budget.hours is not None and time.monotonic() - self._began >= budget.hours * 3600:
            return f"the budget of {budget.hours:g} hours is spent"
        cost = budget.cost(self.prompt_tokens, self.completion_tokens)
        if budget.money is not None and cost >= budget.money:
            return f"the budget of {budget.money:g} in money is spent"
        return ""
