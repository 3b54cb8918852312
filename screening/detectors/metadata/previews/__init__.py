"""The previews detector: small copies that show something else than their picture."""
