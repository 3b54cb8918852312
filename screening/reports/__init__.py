"""Reports: one writer per format. A report never decides anything."""
