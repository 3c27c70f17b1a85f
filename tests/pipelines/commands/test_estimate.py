import math

from surgchain.annotators.budget import Budget
from surgchain.pipelines.commands.estimate import Cost, Pilot, Spread, projected


def test_a_pilot_scales_to_the_corpus() -> None:
    pilot = Pilot(
        asked=50, sent=40, failed=10, seconds=20.0, prompt_tokens=50_000, completion_tokens=10_000,
        disk_bytes=50_000,
    )  # fmt: skip
    budget = Budget(price_prompt=1.0, price_completion=2.0)
    assert projected(pilot, 360_000, budget, gpus=4) == Cost(
        questions=360_000,
        prompt_tokens=360e6,  # 1,000 a question
        completion_tokens=72e6,
        hours=50.0,  # half a second a question
        gpu_hours=200.0,
        money=504.0,
        gigabytes=0.36,
        failed=72_000.0,
    )


def test_a_pilot_that_was_paid_for_tells_no_speed() -> None:
    pilot = Pilot(50, 0, 0, 0.1, 50_000, 9_000, 40_000)
    cost = projected(pilot, 1000, Budget(), gpus=1)
    assert math.isnan(cost.hours)
    assert cost.prompt_tokens == 1_000_000


def test_the_questions_of_a_pilot_are_spread_over_all() -> None:
    assert list(Spread(list(range(100)), 4)) == [0, 25, 50, 75]
    assert list(Spread([1, 2], 50)) == [1, 2]
