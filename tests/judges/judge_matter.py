#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ajv, which knows nothing of us, judges matter files and dictionaries by their JSON Schemas: it
must take and refuse what the samples say (and what the kiosk's reader does, unit.core.schema_agrees).
  judge_matter.py SOURCE_DIR NPM_FOLDER"""

import os
import pathlib
import sys

from judges import HERE, install, run

sys.path.insert(0, os.path.join(HERE, "..", "unit", "core"))
import matter_samples  # noqa: E402  (it stands beside the samples)


def main():
    source = pathlib.Path(sys.argv[1])
    modules = install(sys.argv[2])
    samples = matter_samples.all_samples(source)
    taken = set()
    for kind in ("matter", "fields"):
        files = "\n".join(str(s.path) for s in samples if s.kind == kind)
        out = run("node", os.path.join(HERE, "ajv_verdicts.mjs"), modules,
                  str(matter_samples.schema_path(source, kind)), input=files)
        taken |= set(out.splitlines())
    wrong = [f"{s.path.parent.name}/{s.path.name}: ajv should {'take' if s.expected else 'refuse'} it"
             for s in samples if (str(s.path) in taken) != s.expected]
    print(f"{len(samples)} files judged, {len(taken)} taken")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
