import json

import pytest
import typer

from surgchain.pipelines.commands.leaks import leaks

SOURCES = """
sources:
  t50: {{format: cholect50, root: x, split: {{policy: rendezvous}}, accept_leaks: [{accepted}]}}
  endo: {{format: endoscapes, root: x, split: {{policy: official}}}}
  own: {{format: folder, root: x}}
"""


def run(folder, accepted, **options):
    path = folder / "params.yaml"
    path.write_text(SOURCES.format(accepted=accepted))
    leaks(ingest=folder, frames=folder, params_path=path, **options)


def test_sources_that_are_not_ingested_are_judged_by_their_lists(tmp_path, capsys):
    with pytest.raises(typer.Exit) as end:
        run(tmp_path, accepted='"cholec:66"', as_json=True)
    assert end.value.exit_code == 1
    said = json.loads(capsys.readouterr().out)
    assert said["not_ingested"] == ["own"]
    assert said["leaks"] == [
        {
            "surgery_id": "cholec:103",
            "certain": True,
            "accepted": False,
            "where": {"val": ["endo/127"], "train": ["t50/VID103"]},
        },
        {
            "surgery_id": "cholec:66",
            "certain": True,
            "accepted": True,
            "where": {"val": ["endo/121"], "train": ["t50/VID66"]},
        },
    ]


def test_accepted_leaks_are_printed_and_end_well(tmp_path, capsys):
    run(tmp_path, accepted='"cholec:66", "cholec:103"')
    said = capsys.readouterr().out
    assert said.count("accepted") == 2
    assert "251 videos: 2 operations on two sides" in said
