"""`python llama_factory_rows.py FOLDER FAMILY MODEL [OPTION=VALUE ...]`: as LLaMA-Factory reads it.

Its own `get_dataset`: dataset_info.json, alignment, the family's template, tokenising.
"""

import os
import sys

import stand_in

folder, family, model, *options = sys.argv[1:]
stand_in.prepare()
os.environ["DISABLE_VERSION_CHECK"] = "1"  # it asks for an older `datasets` than ms-swift

from llamafactory.data import get_dataset, get_template_and_fix_tokenizer  # noqa: E402
from llamafactory.hparams import get_train_args  # noqa: E402
from llamafactory.model import load_tokenizer  # noqa: E402

settings = {
    "stage": "sft", "do_train": True, "model_name_or_path": model, "use_cpu": True,
    "template": {"qwen2_5_vl": "qwen2_vl"}.get(family, family), "dataset": "surgchain_train",
    "dataset_dir": folder, "media_dir": folder, "output_dir": f"{model}/out",
    "overwrite_cache": True, "cutoff_len": 100_000, "report_to": "none",
}  # fmt: skip
settings |= {name: int(value) for name, value in (o.split("=") for o in options)}
model_args, data_args, training_args, *_ = get_train_args(settings)
both = load_tokenizer(model_args)
template = get_template_and_fix_tokenizer(both["tokenizer"], data_args)
coded = get_dataset(template, model_args, data_args, training_args, "sft", **both)
plugin = template.mm_plugin
for row in coded["train_dataset"]:
    shown = plugin._get_mm_inputs(row["images"], [], [], both["processor"])
    whole = {"image_max_pixels": 10**9, "image_min_pixels": 0}
    (picture,) = plugin._regularize_images(row["images"], **whole)["images"]
    stand_in.tell(row, shown["image_grid_thw"][0].tolist(), picture, both["processor"])
