"""PyPI's torchvision beside a CPU build of torch."""

import subprocess
import sys

CHILD = """
from surgchain.trainer import model_folder
from transformers import Qwen2_5_VLProcessor, Qwen2VLImageProcessor
import torchvision, torch
from PIL import Image
made = Qwen2VLImageProcessor(patch_size=32, merge_size=1, min_pixels=3072, max_pixels=12288)
print(made(images=[Image.new("RGB", (320, 240))], return_tensors="pt")["image_grid_thw"].tolist())
"""


def test_a_child_process_can_import_the_processor_of_qwen2_5_vl():
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "[[1, 3, 4]]"


def test_installing_costs_no_import_of_torch():
    code = (
        "import sys; from surgchain.trainer import torchvision_shim as s; s.install(); s.install();"
        "print('torch' in sys.modules, sum('_DeclareFirst' in str(f) for f in sys.meta_path))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False 1"
