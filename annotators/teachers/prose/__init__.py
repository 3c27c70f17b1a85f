"""The embedded teacher's English: words, and one file for each level of a chain."""
