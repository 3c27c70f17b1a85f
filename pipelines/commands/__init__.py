"""Verbs of `surgchain`, one a file; cli.py binds them."""
