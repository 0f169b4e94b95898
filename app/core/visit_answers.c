/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a visit: what is asked, and what cards and other answers fill in. What is typed and
 * what is wrong with it is in visit_typing.c, what is shown of it in visit_show.c. Pure. Thread:
 * the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <string.h>

#include "base/bytes.h"
#include "core/codes.h"

/* Rounds until conditions, prefilling and visibility agree. Matter files have no cycles worth
 * more; a file that has one stops here instead of spinning. */
enum { UPDATE_ROUNDS = 8 };

void visit_copy(char *out, size_t cap, const char *text)
{
    size_t len = strlen(text);
    if (len >= cap)
        len = cap - 1;
    while (len > 0 && text[len] && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--;
    memmove(out, text, len);
    out[len] = '\0';
}

struct answers visit_answers(const struct visit *v)
{
    return (struct answers){.value = v->s.seen,
                            .n_values = v->s.matter ? v->s.matter->n_vars : 0,
                            .selected = v->s.selected,
                            .today = v->today,
                            .count = v->s.seen_count};
}

bool visit_answers_shown(const struct visit *v, int var)
{
    const struct matter_var *mv = &v->s.matter->var[var];
    return v->s.plan.var_shown[var] == TRI_TRUE &&
           (mv->is_question || mv->member < visit_repeat_count(v, mv->group));
}

const char *visit_answers_value(const struct visit *v, int var)
{
    return visit_region_is_partial(v, var) ? "" : v->s.value[var];
}

/* ---- prefilling ---- */

static void date_text(const char *yyyymmdd, char out[16])
{
    if (strlen(yyyymmdd) != 8) {
        out[0] = '\0';
        return;
    }
    memcpy(out, yyyymmdd, 4);
    out[4] = '-';
    memcpy(out + 5, yyyymmdd + 4, 2);
    out[7] = '-';
    memcpy(out + 8, yyyymmdd + 6, 3);
}

const char *visit_answers_card_item(const struct card *card, const char *item,
                                    enum matter_type type, char date[16])
{
    if (!strcmp(item, "name"))
        return card->name[0] ? card->name : card->english_name;
    if (!strcmp(item, "number"))
        return card->number;
    if (!strcmp(item, "sex"))
        return card->sex;
    if (!strcmp(item, "nation"))
        return card->nation;
    if (!strcmp(item, "address"))
        return card->address;
    const char *day = !strcmp(item, "birth")      ? card->birth
                      : !strcmp(item, "valid_to") ? card->valid_to
                                                  : "";
    if (type != TYPE_DATE)
        return day;
    date_text(day, date);
    return date;
}

bool visit_answers_option_known(const struct matter_var *var, const char *value)
{
    if (var->type != TYPE_ENUM)
        return true;
    for (size_t i = 0; i < var->n_options; i++)
        if (!strcmp(var->option[i].value, value))
            return true;
    return false;
}

int visit_answers_copied(const struct matter *m, int index)
{
    const struct matter_var *var = &m->var[index];
    const char *name = var->prefill_from + 1;
    if (!var->is_question && visit_repeats(m, var->group))
        for (size_t i = 0; i < m->n_vars; i++)
            if (!m->var[i].is_question && m->var[i].group == var->group &&
                m->var[i].member == var->member && !strcmp(m->var[i].field, name))
                return (int)i;
    return matter_var_find(m, name);
}

/* A value of the centre's data sharing that fails the checks is dropped for good: the visitor
 * types. Looked at once, when it would fill an empty answer. */
static bool is_shared_good(struct visit *v, int index, const char *value)
{
    const char *seen[MATTER_MAX_VARS];
    struct answers a = visit_answers(v);
    const char *id = NULL, *text = NULL;
    if (v->s.is_shared_refused[index])
        return false;
    if (v->s.source[index] == SOURCE_SHARED && !strcmp(v->s.value[index], value))
        return true;
    memcpy(seen, v->s.seen, sizeof seen);
    seen[index] = value;
    a.value = seen;
    v->s.is_shared_refused[index] = matter_check(v->s.matter, (size_t)index, &a, &id, &text) != 0;
    return !v->s.is_shared_refused[index];
}

struct prefilled {
    char value[MATTER_VALUE_BYTES], date[16];
    enum visit_source source;
};

static void prefill_from(struct visit *v, int index, struct prefilled *ret)
{
    const struct matter_var *var = &v->s.matter->var[index];
    const char *from = var->prefill_from, *value = "";
    if (!strncmp(from, "card.", 5) && v->s.has_card) {
        value = visit_answers_card_item(&v->s.card, from + 5, var->type, ret->date);
        ret->source = v->s.card.kind == CARD_SOCIAL_SECURITY ? SOURCE_SOCIAL_CARD : SOURCE_CARD;
    } else if (from[0] == '=') {
        int copied = visit_answers_copied(v->s.matter, index);
        if (copied >= 0 && copied != index && v->s.seen[copied])
            value = v->s.seen[copied];
        ret->source = SOURCE_COPY;
    } else if (!strncmp(from, "share.", 6) && v->s.n_shared && visit_answers_shown(v, index)) {
        value = visit_shared_value(v, from + 6);
        ret->source = SOURCE_SHARED;
        if (value[0] && !is_shared_good(v, index, value))
            value = "";
    }
    visit_copy(ret->value, sizeof ret->value, visit_answers_option_known(var, value) ? value : "");
}

/* What stays as it is: typed, or put there once by somebody who laid a card or showed a code. What
 * cannot be typed follows what it is computed from. */
static bool is_settled(const struct visit *v, int index)
{
    switch (v->s.source[index]) {
    case SOURCE_TYPED:
        return !v->s.matter->var[index].is_readonly;
    case SOURCE_OTHER_CARD:
    case SOURCE_CODE:
    case SOURCE_EARLIER:
        return true;
    case SOURCE_NONE:
    case SOURCE_CARD:
    case SOURCE_SOCIAL_CARD:
    case SOURCE_COPY:
    case SOURCE_SHARED:
    case SOURCE_COMPUTED:
        break;
    }
    return false;
}

/* @return true when the answer changed. What the visitor typed is left alone. */
static bool prefill(struct visit *v, int index)
{
    const struct matter_var *var = &v->s.matter->var[index];
    struct answers a = visit_answers(v);
    if ((!var->prefill_from && !var->prefill_calc && !v->s.value[index][0]) || is_settled(v, index))
        return false;
    struct prefilled fresh = {.source = SOURCE_NONE};
    if (expr_eval(var->prefill_if, &a) == TRI_TRUE) {
        if (var->prefill_calc) {
            calc_eval(var->prefill_calc, &a, fresh.value, sizeof fresh.value);
            fresh.source = SOURCE_COMPUTED;
        } else if (var->prefill_from) {
            prefill_from(v, index, &fresh);
        }
    }
    if (!fresh.value[0])
        fresh.source = SOURCE_NONE;
    bool changed =
        strcmp(fresh.value, v->s.value[index]) != 0 || v->s.source[index] != fresh.source;
    if (changed)
        visit_answers_put(v, index, fresh.value, fresh.source);
    bytes_wipe(&fresh, sizeof fresh);
    return changed;
}

void visit_answers_put(struct visit *v, int var, const char *value, enum visit_source source)
{
    bytes_wipe(v->s.value[var], sizeof v->s.value[var]);
    visit_copy(v->s.value[var], sizeof v->s.value[var], value);
    v->s.source[var] = value[0] ? source : SOURCE_NONE;
    v->s.error_id[var] = v->s.error_text[var] = NULL;
}

/* Conditions may not lean on answers that are not asked (any more). */
static bool see(struct visit *v, int index)
{
    bool is_asked = visit_answers_shown(v, index) && !visit_region_is_partial(v, index);
    const char *now = is_asked ? v->s.value[index] : NULL;
    bool changed = v->s.seen[index] != now;
    v->s.seen[index] = now;
    return changed;
}

void visit_answers_update(struct visit *v)
{
    const struct matter *m = v->s.matter;
    if (!m)
        return;
    visit_repeat_begin(v);
    /* Begin from "everything is asked", so that the result depends on the answers alone and not
     * on the order in which they were given. */
    for (size_t i = 0; i < m->n_vars; i++)
        v->s.seen[i] = v->s.value[i];
    memcpy(v->s.seen_count, v->s.count, sizeof v->s.seen_count);
    bool changed = true;
    for (int round = 0; changed && round < UPDATE_ROUNDS; round++) {
        struct answers a = visit_answers(v);
        changed = false;
        matter_plan(m, &a, &v->s.plan);
        visit_fix_plan(v);
        changed |= visit_repeat_see(v);
        for (size_t i = 0; i < m->n_vars; i++) {
            changed |= see(v, (int)i);
            changed |= prefill(v, (int)i);
        }
    }
    struct answers a = visit_answers(v);
    matter_plan(m, &a, &v->s.plan);
    visit_fix_plan(v);
}

void visit_answers_reset(struct visit *v)
{
    bytes_wipe(v->s.value, sizeof v->s.value);
    bytes_wipe(v->s.source, sizeof v->s.source);
    bytes_wipe(v->s.error_id, sizeof v->s.error_id);
    bytes_wipe(v->s.error_text, sizeof v->s.error_text);
    bytes_wipe(v->s.supply, sizeof v->s.supply);
    bytes_wipe(&v->s.strokes, sizeof v->s.strokes);
    bytes_wipe(v->s.count, sizeof v->s.count);
    bytes_wipe(v->s.seen_count, sizeof v->s.seen_count);
    bytes_wipe(v->s.consent_at_ms, sizeof v->s.consent_at_ms);
    visit_shared_forget(v);
    v->s.warnings = 0;
    v->s.selected = 0;
    v->s.told_groups = 0;
    v->s.awaiting = 0;
    v->s.is_correcting = false;
}

/* ---- card ---- */

unsigned visit_card_warnings(const struct card *card, int today)
{
    unsigned w = 0;
    int valid_to = 0;
    for (const char *p = card->valid_to; *p >= '0' && *p <= '9' && p - card->valid_to < 8; p++)
        valid_to = valid_to * 10 + (*p - '0');
    if (!card->is_long_term && strlen(card->valid_to) >= 8 && today && valid_to < today)
        w |= WARNING_CARD_EXPIRED;
    if (strlen(card->number) != 18)
        return w; /* the 2017 foreigner card carries neither sex nor birth in this way */
    if (card->sex[0] && card->kind != CARD_FOREIGNER_2017) {
        char sex = codes_idno_sex(card->number);
        if (sex && sex != card->sex[0])
            w |= WARNING_CARD_SEX;
    }
    if (card->birth[0] && strncmp(card->number + 6, card->birth, 8) != 0)
        w |= WARNING_CARD_BIRTH;
    return w;
}
