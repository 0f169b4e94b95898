/* SPDX-License-Identifier: Apache-2.0 */
/* Overlays: reading and merging. Who is to blame for what the merge led to stands in
 * overlay_blame.c. No I/O; any thread. */
#include "core/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/overlay_priv.h"

/* Parts of a matter that have an id and can be changed one by one. */
const char *const overlay_lists[OVERLAY_N_LISTS] = {
    "questions", "fields", "groups", "task_groups", "tasks", "materials", "gates"};

static bool is_list(const char *key)
{
    return word_is_known(overlay_lists, OVERLAY_N_LISTS, key);
}

size_t overlay_find(const json_t *list, const char *id)
{
    size_t i = 0;
    for (; i < json_array_size(list); i++) {
        const char *other = json_string_value(json_object_get(json_array_get(list, i), "id"));
        if (other && !strcmp(other, id))
            break;
    }
    return i;
}

/* ---- reading ---- */

static void check_keys(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"$schema", "schema", "matter", "region",
                                        "version", "set",    "add",    "places"};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)root->json, key, value)
    {
        if (!word_is_known(known, YJ_COUNT(known), key) && !is_list(key) &&
            strncmp(key, "x_", 2) != 0)
            reader_complain(r, root, key, "unknown key");
        bool is_object = !strcmp(key, "set") || !strcmp(key, "add") || is_list(key);
        if (is_object && !json_is_object(value))
            reader_complain(r, root, key, "an object is expected here");
        if (!strcmp(key, "places") && !json_is_array(value))
            reader_complain(r, root, key, "an array is expected here");
    }
}

static void read_head(struct reader *r, const struct spot *root, const char *region,
                      struct overlay *o)
{
    static const char *const schemas[] = {"overlay/1"};
    (void)read_word(r, root, "schema", schemas, 1);
    o->matter = read_formed(r, root, "matter", NEEDED, 32, "[A-Z][A-Z0-9]*([.][A-Z0-9]+)*",
                            "matter code (capital letters, digits and dots)");
    o->region = read_text(r, root, "region", NEEDED, 6);
    o->version = read_text(r, root, "version", NEEDED, CATALOGUE_VERSION_CHARS);
    if (o->region && strcmp(o->region, region) != 0)
        reader_complain(r, root, "region", "the file lies in the folder of region %s", region);
}

int overlay_parse(const char *text, size_t len, const char *file, const char *region,
                  struct complaint_sink *sink, struct overlay **ret)
{
    struct overlay *o = mem_zalloc(1, sizeof *o);
    struct reader r = {.file = file, .arena = &o->arena};
    r.complaint = sink_room(sink, &r.cap);
    snprintf(o->file, sizeof o->file, "%s", file);
    o->json = reader_json(&r, text, len);
    struct spot root = {.json = o->json};
    if (o->json && !json_is_object(o->json)) {
        reader_complain(&r, &root, NULL, "an object is expected here");
    } else if (o->json) {
        check_keys(&r, &root);
        read_head(&r, &root, region, o);
    }
    sink->n += r.n_complaints;
    if (r.n_complaints) {
        overlay_free(o);
        return ERR_MATTER_FILE;
    }
    *ret = o;
    return 0;
}

void overlay_free(struct overlay *o)
{
    if (!o)
        return;
    json_decref(o->json);
    matter_arena_free(&o->arena);
    free(o);
}

const char *overlay_matter(const struct overlay *o)
{
    return o->matter;
}

const char *overlay_region(const struct overlay *o)
{
    return o->region;
}

const char *overlay_version(const struct overlay *o)
{
    return o->version;
}

const char *overlay_file(const struct overlay *o)
{
    return o->file;
}

/* ---- merging ---- */

/* Replace one key of an object, or take it out. */
static void change_key(struct reader *r, const struct spot *spot, json_t *object, const char *key,
                       const json_t *value)
{
    if (!json_is_null(value))
        json_object_set_new(object, key, json_deep_copy(value));
    else if (json_object_del(object, key) != 0)
        reader_complain(r, spot, key,
                        json_object_get(object, "like") ? "what fields.json says cannot be removed"
                                                        : "there is no such key to remove");
}

static void apply_set(struct reader *r, const struct spot *root, json_t *merged)
{
    static const char *const fixed[] = {"$schema", "schema", "code", "version"};
    struct spot set = {.up = root, .key = "set", .json = json_object_get(root->json, "set")};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)set.json, key, value)
    {
        if (is_list(key))
            reader_complain(r, &set, key, "parts are changed by their ids, beside \"set\"");
        else if (!strcmp(key, "places"))
            reader_complain(r, &set, key, "places stand beside \"set\"");
        else if (word_is_known(fixed, YJ_COUNT(fixed), key))
            reader_complain(r, &set, key, "this key cannot be changed");
        else
            change_key(r, &set, merged, key, value);
    }
}

static bool is_off(const json_t *change)
{
    const char *need = json_string_value(json_object_get(change, "need"));
    return need && !strcmp(need, "off");
}

/* One part by its id. @return true when it is to be taken out */
static bool change_part(struct reader *r, const struct spot *at, json_t *part, bool is_task)
{
    if (json_is_null(at->json))
        return true;
    if (!json_is_object(at->json)) {
        reader_complain(r, at, NULL, "an object or null is expected here");
        return false;
    }
    if (is_task && is_off(at->json)) {
        if (json_object_size(at->json) > 1)
            reader_complain(r, at, "need", "a task that is off has no other keys");
        return true;
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)at->json, key, value)
    {
        if (!strcmp(key, "id"))
            reader_complain(r, at, key, "this key cannot be changed");
        else
            change_key(r, at, part, key, value);
    }
    return false;
}

static void change_list(struct reader *r, const struct spot *root, const char *name, json_t *merged)
{
    struct spot changes = {.up = root, .key = name, .json = json_object_get(root->json, name)};
    json_t *list = json_object_get(merged, name);
    const char *id;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)changes.json, id, value)
    {
        size_t i = overlay_find(list, id);
        struct spot at = {.up = &changes, .key = id, .json = value};
        if (i == json_array_size(list))
            reader_complain(r, &changes, id, "the matter has no such part");
        else if (change_part(r, &at, json_array_get(list, i), !strcmp(name, "tasks")))
            json_array_remove(list, i);
    }
    if (list && json_array_size(list) == 0 && json_object_size(changes.json) > 0)
        json_object_del(merged, name); /* as if it had never been written */
}

/* Behind the part that "after" names, else at the end. */
static void add_part(struct reader *r, const struct spot *at, json_t *list)
{
    if (!json_is_object(at->json)) {
        reader_complain(r, at, NULL, "an object is expected here");
        return;
    }
    json_t *part = json_deep_copy(at->json);
    const json_t *after = json_object_get(at->json, "after");
    size_t place = json_array_size(list);
    if (after) {
        const char *id = json_string_value(after);
        size_t found = id ? overlay_find(list, id) : place;
        if (found == place)
            reader_complain(r, at, "after", "the matter has no such part");
        else
            place = found + 1;
        json_object_del(part, "after");
    }
    json_array_insert_new(list, place, part);
}

static void add_list(struct reader *r, const struct spot *add, const char *name, json_t *merged)
{
    size_t n = 0;
    struct spot array = read_array(r, add, name, OPTIONAL, 1, MATTER_MAX_VARS, &n);
    if (n && !json_object_get(merged, name))
        json_object_set_new(merged, name, json_array());
    json_t *list = json_object_get(merged, name);
    for (size_t i = 0; i < n && json_is_array(list); i++) {
        struct spot at = read_element(&array, i);
        add_part(r, &at, list);
    }
}

int overlay_apply(const struct overlay *o, const json_t *base, struct complaint_sink *sink,
                  json_t **ret_merged)
{
    struct reader r = {.file = o->file};
    r.complaint = sink_room(sink, &r.cap);
    json_t *merged = json_deep_copy(base);
    struct spot root = {.json = o->json};
    struct spot add = {.up = &root, .key = "add", .json = json_object_get(o->json, "add")};
    json_t *places = json_object_get(o->json, "places");
    apply_set(&r, &root, merged);
    if (places)
        json_object_set_new(merged, "places", json_deep_copy(places));
    for (size_t i = 0; i < OVERLAY_N_LISTS; i++)
        change_list(&r, &root, overlay_lists[i], merged);
    if (add.json)
        (void)read_object(&r, &add, overlay_lists, OVERLAY_N_LISTS); /* its keys; done by it */
    for (size_t i = 0; i < OVERLAY_N_LISTS && add.json; i++)
        add_list(&r, &add, overlay_lists[i], merged);
    sink->n += r.n_complaints;
    if (r.n_complaints) {
        json_decref(merged);
        return ERR_MATTER_FILE;
    }
    *ret_merged = merged;
    return 0;
}
