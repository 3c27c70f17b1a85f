"""What of the rules datatrove can express, by datatrove: `python bench/_datatrove.py TEXTS.json`.

Repetition (Gopher), length and stop words (Gopher quality), forbidden wordings (one regular
expression a filter). It knows no scene, no relation, no box and no phase. Prints texts per
CPU second; the wordings are those of qa/wording, handed over in the file.
"""

import json
import sys
import time
from pathlib import Path


def main(path: str) -> None:
    """Filter, and print the rate."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import (
        GopherQualityFilter,
        GopherRepetitionFilter,
        RegexFilter,
    )

    given = json.loads(Path(path).read_text(encoding="utf-8"))
    documents = [Document(text=t, id=str(n)) for n, t in enumerate(given["texts"])]
    filters = [
        GopherRepetitionFilter(),
        GopherQualityFilter(min_doc_words=5),
        *(RegexFilter(p) for p in given["patterns"]),
    ]
    for one in filters:
        one.filter(documents[0])  # the tokenizer is made once
    begun = time.process_time()
    for one in filters:
        for document in documents:
            one.filter(document)
    print(len(documents) / (time.process_time() - begun))


if __name__ == "__main__":
    main(sys.argv[1])
