"""Planting faults: a clean chain with exactly one defect put in, to measure what is found.

prose.py     ways of writing each kind of claim; none is a template of the embedded teacher
plot.py      a chain taken apart, with what is known of its frame
one file per fault group, each with `PLANTERS: fault -> (plot -> text | None)`
"""
