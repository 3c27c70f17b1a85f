"""Rules that say whether a picture shows the room instead of the inside of the body.

One file each, named by `frames.out_of_body`; it offers `outside(rgb) -> bool` for [H, W, 3].
"""
