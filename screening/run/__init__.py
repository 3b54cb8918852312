"""Runs: walk folders, guard each file in a killable worker, keep results in order."""
