#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/survived-faults.jsonl, written by the proof programs, as a table for people.

    survived.py            write docs/survived-faults.md
    survived.py --check    fail when the page is not the one the records make
    survived.py --tidy     join records of the same proof and seeds first: the newest stays"""

import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RECORDS = os.path.join(ROOT, "docs", "survived-faults.jsonl")
PAGE = os.path.join(ROOT, "docs", "survived-faults.md")
NEEDED = ("fault", "layer", "injections", "outcome", "seed", "seconds")

HEAD = """<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Made by tests/faults/survived.py from survived-faults.jsonl: change the tests, not this page. -->
# Faults survived

This terminal promises that an application it reports as stored reaches the centre exactly once:
never lost, never twice, no number given to two applications, also after thirty days without a
network. This page lists what was done to break that promise, how often, and what came of it. Each
line was written by the test program itself after a run; nothing here is entered by hand.

**Survived** means, after every single injection:

- every record that was reported stored is there, with the same bytes, digest and place in the
  chain, and at least as far delivered and printed as reported;
- a record that was not reported is there whole or not at all, never half;
- no sequence number and no kiosk number stands for two contents, and there is no gap;
- the next record can be stored;

Lines about a **disk that breaks its word** (it reports a sync that it did not do) are no such claim:
they count what happens when synced data really are lost. Told means the start reports it and goes
on above every number it knows of; not told means disk and sequence file went back together, which
no program on that disk can see. Then a number can come twice at the terminal, and it is the centre
that notices: another content under a number it knows is answered 409 and set aside for people,
never taken for the first. Disks for terminals are chosen with power-loss protection for that reason.

A run in which nothing was injected fails. The programs also break the product on purpose
(`synchronous=OFF`, lost synced writes) and fail when they do not find that out.
"""

TAIL = """
## Repeating a line

Build (`cmake --preset dev && cmake --build build/dev`), then give the program of the line the seed
of the line: `--seed FIRST`, and `--size N` for as many injections. The run is the same again, down
to every torn sector; what depends on the machine's speed (kills, failover) repeats its plan, not
its microseconds. `--report docs/survived-faults.jsonl` appends the new line, and
`tests/faults/survived.py` makes this page from it. Without `--size` each program is the sample that
`./check` runs.
"""


def records():
    rows = []
    if not os.path.exists(RECORDS):
        return rows
    with open(RECORDS, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if not line.strip():
                continue
            row = json.loads(line)
            missing = [k for k in NEEDED if k not in row]
            if missing:
                raise ValueError(f"line {number}: no {', '.join(missing)}")
            if row["injections"] <= 0:
                raise ValueError(f"line {number}: nothing was injected")
            rows.append(row)
    return rows


def newest(rows):
    """One line a proof, build and seed: a repeated run replaces the earlier one."""
    kept = {}
    for row in rows:
        key = (row["layer"], row["fault"], str(row["seed"]), row.get("build", ""))
        kept.pop(key, None)
        kept[key] = row
    return list(kept.values())


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def outcome(counts):
    return "; ".join(f"{k} {v:,}" if isinstance(v, int) else f"{k} {v}" for k, v in counts.items())


def duration(seconds):
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def page(rows):
    out = [HEAD]
    total = sum(r["injections"] for r in rows)
    out.append(f"\nIn all: {total:,} injections in {len(rows)} proofs.\n")
    for layer in sorted({r["layer"] for r in rows}):
        out.append(f"\n## {layer}\n")
        out.append("| fault | injections | outcome | seed | took | program |")
        out.append("|---|---:|---|---|---:|---|")
        for r in (r for r in rows if r["layer"] == layer):
            program = f"`{cell(r['command'])}`" if r.get("command") else ""
            name = r["fault"] + (f" ({r['build']})" if r.get("build") else "")
            out.append(f"| {cell(name)} | {r['injections']:,} | {cell(outcome(r['outcome']))} "
                       f"| {cell(r['seed'])} | {duration(r['seconds'])} | {program} |")
    out.append(TAIL)
    return "\n".join(out)


def main():
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    rows = records()
    if verb == "--tidy":
        rows = newest(rows)
        with open(RECORDS, "w", encoding="utf-8") as f:
            for row in rows:
                f.write(json.dumps(row, ensure_ascii=False) + "\n")
    text = page(newest(rows))
    if verb == "--check":
        with open(PAGE, encoding="utf-8") as f:
            if f.read() != text:
                print("docs/survived-faults.md is not made from survived-faults.jsonl: "
                      "run tests/faults/survived.py")
                return 1
        if not rows:
            print("no proof is recorded")
            return 1
        return 0
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
