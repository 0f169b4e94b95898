#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of matter files and the kiosk's reader give the same verdict on made-up matters.

Usage: schema_agrees_made.py MATTER_MAKER_TOOL MATTER_LINT_TOOL SOURCE_DIR [N]
Good ones must pass both, each mistake must be refused by the reader, and by the schema unless it is
one that a schema cannot know. Exit 77 when jsonschema is missing.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import matter_samples

try:
    import jsonschema
except ImportError:
    sys.exit(77)

MATTERS = 24


def made(tool, folder, n):
    """Files with their verdicts: (name, good|bad|blind, what)."""
    out = subprocess.run([tool, str(folder), str(n)], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [line.split("\t") for line in out.splitlines()]


def refused_by_reader(tool, source, folder, names):
    run = subprocess.run([tool, "--codes", str(source / "assets/codes"), "--fields", str(folder / "fields.json"),
                          *(str(folder / name) for name in names)], stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode not in (0, 1):
        raise RuntimeError(f"{tool} ended with {run.returncode}")
    return {line.split(": ")[0] for line in run.stdout.splitlines()}


def main():
    maker, lint, source = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    n = int(sys.argv[4]) if len(sys.argv) > 4 else MATTERS
    schema = json.loads(matter_samples.schema_path(source, "matter").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        files = made(maker, folder, n)
        refused = refused_by_reader(lint, source, folder, [f for f, _, _ in files])
        for file, verdict, what in files:
            data = json.loads((folder / file).read_text("utf-8"))
            if (file in refused) != (verdict != "good"):
                wrong.append(f"{file} ({what}): is {verdict}, but not for the reader")
            if validator.is_valid(data) != (verdict != "bad"):
                wrong.append(f"{file} ({what}): the schema should {'refuse' if verdict == 'bad' else 'take'} it")
    counts = {v: sum(f[1] == v for f in files) for v in ("good", "bad", "blind")}
    print(f"{len(files)} files: {counts}")
    print("\n".join(wrong))
    return 1 if wrong or min(counts.values()) < n // 2 else 0


if __name__ == "__main__":
    sys.exit(main())
