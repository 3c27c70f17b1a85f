"""Arena Score: published bars are reproduced, and different coverage is never ranked."""

import pytest

from surgchain.qa import arena
from surgchain.schemas.errors import InputError

PUBLISHED = arena.published()


def values_of(model: str, protocol: str | None = None) -> dict[str, float]:
    rows = [r for r in PUBLISHED.rows if r.model == model and protocol in (None, r.protocol)]
    return dict(rows[0].values)


@pytest.mark.parametrize("bar", PUBLISHED.bars, ids=lambda b: f"{b.model}-{b.list}")
def test_a_published_bar_is_reproduced_or_its_coverage_refused(bar: arena.Bar) -> None:
    of = arena.key_list(bar.list)
    if bar.coverage == "differs":
        with pytest.raises(InputError, match="multibypass140/phase"):
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
