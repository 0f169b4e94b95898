/* SPDX-License-Identifier: Apache-2.0 */
/* Data sharing of the reference centre, from a file. Const after opening. */
#include "registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/text.h"

enum {
    FILE_MAX_BYTES = 4 << 20,
    VALUE_MAX_BYTES = 319,
    ISSUER_MAX_BYTES = 120,
    KEY_MAX_BYTES = 48
};

struct registry {
    json_t *doc, *people; /* people: borrowed from doc */
};

static bool is_text(const json_t *v, size_t max)
{
    return json_is_string(v) && json_string_length(v) <= max &&
           text_is_plain(json_string_value(v), json_string_length(v));
}

static bool is_absent_or_text(const json_t *v, size_t max)
{
    return !v || is_text(v, max);
}

static bool is_item(const json_t *item)
{
    static const char *const states[] = {"found", "absent", "mismatch", "unavailable"};
    const char *state = json_string_value(json_object_get(item, "state"));
    bool is_known = false;
    for (size_t i = 0; state && i < YJ_COUNT(states); i++)
        is_known |= strcmp(state, states[i]) == 0;
    if (is_known && strcmp(state, "found") != 0)
        return json_object_size(item) == 1;
    return is_known && is_absent_or_text(json_object_get(item, "value"), VALUE_MAX_BYTES) &&
           is_absent_or_text(json_object_get(item, "issuer"), ISSUER_MAX_BYTES) &&
           is_absent_or_text(json_object_get(item, "valid_to"), 10);
}

static int check(const json_t *people, struct err *err)
{
    size_t i;
    json_t *person;
    if (!json_is_array(people))
        return ERR(err, ERR_SYNTAX, "the registry has no list of people");
    json_array_foreach(people, i, person)
    {
        json_t *items = json_object_get(person, "items"), *item;
        const char *key;
        if (!is_text(json_object_get(person, "id_no"), 19) ||
            !is_text(json_object_get(person, "name"), 127) || !json_is_object(items))
            return ERR(err, ERR_SYNTAX, "person %zu of the registry is of the wrong form", i);
        json_object_foreach(items, key, item)
        {
            if (strlen(key) > KEY_MAX_BYTES || !is_item(item))
                return ERR(err, ERR_SYNTAX, "person %zu of the registry: %.48s", i, key);
        }
    }
    return 0;
}

int registry_open(const char *path, struct registry **ret, struct err *err)
{
    char *text = NULL;
    size_t n = 0;
    int r = mem_read_file(path, FILE_MAX_BYTES, &text, &n, err);
    if (r < 0)
        return r;
    struct registry *g = mem_zalloc(1, sizeof *g);
    g->doc = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
    bytes_wipe(text, n);
    free(text);
    g->people = json_object_get(g->doc, "people");
    r = check(g->people, err);
    if (r < 0) {
        registry_close(g);
        return r;
    }
    *ret = g;
    return 0;
}

void registry_close(struct registry *r)
{
    if (!r)
        return;
    json_decref(r->doc);
    free(r);
}

static const json_t *person_of(const struct registry *r, const char *id_no)
{
    size_t i;
    json_t *person;
    json_array_foreach(r->people, i, person)
    {
        if (strcmp(json_string_value(json_object_get(person, "id_no")), id_no) == 0)
            return person;
    }
    return NULL;
}

/* @param person  NULL: the source does not answer */
static json_t *item_of(const json_t *person, const char *name, const char *key)
{
    const json_t *known = json_object_get(json_object_get(person, "items"), key);
    const char *state = !person ? "unavailable" : "absent";
    if (person && strcmp(json_string_value(json_object_get(person, "name")), name) != 0)
        state = "mismatch";
    else if (known) {
        json_t *item = json_copy((json_t *)known);
        json_object_set_new(item, "key", json_string(key));
        return item;
    }
    return json_pack("{ss ss}", "key", key, "state", state);
}

json_t *registry_items(const struct registry *r, const char *id_no, const char *name,
                       const json_t *keys)
{
    const json_t *person = r ? person_of(r, id_no) : NULL;
    if (r && !person)
        return NULL;
    json_t *items = json_array();
    for (size_t i = 0; i < json_array_size(keys); i++)
        json_array_append_new(items,
                              item_of(person, name, json_string_value(json_array_get(keys, i))));
    return items;
}
