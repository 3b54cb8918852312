"""Making what the detector of objects learns from, training it, measuring it."""
