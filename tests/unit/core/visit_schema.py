# SPDX-License-Identifier: Apache-2.0
"""Sample documents of the visit machine against assets/schema/application.schema.json, and
spoilt ones that the schema must refuse. Arguments: the sample writer, the source folder."""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("jsonschema is not installed")
    sys.exit(77)


def spoilt(good):
    """Documents that are wrong in one place each."""
    def change(fn):
        bad = copy.deepcopy(good)
        fn(bad)
        return bad
    yield "no signature", change(lambda d: d.pop("signature"))
    yield "empty signature", change(lambda d: d["signature"].update(strokes=[]))
    yield "unknown key", change(lambda d: d.update(extra=1))
    yield "unknown state", change(lambda d: d["materials"][0].update(state="lost"))
    yield "token without scan", change(lambda d: d["materials"][0].update(token="x"))
    yield "scan without token", change(lambda d: d["materials"][0].update(state="scanned"))
    yield "no tasks", change(lambda d: d.update(tasks=[]))
    yield "number as answer", change(lambda d: d["answers"].update(x=1))
    yield "strange provenance", change(lambda d: d["provenance"].update(x="guessed"))
    yield "strange card", change(lambda d: d["applicant"].update(id_source="library_card"))
    yield "strange doubt", change(lambda d: d["applicant"].update(card_doubts=["photo"]))
    yield "no doubt listed", change(lambda d: d["applicant"].update(card_doubts=[]))
    yield "local time", change(lambda d: d.update(started="2026-11-23 09:40"))


def main():
    writer, source = sys.argv[1], pathlib.Path(sys.argv[2])
    schema = json.loads((source / "assets/schema/application.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([writer, folder], check=True)
        samples = sorted(pathlib.Path(folder).glob("*.json"))
        assert len(samples) == 12, samples
        for path in samples:
            document = json.loads(path.read_text("utf-8"))
            for error in validator.iter_errors(document):
                print(f"{path.name}: {error.json_path}: {error.message}")
                for part in error.context:
                    print(f"    {part.json_path}: {part.message}")
                failed += 1
            if document["schema"] == "application/1":
                assert set(document["answers"]) == set(document["provenance"])
            if document["schema"] == "application/1":
                by_social = path.name == "social.json"
                assert document["applicant"]["id_type"] == ("553" if "foreigner" in path.name else "111")
                assert document["applicant"]["id_source"] == (
                    "social_security_card" if by_social else "identity_card"), path.name
                assert ("social_security_card" in document["provenance"].values()) == by_social
        good = json.loads((pathlib.Path(folder) / "online.json").read_text("utf-8"))
        for what, bad in spoilt(good):
            if validator.is_valid(bad):
                print(f"accepted: {what}")
                failed += 1
    print(f"{len(samples)} documents, {failed} complaints")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
