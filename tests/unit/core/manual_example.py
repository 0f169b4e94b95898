#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The example matter of docs/matters.md passes the lint and the schema, and is short.

Usage: manual_example.py MATTER_LINT_TOOL SOURCE_DIR
Exit 77 when jsonschema is missing.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

MAX_LINES = 60


def main():
    tool, source = sys.argv[1], pathlib.Path(sys.argv[2])
    try:
        import jsonschema
    except ImportError:
        return 77
    page = (source / "docs/matters.md").read_text("utf-8")
    examples = re.findall(r"^```json\n(.*?)^```$", page, re.M | re.S)
    if len(examples) != 1:
        print(f"one example between ```json and ``` is expected, there are {len(examples)}")
        return 1
    text = examples[0]
    n_lines = text.count("\n")
    if n_lines > MAX_LINES:
        print(f"the example has {n_lines} lines, at most {MAX_LINES}")
        return 1
    schema = json.loads((source / "assets/schema/matter.schema.json").read_text("utf-8"))
    mistakes = [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(json.loads(text))]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "example.json"
        path.write_text(text, "utf-8")
        run = subprocess.run([tool, "--codes", str(source / "assets/codes"),
                              "--fields", str(source / "assets/matters/fields.json"), str(path)],
                             stdout=subprocess.PIPE, text=True, check=False)
        # a lint that does not look would take this, too
        path.write_text(text.replace('"need": "base"', '"need": "always"', 1), "utf-8")
        broken = subprocess.run([*run.args], stdout=subprocess.DEVNULL, check=False)
    print(run.stdout, *mistakes, sep="\n")
    return 1 if run.returncode or mistakes or broken.returncode != 1 else 0


if __name__ == "__main__":
    sys.exit(main())
