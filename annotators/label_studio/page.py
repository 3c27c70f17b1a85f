"""The page that people review on, built from the ontology; its hash tells whether it was changed.

Left: the picture with its boxes, a second before and after, the question. Right: three levels and
the answer, each with a decision, and the faults where it is not accepted. Who wrote the chain is
not on it, nor anywhere that a reviewer's browser could fetch; neither are the checkers' findings,
until the reviewer's first decision was read (`reveal`), and in a blind review never.
"""

from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

from surgchain.annotators.label_studio.shown import UNNAMED
from surgchain.schemas.fault_names import FAULT_GROUPS
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.ontology import Ontology

DECISIONS = ("accept", "edit", "reject", "cannot judge")
PANELS = {
    "level1": ("Level 1: what is seen, and where", "qwet", ("grounding", "leak", "format")),
    "level2": ("Level 2: who does what to what", "asdf", ("relations", "leak", "format")),
    "level3": ("Level 3: what it means", "zxcb", ("context", "leak", "format")),
    "answer": ("Answer", "jklm", ("answer", "format")),
}
"""Title, hotkeys of the four decisions, groups of faults."""
TAKEN = "vhru"
"""Hotkeys of the picture's own tools (move, pan, box) and of a chosen box (let go)."""
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#17becf", "#bcbd22")
HOTKEYS = "123456789"
STYLE = """
.sc-cols { display: flex; gap: 12px; align-items: flex-start; }
.sc-left { flex: 1 1 56%; min-width: 0; position: sticky; top: 0; }
.sc-right { flex: 1 1 44%; min-width: 340px; }
.sc-panel { border: 1px solid #d0d5dd; border-left: 5px solid #d0d5dd; border-radius: 6px;
  padding: 4px 8px; margin-bottom: 6px; }
.sc-panel:has(.lsf-choice:nth-child(1) .ant-radio-checked) { border-left-color: #2e9e5b; }
.sc-panel:has(.lsf-choice:nth-child(2) .ant-radio-checked) { border-left-color: #e0a100; }
.sc-panel:has(.lsf-choice:nth-child(3) .ant-radio-checked) { border-left-color: #d03b3b; }
.sc-panel:has(.lsf-choice:nth-child(4) .ant-radio-checked) { border-left-color: #7a7f87; }
.sc-panel h4, .sc-panel h5, .sc-half h5 { margin: 2px 0 !important; font-size: 15px; }
.sc-panel [data-testid="textarea-regions"] { margin-bottom: 2px !important; }
.sc-panel .lsf-choices { margin: 0 !important; }
.sc-told { background: #f6f8fb; border-left-color: #5b7bd5; }
.sc-question { font-size: 17px; font-weight: 600; }
.sc-beside { display: flex; gap: 8px; }
.sc-half { flex: 1 1 50%; min-width: 0; }
.sc-half [class*="toolbar"] { display: none; }
"""


def build(ontology: Ontology, *, adjudication: bool = False, findings: bool = False) -> str:
    """Return the labelling page as Label Studio's XML."""
    root = ET.Element("View")
    ET.SubElement(root, "Style").text = STYLE
    columns = ET.SubElement(root, "View", className="sc-cols")
    _left(ET.SubElement(columns, "View", className="sc-left"), ontology)
    right = ET.SubElement(columns, "View", className="sc-right")
    if adjudication:
        _told(right, "What the two reviewers said", "said")
    if findings:
        _told(right, "What the checkers found", "findings")
    for part, (title, hotkeys, groups) in PANELS.items():
        _panel(right, part, title, hotkeys, groups)
    _last(ET.SubElement(right, "View", className="sc-panel"))
    return ET.tostring(root, encoding="unicode")


def digest(page: str) -> str:
    """Return the hash of a page; what the server may do to white space does not matter."""
    return sha256_hex(ET.canonicalize(page, strip_text=True).encode())


def _left(left: ET.Element, ontology: Ontology) -> None:
    asked = ET.SubElement(left, "View", className="sc-question")
    ET.SubElement(asked, "Text", name="question", value="$question")  # keeps the lines of choices
    labels = ET.SubElement(left, "RectangleLabels", name="boxes", toName="image", showInline="true")
    names = dict.fromkeys([*ontology.names("instruments"), *ontology.names("structures")])
    for number, name in enumerate([*names, UNNAMED]):
        colour = COLOURS[number % len(COLOURS)]
        label = ET.SubElement(labels, "Label", value=name, background=colour)
        if number < len(HOTKEYS):
            label.set("hotkey", HOTKEYS[number])
    ET.SubElement(
        left, "Image", name="image", value="$image", zoom="true", zoomControl="true",
        maxWidth="100%",
    )  # fmt: skip
    beside = ET.SubElement(left, "View", className="sc-beside")
    for name, title in (("before", "one second before"), ("after", "one second after")):
        place = ET.SubElement(beside, "View", className="sc-half")
        ET.SubElement(place, "Header", value=title, size="6")
        ET.SubElement(place, "Image", name=name, value=f"${name}", zoom="false", maxWidth="100%")


def _told(right: ET.Element, title: str, name: str) -> None:
    panel = ET.SubElement(right, "View", className="sc-panel sc-told")
    ET.SubElement(panel, "Header", value=title, size="5")
    ET.SubElement(panel, "Text", name=name, value=f"${name}")


def _panel(right: ET.Element, part: str, title: str, hotkeys: str, groups: Any) -> None:
    panel = ET.SubElement(right, "View", className=f"sc-panel sc-{part}")
    ET.SubElement(panel, "Header", value=title, size="5")
    ET.SubElement(
        panel, "TextArea", name=part, toName="image", rows="2" if part == "answer" else "4",
        maxSubmissions="1", editable="true",
    )  # fmt: skip
    choices = ET.SubElement(
        panel, "Choices", name=f"{part}_decision", toName="image", choice="single-radio",
        showInline="true", required="true",
        requiredMessage=f"Decide about {title.partition(':')[0]}: accept, edit, reject or cannot "
        "judge",
    )  # fmt: skip
    for decision, key in zip(DECISIONS, hotkeys, strict=True):
        ET.SubElement(choices, "Choice", value=decision, hotkey=key)
    hidden = ET.SubElement(
        panel, "View", visibleWhen="choice-selected", whenTagName=f"{part}_decision",
        whenChoiceValue="edit,reject",
    )  # fmt: skip
    faults = ET.SubElement(
        hidden, "Taxonomy", name=f"{part}_faults", toName="image", leafsOnly="true",
        showFullPath="false", placeholder="What is wrong",
    )  # fmt: skip
    for group in groups:
        branch = ET.SubElement(faults, "Choice", value=group)
        for fault in FAULT_GROUPS[group]:
            ET.SubElement(branch, "Choice", value=fault)


def _last(panel: ET.Element) -> None:
    ET.SubElement(panel, "Header", value="How sure are you", size="6")
    ET.SubElement(panel, "Rating", name="confidence", toName="image", maxRating="5", hotkey="g")
    ET.SubElement(
        panel, "TextArea", name="comment", toName="image", rows="1", maxSubmissions="1",
        editable="true", placeholder="Comment (optional)",
    )  # fmt: skip


@cache
def _interface(page: str) -> Any:
    from label_studio_sdk.label_interface import LabelInterface

    return LabelInterface(page)


def errors(page: str, prediction: dict[str, Any]) -> list[str]:
    """Return what is wrong with a prediction; the server takes any, and the page then breaks."""
    found: list[str] = _interface(page).validate_prediction(prediction, return_errors=True)
    return found
