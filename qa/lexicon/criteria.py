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
SCORES = frozenset({"0", "1", "2", "3", "none", "one", "two", "three"})
SUFFICING = frozenset({"make", "makes", "suffice", "suffices", "enough", "amount", "amounts"})
