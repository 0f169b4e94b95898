/* SPDX-License-Identifier: Apache-2.0 */
/* Options of enum and set variables: written out, or taken from a code table. No I/O; any thread.
 */
#include <string.h>

#include "core/code_table.h"
#include "core/matter_priv.h"

static const struct codes_entry *find_table(const struct reader *r, const char *name, size_t *ret_n)
{
    const struct codes_entry *entry = NULL;
    if (r->context && r->context->codes)
        entry = code_table(r->context->codes, name, ret_n);
    if (!entry && !strcmp(name, "nation"))
        entry = codes_nation(ret_n);
    if (!entry && !strcmp(name, "sex"))
        entry = codes_sex(ret_n);
    return entry;
}

static const struct codes_entry *find_entry(const struct codes_entry *entry, size_t n,
                                            const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(entry[i].code, code))
            return &entry[i];
    return NULL;
}

/* "only": the entries that are named, in the order in which they are named. */
static void take_some(struct reader *r, const struct spot *only, size_t n,
                      const struct codes_entry *entry, size_t n_entries, struct matter_var *var)
{
    struct matter_option *option = matter_arena_alloc(r->arena, n, sizeof *option);
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(only, i);
        const char *code = read_text(r, &at, NULL, NEEDED, MATTER_MAX_VALUE);
        const struct codes_entry *found = code ? find_entry(entry, n_entries, code) : NULL;
        bool is_twice = false;
        for (size_t j = 0; found && j < used; j++)
            is_twice |= !strcmp(option[j].value, code);
        if (code && !found)
            reader_complain(r, &at, NULL, "the table has no code \"%s\"", code);
        else if (is_twice)
            reader_complain(r, &at, NULL, "this code is there twice");
        else if (found)
            option[used++] = (struct matter_option){.value = found->code, .label = found->name};
    }
    var->option = option;
    var->n_options = used;
}

static void take_table(struct reader *r, const struct spot *spot, const char *name,
                       const struct spot *only, size_t n_only, struct matter_var *var)
{
    size_t n = 0;
    const struct codes_entry *entry = find_table(r, name, &n);
    if (!entry) {
        reader_complain(r, spot, "options", "there is no table \"%.40s\"", name);
    } else if (only) {
        take_some(r, only, n_only, entry, n, var);
    } else if (n > MATTER_MAX_OPTIONS) {
        reader_complain(r, spot, "options", "the table has %zu codes: name the needed ones in only",
                        n);
    } else {
        struct matter_option *option = matter_arena_alloc(r->arena, n, sizeof *option);
        for (size_t i = 0; i < n; i++)
            option[i] = (struct matter_option){.value = entry[i].code, .label = entry[i].name};
        var->option = option;
        var->n_options = n;
    }
}

/* {"table": "relation", "only": ["51", "52"]} */
static void read_table(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    static const char *const known[] = {"table", "only"};
    struct spot at = {.up = spot, .key = "options", .json = json_object_get(spot->json, "options")};
    if (!read_object(r, &at, known, YJ_COUNT(known)))
        return;
    size_t n = 0;
    const char *name = read_text(r, &at, "table", NEEDED, MATTER_MAX_ID);
    struct spot only = read_array(r, &at, "only", OPTIONAL, 2, MATTER_MAX_OPTIONS, &n);
    if (name)
        take_table(r, spot, name, only.json ? &only : NULL, n, var);
}

static void read_list(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    static const char *const known[] = {"value", "label"};
    size_t n = 0;
    struct spot array = read_array(r, spot, "options", NEEDED, 2, MATTER_MAX_OPTIONS, &n);
    struct matter_option *option = matter_arena_alloc(r->arena, n, sizeof *option);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        option[i].value = read_formed(r, &at, "value", NEEDED, MATTER_MAX_VALUE, FORM_VALUE,
                                      "option value (letters, digits, _ and -)");
        option[i].label = read_text(r, &at, "label", NEEDED, MATTER_MAX_NAME);
        for (size_t j = 0; option[i].value && j < i; j++)
            if (option[j].value && !strcmp(option[j].value, option[i].value))
                reader_complain(r, &at, "value", "this value is there twice");
    }
    var->option = option;
    var->n_options = n;
}

/* All values of a set may be chosen at once. */
static void check_set(struct reader *r, const struct spot *spot, const struct matter_var *var)
{
    size_t bytes = 0;
    for (size_t i = 0; i < var->n_options; i++)
        bytes += var->option[i].value ? strlen(var->option[i].value) + 1 : 0;
    if (bytes > MATTER_VALUE_BYTES)
        reader_complain(r, spot, "options", "the values together have %zu bytes, at most %d",
                        bytes - 1, MATTER_VALUE_BYTES - 1);
}

void matter_read_options(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    const json_t *json = json_object_get(spot->json, "options");
    if (var->type != TYPE_ENUM && var->type != TYPE_SET) {
        if (json)
            reader_complain(r, spot, "options", "only types enum and set have options");
        return;
    }
    if (json_is_string(json))
        take_table(r, spot, json_string_value(json), NULL, 0, var);
    else if (json_is_object(json))
        read_table(r, spot, var);
    else
        read_list(r, spot, var);
    if (var->type == TYPE_SET)
        check_set(r, spot, var);
}
