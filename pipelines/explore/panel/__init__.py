"""A FiftyOne panel: the chain of the open sample, its findings marked; else counts of the view."""

from typing import Any

import fiftyone.operators as foo
from fiftyone.operators import types

from surgchain.pipelines.explore import chain_markdown


class ChainPanel(foo.Panel):  # type: ignore[misc]
    """Shows one chain, or what failed in the view."""

    @property
    def config(self) -> Any:
        """Where the panel opens."""
        return foo.PanelConfig(
            name="chain_panel",
            label="Reasoning chain",
            surfaces="grid modal",
            icon="article",
            reload_on_navigation=True,
        )

    def on_load(self, ctx: Any) -> None:
        """Show what is open."""
        self._show(ctx)

    def on_change_current_sample(self, ctx: Any) -> None:
        """Follow the modal."""
        self._show(ctx)

    def on_change_selected(self, ctx: Any) -> None:
        """Follow the selection."""
        self._show(ctx)

    def on_change_view(self, ctx: Any) -> None:
        """Follow the view."""
        self._show(ctx)

    def _show(self, ctx: Any) -> None:
        sample_id = ctx.current_sample or next(reversed(ctx.selected or ()), None)
        if sample_id:
            sample = ctx.dataset[sample_id]
            checks = {c["checker"]: f"{c.confidence:.2f}" for c in sample.checks.classifications}
            ctx.panel.state.text = chain_markdown.of_chain(sample.to_dict(), checks)
        else:
            counts = ctx.view.count_values("faults")
            ctx.panel.state.text = chain_markdown.of_view(len(ctx.view), counts)

    def render(self, ctx: Any) -> Any:
        """Give the text as Markdown."""
        panel = types.Object()
        panel.md(ctx.panel.state.text or "", name="chain")
        return types.Property(panel, view=types.GridView(orientation="vertical"))


def register(plugin: Any) -> None:
    """Name the panel to FiftyOne."""
    plugin.register(ChainPanel)
