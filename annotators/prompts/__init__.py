"""Prompts: versioned Markdown, one per task."""
