import json
from pathlib import Path

import pytest
from huggingface_hub import DatasetCard

from surgchain.pipelines import params, sources
from surgchain.pipelines.commands.card import card as card_command
from surgchain.pipelines.commands.export import export, hub
from surgchain.pipelines.corpus import card as cards
from surgchain.pipelines.corpus import datasheet, withdrawal
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.files import read_json
from surgchain.schemas import ontology, tables
from surgchain.schemas.errors import InputError, ParamsError, SurgchainError
from surgchain.schemas.records import Example, Review, Video
from surgchain.schemas.reviews import Reviewed
from surgchain.schemas.reviews import write as write_reviews

OUT = Path("releases/r1")
ROUND = Path("data/rounds/r0")
VIDEOS = Path("data/ingest/ward/videos.parquet")
SECTIONS = (
    "Motivation", "Composition", "Collection process", "Preprocessing, cleaning, labelling",
    "Uses", "Distribution", "Maintenance",
)  # fmt: skip


def sheet(**more: object) -> str:
    found = cards.of_round(Project(), "r0", pixels=True)
    return datasheet.datasheet(found._replace(**more))


def params_with(card: dict) -> None:
    values = params.read()
    Path("params.yaml").write_text(json.dumps({**values, "card": card}))


def test_the_datasheet_has_the_sections_of_the_paper_in_their_order(small_project: Path) -> None:
    heads = [line[3:] for line in sheet().splitlines() if line.startswith("## ")]
    assert tuple(heads) == SECTIONS


def test_the_datasheet_says_what_the_path_counted(small_project: Path) -> None:
    text = sheet()
    counted = read_json(Path("metrics/collect/r0.json"))
    frames = read_json(Path("metrics/frames/ward.json"))["out"]
    rejected = sum(counted["rejected"].values())
    assert f"| accepted into r0 | {counted['accepted']} |" in text
    assert f"| rejected by a checker | {rejected} |" in text
    assert f"Of {frames} labelled frames of 3 recordings" in text
    assert f"0 people decided on 0 of {counted['accepted']} chains" in text
    assert "By operation: test: 1, train: 2." in text
    assert "CC0-1.0, computed from those of the sources" in text
    assert "* Nwoye et al., Rendezvous" in text
    assert "The Ward: data@ward.example." in text
    assert "None so far." in text


def test_a_person_a_removal_and_a_funder_stand_on_the_datasheet(small_project: Path) -> None:
    first = next(iter(tables.read(ROUND / "examples.parquet", Example)))
    review = Review(
        review_id="r1", chain_id=first.chain.chain_id, reviewer="ana",
        reviewed_at="2026-11-28T20:00:00Z", decision="accept", seconds=30.0,
    )  # fmt: skip
    task = first.chain.question.task
    stratum = f"{first.source}/{task}/embedded"
    reviewed = Reviewed(
        review=review, asked=task, stratum=stratum, reason="audit", surgery="ward:VID01"
    )
    write_reviews(Path("reviews/reviews.parquet"), [reviewed], "")
    withdrawal.add(Path("withdrawals.jsonl"), "ward:VID02", "asked <b>to</b>", [])
    params_with({"creator": "A", "contact": "c@a", "funding": "a grant", "consent": "board 7"})
    text = sheet()
    assert "1 people decided on 1 of " in text
    assert "| ward:VID02 | " in text
    assert "asked \\<b\\>to\\</b\\>" in text
    assert "**Who funded it?** a grant" in text
    assert "**Did the patients consent, was there an ethical review?** board 7" in text


def test_the_state_of_release_stands_on_card_and_datasheet(small_project: Path, capsys) -> None:
    told = read_json(ROUND / "round.json")
    assert told["release"] == {"policy": "checked", "at": 0.9, "confidence": 0.95, "strata": {}}
    strata = {
        "ward/phase/embedded": {"seen": 29, "accepted": 29, "bound": 0.9019, "released": True}
    }
    (ROUND / "round.json").write_text(
        json.dumps({**told, "release": {**told["release"], "strata": strata}})
    )
    row = "| ward/phase/embedded | 29 | 29 | 0.902 | yes |"
    assert row in sheet()
    card_command("r0")
    assert row in capsys.readouterr().out
    hub(Project(), "r0", OUT, pixels=True)
    rai = read_json(OUT / "croissant.json")["rai:dataAnnotationAnalysis"]
    assert rai == ["ward/phase/embedded: 29 of 29 accepted, lower bound 0.902, released"]


@pytest.mark.parametrize("reference_only", [False, True])
def test_the_card_is_one_of_the_hub_and_the_datasheet_lies_beside_it(
    small_project: Path, reference_only: bool
) -> None:
    export("r1", out=OUT, reference_only=reference_only)
    found = DatasetCard.load(OUT / "README.md")
    assert found.data.license == "cc0-1.0"
    assert found.data.pretty_name == "surgchain r1"
    assert found.data.size_categories == ["n<1K"]
    assert found.data.task_categories == ["visual-question-answering", "image-text-to-text"]
    assert [c["config_name"] for c in found.data.to_dict()["configs"]] == ["default", "metadata"]
    infos = found.data.to_dict()["dataset_info"]
    columns = {i["config_name"]: [f["name"] for f in i["features"]] for i in infos}
    assert ("image" in columns["default"]) is not reference_only
    assert found.data.tags[:3] == ["surgery", "medical", "chain-of-thought"]
    assert (OUT / "DATASHEET.md").read_text(encoding="utf-8").startswith("# Datasheet of surgchain")


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ({}, "params.yaml: card.creator is missing: who made and publishes the corpus; write it"),
        ({"creator": " ", "contact": "c"}, "params.yaml: card.creator is missing"),
        ({"creator": "A"}, "params.yaml: card.contact is missing: whom a patient or a user can"),
        ({"creater": "A"}, "params.yaml: unknown key card.creater; one of creator, contact"),
    ],
)
def test_a_missing_field_of_the_publisher_is_named_with_its_place(
    small_project: Path, card: dict, told: str
) -> None:
    params_with(card)
    with pytest.raises(ParamsError) as refused:
        export("r1", out=OUT)
    assert str(refused.value).startswith(told)
    assert not OUT.exists()


@pytest.mark.parametrize("name", ["round_id", "licence", "accepted_leaks", "release"])
def test_a_round_that_does_not_say_what_the_card_says_is_refused(
    small_project: Path, name: str
) -> None:
    told = read_json(ROUND / "round.json")
    del told[name]
    (ROUND / "round.json").write_text(json.dumps(told))
    with pytest.raises(InputError, match=rf"round\.json: no {name} \(.*run `dvc repro`"):
        export("r0", out=OUT)
    assert not OUT.exists()


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("centre", "write `centre` in sources.ward of params.yaml"),
        ("procedure", "write `procedure` where its source reads it"),
        ("licence", "write `licence` where its source reads it"),
    ],
)
def test_a_video_that_does_not_say_what_the_card_says_is_refused(
    small_project: Path, name: str, where: str
) -> None:
    videos = [v.model_copy(update={name: ""}) for v in tables.read(VIDEOS, Video)]
    tables.write(VIDEOS, videos, tables.VIDEOS)
    with pytest.raises(InputError) as refused:
        export("r0", out=OUT)
    assert f"says no {name}, which the card needs; {where}" in str(refused.value)
    assert not OUT.exists()


@pytest.mark.parametrize("name", ["ingest/ward", "frames/ward", "draft/ward", "collect/r0"])
def test_a_card_never_says_zero_where_nobody_counted(small_project: Path, name: str) -> None:
    Path(f"metrics/{name}.json").unlink()
    with pytest.raises(InputError, match=f"metrics/{name}.json: not there, and the card says"):
        export("r0", out=OUT)
    assert not OUT.exists()


def test_every_format_is_cited_by_its_ontology_or_by_its_line() -> None:
    known = params.read(cards.CITATIONS)
    own = {p.stem for p in Path(ontology.__file__).with_name("ontologies").glob("*.yaml")}
    formats = set(params.words_of(sources)) - {"folder"}  # its ontology.yaml must cite
    assert set(known) <= formats
    assert {f for f in formats if f not in known and f not in own} == set()


def test_a_source_without_an_ontology_of_its_own_is_cited_too(small_project: Path) -> None:
    values = params.read()
    values["sources"]["ward"]["format"] = "cholect45"
    Path("params.yaml").write_text(json.dumps(values))
    cites = cards.of_round(Project(), "r0", pixels=True).cites
    assert [c.split(",")[0] for c in cites] == [
        "Nwoye and Padoy", "Nwoye et al.", "Surg-R1",
    ]  # fmt: skip


def test_nothing_of_a_refused_release_is_written(small_project: Path) -> None:
    params_with({})
    with pytest.raises(SurgchainError):
        export("r1", out=OUT)
    assert not list(Path().glob("releases*"))
