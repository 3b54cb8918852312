"""Policy: rule packs as data, and the pure function that applies them."""
