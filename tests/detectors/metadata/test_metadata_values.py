"""Paths, and whose they are."""

from __future__ import annotations

import pytest

from screening.detectors.metadata.values import account_name, local_path, may_hold_path


@pytest.mark.parametrize(
    ("text", "path", "account"),
    [
        (r"C:\Users\robin\a.jpg", r"C:\Users\robin\a.jpg", "robin"),
        ("opened C:/Users/robin/a.jpg\nsaved", "C:/Users/robin/a.jpg", "robin"),
        (r"C:\Documents and Settings\Kim E\a", r"C:\Documents and Settings\Kim E\a", "Kim E"),
        (r"\\desk\pictures\a.jpg", r"\\desk\pictures\a.jpg", None),
        ("file:///Users/kim%20e/a.jpg", "file:///Users/kim%20e/a.jpg", "kim e"),
        ("/Users/robin", "/Users/robin", "robin"),
        ("/home/robin/a", "/home/robin/a", "robin"),
        ("/Users/Shared/a", "/Users/Shared/a", None),
        ("/Volumes/Card/a", "/Volumes/Card/a", None),
        ("Disk:Users:robin:a", ":Users:robin:a", "robin"),
    ],
)
def test_paths(text: str, path: str, account: str | None) -> None:
    assert may_hold_path(text)
    assert local_path(text) == path
    assert account_name(path) == account


@pytest.mark.parametrize(
    "text",
    ["", "https://fairhaven.example/home/robin/a", "/metadata", "/;/metadata", "12:30 h", "a.jpg"],
)
def test_what_is_no_path(text: str) -> None:
    assert local_path(text) is None
