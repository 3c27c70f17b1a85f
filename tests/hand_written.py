"""Hand-written chains in many styles, with the faults that a reader of docs/faults.md names."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from surgchain.qa import judge
from surgchain.schemas import answers, chain_text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Chain, Question, Scene, Verdict

HERE = Path(__file__).parent / "qa" / "styles"
HEAD = re.compile(r"^# (?P<name>\S+) (?P<scene>S\d+) (?P<task>\w+)(?P<rest>.*)$", re.MULTILINE)


class Example(NamedTuple):
    """A chain, its scene, and the faults it has; `a|b` among them: either name will do."""

    chain: Chain
    scene: Scene
    faults: frozenset[str]


def scenes() -> dict[str, Scene]:
    raw = yaml.safe_load((HERE / "scenes.yaml").read_text(encoding="utf-8"))
    return {k: Scene.model_validate({"frame_id": f"hand/{k}/1", **v}) for k, v in raw.items()}


def clean_levels() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load((HERE / "clean.yaml").read_text(encoding="utf-8"))
    return found


def verdict(scene: Scene, levels: Sequence[str], checkers: Mapping[str, judge.Checker]) -> Verdict:
    """Judge three levels about a scene, which end in its true answer."""
    ontology = ontologies.load(scene.ontology)
    task = "cvs" if scene.knows("cvs") else "phase"
    chain = Chain(
        chain_id="c", frame_id=scene.frame_id, question=Question(task=task, text="What is this?"),
        text=chain_text.render(*levels, answers.from_scene(scene, task, ontology)),
    )  # fmt: skip
    return judge.judge(chain, scene, ontology, checkers)


def examples(name: str) -> list[Example]:
    known = scenes()
    text = (HERE / f"{name}.txt").read_text(encoding="utf-8")
    heads = list(HEAD.finditer(text))
    ends = [h.start() for h in heads[1:]] + [len(text)]
    return [_example(h, text[h.end() : e].strip(), known) for h, e in zip(heads, ends, strict=True)]


def _example(head: re.Match[str], body: str, known: dict[str, Scene]) -> Example:
    options = dict(w.split("=", 1) for w in head["rest"].split() if "=" in w)
    scene = known[head["scene"]]
    question = Question(
        task=head["task"],
        text=f"What is the {head['task']} here?",
        gold=options.get("gold"),
        options=tuple(o for o in options.get("options", "").split("|") if o),
    )
    faults = frozenset(f for f in options.get("faults", "").split(",") if f)
    raw = body if body.startswith("<think>") or "\n=>" not in body else _rendered(body)
    return Example(
        Chain(chain_id=head["name"], frame_id=scene.frame_id, question=question, text=raw),
        scene,
        faults,
    )


def _rendered(body: str) -> str:
    levels, _, answer = body.partition("\n=>")
    one, rest = levels.split("\n2:", 1)
    two, three = rest.split("\n3:", 1)
    return chain_text.render(one.removeprefix("1:"), two, three, answer)
