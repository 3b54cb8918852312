"""Metadata: position, place, time, device and names that a file carries."""
