"""Which names are asserted, by medspaCy's ConText: `python bench/_medspacy.py TEXTS.json`.

The file holds [[text, [[start, end], ...]], ...]; printed is, for each text, a list of booleans:
true where ConText, with the rules it comes with, calls the name neither negated, nor hypothetical,
nor historical.
"""

import json
import sys
from pathlib import Path


def main(path: str) -> None:
    """Read the texts, and print what is asserted."""
    import spacy
    from medspacy.context import ConText

    nlp = spacy.blank("en")
    cut = nlp.add_pipe("sentencizer")
    context = ConText(nlp)
    told = []
    for text, spans in json.loads(Path(path).read_text(encoding="utf-8")):
        doc = cut(nlp.make_doc(text))
        found = [doc.char_span(a, b, label="NAME", alignment_mode="expand") for a, b in spans]
        doc.ents = tuple(found)
        context(doc)
        told.append(
            [
                not (e._.is_negated or e._.is_hypothetical or e._.is_historical)
                for e in sorted(doc.ents, key=lambda e: e.start_char)
            ]
        )
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
