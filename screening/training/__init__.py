"""Making what detectors learn from, and training them; needs the extra `train`."""
