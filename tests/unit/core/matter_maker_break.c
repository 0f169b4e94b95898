/* SPDX-License-Identifier: Apache-2.0 */
/* Mistakes: most are one key of one part that is changed, a table says which; the others, which
 * need two places, stand in matter_maker_twist.c. One thread. */
#include <stdio.h>
#include <string.h>

#include "matter_maker_break.h"

/* ---- picking a part ---- */

/* "type=date", "status!=listed", "like", "!like" */
static bool is_met(const json_t *part, const char *term, size_t n)
{
    char key[32], value[32] = "";
    bool is_not = term[0] == '!';
    const char *mark = memchr(term, '=', n);
    size_t length = mark ? (size_t)(mark - term) : n;
    bool is_other = mark && mark[-1] == '!';
    snprintf(key, sizeof key, "%.*s", (int)(length - is_not - is_other), term + is_not);
    if (!mark)
        return (json_object_get(part, key) == NULL) == is_not;
    snprintf(value, sizeof value, "%.*s", (int)(n - length - 1), mark + 1);
    const char *own = json_string_value(json_object_get(part, key));
    return (own && !strcmp(own, value)) != is_other;
}

static bool are_met(const json_t *part, const char *where)
{
    for (size_t n; *where; where += n + (where[n] == ',')) {
        n = strcspn(where, ",");
        if (!is_met(part, where, n))
            return false;
    }
    return true;
}

json_t *breaker_pick(struct breaker *b, const char *list, const char *where, size_t *ret_i)
{
    const json_t *all = json_object_get(b->root, list);
    size_t n = json_array_size(all), first = n ? dice_below(&b->dice, (unsigned)n) : 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = (first + i) % n;
        if (are_met(json_array_get(all, at), where)) {
            *ret_i = at;
            return json_array_get(all, at);
        }
    }
    return NULL;
}

/* ---- one key ---- */

#define LONG_49 "a123456789012345678901234567890123456789012345678"
#define TEN     "一二三四五六七八九十"
#define FORTY   "(((((((((((((((((((((((((((((((((((((((("
#define UNFORTY "))))))))))))))))))))))))))))))))))))))))"
#define REPEAT(min, max, item)                                                                     \
    "{\"min\":" #min ",\"max\":" #max ",\"item\":\"" item "\",\"add\":\"x\"}"
#define OPEN "status!=listed,status!=guide"

enum { SEEN, BLIND }; /* by a schema */

/* key "": the object's keys are put in; value NULL: the key is taken away. list "": the root */
static const struct change {
    const char *name;
    int blind;
    const char *list, *where, *key, *value, *tail;
} changes[] = {
    {"unknown key of the matter", SEEN, "", "", "colour", "1", "/colour"},
    {"no version", SEEN, "", "", "version", NULL, "/version"},
    {"name null", SEEN, "", "", "name", "null", "/name"},
    {"name a number", SEEN, "", "", "name", "7", "/name"},
    {"control character", SEEN, "", "", "name", "\"a\\u0007b\"", "/name"},
    {"line break", SEEN, "", "", "lead_dept", "\"a\\nb\"", "/lead_dept"},
    {"writing turned round", SEEN, "", "", "name", "\"a\\u202eb\"", "/name"},
    {"blank in front", SEEN, "", "", "name", "\" a\"", "/name"},
    {"wide blank behind", SEEN, "", "", "version", "\"a\\u3000\"", "/version"},
    {"empty text", SEEN, "", "", "name", "\"\"", "/name"},
    {"summary too long", SEEN, "", "", "summary", "\"" TEN TEN TEN TEN TEN TEN "x\"", "/summary"},
    {"another schema", SEEN, "", "", "schema", "\"matter/2\"", "/schema"},
    {"small letters in code", SEEN, "", "", "code", "\"nb.birth\"", "/code"},
    {"code ends in a dot", SEEN, "", "", "code", "\"NB.\"", "/code"},
    {"icon no picture name", SEEN, "", "", "icon", "\"A b\"", "/icon"},
    {"unknown status", SEEN, "", "", "status", "\"closed\"", "/status"},
    {"unknown stage", SEEN, "", "", "stage", "\"person.moon\"", "/stage"},
    {"unknown tone", SEEN, "", "", "tone", "\"loud\"", "/tone"},
    {"unknown scope", SEEN, "", "", "scope", "\"world\"", "/scope"},
    {"flag a text", SEEN, "", "", "accepts_expired_card", "\"true\"", "/accepts_expired_card"},
    {"departments no list", SEEN, "", "", "co_depts", "\"公安\"", "/co_depts"},
    {"nobody takes part", SEEN, "", OPEN, "co_depts", "[]", "/co_depts"},
    {"promise of no day", SEEN, "", "", "promise_days", "0", "/promise_days"},
    {"promise of half a day", SEEN, "", "", "promise_days", "1.5", "/promise_days"},
    {"promise behind the law", BLIND, "", "", "", "{\"promise_days\":9,\"legal_days\":8}",
     "/legal_days"},
    {"no promise", SEEN, "", OPEN, "promise_days", NULL, "/promise_days"},
    {"no basis", SEEN, "", "status!=listed", "basis", NULL, "/basis"},
    {"no materials", SEEN, "", "status!=listed", "materials", NULL, "/materials"},
    {"no fields", SEEN, "", OPEN, "fields", NULL, "/fields"},
    {"no tasks", SEEN, "", OPEN, "tasks", "[]", "/tasks"},
    {"listed with tasks", SEEN, "", "tasks", "status", "\"listed\"", "/tasks"},
    {"listed with materials", SEEN, "", "materials", "status", "\"listed\"", "/materials"},
    {"day that is none", BLIND, "", "", "valid_from", "\"2026-02-29\"", "/valid_from"},
    {"ends before it begins", BLIND, "", "", "",
     "{\"valid_from\":\"2026-05-01\",\"valid_to\":\"2026-04-30\"}", "/valid_to"},
    {"window on 30 February", BLIND, "", "", "windows", "[{\"from\":\"02-30\",\"to\":\"03-01\"}]",
     "/windows/0/from"},
    {"window backwards", BLIND, "", "", "windows",
     "[{\"from\":\"2026-03-02\",\"to\":\"2026-03-01\"}]", "/windows/0/to"},
    {"window half with a year", BLIND, "", "", "windows",
     "[{\"from\":\"2026-03-02\",\"to\":\"03-01\"}]", "/windows/0/to"},
    {"window with slashes", SEEN, "", "", "windows", "[{\"from\":\"03/02\",\"to\":\"03-01\"}]",
     "/windows/0/from"},
    {"window without end", SEEN, "", "", "windows", "[{\"from\":\"03-02\"}]", "/windows/0/to"},
    {"place twice", BLIND, "", "", "places",
     "[{\"name\":\"a\",\"hours\":\"h\"},{\"name\":\"a\",\"hours\":\"h\"}]", "/places/1/name"},
    {"place without hours", SEEN, "", "", "places", "[{\"name\":\"a\"}]", "/places/0/hours"},
    {"summer of one year", SEEN, "", "", "places",
     "[{\"name\":\"a\",\"hours\":\"h\",\"summer\":{\"from\":\"2026-06-01\",\"to\":\"09-01\","
     "\"hours\":\"h\"}}]",
     "/places/0/summer/from"},
    {"batch without a year", SEEN, "", "", "list", "{\"level\":\"yearly\",\"batch\":\"24-1\"}",
     "/list/batch"},
    {"unknown level", SEEN, "", "", "list", "{\"level\":\"x\"}", "/list/level"},
    {"metric incomplete", SEEN, "", "", "metrics", "[{\"label\":\"a\",\"before\":\"b\"}]",
     "/metrics/0/after"},
    {"alias twice", SEEN, "", "", "aliases", "[\"a\",\"b\",\"a\"]", "/aliases/2"},
    {"own stage again", BLIND, "", "", "",
     "{\"stage\":\"person.birth\",\"more_stages\":[\"person.birth\"]}", "/more_stages/0"},
    {"identity number in a note", BLIND, "", "", "notes", "[\"例 11010519491231002X。\"]",
     "/notes/0"},
    {"mobile number in a note", BLIND, "", "", "notes", "[\"x\",\"打138 0000 0000问\"]",
     "/notes/1"},
    {"bank card in a note", BLIND, "", "", "notes", "[\"卡4111-1111-1111-1111\"]", "/notes/0"},
    {"applicant unknown", BLIND, "", "fields,status!=listed", "applicant",
     "{\"name\":\"nobody\",\"id_no\":\"nobody\"}", "/applicant/name"},
    {"applicant without number", SEEN, "", "fields,status!=listed", "applicant",
     "{\"name\":\"nobody\"}", "/applicant/id_no"},

    {"unknown type", SEEN, "fields", "!like", "type", "\"string\"", "/type"},
    {"question of a date", SEEN, "questions", "!like", "type", "\"date\"", "/type"},
    {"unknown key of a field", SEEN, "fields", "", "colour", "1", "/colour"},
    {"field without label", SEEN, "fields", "!like", "label", NULL, "/label"},
    {"inherited label taken away", BLIND, "fields", "like", "label", "null", "/label"},
    {"unknown entry", BLIND, "fields", "!like", "like", "\"person.nobody\"", "/like"},
    {"entry no text", SEEN, "questions", "", "like", "5", "/like"},
    {"required a text", SEEN, "fields", "", "required", "\"yes\"", "/required"},
    {"sensitivity 3", SEEN, "fields", "", "sensitivity", "3", "/sensitivity"},
    {"open identity number", SEEN, "fields", "type=idno", "sensitivity", "1", "/sensitivity"},
    {"open inherited number", BLIND, "fields", "like=person.id_no", "sensitivity", "0",
     "/sensitivity"},
    {"unknown page", BLIND, "fields", "", "group", "\"nowhere\"", "/group"},
    {"field without page", SEEN, "fields", "", "group", NULL, "/group"},
    {"id in capitals", SEEN, "fields", "", "id", "\"Baby.Name\"", "/id"},
    {"id a word", BLIND, "questions", "", "id", "\"today\"", "/id"},
    {"id too long", SEEN, "fields", "", "id", "\"" LONG_49 "\"", "/id"},
    {"empty condition", SEEN, "fields", "", "show_if", "\"\"", "/show_if"},
    {"half a condition", BLIND, "fields", "", "show_if", "\"true &&\"", "/show_if"},
    {"one equals sign", BLIND, "fields", "", "show_if", "\"1 = 1\"", "/show_if"},
    {"text without end", BLIND, "fields", "", "show_if", "\"'x\"", "/show_if"},
    {"condition a flag", SEEN, "fields", "", "show_if", "true", "/show_if"},
    {"unknown field in condition", BLIND, "fields", "", "show_if", "\"has(no.body)\"", "/show_if"},
    {"never true", BLIND, "fields", "", "show_if", "\"false\"", "/show_if"},
    {"too many brackets", BLIND, "fields", "", "show_if", "\"" FORTY "true" UNFORTY "\"",
     "/show_if"},
    {"rule without text", SEEN, "fields", "", "rule", "{\"if\":\"true\"}", "/rule/text"},
    {"rule over nothing", BLIND, "fields", "", "rule", "{\"if\":\"nobody\",\"text\":\"x\"}",
     "/rule/if"},
    {"pattern broken", BLIND, "fields", "", "pattern", "\"[a\"", "/pattern"},
    {"pattern looks back", BLIND, "fields", "", "pattern", "\"(a)\\\\1\"", "/pattern"},
    {"pattern repeats", BLIND, "fields", "", "pattern", "\"(a{50}){50}\"", "/pattern"},
    {"length of a date", SEEN, "fields", "type=date", "max_chars", "5", "/max_chars"},
    {"no length", SEEN, "fields", "type=text", "max_chars", "0", "/max_chars"},
    {"limits crossed", BLIND, "fields", "type=integer", "", "{\"min\":5,\"max\":4}", "/min"},
    {"half limit", SEEN, "fields", "type=integer", "min", "1.5", "/min"},
    {"limit too fine", BLIND, "fields", "type=decimal", "min", "-0.12345", "/min"},
    {"limit too large", SEEN, "fields", "type=decimal", "max", "1e12", "/max"},
    {"five decimals", SEEN, "fields", "type=decimal", "decimals", "5", "/decimals"},
    {"decimals of an integer", SEEN, "fields", "type=integer", "decimals", "2", "/decimals"},
    {"unit of a text", SEEN, "fields", "type=text", "unit", "\"元\"", "/unit"},
    {"options of a text", SEEN, "fields", "type=text", "options", "\"sex\"", "/options"},
    {"no options", SEEN, "fields", "type=enum", "options", NULL, "/options"},
    {"one option", SEEN, "fields", "type=enum", "options", "[{\"value\":\"a\",\"label\":\"a\"}]",
     "/options"},
    {"option twice", BLIND, "fields", "type=enum", "options",
     "[{\"value\":\"a\",\"label\":\"a\"},{\"value\":\"a\",\"label\":\"b\"}]", "/options/1/value"},
    {"option with a blank", SEEN, "fields", "type=enum", "options",
     "[{\"value\":\"a b\",\"label\":\"a\"},{\"value\":\"a\",\"label\":\"b\"}]", "/options"},
    {"unknown table", BLIND, "fields", "type=enum", "options", "\"planets\"", "/options"},
    {"table too large", BLIND, "fields", "type=enum", "options", "\"relation\"", "/options"},
    {"unknown code", BLIND, "fields", "type=enum", "options",
     "{\"table\":\"sex\",\"only\":[\"1\",\"7\"]}", "/options/only/1"},
    {"code twice", SEEN, "fields", "type=enum", "options",
     "{\"table\":\"sex\",\"only\":[\"1\",\"1\"]}", "/options/only/1"},
    {"no consent text", SEEN, "fields", "type=consent", "text", NULL, "/text"},
    {"no consent version", SEEN, "fields", "type=consent", "text_version", NULL, "/text_version"},
    {"consent given for one", SEEN, "fields", "type=consent", "prefill", "{\"from\":\"share.a\"}",
     "/prefill"},
    {"text of no consent", SEEN, "fields", "type=date", "text", "\"x\"", "/text"},
    {"unknown card item", SEEN, "fields", "type=date", "prefill", "{\"from\":\"card.photo\"}",
     "/prefill/from"},
    {"card item of another type", BLIND, "fields", "type=bool", "prefill",
     "{\"from\":\"card.birth\"}", "/prefill/from"},
    {"taken and computed", SEEN, "fields", "type=date", "prefill",
     "{\"from\":\"card.birth\",\"calc\":\"today\"}", "/prefill/calc"},
    {"taken from nowhere", SEEN, "fields", "type=date", "prefill", "{}", "/prefill"},
    {"key in capitals", SEEN, "fields", "type=date", "prefill", "{\"from\":\"share.A\"}",
     "/prefill/from"},
    {"taken from nobody", BLIND, "fields", "type=date", "prefill", "{\"from\":\"=nobody\"}",
     "/prefill/from"},
    {"half a calculation", BLIND, "fields", "type=date", "prefill",
     "{\"calc\":\"add_days(today,\"}", "/prefill/calc"},
    {"number for a date", BLIND, "fields", "type=date", "prefill", "{\"calc\":\"1 + 1\"}",
     "/prefill/calc"},
    {"text for a number", BLIND, "fields", "type=integer", "prefill", "{\"calc\":\"'a'\"}",
     "/prefill/calc"},
    {"never typed nor filled", SEEN, "fields", "!like,!prefill", "readonly", "true", "/readonly"},
    {"personal data in help", BLIND, "fields", "", "help", "\"如 11010519491231002X\"", "/help"},
    {"personal data in a condition", BLIND, "fields", "type=text", "rule",
     "{\"if\":\"'11010519491231002X' != 'x'\",\"text\":\"x\"}", "/rule/if"},

    {"group without title", SEEN, "groups", "", "title", NULL, "/title"},
    {"group id with a dot", SEEN, "groups", "", "id", "\"a.b\"", "/id"},
    {"member without number", SEEN, "groups", "", "repeat", REPEAT(0, 2, "x"), "/repeat/item"},
    {"thirteen members", SEEN, "groups", "", "repeat", REPEAT(0, 13, "{n}"), "/repeat/max"},
    {"members crossed", BLIND, "groups", "", "repeat", REPEAT(3, 2, "{n}"), "/repeat/min"},
    {"members unlimited", SEEN, "groups", "", "repeat", "{\"min\":1}", "/repeat/max"},
    {"group min behind max", BLIND, "task_groups", "", "", "{\"min\":2,\"max\":1}", ""},
    {"group impossible", BLIND, "task_groups", "", "", "{\"min\":24,\"max\":24}", ""},
    {"group min negative", SEEN, "task_groups", "", "min", "-1", "/min"},
    {"task group without label", SEEN, "task_groups", "", "label", NULL, "/label"},

    {"negative days", SEEN, "tasks", "", "days", "-1", "/days"},
    {"too many days", SEEN, "tasks", "", "days", "366", "/days"},
    {"days a text", SEEN, "tasks", "", "days", "\"3\"", "/days"},
    {"days behind the law", BLIND, "tasks", "", "", "{\"days\":9,\"legal_days\":8}", "/legal_days"},
    {"task without department", SEEN, "tasks", "", "dept", NULL, "/dept"},
    {"unknown need", SEEN, "tasks", "", "need", "\"maybe\"", "/need"},
    {"task switched off at home", SEEN, "tasks", "", "need", "\"off\"", "/need"},
    {"cond without condition", SEEN, "tasks", "need=base", "need", "\"cond\"", "/if"},
    {"condition of a base task", SEEN, "tasks", "need=base", "if", "\"true\"", "/if"},
    {"choice without group", SEEN, "tasks", "need=base", "need", "\"choice\"", "/group"},
    {"group of a base task", SEEN, "tasks", "need=base", "group", "\"x\"", "/group"},
    {"unknown task group", BLIND, "tasks", "need=choice", "group", "\"nowhere\"", "/group"},
    {"waits for nobody", BLIND, "tasks", "", "deps", "[\"nobody\"]", "/deps/0"},
    {"waits for a number", SEEN, "tasks", "", "deps", "[1]", "/deps/0"},
    {"item code with blanks", SEEN, "tasks", "", "item_code", "\"a b\"", "/item_code"},
    {"unknown kind", SEEN, "tasks", "", "kind", "\"wish\"", "/kind"},
    {"unknown place", BLIND, "tasks", "", "place", "\"nowhere\"", "/place"},
    {"handed over by nobody", BLIND, "tasks", "", "deliver", "\"nobody\"", "/deliver"},
    {"sel of nobody", BLIND, "tasks", "need=cond", "if", "\"sel(nobody)\"", "/if"},
    {"count of nobody", BLIND, "tasks", "need=cond", "if", "\"count(nobody) > 1\"", "/if"},
    {"sum of nobody", BLIND, "tasks", "need=cond", "if", "\"sum(no.body) > 1\"", "/if"},

    {"unknown mode", SEEN, "materials", "!like", "mode", "\"E8\"", "/mode"},
    {"missing certificate", SEEN, "materials", "mode=E2", "certificate", NULL, "/certificate"},
    {"missing interface", SEEN, "materials", "mode=E3", "certificate", NULL, "/certificate"},
    {"certificate of E1", SEEN, "materials", "mode=E1", "certificate", "\"x\"", "/certificate"},
    {"share of E4", SEEN, "materials", "mode=E4", "share", "\"x\"", "/share"},
    {"share in capitals", SEEN, "materials", "mode=E3", "share", "\"A B\"", "/share"},
    {"no actions", SEEN, "materials", "mode=E6", "actions", NULL, "/actions"},
    {"unknown action", SEEN, "materials", "mode=E6", "actions", "[\"mail\"]", "/actions/0"},
    {"action twice", SEEN, "materials", "mode=E6", "actions", "[\"scan\",\"scan\"]", "/actions/1"},
    {"later without days", SEEN, "materials", "mode=E7", "later_days", NULL, "/later_days"},
    {"days of E5", SEEN, "materials", "mode=E5", "later_days", "3", "/later_days"},
    {"promise of E2", SEEN, "materials", "mode=E2", "promise", "\"x\"", "/promise"},
    {"no copy", SEEN, "materials", "", "copies", "0", "/copies"},
    {"unknown material entry", BLIND, "materials", "!like", "like", "\"nothing\"", "/like"},
    {"inherited mode taken away", BLIND, "materials", "like", "mode", "null", "/mode"},
    {"material over nothing", BLIND, "materials", "", "if", "\"nobody\"", "/if"},

    {"gate without condition", SEEN, "gates", "", "if", NULL, "/if"},
    {"gate without advice", SEEN, "gates", "", "advice", NULL, "/advice"},
    {"gate over nothing", BLIND, "gates", "", "if", "\"age(no.body) > 3\"", "/if"},
};

static bool change_one(struct breaker *b, const struct change *c)
{
    size_t i = 0;
    json_t *part = b->root;
    char head[48] = "";
    if (c->list[0]) {
        part = breaker_pick(b, c->list, c->where, &i);
        snprintf(head, sizeof head, "/%s/%zu", c->list, i);
    } else if (!are_met(part, c->where)) {
        return false;
    }
    if (!part || (!c->value && !json_object_get(part, c->key)))
        return false;
    json_t *value = c->value ? json_loads(c->value, JSON_DECODE_ANY, NULL) : NULL;
    if (!c->value)
        json_object_del(part, c->key);
    else if (!c->key[0])
        json_object_update(part, value);
    else
        json_object_set(part, c->key, value);
    json_decref(value);
    *b->ret = (struct maker_mistake){.name = c->name, .is_blind = c->blind};
    snprintf(b->ret->pointer, sizeof b->ret->pointer, "%s%s", head, c->tail);
    return true;
}

enum { N_CHANGES = sizeof changes / sizeof *changes };

size_t matter_mistake_count(void)
{
    return N_CHANGES + breaker_twist_count();
}

bool matter_break(size_t mistake, uint64_t seed, json_t *matter, struct maker_mistake *ret)
{
    struct breaker b = {.dice = {.state = seed}, .root = matter, .ret = ret};
    return mistake < N_CHANGES ? change_one(&b, &changes[mistake])
                               : breaker_twist(&b, mistake - N_CHANGES);
}
