"""The corpus: surgeries, licences, lineage, cards."""
