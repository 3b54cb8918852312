"""The test pictures of Presidio and Octopii: what our text detector finds, and what Presidio does.

`python benchmarks/text_peers.py [--presidio PYTHON]`. Presidio runs beside ours where it installs:
`PYTHON` is the interpreter of an environment with presidio-image-redactor. Its language models come
from no package index, so it runs without one and finds no names. Octopii is on no index either.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from real_input import DATA, scan

PRESIDIO = """
import json, logging, sys
logging.disable(logging.CRITICAL)
import spacy
from PIL import Image
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_image_redactor import ImageAnalyzerEngine

class WithoutModel(SpacyNlpEngine):
    def __init__(self):
        super().__init__(models=[{"lang_code": "en", "model_name": "en"}])
        self.nlp = {"en": spacy.blank("en")}

    def load(self):
        pass

analyzer = AnalyzerEngine(nlp_engine=WithoutModel(), supported_languages=["en"])
engine = ImageAnalyzerEngine(analyzer_engine=analyzer)
for path in sys.argv[1:]:
    found = engine.analyze(Image.open(path).convert("RGB"))
    print(json.dumps(sorted({one.entity_type for one in found})))
"""


def main() -> None:
    """Print one line per picture and tool: labels only, never what was read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presidio", metavar="PYTHON")
    python = parser.parse_args().presidio
    files = sorted(path for path in (DATA / "peers").rglob("*") if path.is_file())
    results, _, _, _ = scan(files, "--detectors", "text", "--workers", "1")
    ours = {result["path"]: result["findings"] for result in results}
    theirs: list[str] = ["not run"] * len(files)
    if python:
        command = [python, "-c", PRESIDIO, *map(str, files)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        theirs = [", ".join(json.loads(line)) for line in done.stdout.splitlines()]
    for file, their_labels in zip(files, theirs, strict=True):
        labels = sorted({finding["label"] for finding in ours[file.as_posix()]} - {"text"})
        print(f"{file.parent.name}/{file.name}")
        print(f"  ours      {', '.join(labels)}")
        print(f"  Presidio  {their_labels}")


if __name__ == "__main__":
    sys.exit(main())
