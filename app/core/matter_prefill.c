/* SPDX-License-Identifier: Apache-2.0 */
/* Where a variable's value comes from before anybody types. No I/O; any thread. */
#include <stdio.h>
#include <string.h>

#include "core/matter_priv.h"

/* Items of a card, of a second person's card (other_card.) and of a business licence's code. */
static bool is_item_fit(const char *item, enum matter_type type)
{
    static const struct {
        const char *item;
        enum matter_type type, other;
    } fits[] = {
        {"card.name", TYPE_NAME, TYPE_TEXT},     {"card.number", TYPE_IDNO, TYPE_CODE},
        {"card.sex", TYPE_ENUM, TYPE_ENUM},      {"card.birth", TYPE_DATE, TYPE_DATE},
        {"card.nation", TYPE_ENUM, TYPE_ENUM},   {"card.address", TYPE_ADDRESS, TYPE_TEXT},
        {"card.valid_to", TYPE_DATE, TYPE_DATE}, {"code.uscc", TYPE_USCC, TYPE_USCC},
    };
    if (!strncmp(item, "other_card.", 11))
        item += 6;
    for (size_t i = 0; i < YJ_COUNT(fits); i++)
        if (!strcmp(fits[i].item, item))
            return fits[i].type == type || fits[i].other == type;
    return false;
}

static void check_field(struct reader *r, const struct spot *at, size_t index, const char *field)
{
    int source = reader_find_var(r, field);
    if (source < 0)
        reader_complain(r, at, "from", "there is no field \"%s\"%s", field,
                        r->is_peeking ? " outside its repeated group" : "");
    else if ((size_t)source >= index)
        reader_complain(r, at, "from", "the source must stand before this field");
    else if (r->place[source].is_read && r->m->var[source].type != r->m->var[index].type)
        reader_complain(r, at, "from", "the source is of another type");
}

/* "=heirs.name" of the second member becomes "=heirs.2.name". */
static const char *source_id(struct reader *r, const char *from)
{
    int source = reader_find_var(r, from + 1);
    if (source < 0 || r->m->var[source].id == r->m->var[source].field)
        return from;
    char id[MATTER_MAX_ID + 10];
    snprintf(id, sizeof id, "=%s", r->m->var[source].id);
    return reader_keep(r, id);
}

static void read_from(struct reader *r, const struct spot *at, size_t index, bool is_entry)
{
    struct matter_var *var = &r->m->var[index];
    const char *from = read_text(r, at, "from", NEEDED, MATTER_MAX_ID + 6);
    if (!from)
        return;
    r->is_peeking = false;
    if (from[0] == '=' && is_entry)
        reader_complain(r, at, "from", "an entry knows no other fields");
    else if (from[0] == '=')
        check_field(r, at, index, from + 1);
    else if (!strncmp(from, "share.", 6) && !matter_form_met(FORM_KEY, from + 6))
        reader_complain(r, at, "from", "this is no key of a shared answer");
    else if (strncmp(from, "share.", 6) != 0 && !is_item_fit(from, var->type))
        reader_complain(r, at, "from", "no card item \"%s\" for this type", from);
    var->prefill_from = from[0] == '=' && !is_entry ? source_id(r, from) : from;
}

static bool is_kind_fit(enum calc_kind kind, enum matter_type type)
{
    bool is_number = type == TYPE_INTEGER || type == TYPE_DECIMAL;
    switch (kind) {
    case CALC_ANY:
        return true;
    case CALC_NUMBER:
        return is_number || type == TYPE_TEXT || type == TYPE_DIGITS;
    case CALC_DATE:
        return type == TYPE_DATE || type == TYPE_TEXT;
    case CALC_TEXT:
        return !is_number && type != TYPE_DATE;
    }
    return false;
}

static void read_computed(struct reader *r, const struct spot *at, struct matter_var *var)
{
    var->prefill_calc = read_calc(r, at, "calc");
    if (var->prefill_calc && !is_kind_fit(calc_kind(var->prefill_calc), var->type))
        reader_complain(r, at, "calc", "the value is of another type than the field");
}

void matter_read_prefill(struct reader *r, const struct spot *spot, size_t index, bool is_entry)
{
    /* the last two need the matter */
    static const char *const known[] = {"from", "calc", "if"};
    struct matter_var *var = &r->m->var[index];
    struct spot at = {.up = spot, .key = "prefill", .json = json_object_get(spot->json, "prefill")};
    if (!at.json || !read_object(r, &at, known, is_entry ? 1 : YJ_COUNT(known)))
        return;
    if (var->type == TYPE_CONSENT) {
        reader_complain(r, spot, "prefill", "nobody can agree in the visitor's place");
        return;
    }
    if (!is_entry)
        var->prefill_if = read_expr(r, &at, "if", OPTIONAL);
    bool is_computed = json_object_get(at.json, "calc") && !is_entry;
    if (is_computed && json_object_get(at.json, "from"))
        reader_complain(r, &at, "calc", "a value is taken or computed, not both");
    else if (is_computed)
        read_computed(r, &at, var);
    else
        read_from(r, &at, index, is_entry);
}
