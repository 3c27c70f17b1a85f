"""What is asked of a frame: phrasings, options, one question a task, and which of them are kept."""
