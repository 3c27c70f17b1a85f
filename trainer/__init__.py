"""What learns: the four stages, rewards, the dual pathway, the tiny model."""

from surgchain.trainer import torchvision_shim

torchvision_shim.install()  # before anything here imports transformers; it costs no import
