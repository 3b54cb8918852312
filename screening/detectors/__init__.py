"""Detectors: each turns frames or a file into findings; they know nothing of each other."""
