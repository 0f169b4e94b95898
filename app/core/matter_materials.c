/* SPDX-License-Identifier: Apache-2.0 */
/* Materials of a matter file, and the entries of fields.json for them. No I/O; any thread. */
#include <string.h>

#include "core/matter_priv.h"

static unsigned read_actions(struct reader *r, const struct spot *spot)
{
    static const char *const words[] = {"scan", "later", "promise"};
    unsigned actions = 0;
    size_t n = 0;
    struct spot array = read_array(r, spot, "actions", NEEDED, 1, YJ_COUNT(words), &n);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        const char *word = json_string_value(at.json);
        size_t found = 0;
        while (word && found < YJ_COUNT(words) && strcmp(words[found], word) != 0)
            found++;
        if (!word || found == YJ_COUNT(words))
            reader_complain(r, &at, NULL, "one of scan, later, promise is expected here");
        else if (actions & 1u << found)
            reader_complain(r, &at, NULL, "this action is there twice");
        else
            actions |= 1u << found;
    }
    return actions;
}

/* What only some modes have. */
static void read_mode(struct reader *r, const struct spot *at, struct matter_material *material)
{
    static const char *const modes[] = {"E1", "E2", "E3", "E4", "E5", "E6", "E7"};
    int mode = read_word(r, at, "mode", modes, YJ_COUNT(modes));
    if (mode < 0)
        return;
    material->mode = (enum matter_mode)mode;
    if (mode == MODE_E6)
        material->actions = read_actions(r, at);
    else if (json_object_get(at->json, "actions"))
        reader_complain(r, at, "actions", "only mode E6 has actions");
    if (mode == MODE_E7 || material->actions & ACTION_LATER)
        material->later_days = read_int(r, at, "later_days", NEEDED, 1, MATTER_MAX_DAYS, 1);
    else if (json_object_get(at->json, "later_days"))
        reader_complain(r, at, "later_days", "only mode E7 and action later have days");
    bool is_proved = mode == MODE_E2 || mode == MODE_E3;
    if (is_proved)
        material->certificate = read_text(r, at, "certificate", NEEDED, MATTER_MAX_NAME);
    else if (json_object_get(at->json, "certificate"))
        reader_complain(r, at, "certificate", "only modes E2 and E3 have a certificate");
    if (is_proved)
        material->share = read_formed(r, at, "share", OPTIONAL, MATTER_MAX_ID, FORM_KEY,
                                      "key of a shared answer (small letters, digits and _)");
    else if (json_object_get(at->json, "share"))
        reader_complain(r, at, "share", "only modes E2 and E3 are proved by shared data");
    if (mode == MODE_E5 || material->actions & ACTION_PROMISE)
        material->promise = read_text(r, at, "promise", OPTIONAL, MATTER_MAX_PROMISE);
    else if (json_object_get(at->json, "promise"))
        reader_complain(r, at, "promise", "only mode E5 and action promise have a promise");
}

static void read_body(struct reader *r, const struct spot *at, struct matter_material *material)
{
    material->name = read_text(r, at, "name", NEEDED, MATTER_MAX_NAME);
    material->hint = read_text(r, at, "hint", OPTIONAL, MATTER_MAX_HINT);
    material->copies = read_int(r, at, "copies", OPTIONAL, 1, 9, 0);
    read_mode(r, at, material);
}

/* The last three are no keys of a dictionary's entry. */
static const char *const known[] = {"name",       "mode",        "hint",  "actions",
                                    "later_days", "certificate", "share", "promise",
                                    "copies",     "id",          "like",  "if"};
enum { ENTRY_KEYS = YJ_COUNT(known) - 3 };

void matter_read_material_entry(struct reader *r, const struct spot *at)
{
    struct matter_material material = {0};
    if (read_object(r, at, known, ENTRY_KEYS))
        read_body(r, at, &material);
}

void matter_read_materials(struct reader *r, const struct spot *root)
{
    enum presence needed = r->m->status == MATTER_LISTED ? OPTIONAL : NEEDED;
    size_t n = 0;
    struct spot array = read_array(r, root, "materials", needed, 1, MATTER_MAX_MATERIALS, &n);
    r->m->material = matter_arena_alloc(r->arena, n, sizeof *r->m->material);
    r->m->n_materials = n;
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        struct matter_material *material = &r->m->material[i];
        material->id = matter_early_id(r, &array, i);
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        matter_check_id(r, &array, i);
        for (size_t j = 0; material->id[0] && j < i; j++)
            if (!strcmp(material->id, r->m->material[j].id))
                reader_complain(r, &at, "id", "the id is there twice");
        material->cond = read_expr(r, &at, "if", OPTIONAL);
        read_body(r, &at, material);
    }
}
