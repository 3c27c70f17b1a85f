"""Maps of a round: chains that say alike, frames that look alike, made without a model or network.

    words      TF-IDF of the words of a chain, numbers left out
    pictures   a thumbnail of 16 x 12 in colour, and how much of each of 64 colours it holds

Both are laid flat by their two main axes (PCA): the same round gives the same map.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

THUMBNAIL = (16, 12)
PARTS = 50
"""Numbers kept of the words' vectors."""
_WORD = re.compile(r"[a-z]{2,}")


def of_words(texts: Sequence[str]) -> "NDArray[np.float32]":
    """Return [chains, parts]: what each chain says, by its words."""
    import numpy as np
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    counted = TfidfVectorizer(tokenizer=_words, token_pattern=None, dtype=np.float32)
    table = counted.fit_transform(texts)
    parts = min(PARTS, *(n - 1 for n in table.shape))
    if parts < 2:  # noqa: PLR2004  (a map has two axes)
        return np.zeros((len(texts), 2), np.float32)
    found = TruncatedSVD(parts, random_state=0).fit_transform(table)
    return np.asarray(found, np.float32)


def of_pictures(paths: Sequence[str]) -> "NDArray[np.float32]":
    """Return [chains, numbers]: how each frame looks; a file is read once."""
    import numpy as np

    known = {path: _picture(Path(path)) for path in dict.fromkeys(paths)}
    return np.stack([known[path] for path in paths])


def flat(vectors: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Return [chains, 2]: the two main axes."""
    import numpy as np
    from sklearn.decomposition import PCA

    if min(vectors.shape) < 2:  # noqa: PLR2004
        return np.zeros((len(vectors), 2), np.float32)
    return np.asarray(PCA(2, svd_solver="covariance_eigh").fit_transform(vectors), np.float32)


def save(dataset: Any) -> list[str]:
    """Compute both maps of a dataset and keep them with it; return the names of their brain runs.

    In the App: the + beside `Samples`, Embeddings, and the name.
    """
    import fiftyone.brain as fob

    ids, texts, paths = dataset.values(["id", "text", "filepath"])
    found = {"words": of_words(texts), "pictures": of_pictures(paths)}
    for name, vectors in found.items():
        at = flat(vectors)
        if dataset.has_brain_run(name):
            dataset.delete_brain_run(name)
        fob.compute_visualization(
            dataset,
            embeddings=dict(zip(ids, vectors, strict=True)),
            points=dict(zip(ids, at, strict=True)),
            brain_key=name,
            create_index=True,
            points_field=f"map_{name}",
        )
    return list(found)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _picture(path: Path) -> "NDArray[np.float32]":
    import numpy as np

    with Image.open(path) as opened:
        opened.draft("RGB", (160, 120))  # a JPEG is decoded at about this size
        small = opened.convert("RGB").resize((160, 120), Image.Resampling.BILINEAR)
    pixels = np.asarray(small)
    colours = np.bincount((pixels // 64 @ (16, 4, 1)).ravel(), minlength=64) / (160 * 120)
    thumbnail = np.asarray(small.resize(THUMBNAIL, Image.Resampling.BOX), np.float32) / 255
    return np.concatenate([thumbnail.ravel() / 10, colours]).astype(np.float32)
