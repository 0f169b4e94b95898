#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ajv, which knows nothing of us, judges made-up matters by the JSON Schema: it must take the good
ones and refuse the mistakes that a schema can know (and take the others).
  judge_matter_made.py SOURCE_DIR MATTER_MAKER_TOOL NPM_FOLDER"""

import os
import pathlib
import sys
import tempfile

from judges import HERE, install, run

sys.path.insert(0, os.path.join(HERE, "..", "unit", "core"))
import matter_samples  # noqa: E402  (it stands beside the samples)

MATTERS = 60


def main():
    source = pathlib.Path(sys.argv[1])
    modules = install(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        files = [line.split("\t") for line in run(sys.argv[2], folder, str(MATTERS)).splitlines()]
        out = run("node", os.path.join(HERE, "ajv_verdicts.mjs"), modules,
                  str(matter_samples.schema_path(source, "matter")),
                  input="\n".join(os.path.join(folder, name) for name, _, _ in files))
    taken = {os.path.basename(line) for line in out.splitlines()}
    wrong = [f"{name} ({what}): ajv should {'refuse' if verdict == 'bad' else 'take'} it"
             for name, verdict, what in files if (name in taken) != (verdict != "bad")]
    print(f"{len(files)} files judged, {len(taken)} taken")
    print("\n".join(wrong))
    return 1 if wrong or len(files) < 10 * MATTERS else 0


if __name__ == "__main__":
    sys.exit(main())
