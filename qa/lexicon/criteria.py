"""Words by which a criterion of the critical view is met, is not met, or is only supposed."""

MET = frozenset(
    [
        "granted",
        "affirmed",
        "confirmed",
        "fine",
        "good",
        "ticked",
        "pass",
        "passes",
        "hold",
        "meet",
        "satisfy",
        "fulfil",
        "fulfill",
        "stand",
        "✓",
        "✔",
        "realised",
        "achieved",
        "met",
        "satisfied",
        "fulfilled",
        "yes",
        "present",
        "complete",
        "completed",
        "positive",
        "attained",
        "reached",
        "established",
        "obtained",
        "passed",
        "holds",
        "given",
        "accomplished",
        "secured",
        "demonstrated",
        "shown",
        "displayed",
        "ok",
        "stands",
        "fulfills",
        "fulfils",
        "satisfies",
        "meets",
        "true",
        "affirmative",
        "satisfactory",
    ]
)
UNMET = frozenset(
    [
        "fail",
        "denied",
        "refused",
        "✗",
        "✘",
        "×",
        "undemonstrated",
        "unproven",
        "unmet",
        "unfulfilled",
        "unsatisfied",
        "incomplete",
        "no",
        "absent",
        "negative",
        "lacking",
        "missing",
        "missed",
        "fails",
        "failed",
        "outstanding",
        "insufficient",
        "pending",
        "false",
        "unachieved",
        "unattained",
        "inadequate",
        "wanting",
        "lacks",
        "unestablished",
    ]
)
NEGATIVES = frozenset(
    [
        "far",
        "short",
        "not",
        "no",
        "never",
        "isn't",
        "aren't",
        "cannot",
        "neither",
        "nor",
        "hardly",
        "none",
        "can't",
        "doesn't",
        "without",
        "wasn't",
        "hasn't",
        "haven't",
        "don't",
        "won't",
        "weren't",
    ]
)
BEFORE = frozenset(
    [
        "grant",
        "grants",
        "affirm",
        "affirms",
        "confirm",
        "confirms",
        "withhold",
        "withholds",
        "deny",
        "denies",
        "refuse",
        "refuses",
        "meets",
        "meet",
        "satisfies",
        "satisfy",
        "fulfils",
        "fulfills",
        "fulfil",
        "fulfill",
        "fails",
        "fail",
        "met",
        "unmet",
        "achieves",
        "achieve",
        "achieved",
        "missing",
        "lacks",
        "satisfied",
        "fulfilled",
        "outstanding",
    ]
)
CRITERION = frozenset({"criterion", "criteria"})
ANSWERS = frozenset({"yes", "no"})
ORDINALS = {"first": 1, "second": 2, "third": 3}
OPENS = frozenset(
    [
        "is",
        "are",
        "has",
        "was",
        ",",
        ".",
        ";",
        "isn't",
        "hasn't",
        "wasn't",
        "fails",
        "cannot",
        "can't",
    ]
)
"""What follows an ordinal that stands for a criterion: `the second isn't`."""
NUMBERS = {
    "none": 0,
    "no": 0,
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "all": 3,
    "both": 2,
    "single": 1,
    "0": 0,
    "1": 1,
    "2": 2,
    "3": 3,
    "every": 3,
    "each": 3,
}
SUPPOSING = frozenset(
    [
        "must",
        "ought",
        "shall",
        "if",
        "would",
        "could",
        "should",
        "might",
        "until",
        "once",
        "before",
        "unless",
        "whether",
        "when",
        "to",
    ]
)
SUPPOSED = frozenset(
    {"when", "if", "requires", "require", "until", "unless", "once", "needs", "whether", "demands"}
)
NOTHING = frozenset({"nothing", "little"})
"""`Nothing of the critical view has been reached`."""
CONCLUDING = frozenset({"therefore", "thus", "hence", "so", "consequently", "accordingly"})
"""What follows them is another verdict."""
HELPERS = frozenset({"still", "has", "have", "needs", "need", "yet", "remains", "remain"})
"""With `to` behind them: what is still asked for."""
JUDGED = frozenset(
    [
        "judged", "regarded", "considered", "called", "deemed", "rated", "taken", "counted", "said",
        "seen", "scored", "marked", "denied", "graded", "classed", "recorded", "put", "answered",
    ]
)  # fmt: skip
"""With `must be` before them: how something is judged."""
DOUBT = frozenset({"doubt", "question", "reservation", "reservations", "doubtful"})
EXCEPTING = frozenset({"except", "apart", "besides", "save", "bar", "but"})
CONTRACTED = frozenset(
    [
        "criterion's",
        "first's",
        "second's",
        "third's",
        "view's",
        "one's",
        "two's",
        "three's",
        "cvs's",
    ]
)
"""Two words in one: `the first criterion's met`."""
WHOLE = frozenset(
    ["achieved", "obtained", "reached", "attained", "complete", "incomplete", "established",
     "granted", "secured", "accomplished"]
)  # fmt: skip
"""What is said of the critical view, though `critical` is left out: `the view is not obtained`."""
FULL = frozenset(
    ["a", "an", "the", "full", "fully", "proper", "true", "complete", "real", "valid", "good",
     "classic", "textbook", "clean", "perfect", "satisfactory", "genuine", "whole"]
)  # fmt: skip
GIVING = frozenset(
    ["makes", "make", "gives", "give", "yields", "have", "has", "got", "constitutes", "obtain",
     "represents", "is", "that's", "it's", "there's", "obtains", "equals", "means"]
)  # fmt: skip
"""Verbs that grant a critical view that stands behind them: `which makes it a critical view`."""
WITHOUT = frozenset({"without", "unless", "until", "doubt", "question", "if", "can"})
"""`No critical view without C2`: a rule, no verdict."""
ANOTHER = frozenset({"no", "none", "without", "nothing", "nobody"})
VERBS = frozenset({"is", "are", "has", "have", "was", "were", "been", "can", "enter", "enters"})
"""A clause that holds one of them, and no verdict, is no verdict."""
SUMS = frozenset(
    ["makes", "gives", "leaves", "so", "thus", "hence", "totals", "that's", "therefore", ":", "-"]
)
"""What stands before a sum: `that makes two criteria out of three`."""
PARTLY = frozenset(
    ["partly", "partially", "half", "halfway", "incompletely", "nearly", "almost", "partial"]
)
"""A view that is partly reached is not reached; of a criterion it says nothing sure."""
SCORES = frozenset({"0", "1", "2", "3", "none", "one", "two", "three"})
SUFFICING = frozenset({"make", "makes", "suffice", "suffices", "enough", "amount", "amounts"})
