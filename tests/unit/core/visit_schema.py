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


def spoilt_form(good):
    def change(fn):
        bad = copy.deepcopy(good)
        fn(bad)
        return bad
    house = next(i for i, m in enumerate(good["materials"]) if m["id"] == "house")
    yield "no member", change(lambda d: d["answers"].update(holders=[]))
    yield "a member in a member", change(lambda d: d["answers"]["holders"][0].update(x=[{}]))
    yield "strange source of a member", change(lambda d: d["provenance"]["holders"][0].update(x="heard"))
    yield "an issuer of nothing", change(lambda d: d["materials"][house].update(issuer="x"))
    yield "strange verification", change(lambda d: d["materials"][house].update(verification="maybe"))
    yield "a consent without version", change(lambda d: d["consents"][0].pop("version"))
    yield "no consent listed", change(lambda d: d.update(consents=[]))
    yield "a number of something else", change(lambda d: d.update(corrects={"number": "7"}))
    yield "nobody in person", change(lambda d: d["tasks"][0].update(in_person=False))
    yield "a region of three digits", change(lambda d: d["matter"].update(region="430"))


def same_shape(answers, sources):
    """Every answer has a source, also inside the members of a repeat."""
    assert set(answers) == set(sources)
    words = set()
    for key, value in answers.items():
        if isinstance(value, list):
            assert [set(m) for m in value] == [set(m) for m in sources[key]]
            words |= {w for m in sources[key] for w in m.values()}
        else:
            words.add(sources[key])
    assert words == {"typed", "computed", "code", "shared", "other_card", "copied"}, words


def main():
    writer, source = sys.argv[1], pathlib.Path(sys.argv[2])
    schema = json.loads((source / "assets/schema/application.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([writer, folder], check=True)
        samples = sorted(pathlib.Path(folder).glob("*.json"))
        assert len(samples) == 13, samples
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
        form = json.loads((pathlib.Path(folder) / "form.json").read_text("utf-8"))
        same_shape(form["answers"], form["provenance"])
        for what, bad in list(spoilt(good)) + list(spoilt_form(form)):
            if validator.is_valid(bad):
                print(f"accepted: {what}")
                failed += 1
    print(f"{len(samples)} documents, {failed} complaints")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
