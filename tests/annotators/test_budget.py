from surgchain.annotators.budget import Budget, Purse


def test_money_is_tokens_times_prices_per_million() -> None:
    budget = Budget(price_prompt=0.5, price_completion=2.0)
    assert budget.cost(1_000_000, 250_000) == 1.0


def test_the_first_bound_that_is_reached_is_named() -> None:
    purse = Purse(Budget(tokens=100, money=1.0, price_completion=1e6))
    assert purse.spent() == ""
    purse.pay(99, 0)
    assert purse.spent() == ""
    purse.pay(0, 1)
    assert purse.spent() == "the budget of 100 tokens is spent"
    assert Purse(purse.budget, 0, 1).spent() == "the budget of 1 in money is spent"


def test_hours_are_of_this_run() -> None:
    assert Purse(Budget(hours=1e-12)).spent() == "the budget of 1e-12 hours is spent"


def test_without_bounds_nothing_is_ever_spent() -> None:
    purse = Purse(Budget())
    purse.pay(10**12, 10**12)
    assert purse.spent() == ""
