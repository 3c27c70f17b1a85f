"""When a run of GRPO is stopped."""

from types import SimpleNamespace

import pytest

from surgchain.schemas.errors import InputError
from surgchain.trainer import alarms
from surgchain.trainer.alarms import Alarms, Look

PAIRS = Alarms(window=2)


def test_a_reward_that_falls_below_half_its_best_mean_has_collapsed():
    assert alarms.collapsed([0.4, 0.6, 0.3, 0.2], PAIRS) is None  # 0.25 is half of 0.5
    assert alarms.collapsed([0.4, 0.6, 0.3, 0.18], PAIRS) == (
        "the reward fell to 0.240 from 0.500 (means of 2 steps); lower `rate` or `temperature`"
    )


def test_one_bad_step_is_no_collapse():
    assert alarms.collapsed([0.5, 0.5, 0.1, 0.5], PAIRS) is None


def test_too_few_steps_say_nothing():
    assert alarms.collapsed([0.0], PAIRS) is None
    assert alarms.flat([1.0], PAIRS) is None


def test_groups_without_variance_are_an_alarm_only_when_nearly_all_are():
    assert alarms.flat([0.9, 1.0], PAIRS) is None
    assert alarms.flat([0.98, 0.98], PAIRS).startswith("98% of the groups of 2 steps have one")


def test_the_callback_stops_the_run_at_its_step():
    logs = [{"reward": r, "frac_reward_zero_std": 0.1} for r in (1.0, 1.0, 0.1, 0.1)]
    state = SimpleNamespace(log_history=[{"loss": 1.0}, *logs], global_step=4)
    with pytest.raises(InputError, match=r"step 4: the reward fell to 0\.100 from 1\.000"):
        alarms.watch(PAIRS).on_log(None, state, None)


def test_a_reward_that_rises_while_the_held_out_accuracy_falls_is_gamed():
    start = Look(0.4, 0.50)
    assert alarms.gamed([start, Look(0.6, 0.45)], PAIRS) is None  # within the interval
    assert alarms.gamed([start, Look(0.3, 0.30)], PAIRS) is None  # both fall: no game
    assert alarms.gamed([start, Look(0.6, 0.30)], PAIRS) == (
        "the reward rose from 0.400 to 0.600 while the held-out accuracy fell from 0.500 to 0.300; "
        "take an earlier checkpoint, or mend the rewards"
    )


def test_the_callback_asks_every_so_many_steps_and_remembers_over_a_kill():
    every_second = Alarms(window=1, held_every=2)
    state = SimpleNamespace(log_history=[{"reward": 0.4}], global_step=2)
    alarms.watch(every_second, lambda: 0.5).on_step_end(None, state, None)
    state.global_step = 3
    alarms.watch(every_second, lambda: 1 / 0).on_step_end(None, state, None)
    assert state.log_history[1:] == [{"step": 2, "held_out": 0.5}]
    state.global_step = 4
    state.log_history.append({"reward": 0.9})
    after_a_kill = alarms.watch(every_second, lambda: 0.3)
    with pytest.raises(InputError, match=r"step 4: the reward rose from 0\.400 to 0\.900"):
        after_a_kill.on_step_end(None, state, None)
