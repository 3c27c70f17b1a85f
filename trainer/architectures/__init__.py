"""Configs of the published models, for planning without a download: one JSON file a model."""
