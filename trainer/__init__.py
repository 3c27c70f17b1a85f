"""What learns: the four stages, rewards, the dual pathway, the tiny model."""
