"""What the check stage needs beyond judging: pieces of work in processes, pictures, the page."""
