"""What a model is told: a direct answer, or a three-level chain first.

The chain prompt is the system prompt of Surg-R1 (surg-r1.md, section 1.4), which asks for thinking
and an answer in tags; that the thinking has three levels is learnt in the cold start.
"""

from typing import Any, Literal

Mode = Literal["direct", "chain"]
SYSTEM: dict[Mode, str] = {
    "direct": "You are a surgical expert. Give the answer only.",
    "chain": (
        "A conversation between User and Surgical Assistant. The user asks a question related, and "
        "the Assistant solves it. The assistant first thinks about the reasoning process in the "
        "mind and then provides the user with the answer. The reasoning process and answer are "
        "enclosed within <think> </think> and <answer> </answer> tags, respectively, i.e., "
        "<think> reasoning process here </think><answer> answer here </answer>"
    ),
}


def prompt(question: str, mode: Mode) -> list[dict[str, str]]:
    """Return the messages of a question; the picture is put before its words by the template."""
    return [
        {"role": "system", "content": SYSTEM[mode]},
        {"role": "user", "content": question},
    ]


def completion(text: str) -> list[dict[str, str]]:
    """Return the message that answers."""
    return [{"role": "assistant", "content": text}]


def with_picture(messages: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return messages in parts, with a place for the picture before the user's words."""
    return [
        {"role": m["role"], "content": [{"type": "text", "text": m["content"]}]}
        if m["role"] != "user"
        else {
            "role": "user",
            "content": [{"type": "image"}, {"type": "text", "text": m["content"]}],
        }
        for m in messages
    ]
