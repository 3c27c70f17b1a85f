"""`surgchain review ...`: people decide, on Label Studio. One verb a file."""

import typer

from surgchain.pipelines.commands.review.adjudicate import adjudicate
from surgchain.pipelines.commands.review.preferences import preferences
from surgchain.pipelines.commands.review.pull import pull
from surgchain.pipelines.commands.review.push import push
from surgchain.pipelines.commands.review.reviewer import reviewer
from surgchain.pipelines.commands.review.serve import serve
from surgchain.pipelines.commands.review.stats import stats
from surgchain.pipelines.commands.review.status import status

app = typer.Typer(
    no_args_is_help=True,
    help="""Human review on Label Studio: serve, push, pull, status, stats, adjudicate.

    Example: surgchain review serve   (then, beside it: surgchain review push --reviewers me)""",
)
for verb in (serve, reviewer, push, pull, status, stats, adjudicate, preferences):
    app.command()(verb)
