#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The schemas of a set's files take what is shipped and refuse broken ones.

Usage: set_schemas.py SOURCE_DIR. Exit 77 when jsonschema is missing.
"""
import copy
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)

OVERLAY = {"schema": "overlay/1", "matter": "NB.BIRTH", "region": "4301", "version": "1",
           "set": {"promise_days": 3, "fee": None}, "x_note": 1,
           "tasks": {"guide": {"need": "off"}, "hukou": {"days": 5}, "old": None},
           "add": {"fields": [{"after": "baby.name", "id": "a.b"}]}, "places": []}
MANIFEST = {"schema": "manifest/1", "version": "1", "files": {"national/a.json": "0" * 64}}

BREAKS = {
    "catalogue": [
        lambda v: v.pop("version"), lambda v: v.update(schema="catalogue/2"),
        lambda v: v.update(valid_to="soon"), lambda v: v.update(extra=1),
    ],
    "home": [
        lambda v: v.pop("trees"), lambda v: v["trees"].append({}),
        lambda v: v["trees"][0]["stages"][0].update(id="person.none"),
        lambda v: v["trees"][0]["stages"][0].update(icon="A b"),
        lambda v: v["trees"][0]["stages"][0]["matters"].append("nb.birth"),
        lambda v: v["popular"].append(v["popular"][0]),
    ],
    "guide": [
        lambda v: v.pop("start"), lambda v: v["steps"][0].pop("question"),
        lambda v: v["steps"][0]["choices"].clear(),
        lambda v: v["steps"][0]["choices"][0].update(step="a", matters=["A"]),
    ],
    "words": [lambda v: v.update(same=7), lambda v: v.update(noise=[""]), lambda v: v.update(more=[])],
    "overlay": [
        lambda v: v.pop("region"), lambda v: v.update(region="430"), lambda v: v.update(other=1),
        lambda v: v["set"].update(tasks=[]), lambda v: v["set"].update(code="A"),
        lambda v: v["tasks"]["guide"].update(days=3), lambda v: v["tasks"]["hukou"].update(id="a"),
        lambda v: v["tasks"].update(hukou=3), lambda v: v["add"].update(others=[]),
        lambda v: v.update(places={}),
    ],
    "texts": [
        lambda v: v.pop("language"), lambda v: v.update(schema="texts/2"), lambda v: v.update(more=1),
        lambda v: v.update(language="zh-Hans"), lambda v: v.update(language="english"),
        lambda v: v["texts"].clear(), lambda v: v["texts"].update(a=1), lambda v: v["texts"].update(a=" b"),
        lambda v: v["texts"].update({"": "b"}), lambda v: v["texts"].update(a="b" * 2001),
    ],
    "manifest": [
        lambda v: v.pop("version"), lambda v: v["files"].clear(), lambda v: v.update(more=1),
        lambda v: v["files"].update({"../a": "0" * 64}), lambda v: v["files"].update({"/a": "0" * 64}),
        lambda v: v["files"].update({"a": "0"}), lambda v: v["files"].update({"manifest.sig": "0" * 64}),
    ],
}


def load(path):
    return json.loads(path.read_text("utf-8"))


def main():
    source = pathlib.Path(sys.argv[1])
    matters, wrong, n = source / "assets/matters", [], 0
    overlays = sorted((matters / "regions").glob("*/*.json"))
    good = {name: [load(matters / f"{name}.json")] for name in ("catalogue", "home", "guide", "words")}
    good["overlay"] = [OVERLAY, *map(load, overlays)]
    good["texts"] = [load(path) for path in sorted((matters / "texts").glob("*.json"))]
    good["manifest"] = [MANIFEST]
    for name, values in good.items():
        schema = load(source / f"assets/schema/{name}.schema.json")
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        wrong += [f"{name}: {e.json_path}: {e.message[:200]}" for v in values for e in validator.iter_errors(v)]
        for i, break_it in enumerate(BREAKS[name]):
            broken = copy.deepcopy(values[0])
            break_it(broken)
            n += 1
            if validator.is_valid(broken):
                wrong.append(f"{name}: break {i} is not noticed")
    print("\n".join(wrong) or f"good, and {n} broken ones refused")
    return 1 if wrong or not overlays else 0


if __name__ == "__main__":
    sys.exit(main())
