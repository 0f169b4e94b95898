#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The calendar's schema takes the shipped file and refuses broken ones.

Usage: calendar_schema.py SOURCE_DIR. Exit 77 when jsonschema is missing.
"""
import copy
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)

BREAKS = {
    "no years": lambda c: c.pop("years"),
    "empty years": lambda c: c.update(years=[]),
    "another schema": lambda c: c.update(schema="calendar/2"),
    "unknown key": lambda c: c.update(holidays=[]),
    "no list": lambda c: c["years"][0].pop("on"),
    "early year": lambda c: c["years"][0].update(year=1999),
    "no day": lambda c: c["years"][0]["off"].append("1 May"),
    "month 13": lambda c: c["years"][0]["off"].append("2025-13-01"),
    "a day twice": lambda c: c["years"][0]["on"].append(c["years"][0]["on"][0]),
    "a number": lambda c: c["years"][0]["off"].append(20250101),
}


def main():
    source = pathlib.Path(sys.argv[1])
    schema = json.loads((source / "assets/schema/calendar.schema.json").read_text("utf-8"))
    shipped = json.loads((source / "assets/matters/calendar.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    wrong = [error.message for error in validator.iter_errors(shipped)]
    for name, break_it in BREAKS.items():
        broken = copy.deepcopy(shipped)
        break_it(broken)
        if validator.is_valid(broken):
            wrong.append(f"{name}: the schema does not notice")
    print("\n".join(wrong) or f"good, and {len(BREAKS)} broken ones refused")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
