"""Insignia: which known seal, badge, patch or logo is it."""
