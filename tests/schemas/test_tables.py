from pathlib import Path

import pytest

from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Chain, Entity, Finding, Question, Scene, Verdict

SCENE = Scene(
    frame_id="cholect50/VID68/001063",
    ontology="cholect50",
    width=774,
    height=434,
    instruments=(Entity(name="grasper", box=(0.1, 0.2, 0.3, 0.4)), Entity(name="hook")),
    triplets=(("grasper", "retract", "gallbladder"),),
    cvs=(0.0, 0.33, 1.0),
    labelled=("instruments", "triplets", "cvs"),
)
VERDICT = Verdict(
    chain_id="c1",
    passed=False,
    checks={"grounding": 0.5, "format": 1.0},
    findings=(
        Finding(
            checker="grounding",
            fault="wrong_count",
            level=1,
            claim="two",
            reason="one is there",
            span=(3, 9),
        ),
    ),
)
CHAIN = Chain(
    chain_id="c1",
    frame_id=SCENE.frame_id,
    question=Question(task="phase", text="Which?", options=("a", "b"), gold="a"),
    text="not in the format",
)


@pytest.mark.parametrize(
    ("record", "schema"),
    [(SCENE, tables.SCENES), (VERDICT, tables.VERDICTS), (CHAIN, tables.CHAINS)],
)
def test_a_record_comes_back_as_it_went(tmp_path: Path, record, schema) -> None:
    path = tmp_path / "t.parquet"
    assert tables.write(path, [record], schema) == 1
    assert list(tables.read(path, type(record))) == [record]


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        tables.write(tmp_path / name, [SCENE] * 100, tables.SCENES)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_table_that_was_cut_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    tables.write(path, [SCENE], tables.SCENES)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InputError, match=r"t.parquet: cannot be read as Parquet"):
        tables.read_rows(path)


def test_a_row_of_another_kind_names_file_row_and_field(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    tables.write(path, [VERDICT], tables.VERDICTS)
    with pytest.raises(
        InputError, match=r"t.parquet: row 0: not a Chain: frame_id: Field required"
    ):
        list(tables.read(path, Chain))


def test_a_score_below_one_needs_a_finding() -> None:
    from surgchain.schemas.records import Check

    with pytest.raises(ValueError, match="without a finding"):
        Check(checker="format", score=0.5)
