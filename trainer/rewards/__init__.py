"""Rewards: one file each, pure, resting on qa."""
