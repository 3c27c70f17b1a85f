"""What learns: the four stages, rewards, the dual pathway, the tiny model."""

import os

from surgchain.trainer import torchvision_shim

torchvision_shim.install()  # before anything here imports transformers; it costs no import
# torch's threads spin while they wait for each other: beside other work on the same cores a step
# took 2.8 s, and .7 s without that (docs/experiments.md); read once, when torch is loaded
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
