import numpy as np

from surgchain.pipelines.corpus.likeness import DISTANCE, Likeness, hashes, near_duplicates


def test_every_near_pair_is_found_as_by_brute_force():
    rng = np.random.default_rng(0)
    found = rng.integers(1, 2**63, 400, dtype=np.uint64)
    flips = rng.integers(0, 11, 100)
    for row, count in enumerate(flips):
        bits = rng.choice(64, count, replace=False)
        mask = sum(1 << int(b) for b in bits)
        found[100 + row] = np.uint64(int(found[row]) ^ mask)
    surgery, side = np.arange(400) // 10, (np.arange(400) // 7) % 3
    wanted = [
        Likeness(a, b, d)
        for a in range(400)
        for b in range(a + 1, 400)
        if surgery[a] != surgery[b] and side[a] != side[b]
        and (d := (int(found[a]) ^ int(found[b])).bit_count()) <= DISTANCE
    ]  # fmt: skip
    assert len(wanted) > 20
    assert near_duplicates(found, surgery, side) == wanted


def test_a_picture_that_was_stored_again_is_alike_and_a_flat_one_says_nothing():
    rng = np.random.default_rng(1)
    smooth = np.kron(rng.integers(0, 255, (2, 8, 8)), np.ones((4, 4))).astype(np.uint8)
    again = np.clip(smooth[0].astype(int) + rng.integers(-6, 7, (32, 32)), 0, 255).astype(np.uint8)
    black = np.full((32, 32), 3, np.uint8)
    found = hashes(np.stack([*smooth, again, black]))
    assert (int(found[0]) ^ int(found[2])).bit_count() <= DISTANCE
    assert (int(found[0]) ^ int(found[1])).bit_count() > 15
    assert found[3] == 0
