"""What learns: the four stages, rewards, the dual pathway, the tiny model."""

import os

from surgchain.trainer import torchvision_shim

torchvision_shim.install()  # before anything here imports transformers; it costs no import
# torch's threads spin while they wait for each other: beside other work on the same cores that made
# a step ten times slower (2.8 against .7 s); read once, when torch is loaded
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
