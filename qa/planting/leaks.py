"""Things a chain should not give away."""

from collections.abc import Callable

from surgchain.qa.planting.plot import Plot

LABEL = (
    "According to the annotation, nothing else is present.",
    "The labels confirm this.",
    "This agrees with the ground truth.",
    "We have been told which instruments are there.",
    "The reference answer says the same.",
    "As the metadata show, nothing is missing.",
    "The facts I was given list no other instrument.",
    "All raters agreed on this.",
)
IDENTITY = (
    "Dr. Keller leads the operation.",
    "The patient, Mrs Jansen, lies on her back.",
    "This was filmed at Lindenhof Hospital.",
    "Recorded on 12.03.2019.",
    "Video VID68 shows the same.",
    "Hospital number 4471203 applies.",
    "Professor Marini assists.",
    "This is case 17 of the series.",
)
FUTURE = (
    "Two minutes later the artery tears.",
    "The duct will be torn shortly afterwards; the next frames show it.",
    "Later in this operation the surgeon converts to open surgery.",
    "In the following frames the bag breaks.",
    "The case was later converted.",
    "A few seconds later the clip slips off.",
)
META = (
    "As an AI model, I look at the shapes.",
    "The user wants one word.",
    "My instructions ask for three levels.",
    "The prompt asks for a phase.",
    "I was asked to describe the scene.",
    "As a language model I rely on the picture.",
    "The output format requires a class name.",
    "I will now write the answer in the required format.",
)


def _add(lines: tuple[str, ...]) -> Callable[[Plot], str | None]:
    def plant(plot: Plot) -> str | None:
        return plot.with_more(plot.rng.choice((1, 2, 3)), plot.rng.choice(lines))

    return plant


PLANTERS: dict[str, Callable[[Plot], str | None]] = {
    "label_leak": _add(LABEL),
    "identity_leak": _add(IDENTITY),
    "future_leak": _add(FUTURE),
    "meta_talk": _add(META),
}
