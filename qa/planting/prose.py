"""Ways of writing each kind of claim, in several hands: plain, terse, British, wordy, listed.

Each function draws one way by the given seed. `{I}` is the instrument, `{T}` the tissue; verbs come
as third person, gerund, participle and noun. The ways are written without a look at the reader.
"""

from random import Random
from typing import NamedTuple

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
RELATION = (
    "The {I} {third} the {T}.",
    "The {T} is {participle} by the {I}.",
    "The {T} is being {participle} by the {I}.",
    "The {I} is {gerund} the {T}.",
    "{Gerund} the {T} is the work of the {I}.",
    "With the {I}, the surgeon {third} the {T}.",
    "The surgeon {third} the {T} with the {I}.",
    "{Noun} the {T} with the {I}.",
    "{Noun} the {T} is performed by the {I}.",
    "{I}: {gerund} the {T}.",
    "{I} {third} {T}.",
    "{I} - {gerund} {T}.",
    "At this moment the {I} {third} the {T}.",
    "Using the {I}, the operator {third} the {T}.",
    "The {T}, {participle} by the {I}, is the site of work.",
    "One sees the {I} {gerund} the {T}.",
    "It is the {T} that the {I} {third}.",
    "It is the {I} that {third} the {T}.",
    "The {I} is used to carry out {noun} the {T}.",
    "The {I}, carefully and with little force, {third} the {T}.",
    "The {T} is {participle} using the {I}.",
    "The {T} is being {participle} with the {I}.",
    "Here, the {I} {third} the {T}.",
    "{Noun} the {T} by the {I}.",
    "The operator's {I} {third} the {T}.",
    "There is {noun} the {T} by the {I}.",
    "{I} in contact with the {T}, {gerund} it.",
    "{T}: {participle} by the {I}.",
    "The {I} has engaged the {T} and is {gerund} it.",
    "Meanwhile, the {I} {third} the {T}.",
    "The {I}, which {third} the {T}, is the active instrument.",
    "What the {I} {third} is the {T}.",
    "The {I} performs {noun} the {T}.",
    "The {I} can be seen {gerund} the {T}.",
    "Action of the {I}: {gerund} the {T}.",
    "Now the {T} is {participle} by means of the {I}.",
    "The {I} works on the {T}, {gerund} it gently.",
    "By means of the {I}, the {T} is {participle}.",
    "The tip of the {I} {third} the {T}.",
    "The {I} is engaged in {noun} the {T}.",
    "The assistant {third} the {T} with the {I}.",
    "{Noun} the {T} via the {I}.",
)
PRESENCE = (
    "A {I} is in view.",
    "The {I} is visible.",
    "There is a {I}.",
    "{I} present.",
    "A {I} can be seen.",
    "One sees a {I}.",
    "A {I} is also in the field.",
    "The picture shows a {I}.",
    "In view: a {I}.",
    "A {I} enters the field.",
    "Visible instrument: {I}.",
    "A {I} is at work.",
    "I see a {I}.",
    "Also visible is a {I}.",
    "A {I} reaches into the picture.",
    "The image contains a {I}.",
    "{I} in the field.",
    "A {I} is discernible.",
    "We can make out a {I}.",
    "A {I} is present in the frame.",
    "Present as well: {I}.",
    "The tip of a {I} is seen.",
    "Next to it lies a {I}.",
    "There is also a {I} in the picture.",
    "A {I} has been brought in.",
    "The shaft of a {I} crosses the picture.",
    "The {I} is on screen.",
    "The {I} appears in the frame.",
    "A {I} stands ready in the field.",
    "Instrument seen: {I}.",
    "Besides, a {I} is visible.",
    "Within the frame there is a {I}.",
    "A {I} lies in the operative field.",
    "The field shows a {I}.",
    "Seen here is a {I}.",
    "A {I} comes into view.",
    "The camera shows a {I}.",
    "On the picture a {I} is recognisable.",
    "The metal of a {I} glints in the field.",
    "An additional {I} is visible.",
)
PHASE = (
    "This is the {P} phase.",
    "The frame belongs to the {P} phase.",
    "Phase: {P}.",
    "We are in the {P} phase.",
    "The operation is in the {P} phase.",
    "All this places the frame in {P}.",
    "This corresponds to {P}.",
    "Hence the phase is {P}.",
    "This marks the {P} phase.",
    "The picture is typical of the {P} phase.",
    "These findings indicate the {P} phase.",
    "The current phase is {P}.",
    "Taken together: {P}.",
    "The scene fits the {P} phase.",
    "Conclusion: {P} phase.",
    "So the team is in the {P} phase.",
    "This is consistent with the {P} phase.",
    "It follows that this is the {P} phase.",
    "The step under way is {P}.",
    "Therefore, {P} phase.",
    "The workflow has reached the {P} phase.",
    "This frame shows the {P} phase.",
    "The moment belongs to {P}.",
    "Such a constellation defines the {P} phase.",
    "Accordingly, the phase is {P}.",
    "One is in the phase of {P}.",
    "The stage of the operation is {P}.",
    "That is what characterises the {P} phase.",
    "Overall, the {P} phase is under way.",
    "The {P} phase is in progress.",
    "This identifies the phase as {P}.",
    "Everything points to the {P} phase.",
    "Surgical phase here: {P}.",
    "The context is that of the {P} phase.",
    "The activity seen is part of the {P} phase.",
    "The frame is best assigned to the {P} phase.",
    "In the workflow this is {P}.",
    "The case is at the {P} stage.",
    "In short: {P}.",
    "I place this frame in the {P} phase.",
)


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
    text = rng.choice(RELATION).format(
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
    return capital(article(rng.choice(PRESENCE).format(I=instrument(name, rng))))


def phase(name: str, rng: Random) -> str:
    """Write which phase the frame belongs to."""
    return rng.choice(PHASE).format(P=rng.choice((name, name.replace("-", " ").replace("_", " "))))
