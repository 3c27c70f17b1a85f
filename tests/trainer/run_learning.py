"""A run in a process of its own, to be killed: sft|grpo START SHARDS WORK OUT STEPS."""

import json
import sys
from pathlib import Path

import torch

from surgchain.trainer import corpus, grpo, learning, model_folder, rows, sft

torch.set_num_threads(1)
kind = sys.argv[1]
start, shards, work, out = (Path(a) for a in sys.argv[2:6])
dials = {"steps": int(sys.argv[6]), "rate": 3e-3, "warmup": 2, "log_every": 1, "workers": 0}
loaded = model_folder.load(start)
found = corpus.of(shards, loaded, "chain" if kind == "grpo" else "direct")
if kind == "sft":
    section = learning.Learning(batch=4, save_every=4, **dials)
    pointers, run = found.chains.pointers, sft.run
else:
    section = grpo.GrpoLearning(batch=2, group=4, max_tokens=60, save_every=1, **dials)
    pointers, run = found.questions.pointers, grpo.run
drawn = rows.draw(pointers, learning.rows_wanted(section), 0)
trained, points = run(start, section, corpus.rows_of(found, loaded, drawn), work)
model_folder.save(trained, out)
(out / "points.json").write_text(json.dumps(points))
