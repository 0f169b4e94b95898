#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Plays every visit file against the core, checks what was handed in against the schema, and says
what no visit has tried yet, by name.

    visits_cover.py --player CORE_PLAYER [--out DIR] [--region CODE]

Of every open matter: a main visit of its own in visits/, every option of every question, every task
of every task group, every optional task, every gate, a member added to and taken out of every
repeated group, and every field, task and material asked for at least once. An option counts when the
visit went on with it: to the submission, to a gate, or to the sentence that refuses it."""

import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MATTERS = os.path.join(ROOT, "assets/matters")
# need a document printer (a4.py) and departments that answer (progress.py)
NOT_HERE = {"newborn-a4", "progress"}
# what a national matter holds for regions that open its gate
FOR_REGIONS = {("LIFE.DEATH", "tasks", "dcert2")}


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def merge(matter, overlay):
    """What an overlay changes, as far as it is counted here."""
    for part in ("questions", "fields", "groups", "task_groups", "tasks", "materials", "gates"):
        items = {i["id"]: i for i in matter.get(part, [])}
        for key, change in overlay.get(part, {}).items():
            if change is None or change.get("need") == "off":
                items.pop(key)
            else:
                items[key] = {**items[key], **change}
        items.update({i["id"]: i for i in overlay.get("add", {}).get(part, [])})
        matter[part] = list(items.values())


def open_matters(region):
    matters = {m["code"]: m for m in map(load, sorted(glob.glob(f"{MATTERS}/national/*.json")))
               if m.get("status", "open") == "open"}
    for code in (region[:2], region[:4], region):
        for overlay in map(load, sorted(glob.glob(f"{MATTERS}/regions/{code}/*.json"))):
            if overlay["matter"] in matters:
                merge(matters[overlay["matter"]], overlay)
    return matters


def options_of(question, dictionary):
    """[(value, words)]"""
    kind = question.get("type") or dictionary[question["like"]]["type"]
    if kind == "bool":
        return [("true", "yes"), ("false", "no")]
    options = question.get("options") or dictionary.get(question.get("like"), {}).get("options")
    return [(o["value"], o["label"]) for o in options] if isinstance(options, list) else []


def wanted(matter, dictionary):
    """{key: words} of everything that some visit must try."""
    want = {}
    for q in matter.get("questions", []):
        label = q.get("label") or dictionary[q["like"]]["label"]
        for value, words in options_of(q, dictionary):
            want["option", q["id"], value] = f"{label} {words}"
    for part in ("fields", "materials", "gates"):
        for item in matter.get(part, []):
            words = item.get("label") or item.get("name") or item.get("reason", "")
            want[part, item["id"]] = words
    for task in matter.get("tasks", []):
        if task["need"] in ("choice", "optional"):
            want["chosen", task["id"]] = task["name"]
        want["tasks", task["id"]] = task["name"]
    for group in matter.get("groups", []):
        if group.get("repeat"):
            want["member", group["id"], "add"] = group["title"]
            want["member", group["id"], "remove"] = group["title"]
    return want


def tried(traces):
    """{matter: keys} of what the visits did."""
    done = {}
    for trace in traces:
        for m in trace["moments"]:
            keys = done.setdefault(m["matter"], set())
            for field, values in m["answers"].items():
                keys.add(("fields", field))
                keys.update(("option", field, one) for value in values for one in value.split(","))
            if m["kind"] == "stopped":
                keys.add(("gates", m["gate"]))
            if m["kind"] == "submitted":
                keys.update(("tasks", t) for t in m["tasks"])
                keys.update(("chosen", t) for t in m["selected"])
                keys.update(("materials", t) for t in m["materials"])
        for m in trace["members"]:
            done.setdefault(m["matter"], set()).add(("member", m["group"], m["did"]))
    return done


def check_applications(traces):
    try:
        import jsonschema
    except ImportError:
        print("python3-jsonschema is not installed: the applications are not checked")
        return 0
    validator = jsonschema.Draft202012Validator(load(f"{ROOT}/assets/schema/application.schema.json"))
    n = 0
    for trace in traces:
        for error in validator.iter_errors(trace["application"]) if "application" in trace else []:
            print(f"{trace['visit']}: {error.json_path}: {error.message[:200]}")
            n += 1
    return n


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--player", required=True)
    parser.add_argument("--out", help="keeps what each visit tried and handed in")
    parser.add_argument("--region", default="430102")
    parser.add_argument("--without", default="", help="leaves one visit out: what would be missing?")
    args = parser.parse_args()
    mains = sorted(glob.glob(f"{HERE}/visits/*.visit"))
    files = [f for f in mains + sorted(glob.glob(f"{HERE}/visits/branches/*.visit"))
             if os.path.basename(f).removesuffix(".visit") not in NOT_HERE | {args.without}]
    names = [os.path.basename(f) for f in files]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        print("two visits of one name:", ", ".join(sorted(twice)))
    with tempfile.TemporaryDirectory() as folder:
        out = args.out or folder
        os.makedirs(out, exist_ok=True)
        for old in glob.glob(f"{out}/*.json"):
            os.unlink(old)
        played = subprocess.run([args.player, "--quiet", "--region", args.region, "--out", out, *files])
        traces = [load(path) for path in sorted(glob.glob(f"{out}/*.json"))]
    n_bad = check_applications(traces) + len(twice) + (played.returncode != 0)
    main_names = {os.path.basename(f).removesuffix(".visit") for f in mains}
    with_main = {m["matter"] for t in traces if t["visit"] in main_names for m in t["moments"]}
    dictionary, done, n_wanted = load(f"{MATTERS}/fields.json")["fields"], tried(traces), 0
    for code, matter in sorted(open_matters(args.region).items()):
        want = wanted(matter, dictionary)
        n_wanted += len(want)
        if code not in with_main:
            print(f"{code}: no main visit in visits/")
            n_bad += 1
        for key, words in want.items():
            if key not in done.get(code, set()) and (code, *key) not in FOR_REGIONS:
                print(f"{code}: nobody tried {' '.join(key)} ({words})")
                n_bad += 1
    print(f"{len(files)} visits, {n_wanted} things to try, {n_bad} complaints")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
