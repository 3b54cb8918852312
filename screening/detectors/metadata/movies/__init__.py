"""Containers made of boxes, chunks or elements: movies, and stills built like them."""
