"""What is right: reading claims, checkers, faults planted and measured, agreement, metrics."""
