from surgchain.pipelines.corpus.chain_html import chain_html, marked
from surgchain.schemas import chain_text
from surgchain.schemas.records import Chain, Entity, Finding, Question, Scene, Verdict

SCENE = Scene(
    frame_id="a/b/000001",
    ontology="cholect50",
    instruments=(Entity(name="grasper", box=(0.1, 0.2, 0.3, 0.6)),),
    labelled=("instruments",),
)


def chain(text: str) -> Chain:
    question = Question(task="phase", text="Which <phase>?")
    return Chain(chain_id="c-1", frame_id="a/b/000001", question=question, text=text)


def finding(start: int, end: int) -> Finding:
    return Finding(checker="format", fault="refusal", reason="<b>no</b>", span=(start, end))


def test_script_in_a_chain_is_shown_as_text():
    evil = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    verdict = Verdict(
        chain_id="c-1",
        passed=False,
        checks={},
        findings=(finding(2, 9).model_copy(update={"reason": evil}),),
    )
    page = chain_html(b"", SCENE, chain(evil), verdict)
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "alert(&quot;x&quot;)" in page
    assert "Which &lt;phase&gt;?" in page


def test_what_was_found_is_marked_where_it_stands():
    assert marked("ab<cd", [finding(1, 3)]) == "a<mark>b&lt;</mark>cd"


def test_spans_inside_others_and_beyond_the_text_are_left_out():
    assert marked("abcdef", [finding(1, 4), finding(2, 3), finding(5, 99)]) == (
        "a<mark>bcd</mark>ef"
    )


def test_facts_and_claims_are_drawn_as_boxes():
    text = chain_text.render("A grasper [100, 200, 300, 600] is seen.", "It rests.", "So.", "x")
    page = chain_html(b"", SCENE, chain(text), None)
    box = 'x="0.1000" y="0.2000" width="0.2000" height="0.4000"'
    assert f'<rect class="fact" {box}>' in page
    assert f'<rect class="claim" {box}>' in page
    assert "L1 box: grasper, 100, 200, 300, 600" in page
