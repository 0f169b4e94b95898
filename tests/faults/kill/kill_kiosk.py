#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the whole kiosk during visits and of the centre during deliveries, with simulated
devices and paper: tests/flow/crash.py, its outcome as a line of the record of proofs.

    kill_kiosk.py --build BUILD [--seed N] [--size KILLS] [--report FILE]"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

CRASH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "flow", "crash.py")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--size", type=int, default=24)
    parser.add_argument("--report")
    args = parser.parse_args()
    half = max(1, args.size // 2)
    with tempfile.TemporaryDirectory(prefix="yj-kiosk-") as out:
        status = subprocess.run([sys.executable, "-B", CRASH, "--build", args.build, "--out", out,
                                 "--kiosk-kills", str(half), "--centre-kills", str(half),
                                 "--seed", str(args.seed)], stdout=subprocess.DEVNULL).returncode
        with open(os.path.join(out, "crash.json"), encoding="utf-8") as f:
            result = json.load(f)
    killed = result["kiosk_kills"] + result["centre_kills"]
    names = ("kiosk_kills", "centre_kills", "applications", "records", "receipts_first_print",
             "copies_marked")
    line = {"fault": "kill -9 of the kiosk during visits and of the centre",
            "layer": "terminal and centre", "injections": killed,
            "outcome": {**{n.replace("_", " "): result[n] for n in names if n in result},
                        "wrong": len(result["faults"])},
            "seed": str(args.seed), "seconds": result["seconds"],
            "command": "tests/faults/kill/kill_kiosk.py"}
    print(json.dumps(line))
    for fault in result["faults"]:
        print("WRONG:", fault)
    if status or killed < 2:
        return 1
    if args.report:
        with open(args.report, "a", encoding="utf-8") as f:
            f.write(json.dumps(line) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
