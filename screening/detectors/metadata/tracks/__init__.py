"""Positions over time: samples of timed tracks, telemetry records."""
