"""The words of the questions: several phrasings per task, open and multiple choice.

`{procedure}` stands for the operation, as the ontology names it. The open ones stay near those
that Surg-R1's published examples use (surg-r1.md, section 1.4), so that models can be compared.
"""

from surgchain.schemas.records import Task

OPEN: dict[Task, tuple[str, ...]] = {
    "phase": (
        "Which phase of the {procedure} is being performed?",
        "Given this image of a {procedure}, which surgical phase is being performed?",
        "Which surgical phase does this frame belong to?",
        "Name the phase of the operation shown here.",
        "What is the current phase of the operation?",
        "In which phase of the {procedure} was this picture taken?",
    ),
    "triplet": (
        "Describe all surgical actions as instrument, verb and target.",
        "Which instrument does what to which tissue? Name every action in view.",
        "List every action triplet (instrument, verb, target) of this frame.",
        "Describe each complete surgical action of this {procedure}: tool, action and tissue.",
        "What is each instrument doing, and to which structure?",
    ),
    "localization": (
        "Locate all instruments with their bounding boxes.",
        "Where are the instruments? Give a box for each of them.",
        "Locate all the tools of this {procedure} in the format name [x1, y1, x2, y2].",
        "Find every surgical instrument and mark it with a bounding box.",
        "Name each instrument in view and say where it is, as boxes.",
    ),
    "cvs": (
        "Which criteria of the critical view of safety are met?",
        "Judge the three criteria of the critical view of safety (C1, C2, C3).",
        "Is each of the criteria C1, C2 and C3 of the critical view of safety achieved here?",
        "Assess the critical view of safety in this {procedure}, criterion by criterion.",
    ),
    "step": (
        "Which step of the {procedure} is being performed?",
        "Name the surgical step shown here.",
        "Which step of the operation does this frame belong to?",
    ),
    "action": (
        "Which surgical action is being performed?",
        "Given this image of a {procedure}, what is the surgeon doing right now?",
        "Name the action shown here.",
    ),
    "vqa": (),
}
CHOICE: dict[Task, tuple[str, ...]] = {
    "phase": (
        "Which of these phases of the {procedure} is being performed?",
        "Choose the phase that this frame belongs to.",
        "Which of the following surgical phases is shown?",
        "Pick the current phase of the operation.",
    ),
    "triplet": (
        "Which of these describes all the surgical actions of this frame?",
        "Choose the full list of actions (instrument, verb, target) that is right for this frame.",
        "Which of the following lists says what every instrument does?",
    ),
    "cvs": (
        "Which of these judges the critical view of safety rightly?",
        "Choose the right verdict on the criteria C1, C2 and C3 of the critical view of safety.",
        "Which of the following is true of the critical view of safety in this frame?",
    ),
    "step": (
        "Which of these steps of the {procedure} is being performed?",
        "Choose the step that this frame belongs to.",
        "Which of the following surgical steps is shown?",
    ),
    "action": (
        "Which of these actions is being performed?",
        "Choose the action that is shown here.",
        "Which of the following is the surgeon doing right now?",
    ),
    "localization": (),  # a choice among boxes is answered without looking at the instruments
    "vqa": (),
}
