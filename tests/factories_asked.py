"""Questions of a suite, as metrics get them."""

from surgchain.qa.metrics.asked import Asked


def question(number: int, gold: str, task: str = "phase", surgery: str = "s0", **more) -> Asked:
    """Return a question of the toy source, a second of film apart from its neighbours."""
    values = {"centre": "here", "source": "toy", "ontology": "cholect50", "text": f"Which {task}?"}
    return Asked(
        f"q{number}", f"f{number}", f"toy/{surgery}", surgery, task=task, gold=gold,
        time_s=float(number), **{**values, **more},
    )  # fmt: skip
