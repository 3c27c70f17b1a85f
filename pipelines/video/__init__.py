"""Video: planned decoding, frame quality, privacy."""
