"""What things are: records, ontologies, the text of a chain, the tables on disk.

The lowest floor: it imports pydantic, pyarrow and yaml, and nothing of surgchain.
"""
