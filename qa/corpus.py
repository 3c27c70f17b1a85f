"""What only shows between chains: copies, collapsed templates, conflicts, leaks over the split.

Each function takes chains and gives findings by chain id; none changes what a single chain's
verdict says. They run after the judge, over all chains of a source.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from math import log2

from surgchain.schemas.records import Chain, Finding

NAME = "corpus"
_WORDS = re.compile(r"[a-z0-9]+")
SHINGLE = 4
"""Words of a shingle."""
SIMILARITY = 0.8
"""Overlap of shingles (Jaccard) from which chains are near-duplicates: one word changed in 40."""
PERMUTATIONS = 64
Findings = dict[str, list[Finding]]


def _found(fault: str, claim: str, reason: str) -> Finding:
    return Finding(checker=NAME, fault=fault, claim=claim, reason=reason)


def shingles(text: str) -> frozenset[str]:
    """Return the runs of four words of a text."""
    words = _WORDS.findall(text.lower())
    return frozenset(
        " ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))
    )


def near_duplicates(
    chains: Iterable[Chain], stratum: Callable[[Chain], str], similarity: float = SIMILARITY
) -> Findings:
    """Find chains whose shingles overlap (Jaccard) with an earlier one of their stratum.

    Candidates come from MinHash LSH (datasketch), which is told to miss few rather than to name
    few: each is confirmed by the exact overlap.
    """
    from datasketch import MinHash, MinHashLSH

    indexes: dict[str, MinHashLSH] = {}
    kept: dict[str, frozenset[str]] = {}
    found: Findings = {}
    for chain in chains:
        own = shingles(chain.text)
        sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update_batch([s.encode() for s in sorted(own)])
        index = indexes.setdefault(
            stratum(chain), MinHashLSH(max(0.1, similarity - 0.1), PERMUTATIONS, weights=(0.1, 0.9))
        )
        twin = next(
            (k for k in sorted(index.query(sketch)) if overlap(own, kept[k]) >= similarity), None
        )
        if twin is not None:
            share = overlap(own, kept[twin])
            found[chain.chain_id] = [
                _found(
                    "near_duplicate",
                    twin,
                    f"{share:.0%} of its four-word runs are those of {twin}",
                )
            ]
            continue
        if chain.chain_id not in kept:
            index.insert(chain.chain_id, sketch)
            kept[chain.chain_id] = own
    return found


def overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """Return what two sets of shingles share of all of theirs (Jaccard), in [0, 1]."""
    return len(a & b) / len(a | b) if a | b else 1.0


_NAMES = re.compile(r"\[[^\[\]]{0,80}\]|\d+")  # bounded: many open brackets stay linear


def pattern(text: str) -> str:
    """Return a text with boxes and numbers blanked: its template, as far as it can be seen."""
    return _NAMES.sub("#", text.lower())


def distinct(texts: list[str], size: int = 3) -> float:
    """Return distinct-n (Li et al. 2016): different n-grams over all n-grams, in [0, 1]."""
    grams = [g for t in texts for g in _grams(t, size)]
    return len(set(grams)) / len(grams) if grams else 1.0


def entropy(texts: list[str]) -> float:
    """Return the entropy, in bits, of the patterns of a stratum."""
    counts = Counter(pattern(t) for t in texts)
    total = counts.total()
    return -sum(n / total * log2(n / total) for n in counts.values()) if total else 0.0


def _grams(text: str, size: int) -> list[tuple[str, ...]]:
    words = _WORDS.findall(pattern(text))
    return [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]


def template_collapse(
    chains: Iterable[Chain],
    stratum: Callable[[Chain], str],
    *,
    least_entropy: float = 3.0,
    fewest: int = 50,
) -> Findings:
    """Find the surplus chains of strata made of too few patterns.

    A stratum of `fewest` chains or more whose patterns have less than `least_entropy` bits has
    collapsed; in it, every chain beyond its pattern's fair share (1 / 2**least_entropy) is surplus.
    """
    strata: dict[str, list[Chain]] = defaultdict(list)
    for chain in chains:
        strata[stratum(chain)].append(chain)
    found: Findings = {}
    for name, members in sorted(strata.items()):
        bits = entropy([c.text for c in members])
        if len(members) < fewest or bits >= least_entropy:
            continue
        share = max(1, int(len(members) / 2**least_entropy))
        seen: Counter[str] = Counter()
        for chain in members:
            template = pattern(chain.text)
            seen[template] += 1
            if seen[template] > share:
                reason = f"{len(members)} chains of {name} have {bits:.1f} bits of patterns"
                found[chain.chain_id] = [_found("template_collapse", template[:80], reason)]
    return found


def label_conflicts(chains: Iterable[Chain]) -> Findings:
    """Find chains of one frame and question task whose answers exclude each other."""
    by_frame: dict[tuple[str, str], list[Chain]] = defaultdict(list)
    for chain in chains:
        by_frame[chain.frame_id, chain.question.task].append(chain)
    found: Findings = {}
    for (frame_id, task), members in sorted(by_frame.items()):
        given = {c.chain_id: _answer(c) for c in members}
        if task == "vqa" or len(set(given.values())) == 1:
            continue
        for chain_id, answer in given.items():
            others = sorted(set(given.values()) - {answer})
            found[chain_id] = [
                _found(
                    "label_conflict",
                    answer,
                    f"other chains of {frame_id} answer {'; '.join(others)[:120]}",
                )
            ]
    return found


def _answer(chain: Chain) -> str:
    _, _, rest = chain.text.partition("<answer>")
    return " ".join(
        rest.partition("</answer>")[0].lower().replace("_", " ").replace("-", " ").split()
    )


def split_leaks(
    chains: Iterable[Chain], surgery_of: Callable[[str], str], split_of: Callable[[str], str]
) -> Findings:
    """Find chains whose surgery stands on more than one side of the split, by frame id."""
    chains = list(chains)
    sides: dict[str, set[str]] = defaultdict(set)
    for chain in chains:
        sides[surgery_of(chain.frame_id)].add(split_of(chain.frame_id))
    found: Findings = {}
    for chain in chains:
        surgery = surgery_of(chain.frame_id)
        if len(sides[surgery]) > 1:
            where = ", ".join(sorted(sides[surgery]))
            found[chain.chain_id] = [_found("split_leak", surgery, f"{surgery} stands in {where}")]
    return found
