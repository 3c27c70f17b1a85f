"""Reading claims from prose: words, sentences, scope, and one file per kind of claim."""
