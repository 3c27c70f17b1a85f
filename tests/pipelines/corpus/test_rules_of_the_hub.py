"""Cards by the Hub's own rules, as far as its libraries hold them: `validate()` itself goes online.

huggingface_hub parses the head and scores, `datasets` configs, features and sizes, and holds the
lists of languages, creators and size categories.
"""

import json
from importlib.resources import files
from pathlib import Path

import datasets
import pytest
from datasets.info import DatasetInfosDict
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCard, ModelCard
from huggingface_hub.repocard import metadata_load

from surgchain.pipelines.commands.card import card
from surgchain.pipelines.commands.export import export
from surgchain.pipelines.corpus import licences
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Video

OUT = Path("releases/r1")
VIDEOS = Path("data/ingest/ward/videos.parquet")
LICENCES = {
    "cc0-1.0", "mit", "cc-by-4.0", "cc-by-nc-4.0", "cc-by-sa-4.0", "cc-by-nc-sa-4.0", "other",
}  # fmt: skip
"""Of https://huggingface.co/docs/hub/repositories-licenses."""
TASKS = {"visual-question-answering", "image-text-to-text"}
"""Of the Hub's list of tasks."""


def listed(name: str) -> object:
    text = files("datasets.utils.resources").joinpath(f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)


@pytest.fixture
def released(small_project: Path) -> DatasetCard:
    export("r1", out=OUT)
    return DatasetCard.load(OUT / "README.md")


def test_every_word_of_a_list_is_in_the_hubs_list(released: DatasetCard) -> None:
    data = released.data
    assert data.license in LICENCES
    assert set(data.task_categories) <= TASKS
    assert set(data.size_categories) <= set(listed("size_categories"))
    assert set(data.language) <= set(listed("languages"))
    assert set(data.annotations_creators) <= set(listed("creators")["annotations"])
    assert set(data.source_datasets) <= {"original", "extended"}
    assert metadata_load(OUT / "README.md") == data.to_dict()


def test_configs_and_features_of_the_head_are_those_of_the_files(released: DatasetCard) -> None:
    configs = MetadataConfigs.from_dataset_card_data(released.data)
    assert configs.get_default_config_name() == "default"
    infos = DatasetInfosDict.from_dataset_card_data(released.data)
    for name, config in configs.items():
        for entry in config["data_files"]:
            paths = sorted(map(str, OUT.glob(entry["path"])))
            rows = datasets.Dataset.from_parquet(paths, cache_dir="cache")
            assert infos[name].features == rows.features
            told = infos[name].splits[entry["split"]]
            size = sum(Path(p).stat().st_size for p in paths)
            assert (told.num_examples, told.num_bytes) == (len(rows), size)


@pytest.mark.parametrize("name", licences.LICENCES)
def test_every_licence_of_a_corpus_has_a_word_of_the_hub(name: str) -> None:
    try:
        found = licences.combined({"source": name}).name
    except InputError:
        assert "-ND-" in name  # no corpus can be made of it
        return
    head = licences.on_the_hub(found)
    assert head["license"] in LICENCES
    assert (head["license"] == "other") == ("license_name" in head)


def test_a_licence_that_the_hub_does_not_know_has_its_text_beside_the_card(
    small_project: Path,
) -> None:
    own = {"licence": "LicenseRef-hospital"}
    videos = [v.model_copy(update=own) for v in tables.read(VIDEOS, Video)]
    tables.write(VIDEOS, videos, tables.VIDEOS)
    export("r1", out=OUT, reference_only=True)
    head = DatasetCard.load(OUT / "README.md").data.to_dict()
    assert (head["license"], head["license_name"]) == ("other", "licenseref-hospital")
    text = (OUT / head["license_link"]).read_text(encoding="utf-8")
    assert text.startswith("# Licence of surgchain, round r1\n\nLicenseRef-hospital, computed from")
    assert "* ward: LicenseRef-hospital\n* non-commercial: ward" in text


def test_the_hub_reads_the_scores_of_a_model_card(small_project: Path, capsys) -> None:
    scores = {"accuracy": 0.71234, "low": 0.6, "high": 0.8, "n": 80}
    of_tasks = {"by_task": {"phase": {**scores, "accuracy": 0.5}}}
    Path("metrics/evaluate/grpo.json").write_text(json.dumps({**scores, **of_tasks}))
    card("models/grpo")
    found = ModelCard(capsys.readouterr().out).data
    assert found.license in LICENCES
    assert found.pipeline_tag in TASKS
    assert [(r.metric_name, r.metric_value, r.dataset_name) for r in found.eval_results] == [
        ("accuracy, all", 0.7123, "surgchain r0, test surgeries"),
        ("accuracy, phase", 0.5, "surgchain r0, test surgeries"),
    ]
