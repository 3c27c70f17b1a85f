"""What may not be learnt from is refused and counted; the rest is made lazily."""

import pytest

from surgchain.schemas.errors import InputError
from surgchain.trainer import corpus, model_folder, rows
from surgchain.trainer.learning import Learning
from surgchain.trainer.prompts import SYSTEM
from surgchain.trainer.rows import Pointer
from surgchain.trainer.shards import Shards

TASKS = 3


@pytest.fixture(scope="module")
def loaded(base):
    return model_folder.load(base)


def write(toy, folder, change):
    chains, frames = toy.rows(surgeries=1, frames=4)
    change(chains, frames)
    return toy.write(folder, chains, frames)


def refused(toy, folder, change, loaded):
    found = corpus.of(write(toy, folder, change), loaded, "direct")
    assert found.taken == len(found.chains.pointers + found.questions.pointers) + sum(
        found.refused.values()
    )
    return dict(found.chains.refused), dict(found.questions.refused)


def test_clean_shards_refuse_nothing(toy, tmp_path, loaded):
    assert refused(toy, tmp_path, lambda c, f: None, loaded) == ({}, {})


def test_a_missing_picture_is_refused(toy, tmp_path, loaded):
    def change(chains, frames):
        chains[0]["image"] = {"bytes": None, "path": None}
        train = next(f for f in frames if f["split"] == "train")
        train["image"] = {"bytes": None, "path": None}

    assert refused(toy, tmp_path, change, loaded) == ({"no picture": 1}, {"no picture": TASKS})


def test_an_answer_outside_the_ontology_is_refused(toy, tmp_path, loaded):
    def change(chains, frames):
        next(c for c in chains if c["task"] == "phase")["answer"] = "lunch-break"

    assert refused(toy, tmp_path, change, loaded) == ({"answer outside the ontology": 1}, {})


def test_an_answer_without_the_form_of_its_task_is_refused(toy, tmp_path, loaded):
    def change(chains, frames):
        next(c for c in chains if c["task"] == "triplet")["answer"] = "it cuts"

    assert refused(toy, tmp_path, change, loaded) == ({"answer cannot be read": 1}, {})


def test_a_chain_longer_than_the_context_is_refused_and_never_cut(toy, tmp_path, loaded):
    def change(chains, frames):
        chains[1]["text"] = chains[1]["text"].replace("Level 2:", "Level 2:" + " very" * 300)

    assert refused(toy, tmp_path, change, loaded) == ({"longer than the context": 1}, {})


def test_what_is_over_a_cap_is_refused_and_counted(toy, tmp_path, loaded):
    folder = toy.corpus(tmp_path, surgeries=2, frames=6)
    free = corpus.of(folder, loaded, "direct")
    learning = Learning(steps=1, batch=1, rate=1e-3, caps={"chains": 5, "phase": 2})
    found = corpus.of(folder, loaded, "direct", learning)
    for kind in ("chains", "questions"):
        picked, before = getattr(found, kind), getattr(free, kind)
        assert len(picked.pointers) + picked.refused.total() == before.taken
        assert sum(p.task == "phase" for p in picked.pointers) <= 2
        assert set(picked.pointers) <= set(before.pointers)
    assert len(found.chains.pointers) == 5
    assert found.questions.refused["over the cap of phase"] > 0
    assert found == corpus.of(folder, loaded, "direct", learning)._replace(files=found.files)


def test_a_cap_of_nothing_and_caps_of_everything_are_one_clear_error(toy, tmp_path, loaded):
    folder = toy.corpus(tmp_path, surgeries=1, frames=2)

    def of(**caps):
        return corpus.of(folder, loaded, "direct", Learning(steps=1, batch=1, rate=1, caps=caps))

    with pytest.raises(InputError, match=r"caps: no row is of 'fase'; there are chains, .*phase"):
        of(fase=3)
    with pytest.raises(InputError, match=r"no row is left to learn from; refused: over the cap of"):
        of(chains=0, questions=0)


def test_a_shard_cut_short_is_one_clear_error(toy, tmp_path):
    folder = toy.corpus(tmp_path, surgeries=1, frames=2)
    path = folder / "frames-train-00000.arrow"
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(InputError, match=r"frames-train-00000\.arrow: the shard cannot be read"):
        Shards(folder, "frames", "train")


def test_shards_that_are_not_there_are_one_clear_error(tmp_path):
    with pytest.raises(InputError, match=r"no shards; run `dvc repro`"):
        Shards(tmp_path, "frames", "train")


def test_a_side_that_no_surgery_is_on_any_more_is_one_clear_error(toy, tmp_path):
    folder = toy.corpus(tmp_path, surgeries=1, frames=2)
    for path in folder.glob("frames-test-*.arrow"):
        path.unlink()
    with pytest.raises(InputError, match=r"no frames on the side `test` .* are withdrawn"):
        Shards(folder, "frames", "test")


def test_rows_are_those_of_the_shards_in_the_models_dialect(toy, shards_folder, loaded):
    found = corpus.of(shards_folder, loaded, "direct")
    row = corpus.rows_of(found, loaded, found.chains.pointers).learnt(0)
    stored = Shards(shards_folder, "chains", "train").row(0, ("question", "text"))
    assert row["prompt"] == [
        {"role": "system", "content": SYSTEM["chain"]},
        {"role": "user", "content": stored["question"]},
    ]
    assert row["images"][0].size == (64, 48)
    text = row["completion"][0]["content"]
    assert text.count("<x") == text.count("<x") // 4 * 4 > 0
    assert "[" not in text
    direct = corpus.rows_of(found, loaded, found.questions.pointers).learnt(0)
    assert direct["prompt"][0]["content"] == SYSTEM["direct"]
    assert "<think>" not in direct["completion"][0]["content"]


def test_a_dataset_is_made_row_by_row(shards_folder, loaded):
    made = []

    def make(number):
        made.append(number)
        return {"images": [], "prompt": str(number)}

    dataset = rows.lazily(1000, make)
    assert dataset[[7, 3]] == {"images": [[], []], "prompt": ["7", "3"]}
    assert made == [7, 3]


def test_every_row_is_drawn_once_before_any_is_drawn_again():
    pointers = [rows.Pointer(0, k, -1, "chain") for k in range(5)]
    drawn = rows.draw(pointers, 12, seed=1)
    assert sorted(drawn[:5]) == sorted(drawn[5:10]) == pointers
    assert drawn == rows.draw(pointers, 12, seed=1)


def test_a_mixture_keeps_its_shares_and_gives_those_of_an_empty_list_to_the_others():
    one = [rows.Pointer(0, k, -1, "chain") for k in range(5)]
    two = [rows.Pointer(1, k, 0, "direct") for k in range(5)]
    mixed = rows.draw_mixed([(one, 0.75), (two, 0.25)], 100, seed=0)
    assert sum(p.file for p in mixed) == 25
    assert {p.file for p in rows.draw_mixed([([], 0.5), (two, 0.1)], 10, seed=0)} == {1}


def test_batches_are_of_like_length_and_hold_the_same_rows():
    pointers = [rows.Pointer(0, k, -1, "chain", length=(k * 37) % 101) for k in range(42)]
    ordered = rows.alike(pointers, 4, seed=0, pool=5)
    assert sorted(ordered) == sorted(pointers)
    spread = [max(b) - min(b) for b in ([p.length for p in ordered[k : k + 4]] for k in (0, 4, 8))]
    assert max(spread) < 25
    assert sorted(ordered[:20]) == sorted(pointers[:20])


def test_nothing_left_to_learn_from_is_an_error():
    with pytest.raises(InputError, match="no row is left"):
        rows.draw_mixed([([], 1.0)], 10, seed=0)


def test_weights_of_tasks_and_sources_multiply():
    def of(source: str, task: str, number: int) -> list[Pointer]:
        return [Pointer(0, n, -1, "chain", source=source, task=task) for n in range(number)]

    pointers = [*of("a", "phase", 2), *of("a", "cvs", 2), *of("b", "phase", 4)]
    by_task = rows.by_task(pointers, {"phase": 2.0}, 0.5)
    # cvs 2 x 1, phase 6 x 2: of 14
    assert [(len(of), part) for of, part in by_task] == [(2, 0.5 * 2 / 14), (6, 0.5 * 12 / 14)]
    weights = {"phase": 2.0, "b": 3.0, "a/cvs": 0.0}
    mixed = rows.by_task(pointers, weights)
    # a/cvs 0, a/phase 2 x 2, b/phase 4 x 2 x 3: of 28
    assert [(len(of), part) for of, part in mixed] == [(2, 0.0), (2, 4 / 28), (4, 24 / 28)]
