"""Checkers: one fault family a file."""
