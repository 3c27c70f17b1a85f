"""Ways of writing each kind of claim, in several hands: plain, terse, British, wordy, listed.

Each function draws one way by the given seed. `{I}` is the instrument, `{T}` the tissue; verbs come
as third person, gerund, participle and noun. The ways are written without a look at the reader.
"""

from random import Random
from typing import NamedTuple

from surgchain.qa.planting import ways
from surgchain.schemas.records import Triplet

INSTRUMENT_WORDS: dict[str, tuple[str, ...]] = {
    "grasper": ("grasper", "grasping forceps", "forceps", "fenestrated grasper"),
    "bipolar": ("bipolar", "bipolar forceps", "bipolar grasper"),
    "hook": ("hook", "L-hook", "hook electrode", "electrocautery hook", "monopolar hook"),
    "scissors": ("scissors", "laparoscopic scissors"),
    "clipper": ("clipper", "clip applier", "clip applicator"),
    "irrigator": ("irrigator", "suction-irrigator", "suction irrigator", "sucker"),
}
TARGET_WORDS: dict[str, tuple[str, ...]] = {
    "gallbladder": ("gallbladder", "gall bladder", "infundibulum", "gallbladder neck", "fundus"),
    "cystic_plate": ("cystic plate",),
    "cystic_duct": ("cystic duct",),
    "cystic_artery": ("cystic artery",),
    "cystic_pedicle": ("cystic pedicle", "pedicle"),
    "blood_vessel": ("blood vessel", "small vessel", "vessel"),
    "fluid": ("fluid", "pooled blood", "irrigation fluid"),
    "abdominal_wall_cavity": ("abdominal wall", "abdominal cavity"),
    "liver": ("liver", "liver bed", "hepatic surface"),
    "adhesion": ("adhesion", "adhesions", "adhesive band"),
    "omentum": ("omentum", "greater omentum"),
    "peritoneum": ("peritoneum", "peritoneal fold"),
    "gut": ("bowel", "duodenum", "gut"),
    "specimen_bag": ("specimen bag", "retrieval bag", "endobag"),
    "calot_triangle": ("Calot's triangle", "hepatocystic triangle"),
}


class Verb(NamedTuple):
    """One word for an action, in the forms that sentences need."""

    third: str
    gerund: str
    participle: str
    noun: str
    """With its preposition: `traction on`."""


VERB_WORDS: dict[str, tuple[Verb, ...]] = {
    "grasp": (
        Verb("grasps", "grasping", "grasped", "a grip on"),
        Verb("holds", "holding", "held", "a hold on"),
        Verb("grips", "gripping", "gripped", "a grip on"),
        Verb("clasps", "clasping", "clasped", "a grasp of"),
    ),
    "retract": (
        Verb("retracts", "retracting", "retracted", "retraction of"),
        Verb("pulls", "pulling", "pulled", "traction on"),
        Verb("lifts", "lifting", "lifted", "elevation of"),
        Verb("draws back", "drawing back", "drawn back", "traction on"),
        Verb("elevates", "elevating", "elevated", "elevation of"),
    ),
    "dissect": (
        Verb("dissects", "dissecting", "dissected", "dissection of"),
        Verb("separates", "separating", "separated", "separation of"),
        Verb("frees", "freeing", "freed", "dissection of"),
        Verb("strips", "stripping", "stripped", "dissection of"),
        Verb("peels away", "peeling away", "peeled away", "dissection of"),
    ),
    "coagulate": (
        Verb("coagulates", "coagulating", "coagulated", "coagulation of"),
        Verb("cauterises", "cauterising", "cauterised", "cauterisation of"),
        Verb("cauterizes", "cauterizing", "cauterized", "cauterization of"),
        Verb("seals", "sealing", "sealed", "coagulation of"),
    ),
    "clip": (
        Verb("clips", "clipping", "clipped", "clipping of"),
        Verb("ligates", "ligating", "ligated", "ligation of"),
        Verb("places a clip on", "placing a clip on", "clipped", "clip placement on"),
    ),
    "cut": (
        Verb("cuts", "cutting", "cut", "division of"),
        Verb("divides", "dividing", "divided", "division of"),
        Verb("transects", "transecting", "transected", "transection of"),
        Verb("snips", "snipping", "snipped", "cutting of"),
        Verb("severs", "severing", "severed", "division of"),
    ),
    "aspirate": (
        Verb("aspirates", "aspirating", "aspirated", "aspiration of"),
        Verb("sucks up", "sucking up", "sucked up", "aspiration of"),
        Verb("evacuates", "evacuating", "evacuated", "evacuation of"),
    ),
    "irrigate": (
        Verb("irrigates", "irrigating", "irrigated", "irrigation of"),
        Verb("rinses", "rinsing", "rinsed", "irrigation of"),
        Verb("washes", "washing", "washed", "lavage of"),
        Verb("flushes", "flushing", "flushed", "irrigation of"),
    ),
    "pack": (
        Verb("packs", "packing", "packed", "packing of"),
        Verb("bags", "bagging", "bagged", "bagging of"),
    ),
}


def capital(text: str) -> str:
    """Return a sentence with its first letter capital."""
    return text[:1].upper() + text[1:]


def article(text: str) -> str:
    """Return a text with `a` and `an` put right, and one pair for scissors."""
    for vowel in "aeiou":
        text = text.replace(f" a {vowel}", f" an {vowel}").replace(f"A {vowel}", f"An {vowel}")
    return (
        text.replace("A scissors", "A pair of scissors")
        .replace(" a scissors", " a pair of scissors")
        .replace("A laparoscopic scissors", "A pair of laparoscopic scissors")
        .replace(" a laparoscopic scissors", " a pair of laparoscopic scissors")
    )


def instrument(name: str, rng: Random) -> str:
    """Draw a word for an instrument."""
    return rng.choice(INSTRUMENT_WORDS.get(name, (name.replace("_", " "),)))


def target(name: str, rng: Random) -> str:
    """Draw a word for a tissue."""
    return rng.choice(TARGET_WORDS.get(name, (name.replace("_", " "),)))


def relation(triplet: Triplet, rng: Random) -> str:
    """Write one relation."""
    name, verb, tissue = triplet
    word = rng.choice(VERB_WORDS[verb])
    tool = instrument(name, rng)
    text = ways.draw("relations", rng).format(
        I=tool,
        T=target(tissue, rng),
        third=word.third,
        gerund=word.gerund,
        noun=word.noun,
        participle=word.participle,
        Gerund=capital(word.gerund),
        Noun=capital(word.noun),
    )
    return capital(_plural(text, tool, word))


def _plural(text: str, tool: str, word: Verb) -> str:
    """Scissors and forceps take the plural."""
    if not tool.endswith(("scissors", "forceps")):
        return text
    plain = {
        "holds": "hold",
        "places a clip on": "place a clip on",
        "draws back": "draw back",
        "peels away": "peel away",
        "sucks up": "suck up",
        "flushes": "flush",
        "washes": "wash",
        "cauterises": "cauterise",
        "cauterizes": "cauterize",
    }.get(word.third, word.third[:-1])
    for before in (
        f"{tool} ",
        f"{tool}, which ",
        f"{tool}, carefully and with little force, ",
        f"{tool} that ",
    ):
        text = text.replace(before + word.third, before + plain)
    return text.replace(f"{tool} is ", f"{tool} are ").replace(f"{tool} has ", f"{tool} have ")


def presence(name: str, rng: Random) -> str:
    """Write that an instrument is there."""
    return capital(article(ways.draw("presence", rng).format(I=instrument(name, rng))))


def phase(name: str, rng: Random) -> str:
    """Write which phase the frame belongs to."""
    return ways.draw("phases", rng).format(
        P=rng.choice((name, name.replace("-", " ").replace("_", " ")))
    )


def many(text: str, tool: str) -> str:
    """Return a sentence about one instrument with its verb in the plural."""
    for one, plenty in (("is", "are"), ("has", "have"), ("comes", "come"), ("enters", "enter")):
        text = text.replace(f"{tool} {one} ", f"{tool} {plenty} ")
    for third in ("occupies", "stays", "reaches", "sits", "keeps", "appears"):
        plain = third[:-3] + "y" if third.endswith("ies") else third.removesuffix("s")
        plain = "reach" if third == "reaches" else plain
        text = text.replace(f"{tool} {third} ", f"{tool} {plain} ")
    return text
