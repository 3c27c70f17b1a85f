"""Files in, files out: stages, sources, video, corpus, commands."""
