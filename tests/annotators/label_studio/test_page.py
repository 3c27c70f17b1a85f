import pytest

from surgchain.annotators.label_studio import page, shown, tasks
from surgchain.schemas import chain_text, ontology
from surgchain.schemas.records import Chain, Provenance, Question

pytest.importorskip("label_studio_sdk", reason="pip install -e '.[review]'")
WORDS = ontology.load("cholect50")
PICTURES = tasks.Pictures("http://p/k/a.jpg", "http://p/k/none.jpg", "http://p/k/b.jpg")


def chain(level1: str = "A hook [100, 200, 300, 400].") -> Chain:
    return Chain(
        chain_id="c1",
        frame_id="p/V/1",
        question=Question(task="phase", text="Which?", options=("one", "two")),
        text=chain_text.render(level1, "It rests.", "So.", "preparation"),
        provenance=Provenance(generator="secret-teacher", model="m", saw_facts=True, seed=0),
    )


def test_a_chain_fits_the_page() -> None:
    task = tasks.task(chain(), shown.of(chain(), WORDS), PICTURES, (640, 480))
    assert page.errors(page.build(WORDS), task["predictions"][0]) == []
    assert task["data"]["question"] == "Which?\nA. one\nB. two"
    assert "secret-teacher" not in str(task)


def test_what_does_not_fit_is_found_before_it_is_sent() -> None:
    task = tasks.task(chain(), shown.of(chain(), WORDS), PICTURES, (640, 480))
    task["predictions"][0]["result"][0]["from_name"] = "nothing"
    assert page.errors(page.build(WORDS), task["predictions"][0]) != []


def test_hotkeys_are_all_different() -> None:
    import re

    for adjudication in (False, True):
        keys = re.findall(r'hotkey="(.)"', page.build(WORDS, adjudication=adjudication))
        assert len(keys) == len(set(keys)) >= 4 * 4 + len(WORDS.names("instruments"))
        assert not set(keys) & set(page.TAKEN)


def test_the_hash_of_a_page_sees_a_changed_choice_and_no_white_space() -> None:
    built = page.build(WORDS)
    assert page.digest(built.replace("><", ">\n  <")) == page.digest(built)
    assert page.digest(built.replace('value="reject"', 'value="no"')) != page.digest(built)


@pytest.mark.parametrize(
    ("level1", "name"),
    [
        (
            "A grasping instrument with a grey shaft is in the upper right [1, 2, 30, 40].",
            "grasper",
        ),
        ("The gallbladder. In the lower left, there is an L-hook [1, 2, 30, 40].", "hook"),
        ("A hook [5, 6, 70, 80] and something [1, 2, 30, 40].", "other"),
    ],
)
def test_a_box_is_named_by_the_words_before_it(level1: str, name: str) -> None:
    (found,) = [b for b in shown.of(chain(level1), WORDS).boxes if b.box[0] == 0.001]
    assert found.name == name


def test_a_box_that_is_inside_out_or_outside_is_not_drawn() -> None:
    assert shown.of(chain("A hook [300, 200, 100, 400] [0, 0, 1200, 10]."), WORDS).boxes == ()


def test_a_new_box_is_written_wherever_the_old_one_stands() -> None:
    text = shown.replaced(
        "a [1,2, 3, 4] b [1, 2, 3, 4] c [5, 6, 7, 8]",
        (0.001, 0.002, 0.003, 0.004),
        (0.5, 0.5, 0.6, 0.6),
    )
    assert text == "a [500, 500, 600, 600] b [500, 500, 600, 600] c [5, 6, 7, 8]"
