"""Sets everything up and runs one job: `python3 tools/project.py demo` or `... test`.

Needs Python 3.11 or newer and nothing else. The virtual environment is `.venv` in the checkout,
or the folder that SCREENING_VENV names. Running it again is safe and quick.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("SCREENING_VENV") or ROOT / ".venv")
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
RESULTS = ROOT / "screening-results"


def run(*command: str | Path, accept: tuple[int, ...] = (0,)) -> int:
    """Print a command and run it at the top of the checkout; stop where it fails."""
    words = [str(word) for word in command]
    print(f"+ {shlex.join(words)}", flush=True)
    status = subprocess.run(words, cwd=ROOT, check=False).returncode
    if status not in accept:
        sys.exit(status)
    return status


def set_up(extras: str) -> None:
    """Make the virtual environment and install the checkout into it, with pinned versions."""
    if not PYTHON.exists():
        print(f"+ make a virtual environment in {VENV}", flush=True)
        venv.create(VENV, with_pip=True)
    target = f".[{extras}]" if extras else "."
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(PYTHON, *install, "--constraint", "constraints.txt", "--editable", target)


def demo() -> None:
    """Screen `samples/` and hold the result to `samples/expected.json`."""
    set_up("")
    print("Screening the samples. Exit code 3 is right: one sample is damaged on purpose.")
    formats = "jsonl,html,csv,annotated"
    run(BIN / "screening", "scan", "samples", "--out", RESULTS, "--format", formats, accept=(3,))
    run(PYTHON, ROOT / "tools" / "samples" / "compare.py", RESULTS / "results.jsonl")
    print(f"Open {RESULTS / 'report.html'} in a browser to see the report.")


def test() -> None:
    """Check style, types, import layers, then run every test."""
    set_up("test")
    run(BIN / "ruff", "check", ".")
    run(BIN / "ruff", "format", "--check", ".")
    run(BIN / "mypy")
    run(BIN / "lint-imports")
    run(PYTHON, "-m", "pytest", "--quiet", "--durations=10", "-n", "2", "--dist", "worksteal")


JOBS = {"demo": demo, "test": test}

if __name__ == "__main__":
    # Whoever runs this may well have an older Python; that is what the line is for.
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit("screening needs Python 3.11 or newer")
    if sys.argv[1:] and sys.argv[1] in JOBS and len(sys.argv) == 2:
        JOBS[sys.argv[1]]()
    else:
        sys.exit(f"{__doc__}\nusage: python3 tools/project.py {{{','.join(JOBS)}}}")
