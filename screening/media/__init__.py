"""Media: what a file is, by content, and its upright RGB frames."""
