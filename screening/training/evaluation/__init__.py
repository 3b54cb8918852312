"""How good a detector is on an annotated folder; needs no extra."""
