# SPDX-License-Identifier: Apache-2.0
"""Good and bad notices: the schema and kioskctl content lint must say the same of every sample, and
the example of docs/content.md is a good one. Arguments: kioskctl, the source folder."""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("jsonschema is not installed")
    sys.exit(77)

GOOD = {"schema": "content/1", "notices": [
    {"id": "one", "title": {"zh-Hans": "放假"}, "text": {"zh-Hans": "不上班", "en": "Closed"},
     "valid_from": "2026-11-23", "valid_to": "2026-11-23"},
    {"id": "two-2", "title": {"zh-Hans": "字" * 20}, "text": {"zh-Hans": "字" * 60},
     "valid_from": "2026-11-24", "valid_to": "2028-02-29", "picture": "stage-home"}]}


def notice(**changes):
    """The good document with a change of its first notice; None takes a key away."""
    document = copy.deepcopy(GOOD)
    for key, value in changes.items():
        if value is None:
            del document["notices"][0][key]
        else:
            document["notices"][0][key] = value
    return document


def good_samples(manual):
    yield "two notices", GOOD
    yield "the example of the manual", manual
    yield "no notice", {"schema": "content/1", "notices": []}
    yield "with its schema", {"$schema": "content.schema.json", "schema": "content/1", "notices": []}
    yield "eight languages", notice(title={"zh-Hans": "x", **{f"a{c}": "x" for c in "abcdefg"}})


def bad_samples():
    yield "no schema", {"notices": []}
    yield "another schema", {"schema": "content/2", "notices": []}
    yield "no list", {"schema": "content/1"}
    yield "a list", []
    yield "unknown key", {**GOOD, "more": 1}
    yield "33 notices", {"schema": "content/1", "notices": [
        {**GOOD["notices"][0], "id": f"n{i}"} for i in range(33)]}
    for key in ("id", "title", "text", "valid_from", "valid_to"):
        yield f"without {key}", notice(**{key: None})
    yield "unknown key of a notice", notice(more="x")
    yield "large letters", notice(id="One")
    yield "long id", notice(id="a" * 33)
    yield "long title", notice(title={"zh-Hans": "字" * 21})
    yield "long text", notice(text={"zh-Hans": "字" * 61})
    yield "empty text", notice(text={"zh-Hans": ""})
    yield "no Chinese", notice(title={"en": "Holiday"})
    yield "no language", notice(title={"zh-Hans": "x", "English": "x"})
    yield "nine languages", notice(title={"zh-Hans": "x", **{f"a{c}": "x" for c in "abcdefgh"}})
    yield "a number", notice(text={"zh-Hans": 1})
    yield "text without language", notice(text="不上班")
    yield "a day in another form", notice(valid_to="23.11.2026")
    yield "a picture with a path", notice(picture="../x")


# What only a reader can know.
READER_ONLY = {
    "no day of the calendar": notice(valid_to="2027-02-30"),
    "ends before it begins": notice(valid_to="2026-11-22"),
    "twice": {"schema": "content/1", "notices": [GOOD["notices"][0]] * 2},
}


def lint(kioskctl, *paths):
    result = subprocess.run([kioskctl, "content", "lint", *map(str, paths)], capture_output=True,
                            text=True, check=False)
    assert result.returncode in (0, 1), (result.returncode, result.stdout, result.stderr)
    return result.returncode == 0, result.stdout


def main():
    kioskctl, source = sys.argv[1], pathlib.Path(sys.argv[2])
    schema = json.loads((source / "assets/schema/content.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    manual = (source / "docs/content.md").read_text("utf-8")
    example = json.loads("\n".join(re.findall(r"^    ([{ ].*)$", manual, re.M)))
    samples = [(True, True, *s) for s in good_samples(example)]
    samples += [(False, False, *s) for s in bad_samples()]
    samples += [(True, False, *s) for s in READER_ONLY.items()]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "a.json")
        for by_schema, by_reader, name, document in samples:
            path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
            is_good, said = lint(kioskctl, path)
            assert validator.is_valid(document) == by_schema, f"schema: {name}"
            assert is_good == by_reader, f"reader: {name}: {said}"
            if by_reader:
                assert said == f"{path}: good, {len(document['notices'])} notices\n", said
            else:
                assert all(line.startswith(f"{path}: ") for line in said.splitlines()), said
        path.write_text(json.dumps(notice(valid_to="2026-11-22")), "utf-8")
        assert "a.json: /notices/0/valid_to: " in lint(kioskctl, path)[1]
        path.write_text(json.dumps(GOOD), "utf-8")
        other = path.with_name("b.json")
        other.write_text(json.dumps(GOOD), "utf-8")
        is_good, said = lint(kioskctl, path, other)
        assert not is_good and f"{other}: /notices/0/id: the notice is there twice" in said, said
        assert not lint(kioskctl, path.with_name("none.json"))[0]
        path.write_text("{", "utf-8")
        assert not lint(kioskctl, path)[0]
    print(f"{len(samples)} samples, schema and reader agree")


if __name__ == "__main__":
    main()
