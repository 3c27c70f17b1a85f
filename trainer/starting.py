"""The model that stage 1 starts from: a tiny one built for the corpus, or a local checkpoint."""

from collections.abc import Iterator
from pathlib import Path

from surgchain.schemas import ontology as ontologies
from surgchain.trainer import model_folder, shards, tiny_model
from surgchain.trainer.settings import Model
from surgchain.trainer.shards import Shards

TEXTS = 20_000
"""Rows whose words the tiny model's tokenizer is trained on, at most."""


def model(settings: Model, folder: Path, out: Path) -> Path:
    """Put the model in `out`, where it is not yet whole; return its folder."""
    if (out / model_folder.CARD).is_file():  # written last
        return out
    if settings.kind == "checkpoint":
        return model_folder.adopt(settings, out)
    return tiny_model.build(settings, texts(folder), names(folder), out)


def texts(folder: Path) -> Iterator[str]:
    """Yield what a model of these shards will read and write, at most `TEXTS` rows of each kind."""
    chains = Shards(folder, "chains", "train")
    for number, (_, item) in enumerate(shards.chain_items(chains)):
        if number == TEXTS:
            break
        yield f"user\n{item.question}\nassistant\n{item.text}\nsystem"
    for number, (_, item) in enumerate(shards.question_items(Shards(folder, "frames", "train"))):
        if number == TEXTS:
            break
        yield f"user\n{item.question}\nassistant\n{item.gold}"


def names(folder: Path) -> set[str]:
    """Return the class names of the shards' ontologies, in their usual spellings."""
    scenes = Shards(folder, "frames", "train").rows(["scene"])
    used = {shards.ontology_of(r["scene"]) for r, _ in zip(scenes, range(TEXTS), strict=False)}
    terms = [
        term
        for ontology in map(ontologies.load, sorted(used))
        for facet in ("instruments", "structures", "verbs", "targets", "phases", "steps", "actions")
        for term in ontology.terms(facet)
    ]
    spellings = {s for t in terms for s in (t.name, t.name.replace("_", " "), t.canonical) if s}
    return spellings | {s for t in terms for s in t.synonyms if " " in s}
