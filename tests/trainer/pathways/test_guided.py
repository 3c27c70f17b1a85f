"""What a teacher redrafts: stripped of its hints, judged by everything, counted."""

from surgchain.annotators.teachers import Ask, Draft, Writer, chain_of
from surgchain.schemas.records import Finding, Provenance, Question, Scene, Verdict
from surgchain.trainer.pathways import guided

TEXT = "<think>Level 1: A hook. The label says cutting.</think><answer>x</answer>"
CLEAN = "<think>Level 1: A hook.</think><answer>x</answer>"
TEACHER = Provenance(generator="embedded", model="embedded-1", saw_facts=True, seed=0)
SCENE = Scene(frame_id="s/VID01/000000", ontology="cholect50")
QUESTION = Question(task="phase", text="Which phase?", gold="x")


def verdict(text):
    at = text.find("label")
    found = (Finding(checker="leak", fault="label_leak", reason="it", span=(at, at + 5)),) * (
        at >= 0
    )
    return Verdict(chain_id="c", passed=not found, checks={}, findings=found)


class Pen(Writer):
    texts: tuple[str | None, ...]

    def draft(self, asks, work, notes):
        for ask, text in zip(asks, self.texts, strict=True):
            chain = chain_of(ask, text, TEACHER) if text else None
            yield Draft(ask, chain, "" if text else "the scene does not know the answer", "failed")


def redrafted(tmp_path, *texts):
    asks = [Ask(f"s/VID01/{n:06d}", QUESTION, SCENE, bytes, n) for n in range(len(texts))]
    mark = {"pathway": "guided", "samples": 8, "samples_right": 0, "round": "r1"}
    return list(
        guided.redraft(
            asks, Pen(texts=texts), tmp_path,
            lambda p: p.model_copy(update=mark), lambda c, _: verdict(c.text),
        )
    )  # fmt: skip


def test_a_sentence_with_a_hint_is_cut_and_the_chain_says_where_it_comes_from(tmp_path):
    (one,) = redrafted(tmp_path, TEXT)
    assert (one.chain.text, one.refused) == (CLEAN, "")
    made = one.chain.provenance
    assert (made.pathway, made.samples, made.samples_right, made.round) == ("guided", 8, 0, "r1")
    assert (made.generator, made.saw_facts) == ("embedded", True)


def test_each_question_is_kept_or_says_why_not(tmp_path):
    at_the_tag = "<think>The label says so</think><answer>label</answer>"
    found = redrafted(tmp_path, CLEAN, CLEAN, None, at_the_tag)
    assert [f.refused for f in found] == [
        "",
        "guided: the same text again",
        "guided: the scene does not know the answer",
        "guided: check: label_leak",
    ]


def test_what_stands_beside_a_hint_stays():
    text = "Level 2: The hook cuts. As the label tells, it is a vein. It bleeds."
    assert guided.without_hints(text, verdict(text)) == "Level 2: The hook cuts. It bleeds."
    text = "It is clear.\nLevel 3: By the label it is a vein. It bleeds."
    assert guided.without_hints(text, verdict(text)) == "It is clear.\nLevel 3: It bleeds."
