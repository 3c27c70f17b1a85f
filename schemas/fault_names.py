"""The vocabulary of faults: one set of names for checkers, reviewers, planting and reports.

The names are fixed (design.md, section 5); what each means exactly stands in docs/faults.md.
"""

FAULT_GROUPS: dict[str, tuple[str, ...]] = {
    "format": (
        "missing_level",
        "level_order",
        "empty_level",
        "unclosed_tag",
        "missing_answer",
        "unparseable_answer",
        "text_outside_tags",
        "truncated",
        "repetition",
        "wrong_language",
        "refusal",
    ),
    "grounding": (
        "hallucinated_instrument",
        "missed_instrument",
        "hallucinated_structure",
        "box_out_of_frame",
        "box_mismatch",
        "box_label_swap",
        "wrong_count",
        "wrong_side",
        "wrong_appearance",
    ),
    "relations": (
        "ungrounded_relation",
        "impossible_triplet",
        "wrong_verb",
        "wrong_target",
        "swapped_roles",
        "contradictory_relation",
        "missed_relation",
    ),
    "context": (
        "wrong_phase",
        "phase_unsupported",
        "criterion_contradiction",
        "phase_jump",
        "unsupported_evidence",
    ),
    "answer": ("answer_not_entailed", "wrong_answer", "answer_outside_ontology"),
    "leak": ("label_leak", "identity_leak", "future_leak", "meta_talk"),
    "corpus": ("near_duplicate", "template_collapse", "split_leak", "label_conflict"),
}
FAULTS: frozenset[str] = frozenset(name for names in FAULT_GROUPS.values() for name in names)
