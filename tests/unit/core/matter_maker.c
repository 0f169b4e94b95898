/* SPDX-License-Identifier: Apache-2.0 */
/* A whole matter: its head, and the order in which the parts are made up. One thread. */
#include "matter_maker.h"

#include <stdio.h>
#include <string.h>

#include "matter_maker_priv.h"

const char maker_dictionary[] =
    "{\"schema\":\"fields/1\",\"fields\":{"
    "\"person.name\":{\"label\":\"姓名\",\"type\":\"name\",\"sensitivity\":1,\"help\":\"同证件\","
    "\"prefill\":{\"from\":\"card.name\"}},"
    "\"person.id_no\":{\"label\":\"号码\",\"type\":\"idno\",\"sensitivity\":2},"
    "\"person.relation\":{\"label\":\"关系\",\"type\":\"enum\",\"help\":\"选一个\",\"options\":"
    "{\"table\":\"relation\",\"only\":[\"10\",\"20\",\"51\"]}},"
    "\"consent.share\":{\"label\":\"同意\",\"type\":\"consent\",\"text\":\"同意查询。\","
    "\"text_version\":\"1\"},"
    "\"money\":{\"label\":\"金额\",\"type\":\"decimal\",\"unit\":\"元\",\"min\":0,\"max\":100000},"
    "\"q.agent\":{\"label\":\"替别人吗？\",\"type\":\"bool\",\"help\":\"代办\"}},"
    "\"materials\":{"
    "\"id_card\":{\"name\":\"身份证\",\"mode\":\"E2\",\"certificate\":\"身份证\",\"hint\":\"核验\"}"
    ","
    "\"photo\":{\"name\":\"照片\",\"mode\":\"E6\",\"actions\":[\"later\"],\"later_days\":3}}}";

/* ---- small helps ---- */

int maker_number(struct maker *k, int from, int to)
{
    return from + (int)dice_below(&k->dice, (unsigned)(to - from + 1));
}

bool maker_is(struct maker *k, unsigned percent)
{
    return dice_percent(&k->dice, percent);
}

void maker_put(json_t *obj, const char *key, const char *text)
{
    json_object_set_new(obj, key, json_string(text));
}

void maker_put_number(json_t *obj, const char *key, int number)
{
    json_object_set_new(obj, key, json_integer(number));
}

void maker_put_words(struct maker *k, json_t *obj, const char *key, unsigned max)
{
    char text[4 * 600 + 8];
    matter_words(&k->dice, max, text, sizeof text);
    size_t used = strlen(text);
    /* what people read is longer than what stands on buttons */
    while (k->size == MAKER_USUAL && max >= 100 && used < 120) {
        matter_words(&k->dice, 12, text + used, sizeof text - used);
        used += strlen(text + used);
    }
    maker_put(obj, key, text);
}

static void maybe_words(struct maker *k, unsigned percent, const char *key, unsigned max)
{
    if (maker_is(k, percent))
        maker_put_words(k, k->root, key, max);
}

/* ---- head ---- */

static void make_lists(struct maker *k)
{
    static const char *const keys[] = {"aliases", "notes"};
    static const unsigned chars[] = {24, 200}, most[] = {24, 8};
    for (size_t i = 0; i < 2; i++) {
        if (maker_is(k, 40))
            continue;
        json_t *list = json_array();
        int n =
            maker_number(k, 0, maker_is(k, k->size == MAKER_USUAL ? 70 : 10) ? (int)most[i] : 5);
        for (int j = 0; j < n; j++) { /* no text twice */
            char text[4 * 200 + 8], whole[sizeof text + 12];
            matter_words(&k->dice, chars[i] - 2, text, sizeof text);
            snprintf(whole, sizeof whole, "%s%d", text, j);
            json_array_append_new(list, json_string(whole));
        }
        json_object_set_new(k->root, keys[i], list);
    }
    json_t *depts = json_array();
    for (int i = maker_number(k, 1, 3); i > 0; i--)
        json_array_append_new(depts, json_string("人社"));
    json_object_set_new(k->root, "co_depts", depts);
    json_t *metrics = json_array();
    for (int i = maker_number(k, 0, 4); i > 0; i--) {
        json_t *metric = json_object();
        maker_put_words(k, metric, "label", 12);
        maker_put_words(k, metric, "before", 12);
        maker_put_words(k, metric, "after", 12);
        json_array_append_new(metrics, metric);
    }
    json_object_set_new(k->root, "metrics", metrics);
}

static void make_windows(struct maker *k)
{
    json_t *windows = json_array();
    for (int i = maker_number(k, 0, 3); i > 0; i--) {
        char from[16], to[16];
        bool is_full = maker_is(k, 40);
        snprintf(from, sizeof from, "%s%02d-%02d", is_full ? "2026-" : "", maker_number(k, 1, 12),
                 maker_number(k, 1, 28));
        snprintf(to, sizeof to, "%s%02d-%02d", is_full ? "2027-" : "", maker_number(k, 1, 12),
                 maker_number(k, 1, 28));
        json_t *window = json_object();
        maker_put(window, "from", from);
        maker_put(window, "to", maker_is(k, 5) && !is_full ? "02-29" : to);
        if (maker_is(k, 50))
            maker_put_words(k, window, "note", 200);
        json_array_append_new(windows, window);
    }
    json_object_set_new(k->root, "windows", windows);
    if (maker_is(k, 30))
        maker_put(k->root, "valid_from", "2026-01-01");
    if (maker_is(k, 30))
        maker_put(k->root, "valid_to", maker_is(k, 50) ? "2026-01-01" : "2028-02-29");
}

static void make_places(struct maker *k)
{
    static const char *const keys[] = {"addr", "tel", "complaint"};
    static const unsigned chars[] = {100, 40, 40};
    json_t *places = json_array();
    for (int i = 0, n = maker_number(k, 0, 3); i < n; i++) {
        json_t *place = json_object(), *summer = json_object();
        char name[32];
        snprintf(name, sizeof name, "窗口%d", i);
        maker_put(place, "name", name);
        maker_put_words(k, place, "hours", 60);
        for (size_t j = 0; j < 3; j++)
            if (maker_is(k, 50))
                maker_put_words(k, place, keys[j], chars[j]);
        maker_put(summer, "from", "06-15");
        maker_put(summer, "to", "09-15");
        maker_put_words(k, summer, "hours", 60);
        if (maker_is(k, 30))
            json_object_set(place, "summer", summer);
        json_decref(summer);
        json_array_append_new(places, place);
    }
    json_object_set_new(k->root, "places", places);
}

static void make_stages(struct maker *k)
{
    static const char *const stages[] = {"person.birth", "person.work", "person.death",
                                         "business.entry", "business.exit"};
    unsigned first = dice_below(&k->dice, 5);
    maker_put(k->root, "stage", stages[first]);
    json_t *more = json_array();
    for (unsigned i = 1; i < 5 && maker_is(k, 30); i++)
        json_array_append_new(more, json_string(stages[(first + i) % 5]));
    json_object_set_new(k->root, "more_stages", more);
}

static void make_words_of_head(struct maker *k)
{
    static const char *const scopes[] = {"city", "province", "cross", "national"};
    static const char *const levels[] = {"national", "yearly", "local"};
    char code[24];
    snprintf(code, sizeof code, "T%u.MADE", dice_below(&k->dice, 1000000));
    maker_put(k->root, "schema", "matter/1");
    maker_put(k->root, "code", code);
    maker_put_words(k, k->root, "name", 40);
    maker_put_words(k, k->root, "version", 16);
    maker_put(k->root, "icon", "newborn");
    maker_put_words(k, k->root, "lead_dept", 40);
    maybe_words(k, 40, "fee", 200);
    maker_put_words(k, k->root, "summary", 60);
    maker_put_words(k, k->root, "basis", 200);
    if (maker_is(k, 40))
        maker_put(k->root, "scope", scopes[dice_below(&k->dice, 4)]);
    if (maker_is(k, 50)) {
        json_t *list = json_object();
        maker_put(list, "level", levels[dice_below(&k->dice, 3)]);
        maker_put(list, "batch", maker_is(k, 50) ? "2024-1" : "2025-12");
        json_object_set_new(k->root, "list", list);
    }
    if (maker_is(k, 20))
        maker_put(k->root, "tone", "quiet");
    if (maker_is(k, 30))
        json_object_set_new(k->root, "accepts_expired_card", json_boolean(maker_is(k, 50)));
}

static void make_head(struct maker *k)
{
    make_words_of_head(k);
    make_stages(k);
    make_lists(k);
    make_windows(k);
    make_places(k);
    int promise = maker_number(k, 1, maker_is(k, 10) ? 365 : 30);
    maker_put_number(k->root, "promise_days", promise);
    if (maker_is(k, 50))
        maker_put_number(k->root, "legal_days", maker_number(k, promise, 365));
}

/* ---- the rest ---- */

static void make_gates(struct maker *k)
{
    json_t *gates = json_array();
    for (int i = 0, n = maker_number(k, 0, 3); i < n; i++) {
        char id[24], cond[MAKER_TEXT];
        json_t *gate = json_object();
        snprintf(id, sizeof id, "gate_%d", i);
        maker_condition(k, k->n_vars, cond, sizeof cond);
        maker_put(gate, "id", id);
        maker_put(gate, "if", cond);
        maker_put_words(k, gate, "reason", 200);
        maker_put_words(k, gate, "advice", 200);
        json_array_append_new(gates, gate);
    }
    json_object_set_new(k->root, "gates", gates);
}

static const char *plain_field(const struct maker *k, const char *type)
{
    for (size_t i = 0; i < k->n_vars; i++)
        if (k->var[i].type[0] == type[0] && k->var[i].type[1] == type[1] &&
            (k->var[i].group < 0 || !k->group[k->var[i].group].max))
            return k->var[i].id;
    return NULL;
}

static void make_applicant(struct maker *k)
{
    const char *name = plain_field(k, "name"), *id_no = plain_field(k, "idno");
    if (!name || !id_no)
        return;
    json_t *applicant = json_object();
    maker_put(applicant, "name", name);
    maker_put(applicant, "id_no", id_no);
    json_object_set_new(k->root, "applicant", applicant);
}

static void make_body(struct maker *k)
{
    maker_plan_groups(k);
    maker_plan_tasks(k);
    maker_questions(k);
    maker_fields(k);
    maker_tasks(k);
    maker_materials(k);
    make_gates(k);
    make_applicant(k);
}

/* What a guide may leave out. */
static void make_guide(struct maker *k)
{
    size_t i;
    json_t *task;
    maker_put(k->root, "status", "guide");
    json_object_del(k->root, "promise_days");
    json_array_foreach(json_object_get(k->root, "tasks"), i, task)
    {
        if (maker_is(k, 50) && json_object_del(task, "days") == 0)
            json_object_del(task, "legal_days");
    }
}

json_t *matter_make(uint64_t seed, enum maker_size size)
{
    struct maker k = {.dice = {.state = seed}, .size = size, .root = json_object(), .scope = -1};
    unsigned kind = size == MAKER_USUAL ? 99 : dice_below(&k.dice, 100);
    make_head(&k);
    if (kind < 5) {
        maker_put(k.root, "status", "listed");
        return k.root;
    }
    if (kind < 10) { /* a guide with nothing but materials */
        maker_put(k.root, "status", "guide");
        maker_materials(&k);
        return k.root;
    }
    make_body(&k);
    if (kind < 20)
        make_guide(&k);
    else if (kind < 50)
        maker_put(k.root, "status", "open");
    return k.root;
}
