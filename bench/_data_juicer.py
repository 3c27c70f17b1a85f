"""What of the rules Data-Juicer can express, by Data-Juicer: `python bench/_data_juicer.py TEXTS`.

Repeated words and characters, length, odd characters, and flagged words (single words and pairs; it
takes no patterns). Its language filter loads a model from the net, and is left out. It knows no
scene, no relation, no box and no phase. Prints texts per CPU second.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

FLAGGED = (
    "annotation", "annotated", "annotator", "label", "labelled", "ground truth", "metadata",
    "prompt", "user", "instructions", "language model", "ai model", "output format", "hospital",
    "patient id",
)  # fmt: skip


def main(path: str) -> None:
    """Filter, and print the rate."""
    from data_juicer.ops.filter.alphanumeric_filter import AlphanumericFilter
    from data_juicer.ops.filter.character_repetition_filter import CharacterRepetitionFilter
    from data_juicer.ops.filter.flagged_words_filter import FlaggedWordFilter
    from data_juicer.ops.filter.special_characters_filter import SpecialCharactersFilter
    from data_juicer.ops.filter.text_length_filter import TextLengthFilter
    from data_juicer.ops.filter.word_repetition_filter import WordRepetitionFilter
    from data_juicer.ops.filter.words_num_filter import WordsNumFilter
    from data_juicer.utils.constant import Fields

    texts = json.loads(Path(path).read_text(encoding="utf-8"))["texts"]
    with tempfile.TemporaryDirectory() as words:
        named = Path(words) / "flagged_words.json"
        named.write_text(json.dumps({"en": FLAGGED}), encoding="utf-8")
        filters = [
            WordRepetitionFilter(rep_len=10, max_ratio=0.5),
            CharacterRepetitionFilter(rep_len=10, max_ratio=0.5),
            TextLengthFilter(min_len=20, max_len=8000),
            WordsNumFilter(min_num=5, max_num=1200),
            AlphanumericFilter(min_ratio=0.5),
            SpecialCharactersFilter(max_ratio=0.5),
            FlaggedWordFilter(
                max_ratio=0.0, flagged_words_dir=words, use_words_aug=True, words_aug_join_char=" "
            ),
        ]
        samples = {"text": texts, Fields.stats: [{} for _ in texts]}
        begun = time.process_time()
        for one in filters:
            samples = one.compute_stats_batched(samples)
            list(one.process_batched(samples))
    print(len(texts) / (time.process_time() - begun))


if __name__ == "__main__":
    main(sys.argv[1])
