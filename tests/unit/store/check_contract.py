#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the terminal sends fits app/sync/contract/openapi.yaml, and the schemas refuse what does not.

usage: check_contract.py EMIT_MESSAGES OPENAPI_YAML      (exit 77: jsonschema or yaml missing)
"""
import json
import subprocess
import sys

try:
    import yaml
    from jsonschema import Draft202012Validator
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


def validator(schemas, name):
    text = json.dumps(schemas).replace("#/components/schemas/", "#/$defs/")
    root = {"$defs": json.loads(text), "$ref": f"#/$defs/{name}"}
    Draft202012Validator.check_schema(root)
    return Draft202012Validator(root)


def main():
    emit, contract = sys.argv[1:3]
    with open(contract, encoding="utf-8") as f:
        api = yaml.safe_load(f)
    assert api["openapi"].startswith("3.1")
    schemas = api["components"]["schemas"]
    lines = subprocess.run([emit], check=True, capture_output=True, text=True).stdout.splitlines()
    kinds, bad = {}, 0
    for line in lines:
        name, text = line.split(" ", 1)
        message = json.loads(text)
        kinds.setdefault(name, []).append(message)
        for error in validator(schemas, name).iter_errors(message):
            bad += 1
            print(f"{name}: {error.json_path}: {error.message[:200]}")
    assert len(kinds["envelope"]) == 6 and len(kinds["heartbeat"]) > 10, "too few messages"
    assert len(kinds["enquiry"]) == 3, "too few questions"

    # Every member of a device is sent, and none may hold what it must not.
    device = schemas["heartbeat"]["properties"]["devices"]["items"]["properties"]
    check = validator(schemas, "heartbeat")
    told = [m for m in kinds["heartbeat"] if m["devices"]]
    for message in told:
        assert all(set(d) == set(device) for d in message["devices"]), message
    for key in device:
        spoilt = {**told[0], "devices": [{**told[0]["devices"][0], key: "No such word"}]}
        assert not check.is_valid(spoilt), f"any {key} is accepted"
    said = {d["state"] for m in told for d in m["devices"]}
    assert said == set(device["state"]["enum"]), said

    # A schema that accepts anything would prove nothing: every required member must matter.
    for name, messages in kinds.items():
        check = validator(schemas, name)
        for key in schemas[name]["required"]:
            less = {k: v for k, v in messages[0].items() if k != key}
            assert not check.is_valid(less), f"{name} is accepted without {key}"
        assert not check.is_valid({**messages[0], "more": 1}), f"{name} accepts unknown members"
    # Form 2 comes whole or not at all.
    second = kinds["envelope"][2]
    assert len(second["attachments"]) == 8 and second["centre_time"]
    for key in ("attachments", "boot_id", "uptime_ms", "centre_time"):
        less = {k: v for k, v in second.items() if k != key}
        assert not validator(schemas, "envelope").is_valid(less), f"form 2 without {key}"
    # Every member of "status" is told by some heartbeat.
    told = {k for m in kinds["heartbeat"] for k in m}
    assert told == set(schemas["heartbeat"]["properties"]), told
    assert len(kinds["enrolment"]) == 2 and len(kinds["renewal"]) == 1
    rating = kinds["envelope"][3]
    assert not validator(schemas, "envelope").is_valid({**rating, "kind": "application"})
    print(f"{len(lines)} messages, {bad} complaints")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
