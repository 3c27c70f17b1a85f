"""The datasheet of a release: the questions of Gebru et al. (Datasheets for Datasets, CACM 2021).

Sections and their order are the paper's: motivation, composition, collection, preprocessing, uses,
distribution, maintenance. Each answer is computed from what the path counted, or stands in the
section `card` of params.yaml; what neither says is said to be unknown.
"""

from surgchain.pipelines.corpus import dataset_card
from surgchain.pipelines.corpus.card import Card
from surgchain.pipelines.corpus.markdown import counted, plain
from surgchain.pipelines.corpus.model_card import leaks_told

Answers = list[tuple[str, str]]
"""Question and answer."""
UNSAID = "Not said by who publishes it (`card` in params.yaml)."


def datasheet(card: Card) -> str:
    """Return the datasheet as Markdown."""
    sections: dict[str, Answers] = {
        "Motivation": _motivation(card),
        "Composition": _composition(card),
        "Collection process": _collection(card),
        "Preprocessing, cleaning, labelling": _preprocessing(card),
        "Uses": _uses(card),
        "Distribution": _distribution(card),
        "Maintenance": _maintenance(card),
    }
    parts = [f"# Datasheet of {plain(card.title)}, round {card.name} (`{card.round_id}`)"]
    for title, answers in sections.items():
        parts.append(f"## {title}")
        parts += [f"**{question}** {answer}" for question, answer in answers]
    return "\n\n".join(parts) + "\n"


def _motivation(card: Card) -> Answers:
    who = card.publisher
    return [
        (
            "For what purpose was the dataset created?",
            (
                "To train and to measure vision-language models that explain a surgical picture in "
                "three levels (what is seen, what is done, what it means) before they answer, with "
                "every chain traceable to the picture, the label, the prompt and the person."
            ),
        ),
        ("Who created it?", f"{plain(who.creator)}."),
        ("Who funded it?", plain(who.funding) if who.funding else UNSAID),
    ]


def _composition(card: Card) -> Answers:
    sides = counted((f"{s}:", n) for s, n in card.splits.items())
    pictures = (
        "with the picture" if card.pixels else "with the hash of the picture, not the picture"
    )
    return [
        (
            "What do the instances represent?",
            (
                f"A chain of thought about one frame of a surgical video, {pictures}: messages, "
                "answer, the facts known of the frame, the checkers' verdict, how the chain got in."
            ),
        ),
        (
            "How many are there?",
            (
                f"{card.chains:,} chains ({sides}). By task: {counted(card.tasks.items())}. "
                f"Written by: {counted(card.generators.items())}."
            ),
        ),
        (
            "Is it a sample of a larger set?",
            (
                f"Of {card.funnel['frames']:,} labelled frames of {card.funnel['videos']:,} "
                f"recordings; what was left out is counted below."
            ),
        ),
        (
            "Is there a label or target?",
            "The answer of each chain, agreed with the label of its source.",
        ),
        (
            "Is information missing?",
            (
                "What a source does not label is unknown, never absent; each scene says what was "
                "labelled at all."
            ),
        ),
        (
            "Are relations between instances explicit?",
            (
                "Chains of one frame share its frame_id, those of one operation its surgery_id, "
                "across all datasets that show it."
            ),
        ),
        (
            "Are there recommended splits?",
            f"By operation: {counted((f'{s}:', n) for s, n in card.surgeries.items())}. Leaks: "
            + " ".join(leaks_told(tuple(plain(leak) for leak in card.accepted_leaks)).split()),
        ),
        (
            "Are there errors or noise?",
            dataset_card.planted(card) or "Not measured: no faults were planted in this round.",
        ),
        (
            "Does it rely on external resources?",
            "No: pictures are inside."
            if card.pixels
            else "Yes: on the videos of its sources, which `surgchain rebuild` reads and proves.",
        ),
        (
            "Does it hold confidential, offensive or identifying data?",
            (
                "Pictures from inside the body; frames found outside of it are refused, written "
                "overlays are blackened. No names, no dates. Patients are known by the numbers of "
                "their datasets."
            ),
        ),
        (
            "Does it identify subpopulations?",
            (
                f"By centre, in operations: {counted(card.centres.items())}; by procedure: "
                f"{counted(card.procedures.items())}. Age and sex are not known."
            ),
        ),
    ]


def _collection(card: Card) -> Answers:
    sources = "; ".join(f"{plain(s)} ({plain(name)})" for s, name in card.sources.items())
    return [
        (
            "How was the data acquired?",
            f"From recordings and labels of published or own datasets: {sources or 'none'}.",
        ),
        (
            "What procedures were used?",
            (
                "Frames at the times of their labels; chains drafted by the writers named above; "
                "every chain judged by checkers against the labels."
            ),
        ),
        (
            "Who was involved, and how?",
            f"{card.reviewers:,} people decided on {card.reviewed:,} of {card.chains:,} chains.",
        ),
        (
            "Did the patients consent, was there an ethical review?",
            plain(card.publisher.consent)
            if card.publisher.consent
            else f"As the papers of the sources say (see Distribution). {UNSAID}",
        ),
        (
            "Can consent be revoked?",
            (
                f"Yes: `surgchain withdraw`. So far: {len(card.withdrawn)} operations; the ledger "
                "stands under Maintenance."
            ),
        ),
    ]


def _preprocessing(card: Card) -> Answers:
    return [
        ("What was done, and what was left out?", f"\n\n{dataset_card.funnel(card)}"),
        ("How was it released?", f"\n\n{dataset_card.people(card)}"),
        (
            "Is the raw data kept?",
            "Raw videos stay with their owners; each row names its video, frame and label line.",
        ),
        ("Is the software available?", "Yes: surgchain; the same round gives the same bytes."),
    ]


def _uses(card: Card) -> Answers:
    return [
        ("What tasks could it be used for?", f"Training and evaluation: {', '.join(card.tasks)}."),
        (
            "What could affect future uses?",
            (
                f"{card.unseen:,} of {card.chains:,} chains entered without a person having seen "
                "them. Centres and procedures are those of the sources."
            ),
        ),
        ("What should it not be used for?", "Decisions about a patient; finding out who one is."),
    ]


def _distribution(card: Card) -> Answers:
    limits = "; ".join(plain(reason) for reason in card.licence.reasons)
    url = card.publisher.url
    return [
        ("How is it distributed?", plain(url) if url else "As a folder that `datasets` loads."),
        (
            "Under what licence?",
            (
                f"{plain(card.licence.name)}, computed from those of the sources"
                f"{f' ({limits})' if limits else ''}."
            ),
        ),
        ("What is to be cited?", "\n\n" + "\n".join(f"* {plain(c)}" for c in card.cites)),
    ]


def _maintenance(card: Card) -> Answers:
    who = card.publisher
    return [
        (
            "Who maintains it, and how can they be reached?",
            f"{plain(who.creator)}: {plain(who.contact)}.",
        ),
        (
            "Will it be updated?",
            f"By rounds: a later one holds the one before. This is version {plain(who.version)}.",
        ),
        (
            "How does a patient leave, and who has left?",
            (
                f"By writing to {plain(who.contact)}; the next version is built without it."
                f"\n\n{dataset_card.removals(card)}"
            ),
        ),
        ("Are older versions kept?", "They should be deleted where an operation has left."),
        (
            "Can others contribute?",
            "A reviewed edit makes a new chain with its reviewer; a source is one file.",
        ),
    ]
