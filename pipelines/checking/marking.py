"""Where the findings of a chain begin and end in its text, for pages and terminals to mark."""

from itertools import pairwise

from surgchain.schemas.records import Finding


def stretches(text: str, findings: tuple[Finding, ...]) -> list[tuple[str, list[int]]]:
    """Cut a text where findings begin and end: (stretch, numbers of the findings it lies in)."""
    spans = [(n, f.span) for n, f in enumerate(findings, start=1) if f.span]
    cuts = sorted({0, len(text), *(min(p, len(text)) for _, s in spans for p in s)})
    return [
        (text[a:b], [n for n, (start, end) in spans if start <= a and b <= end])
        for a, b in pairwise(cuts)
    ]
