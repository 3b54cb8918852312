"""Blocks that stand in many containers: XMP, IPTC, ICC, JUMBF, plain XML; and sidecars."""
