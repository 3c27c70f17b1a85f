"""`python ms_swift_rows.py FOLDER FAMILY MODEL`: an export as ms-swift reads it, a line a row.

Its own `load_dataset`, and the family's template in training mode.
"""

import os
import sys

import stand_in

folder, family, model = sys.argv[1:]
stand_in.prepare()
os.environ["MODELSCOPE_CACHE"] = f"{model}/cache"
os.chdir(folder)

from swift.dataset import load_dataset  # noqa: E402
from swift.model import get_processor  # noqa: E402
from swift.template import get_template, load_image  # noqa: E402

processor = get_processor(model, model_type=family)
template = get_template(processor, template_type=family)
template.set_mode("train")
rows, _ = load_dataset("train.jsonl", strict=True, load_from_cache_file=False)
for row in rows:
    coded = template.encode(dict(row))
    picture = load_image(row["images"][0]["path"])
    stand_in.tell(coded, coded["image_grid_thw"][0].tolist(), picture, processor)
