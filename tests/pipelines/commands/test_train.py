"""The 7B plan as a user sees it, and a profile whose every value says where it is from."""

import re
from pathlib import Path

import pytest
import yaml

from surgchain.pipelines.commands.train import train
from surgchain.schemas.errors import ParamsError

PROFILE = Path(__file__).parents[3] / "profiles" / "surg-r1-7b.yaml"
TRAINING = ("model", "pretrain", "coldstart", "grpo", "harvest", "refine", "evaluate")
SOURCES = re.compile(
    r"\b(R1|R2|VLM-R1|Visual-RFT|notes-grpo\.md|notes-engine\.md|surg-r1\.md|Qwen2\.5-VL|ours)\b"
)


@pytest.mark.parametrize(
    ("architecture", "parameters"),
    [("qwen2_5_vl_7b", "8,292,166,656"), ("qwen3_vl_8b", "8,767,123,696")],
)
def test_the_dry_run_prints_the_plan_of_a_published_model(capsys, architecture, parameters):
    train(dry=True, architecture=architecture, params_path=PROFILE)
    told = capsys.readouterr().out
    assert f"{parameters} parameters" in told
    assert re.search(r"[\d,]+\s+learn\s+\(\d\.\d\d%\)", told)
    for word in ("1 GPU", "2 GPU", "4 GPU", "8 GPU", "weights", "optimiser", "activations",
                 "total", "fits 80 GiB", "of tokens", "hours", "fsdp.yaml"):  # fmt: skip
        assert word.replace(" ", "") in "".join(told.split()), word
    for stage in ("pretrain", "coldstart", "grpo", "refine"):
        assert re.search(rf"{stage}\s", told), stage


def test_tokens_by_hand(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    train(dry=True, architecture="qwen2_5_vl_7b", params_path=PROFILE)
    told = capsys.readouterr().out
    # 30,000 steps x 1 row x 4 batches x 4,096 tokens = 491.52 M on one GPU
    line = next(ln for ln in told.splitlines() if "pretrain" in ln)
    numbers = [w for w in line.replace("│", " ").split() if w[0].isdigit()]
    assert numbers[:5] == ["30,000", "492", "983", "1,966", "3,932"]  # on 1, 2, 4, 8


def test_without_the_word_dry_run_nothing_is_planned():
    with pytest.raises(ParamsError, match="run `dvc repro`"):
        train(dry=False)


def test_every_value_of_the_profile_says_its_source_or_that_it_is_ours():
    text = PROFILE.read_text(encoding="utf-8")
    values = yaml.safe_load(text)
    section, bare, seen = "", [], 0
    for line in text.splitlines():
        if re.match(r"^\w+:", line):
            section = line.partition(":")[0]
        found = re.match(r"^  (\w+):\s*(\S.*)$", line)
        if section in TRAINING and found:
            seen += 1
            if not SOURCES.search(line.partition("#")[2]):
                bare.append(f"{section}.{found[1]}")
    assert bare == []
    assert seen == sum(len(values[name]) for name in TRAINING)
