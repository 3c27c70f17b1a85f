"""Exploring a round in FiftyOne: samples, saved views, a panel, and tags that come back.

FiftyOne is an extra (`explore`) and may live in an environment of its own, `.venvs/explore`
(`make explore-env`); the records are made without it (`samples.py`).
"""
