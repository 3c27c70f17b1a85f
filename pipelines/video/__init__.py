"""Pictures out of videos: planned exact decoding, quality, privacy."""
