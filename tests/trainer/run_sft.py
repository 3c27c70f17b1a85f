"""A training run in a process of its own, to be killed: BASE SHARDS WORK OUT STEPS CURVE."""

import json
import sys
from pathlib import Path

import torch

from surgchain.trainer import corpus, learning, model_folder, rows, sft

torch.set_num_threads(1)
start, shards, work, out = (Path(a) for a in sys.argv[1:5])
section = learning.Learning(
    steps=int(sys.argv[5]), batch=4, rate=3e-3, warmup=2, save_every=4, log_every=1, workers=0
)
loaded = model_folder.load(start)
found = corpus.of(shards, loaded, "direct")
drawn = rows.draw(found.chains.pointers, learning.rows_wanted(section), 0)
trained, points = sft.run(start, section, corpus.rows_of(found, loaded, drawn), work)
model_folder.save(trained, out)
(out / "points.json").write_text(json.dumps(points))
