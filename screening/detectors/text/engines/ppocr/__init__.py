"""PP-OCR's networks, driven directly: batches over frames, second looks, any direction."""
