"""Which files a run takes, in which order, and what it counts as skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from screening.errors import ConfigError
from screening.run.walk import list_files


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def names(folder: Path, **rules: object) -> list[str]:
    return [
        path.relative_to(folder).as_posix()
        for path in list_files([folder], **rules).files  # type: ignore[arg-type]
    ]


def test_files_come_in_name_order_depth_first(tmp_path: Path) -> None:
    touch(tmp_path, "b.png", "a/z.png", "a/k/x.png", "c.png", "B.png")
    assert names(tmp_path) == ["B.png", "a/k/x.png", "a/z.png", "b.png", "c.png"]


def test_named_paths_keep_the_order_given(tmp_path: Path) -> None:
    touch(tmp_path, "b.png", "a.png")
    paths = [tmp_path / "b.png", tmp_path / "a.png"]
    assert list_files(paths).files == paths


def test_hidden_files_and_folders_are_skipped_and_counted(tmp_path: Path) -> None:
    touch(tmp_path, ".hidden.png", ".git/a.png", ".git/b.png", "seen.png")
    found = list_files([tmp_path])
    assert [path.name for path in found.files] == ["seen.png"]
    assert found.skipped == {"hidden": 2}


def test_a_hidden_file_that_is_named_is_taken(tmp_path: Path) -> None:
    touch(tmp_path, ".hidden.png")
    assert list_files([tmp_path / ".hidden.png"]).files == [tmp_path / ".hidden.png"]


def test_symbolic_links_are_skipped_and_counted(tmp_path: Path) -> None:
    touch(tmp_path, "in/a.png", "out/b.png")
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "out" / "b.png")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "out")
    found = list_files([tmp_path / "in"])
    assert [path.name for path in found.files] == ["a.png"]
    assert found.skipped == {"symbolic link": 2}
    assert names(tmp_path / "in", follow_symlinks=True) == ["a.png", "folder/b.png"]


def test_loops_of_links_end(tmp_path: Path) -> None:
    touch(tmp_path, "a.png", "deep/b.png")
    (tmp_path / "deep" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    found = list_files([tmp_path], follow_symlinks=True)
    assert [path.name for path in found.files] == ["a.png", "b.png", "self"]
    assert found.skipped == {"folder already visited": 1}


def test_output_folder_is_skipped_and_counted(tmp_path: Path) -> None:
    touch(tmp_path, "a.png", "report/results.jsonl")
    found = list_files([tmp_path], out_dir=tmp_path / "report")
    assert [path.name for path in found.files] == ["a.png"]
    assert found.skipped == {"output folder": 1}


def test_reports_into_the_folder_that_is_screened_are_refused(tmp_path: Path) -> None:
    touch(tmp_path, "a.png")
    with pytest.raises(ConfigError, match="choose another with --out"):
        list_files([tmp_path], out_dir=tmp_path / "." / "b" / "..")


def test_the_same_file_is_taken_once(tmp_path: Path) -> None:
    touch(tmp_path, "a.png", "b.png")
    found = list_files([tmp_path / "a.png", tmp_path, tmp_path / "." / "a.png"])
    assert [path.name for path in found.files] == ["a.png", "b.png"]
    assert found.skipped == {"the same file again": 2}


def test_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.png: there is no such file or folder"):
        list_files([tmp_path / "gone.png"])


def test_broken_link_that_is_named_is_taken(tmp_path: Path) -> None:
    (tmp_path / "broken.png").symlink_to(tmp_path / "gone.png")
    assert list_files([tmp_path / "broken.png"]).files == [tmp_path / "broken.png"]


def test_folder_that_cannot_be_listed_is_on_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "a.png", "locked/b.png", "z.png")
    real_scandir = os.scandir

    # Tests may run as root, whom no permission keeps out.
    def scandir(path: Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert names(tmp_path) == ["a.png", "locked", "z.png"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names on Windows")
def test_pipes_are_listed_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert names(tmp_path) == ["pipe.png"]


def test_odd_names(tmp_path: Path) -> None:
    odd = [b"new\nline.png", b"not \xff utf-8.png", "\N{CAMERA}.png".encode(), b"[bold].png"]
    for name in odd:
        (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    assert {os.fsencode(path.name) for path in list_files([tmp_path]).files} == set(odd)


def test_tree_deeper_than_the_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1100):
        os.mkdir("d")  # noqa: PTH102 - a path of Path would be too long
        os.chdir("d")
    Path("deep.png").touch()
    assert [path.name for path in list_files([tmp_path]).files] == ["deep.png"]
    Path("deep.png").unlink()  # pytest cannot remove so deep a tree
    while Path.cwd() != tmp_path:
        os.chdir("..")
        Path("d").rmdir()
