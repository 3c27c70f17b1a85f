"""Level 1: which instruments (and structures) are in view, where, and how they look.

Sides follow from the centre of a box, with a margin; colours from the pixels under it; numbers
are given only where every instrument has its box, since presence labels count classes.
"""

from collections import Counter
from collections.abc import Iterator

from surgchain.annotators.teachers.prose.pixels import Appearance, Picture
from surgchain.annotators.teachers.prose.words import Words, article, listed, sentence
from surgchain.schemas import boxes
from surgchain.schemas.boxes import Box
from surgchain.schemas.ontology import NULL_TARGET
from surgchain.schemas.records import Entity, Scene

OFF_CENTRE = 0.1
"""How far from the middle, of the picture's side, a centre must be to have a side."""
AT_THE_RIM = 0.02
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def level1(scene: Scene, picture: Picture, words: Words) -> str:
    """Return the text of level 1."""
    entities = instruments(scene)
    parts = [*_opening(entities, words), *_entities(entities, picture, words)]
    parts += _structures(scene.structures, words) or _tissue(scene, words)
    return " ".join(parts)


def instruments(scene: Scene) -> tuple[Entity, ...]:
    """Return the instruments in view, left to right; where only triplets are known, theirs."""
    if scene.knows("instruments"):
        return tuple(sorted(scene.instruments, key=lambda e: (e.box or (2.0,) * 4, e.name)))
    return tuple(Entity(name=n) for n in dict.fromkeys(i for i, _, _ in scene.triplets))


def _opening(entities: tuple[Entity, ...], words: Words) -> Iterator[str]:
    rng = words.rng
    if not entities:
        yield rng.choice(
            (
                "No instrument is in view.",
                "The field is free of instruments.",
                "There is no instrument in the picture.",
            )
        )
    elif all(e.box for e in entities) and rng.random() < 0.45:  # noqa: PLR2004
        number, many = NUMBERS[min(len(entities), 10)], len(entities) > 1
        noun = "instruments" if many else "instrument"
        verb = "are" if many else "is"
        text = (f"{number} {noun} {verb} in view", f"there {verb} {number} {noun} in the picture")
        yield sentence(rng.choice(text))


def _entities(entities: tuple[Entity, ...], picture: Picture, words: Words) -> Iterator[str]:
    of_class = Counter(e.name for e in entities)
    met: Counter[str] = Counter()
    unboxed = [e for e in entities if e.box is None]
    for entity in entities:
        if entity.box is None:
            continue
        met[entity.name] += 1
        noun = _introduced(words, entity.name, met[entity.name], of_class[entity.name])
        yield from _one(noun, entity.box, words.plural(entity.name), picture, words)
    if unboxed:
        yield _seen(unboxed, words)


def _introduced(words: Words, name: str, number: int, of_class: int) -> str:
    noun = words.instrument(name)
    if number == 2 and of_class == 2:  # noqa: PLR2004
        return words.rng.choice((f"a second {noun}", f"another {noun}"))
    if words.plural(name):
        return noun
    return f"{article(noun)} {noun}"


def _one(noun: str, box: Box, plural: bool, picture: Picture, words: Words) -> Iterator[str]:
    rng = words.rng
    look = picture.under(box)
    at, place = boxes.to_text(box), _place(box)
    lies = "lie" if plural else "lies"
    comes = _comes_in(box, plural)
    shaft = _shaft(look, rng.random()) if not comes else ""
    forms = [
        f"{noun}{shaft} {at} {lies} {place}",
        f"{place}, there {'are' if plural else 'is'} {noun}{shaft} {at}",
        f"{noun}{shaft} {'are' if plural else 'is'} visible {place} {at}",
    ]
    if comes:
        forms += [f"{noun} {at} {comes}"] * 3
    yield sentence(rng.choice(forms) + _ground(look, rng.random()))


def _seen(entities: list[Entity], words: Words) -> str:
    names = dict.fromkeys(e.name for e in entities)
    nouns = [_introduced(words, n, 1, 1) for n in names]
    many = len(nouns) > 1 or any(words.plural(n) for n in names)
    text = listed(nouns)
    forms = (f"{text} {'are' if many else 'is'} in view", f"the picture shows {text}",
             f"{text} {'are' if many else 'is'} visible in the field")  # fmt: skip
    return sentence(words.rng.choice(forms))


def _place(box: Box) -> str:
    x, y = boxes.centre(box)
    across = "left" if x < 0.5 - OFF_CENTRE else "right" if x > 0.5 + OFF_CENTRE else ""
    along = "upper" if y < 0.5 - OFF_CENTRE else "lower" if y > 0.5 + OFF_CENTRE else ""
    if across and along:
        return f"in the {along} {across} of the picture"
    if across:
        return f"on the {across} of the picture"
    if along:
        return f"in the {along} part of the picture"
    return "in the centre of the picture"


def _comes_in(box: Box, plural: bool) -> str:
    """Say from which rim it comes in; only a rim of the half in which its centre lies."""
    x, y = boxes.centre(box)
    enter = "enter" if plural else "enters"
    if box[0] < AT_THE_RIM and x < 0.5 - OFF_CENTRE:
        return f"{enter} from the left"
    if box[2] > 1 - AT_THE_RIM and x > 0.5 + OFF_CENTRE:
        return f"{enter} from the right"
    if box[3] > 1 - AT_THE_RIM and y > 0.5 + OFF_CENTRE:
        return f"{enter} at the lower rim"
    return ""


def _shaft(look: Appearance, draw: float) -> str:
    if not look.metal or draw < 0.35:  # noqa: PLR2004
        return ""
    return f" with {article(look.metal)} {look.metal} shaft"


def _ground(look: Appearance, draw: float) -> str:
    if look.tissue and draw < 0.4:  # noqa: PLR2004
        return f", in front of {look.tissue} tissue"
    if look.light and draw > 0.7:  # noqa: PLR2004
        return f", in a {'brightly' if look.light == 'bright' else 'dimly'} lit area"
    return ""


def _structures(structures: tuple[Entity, ...], words: Words) -> list[str]:
    """Name the structures that the dataset boxes, as visible."""
    nouns = [
        f"{words.target(e.name)} {boxes.to_text(e.box)}" if e.box else words.target(e.name)
        for e in sorted(structures, key=lambda e: (e.box or (2.0,) * 4, e.name))
    ]
    if not nouns:
        return []
    return [sentence(f"{listed(nouns)} {'are' if len(nouns) > 1 else 'is'} visible")]


def _tissue(scene: Scene, words: Words) -> list[str]:
    """Name the tissue that the actions are about, most of the time."""
    names = dict.fromkeys(t for _, _, t in scene.triplets if t != NULL_TARGET)
    nouns = [words.target(n) for n in names]
    if scene.knows("structures") or not nouns or words.rng.random() < 0.35:  # noqa: PLR2004
        return []
    group, many = listed(nouns), len(nouns) > 1
    forms = (
        f"{group} {'lie' if many else 'lies'} in the working field",
        f"the tissues in view are {group}" if many else f"the tissue in view is {group}",
        f"{group} can be made out",
    )
    return [sentence(words.rng.choice(forms))]
