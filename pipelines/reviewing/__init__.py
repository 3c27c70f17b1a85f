"""Reviewing: from what people should see to the snapshot of what they decided."""
