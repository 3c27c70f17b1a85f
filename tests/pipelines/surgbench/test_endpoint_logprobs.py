"""Log-probabilities of a server: read from the tokens of the prompt, never guessed."""

import json

import pytest
from factories_evaluate import evaluated

from surgchain.annotators.serving import replies
from surgchain.pipelines.surgbench.endpoint_logprobs import of_ending
from surgchain.schemas.errors import InputError

TOKENS = (("<answer>", -9.0), ("hook", -1.0), (",", -0.5), (" dissect", -2.0), ("</answer>", -0.25))


@pytest.mark.parametrize(
    ("tokens", "ending", "found"),
    [
        (TOKENS, "hook, dissect</answer>", -3.75),
        ((*TOKENS[:3], ("dissect", -2.0), TOKENS[4]), "hook, dissect</answer>", -3.75),
        ((("<answer>hook", -4.0), *TOKENS[2:]), "hook, dissect</answer>", -6.75),
        (TOKENS, "grasper, dissect</answer>", None),
        ((), "hook", None),
    ],
    ids=["one by one", "white space lost", "merged with the mark", "another text", "nothing"],
)
def test_the_last_tokens_that_hold_the_text_are_summed(tokens, ending, found) -> None:
    assert of_ending(tokens, ending) == found


def test_vllms_answer_is_read_with_the_token_of_the_prompt_first() -> None:
    told = [None, {"7": {"logprob": -1.5, "decoded_token": "hook"}, "9": {"logprob": -0.1,
            "decoded_token": "grasper"}}]  # fmt: skip
    body = {"choices": [{"message": {"content": "x"}, "finish_reason": "length"}]}
    read = replies.reply(json.dumps({**body, "prompt_logprobs": told}).encode())
    assert read.prompt_logprobs == (("hook", -1.5),)
    assert replies.reply(json.dumps(body).encode()).prompt_logprobs == ()
    for odd in ([None, {}], [None, {"7": {}}], [None, 3], 5):
        assert replies.reply(json.dumps({**body, "prompt_logprobs": odd}).encode()) is None


def test_a_server_that_gives_none_is_refused_with_what_to_do(small_project, chat) -> None:
    with pytest.raises(InputError, match="gives no `prompt_logprobs`, as vLLM does; leave"):
        evaluated(chat, logprobs=True)
    last = chat.seen[-1]
    assert last["messages"][-1]["role"] == "assistant"
    assert last["messages"][-1]["content"].startswith("<think>I see.</think><answer>")
    assert (last["continue_final_message"], last["add_generation_prompt"]) == (True, False)
