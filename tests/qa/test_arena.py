"""Arena Score: published bars are reproduced, and different coverage is never ranked."""

import numpy as np
import pytest

from surgchain.qa import arena
from surgchain.schemas.errors import InputError

PUBLISHED = arena.published()


def values_of(model: str, protocol: str | None = None) -> dict[str, float]:
    rows = [r for r in PUBLISHED.rows if r.model == model and protocol in (None, r.protocol)]
    return dict(rows[0].values) if rows else {}


@pytest.mark.parametrize("bar", PUBLISHED.bars, ids=lambda b: f"{b.model}-{b.list}")
def test_a_published_bar_is_reproduced_or_its_coverage_refused(bar: arena.Bar) -> None:
    of = arena.key_list(bar.list)
    if bar.coverage != "agrees":
        lacking = set(of.keys) - set(values_of(bar.model))
        assert (lacking == {"multibypass140/phase"}) == (bar.coverage == "differs")
        assert bar.coverage == "differs" or lacking == set(of.keys)
        with pytest.raises(InputError, match=", ".join(k for k in of.keys if k in lacking)):
            arena.score(values_of(bar.model), of)
    else:
        assert arena.score(values_of(bar.model), of) == pytest.approx(bar.value, abs=bar.tolerance)


@pytest.mark.parametrize(
    "row", [r for r in PUBLISHED.rows if r.sum], ids=lambda r: f"{r.model}-{r.protocol}"
)
def test_the_sums_of_surgvlm_bench_are_reproduced(row: arena.Row) -> None:
    total = arena.score(row.values, arena.key_list("surgvlm-sum-1"))
    assert total == pytest.approx(row.sum, abs=0.1)


def test_every_row_and_bar_names_a_source_that_is_there() -> None:
    named = {r.source for r in PUBLISHED.rows} | {b.source for b in PUBLISHED.bars}
    assert named <= set(PUBLISHED.sources)
    assert {b.list for b in PUBLISHED.bars} <= set(PUBLISHED.lists)


def test_models_that_lack_a_key_are_not_ranked() -> None:
    models = {m: values_of(m) for m in ("Surg-R1-7B", "GPT-4o")}
    with pytest.raises(InputError, match="GPT-4o has no figure for multibypass140/phase"):
        arena.ranked(models, arena.key_list("surg-r1-public-6"))
    placed = arena.ranked(models, arena.key_list("surg-r1-public-5"))
    assert [p.model for p in placed] == ["Surg-R1-7B", "GPT-4o"]


def test_every_model_of_both_published_charts_has_its_bar() -> None:
    counts = {
        name: sum(b.list in lists for b in PUBLISHED.bars)
        for name, lists in {
            "public": ("surg-r1-public-5", "surg-r1-public-6"),
            "external": ("surg-r1-external-6",),
        }.items()
    }
    assert counts == {"public": 20, "external": 11}


def test_the_published_radar_agrees_with_the_row_of_its_model() -> None:
    row = values_of("Surg-R1-7B")
    for name in ("surg-r1-public-6", "surg-r1-external-6"):
        keys = arena.key_list(name).keys
        assert {k: PUBLISHED.radar[k][m] for k, m in keys.items()} == {k: row[k] for k in keys}


TWO = arena.KeyList(how="mean", keys={"a/phase": "jaccard", "b/cvs": "mean_ap"})


def entry(model: str, a: list[float], b: list[float], asked: str = "q") -> arena.Entry:
    keys = dict(zip(TWO.keys, (np.array(a), np.array(b)), strict=True))
    return arena.Entry(
        model, {k: float(v[0]) for k, v in keys.items()}, keys, dict.fromkeys(keys, asked)
    )


def test_models_and_controls_stand_on_one_scale_with_intervals() -> None:
    best = entry("m", [0.6, 0.5, 0.7], [0.8, 0.8, 0.8])
    control = entry("majority", [0.2, 0.1, 0.4], [0.4, 0.4, 0.4])
    first, second = arena.placed([control, best], TWO)
    assert (first.model, first.score) == ("m", pytest.approx(0.7))
    assert (first.low, first.high) == pytest.approx((0.65 + 0.0025, 0.75 - 0.0025))
    assert (second.model, second.score) == ("majority", pytest.approx(0.3))


def test_a_pair_is_drawn_together_so_that_what_is_hard_for_both_cancels() -> None:
    # each alone spreads over 0.4, the gain not at all
    one, other = (
        entry(m, [0.5 + g, 0.3 + g, 0.7 + g], [0.5, 0.3, 0.7]) for m, g in (("x", 0.1), ("y", 0))
    )
    (pair,) = arena.pairwise([other, one], TWO)
    assert (pair.first, pair.second, pair.verdict) == ("x", "y", "better")
    assert (pair.gain, pair.low, pair.high) == pytest.approx((0.05, 0.05, 0.05))


def test_of_one_surgery_there_is_a_place_and_no_interval() -> None:
    models = [entry(m, [v], [v, v, v]) for m, v in (("x", 0.5), ("y", 0.4))]
    assert arena.placed(models, TWO)[0] == arena.Placed("x", 0.5, None, None)
    (pair,) = arena.pairwise(models, TWO)
    assert (pair.low, pair.verdict) == (None, "one surgery")


def test_models_that_were_asked_other_questions_are_not_ranked() -> None:
    same, other = entry("x", [0.5], [0.5]), entry("y", [0.5], [0.5], asked="p")
    with pytest.raises(InputError, match="x and y were not asked the same about a/phase, b/cvs"):
        arena.placed([same, other], TWO)
    lacking = same._replace(model="z", values={"a/phase": 0.5})
    with pytest.raises(InputError, match="z has no figure for b/cvs"):
        arena.placed([same, lacking], TWO)
    with pytest.raises(InputError, match="two models of one name"):
        arena.placed([same, same], TWO)


def test_a_comparison_names_the_difference_of_coverage() -> None:
    with pytest.raises(InputError, match=r"only the second \['b/phase'\]"):
        arena.require_same_coverage({"a/phase": 1.0}, {"a/phase": 0.5, "b/phase": 0.5})


def test_a_figure_that_is_no_number_is_a_missing_one() -> None:
    of = arena.KeyList(how="mean", keys={"a/phase": "accuracy"})
    with pytest.raises(InputError, match="no figure for a/phase"):
        arena.score({"a/phase": float("nan")}, of)


def test_an_unknown_list_answers_with_the_lists() -> None:
    with pytest.raises(InputError, match="surgbench-public-1"):
        arena.key_list("public")
