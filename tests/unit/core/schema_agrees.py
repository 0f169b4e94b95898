#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The JSON Schemas of matter files and of the dictionary and the kiosk's reader give the same verdict.

Usage: schema_agrees.py MATTER_LINT_TOOL SOURCE_DIR
Good files must pass both. A bad file must be refused by the reader; its .expect file says whether
the schema refuses it too or cannot know. Exit 77 when jsonschema is missing.
"""
import json
import pathlib
import subprocess
import sys

import matter_samples

try:
    import jsonschema
except ImportError:
    sys.exit(77)


def validator_of(source, kind):
    schema = json.loads(matter_samples.schema_path(source, kind).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def schema_accepts(validator, path):
    try:
        data = json.loads(path.read_bytes().decode("utf-8"))
    except ValueError:
        return False
    return validator.is_valid(data)


def refused_by_reader(tool, source, samples):
    """Paths that the reader complains about."""
    codes = ["--codes", str(source / "assets/codes")]
    refused = set()
    for fields in {matter_samples.dictionary_of(source, s.path) for s in samples}:
        mine = {s.path.name: s.path for s in samples if s.kind == "matter"
                and matter_samples.dictionary_of(source, s.path) == fields}
        run = subprocess.run([tool, *codes, "--fields", str(fields), *map(str, mine.values())],
                             stdout=subprocess.PIPE, text=True, check=False)
        if run.returncode not in (0, 1):
            raise RuntimeError(f"{tool} ended with {run.returncode}")
        refused |= {mine[line.split(": ")[0]] for line in run.stdout.splitlines() if ": " in line}
    for s in samples:
        if s.kind == "fields" and subprocess.run([tool, *codes, "--fields", str(s.path)],
                                                 stdout=subprocess.PIPE, check=False).returncode:
            refused.add(s.path)
    return refused


def main():
    tool, source = sys.argv[1], pathlib.Path(sys.argv[2])
    samples = matter_samples.all_samples(source)
    validators = {kind: validator_of(source, kind) for kind in ("matter", "fields")}
    refused = refused_by_reader(tool, source, samples)
    wrong, blind = [], []
    for s in samples:
        name = f"{s.path.parent.name}/{s.path.name}"
        if (s.path in refused) == s.is_good:
            wrong.append(f"{name}: is {'good' if s.is_good else 'bad'}, but not for the reader")
        if schema_accepts(validators[s.kind], s.path) != s.expected:
            wrong.append(f"{name}: the schema should {'take' if s.expected else 'refuse'} it")
        if s.expected and not s.is_good:
            blind.append(s.path.stem)
    print(f"{len(samples)} files; only the reader can know {len(blind)}:")
    print("  " + ", ".join(blind))
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
