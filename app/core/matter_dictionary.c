/* SPDX-License-Identifier: Apache-2.0 */
/* fields.json: fields and materials that many matters share. A "like" is resolved in the JSON,
 * before a matter is read, so that places in complaints stay those of the matter's own file. No
 * I/O; any thread; a dictionary is const after reading. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/catalogue_priv.h"

enum { MAX_ENTRIES = 1024 };

struct matter_dictionary {
    json_t *json;                     /* owned */
    const json_t *fields, *materials; /* objects in it, may be NULL */
};

/* ---- reading ---- */

static const json_t *read_entries(struct reader *r, const struct spot *root, const char *key,
                                  const char *form,
                                  void (*read_entry)(struct reader *, const struct spot *))
{
    struct spot all = {.up = root, .key = key, .json = json_object_get(root->json, key)};
    if (!all.json)
        return NULL;
    if (!json_is_object(all.json) || json_object_size(all.json) > MAX_ENTRIES) {
        reader_complain(r, &all, NULL, "an object of at most %d entries is expected here",
                        MAX_ENTRIES);
        return NULL;
    }
    const char *id;
    json_t *entry;
    json_object_foreach((json_t *)(uintptr_t)all.json, id, entry)
    {
        struct spot at = {.up = &all, .key = id, .json = entry};
        if (strlen(id) > MATTER_MAX_ID || !matter_form_met(form, id))
            reader_complain(r, &at, NULL, "this is no id");
        read_entry(r, &at);
    }
    return all.json;
}

static void read_root(struct reader *r, struct matter_dictionary *d)
{
    static const char *const known[] = {"$schema", "schema", "fields", "materials"};
    static const char *const schemas[] = {"fields/1"};
    struct spot root = {.json = d->json};
    if (!read_object(r, &root, known, YJ_COUNT(known)))
        return;
    (void)read_word(r, &root, "schema", schemas, 1);
    d->fields = read_entries(r, &root, "fields", FORM_VAR_ID, matter_read_var_entry);
    d->materials = read_entries(r, &root, "materials", FORM_ID, matter_read_material_entry);
}

int matter_dictionary_parse(const struct matter_context *context, const char *text, size_t len,
                            const char *file, struct matter_complaint *complaints, size_t cap,
                            size_t *ret_n_complaints, struct matter_dictionary **ret)
{
    struct matter_dictionary *d = mem_zalloc(1, sizeof *d);
    struct matter_var var = {0};
    struct matter scratch = {.var = &var};
    struct var_place place = {0};
    struct arena arena = {0};
    struct reader r = {.file = file,
                       .context = context,
                       .complaint = complaints,
                       .cap = cap,
                       .m = &scratch,
                       .arena = &arena,
                       .place = &place,
                       .scope_group = -1};
    d->json = reader_json(&r, text, len);
    if (d->json)
        read_root(&r, d);
    matter_arena_free(&arena); /* entries are read again, with what a matter adds */
    *ret_n_complaints = r.n_complaints;
    if (r.n_complaints) {
        matter_dictionary_free(d);
        return ERR_MATTER_FILE;
    }
    *ret = d;
    return 0;
}

void matter_dictionary_free(struct matter_dictionary *d)
{
    if (!d)
        return;
    json_decref(d->json);
    free(d);
}

/* ---- inheriting ---- */

/* The part with every key of the entry that it has not itself; null takes a key away. */
static json_t *merge(struct reader *r, const struct spot *at, const json_t *entry)
{
    const json_t *part = at->json;
    json_t *merged = json_copy((json_t *)(uintptr_t)part);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)entry, key, value)
    {
        const json_t *own = json_object_get(part, key);
        if (!own)
            json_object_set(merged, key, value);
        else if (json_is_null(own))
            json_object_del(merged, key);
    }
    json_object_foreach((json_t *)(uintptr_t)part, key, value)
    {
        if (!json_is_null(value) || json_object_get(entry, key))
            continue;
        reader_complain(r, at, key, "the entry has no such key that null could take away");
        json_object_del(merged, key);
    }
    return merged;
}

/* @return a new reference to the part as it is to be read */
static json_t *inherit_part(struct reader *r, const struct spot *at, const json_t *entries)
{
    json_t *part = (json_t *)(uintptr_t)at->json; /* only its reference count changes */
    const json_t *like = json_object_get(part, "like");
    if (!like)
        return json_incref(part);
    const char *name = json_string_value(like);
    const json_t *entry = name ? json_object_get(entries, name) : NULL;
    if (entry)
        return merge(r, at, entry);
    if (name)
        reader_complain(r, at, "like", "fields.json has no entry \"%.40s\"", name);
    else
        reader_complain(r, at, "like", "the name of an entry is expected here");
    r->is_like_broken = true;
    return json_incref(part);
}

static bool has_like(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_object_get(json_array_get(list, i), "like"))
            return true;
    return false;
}

const char *matter_inherited_from(const struct reader *r, const struct spot *spot, const char *key)
{
    const struct spot *part = spot;
    while (part->up && part->up->up && part->up->up->up) {
        key = part->key;
        part = part->up; /* at the end the element of a list of the root */
    }
    if (!key || !part->up || !part->up->up || !part->up->key || !json_object_get(part->json, key))
        return NULL;
    const json_t *list = json_object_get(r->written, part->up->key);
    const json_t *own = json_array_get(list, part->index);
    return json_object_get(own, key) ? NULL : json_string_value(json_object_get(own, "like"));
}

json_t *matter_inherit(struct reader *r, const json_t *json)
{
    static const char *const lists[] = {"questions", "fields", "materials"};
    const struct matter_dictionary *d = r->context ? r->context->dictionary : NULL;
    json_t *root = json_incref((json_t *)(uintptr_t)json);
    struct spot top = {.json = json};
    for (size_t k = 0; k < YJ_COUNT(lists); k++) {
        struct spot list = {.up = &top, .key = lists[k], .json = json_object_get(json, lists[k])};
        if (!has_like(list.json))
            continue;
        const json_t *entries = !d ? NULL : k == 2 ? d->materials : d->fields;
        json_t *full = json_array();
        for (size_t i = 0; i < json_array_size(list.json); i++) {
            struct spot at = read_element(&list, i);
            json_array_append_new(full, inherit_part(r, &at, entries));
        }
        if (root == json) {
            json_decref(root);
            root = json_copy((json_t *)(uintptr_t)json);
        }
        json_object_set_new(root, lists[k], full);
    }
    return root;
}
