# SPDX-License-Identifier: Apache-2.0
"""Which matter files and dictionaries there are to judge, and what is expected of a schema."""
import collections

# kind: "matter" or "fields"; expected: True (the schema must take it), False (it must refuse it);
# is_good: what the kiosk's reader must say
Sample = collections.namedtuple("Sample", "path kind expected is_good")


def _bad(folder, kind):
    for path in sorted(folder.glob("*.json")):
        word = path.with_suffix(".expect").read_text("utf-8").splitlines()[0].split("\t")[1]
        yield Sample(path, kind, {"refuses": False, "cannot know": True}[word], False)


def all_samples(source):
    here = source / "tests/unit/core"
    shipped = source / "assets/matters"
    samples = [Sample(p, "matter", True, True) for p in sorted((here / "good").glob("*.json"))]
    samples += [Sample(p, "matter", True, True) for p in sorted((shipped / "national").glob("*.json"))]
    samples += [Sample(p, "fields", True, True)
                for p in (here / "dictionary.json", shipped / "fields.json")]
    samples += list(_bad(here / "bad", "matter")) + list(_bad(here / "bad_fields", "fields"))
    if sum(s.is_good for s in samples) < 20 or sum(not s.is_good for s in samples) < 200:
        raise SystemExit("the sample files are not where they should be")
    return samples


def schema_path(source, kind):
    return source / f"assets/schema/{kind}.schema.json"


def dictionary_of(source, path):
    """fields.json that a matter file leans on."""
    here = source / "tests/unit/core"
    return here / "dictionary.json" if here in path.parents else source / "assets/matters/fields.json"
