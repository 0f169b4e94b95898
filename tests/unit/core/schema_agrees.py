#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of matter files and the kiosk's reader give the same verdict.

Usage: schema_agrees.py MATTER_LINT_TOOL SOURCE_DIR
Good files must pass both. A bad file must be refused by the reader; its .expect file says whether
the schema refuses it too or cannot know. Exit 77 when jsonschema is missing.
"""
import json
import pathlib
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)


def schema_accepts(validator, path):
    try:
        data = json.loads(path.read_bytes().decode("utf-8"))
    except ValueError:
        return False
    return validator.is_valid(data)


def reader_accepts(tool, path):
    run = subprocess.run([tool, str(path)], stdout=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1):
        raise RuntimeError(f"{tool} ended with {run.returncode} on {path.name}")
    return run.returncode == 0


def main():
    tool, source = sys.argv[1], pathlib.Path(sys.argv[2])
    here = source / "tests/unit/core"
    schema = json.loads((source / "assets/schema/matter.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    wrong, blind = [], []

    good = sorted((here / "good").glob("*.json")) + sorted((source / "assets/matters").glob("*.json"))
    bad = sorted((here / "bad").glob("*.json"))
    if len(good) < 3 or len(bad) < 60:
        wrong.append("the sample files are not where they should be")
    for path in good:
        if not schema_accepts(validator, path):
            wrong.append(f"{path.name}: good, but the schema refuses it")
        if not reader_accepts(tool, path):
            wrong.append(f"{path.name}: good, but the reader refuses it")
    for path in bad:
        word = path.with_suffix(".expect").read_text("utf-8").splitlines()[0].split("\t")[1]
        knows = {"refuses": True, "cannot know": False}[word]
        if not knows:
            blind.append(path.stem)
        if reader_accepts(tool, path):
            wrong.append(f"{path.name}: bad, but the reader accepts it")
        if schema_accepts(validator, path) == knows:
            wrong.append(f"{path.name}: the schema was expected to: {word}")

    print(f"{len(good)} good, {len(bad)} bad files; only the reader can know {len(blind)}:")
    print("  " + ", ".join(blind))
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
