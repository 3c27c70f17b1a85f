"""Ontologies: the word lists of datasets, one YAML file each."""
