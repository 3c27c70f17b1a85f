from surgchain.pipelines.asking.counted import Line, by_side


def row(source: str, task: str, of_class: str, split: str, questions: int) -> dict:
    return {
        "source": source, "task": task, "class": of_class, "split": split, "questions": questions,
    }  # fmt: skip


def test_sides_are_columns_and_a_class_without_a_side_has_none_there() -> None:
    rows = [
        row("b", "phase", "cleaning", "test", 2),
        row("a", "phase", "cleaning", "train", 5),
        row("a", "phase", "cleaning", "test", 1),
        row("a", "cvs", "C1: yes", "val", 3),
    ]
    assert by_side(rows) == [
        Line("a", "cvs", "C1: yes", 0, 3, 0),
        Line("a", "phase", "cleaning", 5, 0, 1),
        Line("b", "phase", "cleaning", 0, 0, 2),
    ]
