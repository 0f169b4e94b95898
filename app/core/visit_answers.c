/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a visit: what is asked, what the card fills in, what is wrong with it, and what is
 * shown of it. Pure. Thread: the one that owns the visit. */
#include "core/visit_priv.h"

#include <ctype.h>
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
                            .today = v->today};
}

bool visit_answers_shown(const struct visit *v, int var)
{
    return v->s.plan.var_shown[var] == TRI_TRUE;
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

/* What the card says about "card.x" in the form the variable stores; "" when nothing. */
static const char *card_item(const struct card *card, const char *item, enum matter_type type,
                             char date[16])
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

static bool option_known(const struct matter_var *var, const char *value)
{
    if (var->type != TYPE_ENUM)
        return true;
    for (size_t i = 0; i < var->n_options; i++)
        if (!strcmp(var->option[i].value, value))
            return true;
    return false;
}

static const char *prefill_value(const struct visit *v, int index, char date[16],
                                 enum visit_source *ret_source)
{
    const struct matter_var *var = &v->s.matter->var[index];
    struct answers a = visit_answers(v);
    const char *value = "";
    if (!var->prefill_from)
        return value;
    if (var->prefill_if && expr_eval(var->prefill_if, &a) != TRI_TRUE)
        return value;
    if (!strncmp(var->prefill_from, "card.", 5) && v->s.has_card) {
        value = card_item(&v->s.card, var->prefill_from + 5, var->type, date);
        *ret_source = v->s.card.kind == CARD_SOCIAL_SECURITY ? SOURCE_SOCIAL_CARD : SOURCE_CARD;
    } else if (var->prefill_from[0] == '=') {
        int from = matter_var_find(v->s.matter, var->prefill_from + 1);
        if (from >= 0 && from != index && v->s.seen[from])
            value = v->s.seen[from];
        *ret_source = SOURCE_COPY;
    }
    return option_known(var, value) ? value : "";
}

/* @return true when the answer changed. What the visitor typed is left alone. */
static bool prefill(struct visit *v, int index)
{
    if (v->s.source[index] == SOURCE_TYPED)
        return false;
    char date[16] = "";
    enum visit_source source = SOURCE_NONE;
    const char *value = prefill_value(v, index, date, &source);
    if (!value[0])
        source = SOURCE_NONE;
    char fresh[MATTER_VALUE_BYTES];
    visit_copy(fresh, sizeof fresh, value);
    bool changed = strcmp(fresh, v->s.value[index]) != 0 || v->s.source[index] != source;
    if (changed) {
        bytes_wipe(v->s.value[index], sizeof v->s.value[index]);
        visit_copy(v->s.value[index], sizeof v->s.value[index], fresh);
        v->s.source[index] = source;
        v->s.error_id[index] = v->s.error_text[index] = NULL;
    }
    bytes_wipe(fresh, sizeof fresh);
    bytes_wipe(date, sizeof date);
    return changed;
}

/* Conditions may not lean on answers that are not asked (any more). */
static bool see(struct visit *v, int index)
{
    const char *now = visit_answers_shown(v, index) ? v->s.value[index] : NULL;
    bool changed = v->s.seen[index] != now;
    v->s.seen[index] = now;
    return changed;
}

void visit_answers_update(struct visit *v)
{
    const struct matter *m = v->s.matter;
    if (!m)
        return;
    /* Begin from "everything is asked", so that the result depends on the answers alone and not
     * on the order in which they were given. */
    for (size_t i = 0; i < m->n_vars; i++)
        v->s.seen[i] = v->s.value[i];
    bool changed = true;
    for (int round = 0; changed && round < UPDATE_ROUNDS; round++) {
        struct answers a = visit_answers(v);
        changed = false;
        matter_plan(m, &a, &v->s.plan);
        for (size_t i = 0; i < m->n_vars; i++) {
            changed |= see(v, (int)i);
            changed |= prefill(v, (int)i);
        }
    }
    struct answers a = visit_answers(v);
    matter_plan(m, &a, &v->s.plan);
}

void visit_answers_reset(struct visit *v)
{
    bytes_wipe(v->s.value, sizeof v->s.value);
    bytes_wipe(v->s.source, sizeof v->s.source);
    bytes_wipe(v->s.error_id, sizeof v->s.error_id);
    bytes_wipe(v->s.error_text, sizeof v->s.error_text);
    bytes_wipe(v->s.supply, sizeof v->s.supply);
    bytes_wipe(&v->s.strokes, sizeof v->s.strokes);
    v->s.selected = 0;
    v->s.awaiting = 0;
    v->s.is_correcting = false;
}

/* ---- typing ---- */

/* Trim, drop control characters, cut to the field's length. */
static void clean_text(const struct matter_var *var, const char *text, char *out, size_t cap)
{
    size_t len = strlen(text), used = 0, chars = 0;
    size_t max_chars = var->max_chars ? var->max_chars : MATTER_VALUE_BYTES;
    if (!bytes_utf8_valid(text, len))
        len = 0;
    for (size_t at = 0; at < len && chars < max_chars;) {
        uint32_t cp = 0;
        size_t n = bytes_utf8_next(text + at, len - at, &cp);
        bool is_blank = cp == ' ' || cp == 0x3000;
        bool is_leading = used == 0 && is_blank;
        if (cp >= 0x20 && cp != 0x7F && !is_leading) {
            if (used + n >= cap)
                break;
            memcpy(out + used, text + at, n);
            used += n;
            chars++;
        }
        at += n;
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
    if (var->type == TYPE_CODE)
        for (size_t i = 0; i < used; i++)
            out[i] = (char)toupper((unsigned char)out[i]);
}

static void note_error(struct visit *v, int var, const char *id, const char *text)
{
    v->s.error_id[var] = id;
    v->s.error_text[var] = id ? NULL : text;
}

/* What an identity card itself says is not held against the rules for citizens' numbers: other
 * kinds have their own shapes, and a genuine card may bear an old mistake of the registry, which
 * its holder cannot mend here. The centre learns of the doubt (applicant.card_doubts). */
static bool is_trusted_card_number(const struct visit *v, int var)
{
    return v->s.matter->var[var].type == TYPE_IDNO && v->s.source[var] != SOURCE_TYPED &&
           v->s.has_card && v->s.card.kind != CARD_SOCIAL_SECURITY && /* proves no identity */
           !strcmp(v->s.value[var], v->s.card.number);
}

static bool check_value(struct visit *v, int var)
{
    struct answers a = visit_answers(v);
    const char *id = NULL, *text = NULL;
    note_error(v, var, NULL, NULL);
    if (!matter_check(v->s.matter, (size_t)var, &a, &id, &text))
        return true;
    if (id && is_trusted_card_number(v, var))
        return true;
    note_error(v, var, id || text ? id : "field.bad", text);
    return false;
}

void visit_answers_set(struct visit *v, int var, const char *text)
{
    const struct matter_var *mv = &v->s.matter->var[var];
    char clean[MATTER_VALUE_BYTES];
    char idno[CODES_IDNO_BYTES];
    clean_text(mv, text, clean, sizeof clean);
    if (mv->type == TYPE_IDNO && codes_idno_normalise(clean, idno))
        visit_copy(clean, sizeof clean, idno);
    bytes_wipe(v->s.value[var], sizeof v->s.value[var]);
    visit_copy(v->s.value[var], sizeof v->s.value[var], clean);
    bytes_wipe(clean, sizeof clean);
    bytes_wipe(idno, sizeof idno);
    v->s.source[var] = SOURCE_TYPED;
    visit_answers_update(v);
    note_error(v, var, NULL, NULL);
    if (v->s.value[var][0])        /* an emptied field is asked for when the page is left */
        (void)check_value(v, var); /* the error is noted; nothing stops yet */
}

bool visit_answers_check(struct visit *v, int var)
{
    return !visit_answers_shown(v, var) || check_value(v, var);
}

int visit_answers_check_all(struct visit *v)
{
    int first = -1;
    for (int i = (int)v->s.matter->n_vars - 1; i >= 0; i--)
        if (!visit_answers_check(v, i))
            first = i;
    return first;
}

/* ---- showing ---- */

bool visit_answers_is_masked(const struct matter_var *var)
{
    return var->sensitivity >= 2 || var->type == TYPE_IDNO || var->type == TYPE_MOBILE ||
           var->type == TYPE_BANKCARD;
}

static void mask(const struct matter_var *var, const char *value, char *out, size_t cap)
{
    switch (var->type) {
    case TYPE_IDNO:
        codes_mask_idno(value, out, cap);
        break;
    case TYPE_MOBILE:
        codes_mask_mobile(value, out, cap);
        break;
    case TYPE_BANKCARD:
        codes_mask_bankcard(value, out, cap);
        break;
    case TYPE_NAME:
        codes_mask_name(value, out, cap);
        break;
    case TYPE_BOOL:
    case TYPE_ENUM:
    case TYPE_TEXT:
    case TYPE_ADDRESS:
    case TYPE_DATE:
    case TYPE_DIGITS:
    case TYPE_CODE:
        codes_mask_text(value, out, cap);
        break;
    }
}

void visit_answers_show(const struct visit *v, int index, char *out, size_t cap)
{
    const struct matter_var *var = &v->s.matter->var[index];
    const char *value = v->s.value[index];
    out[0] = '\0';
    if (!value[0])
        return;
    if (var->type == TYPE_ENUM) {
        for (size_t i = 0; i < var->n_options; i++)
            if (!strcmp(var->option[i].value, value))
                visit_copy(out, cap, var->option[i].label);
    } else if (visit_answers_is_masked(var)) {
        mask(var, value, out, cap);
    } else {
        visit_copy(out, cap, value);
    }
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

/* ---- materials ---- */

int visit_supply_actions(const struct visit *v, int material, enum material_action ret[3])
{
    const struct matter_material *m = &v->s.matter->material[material];
    int n = 0;
    if ((m->actions & ACTION_SCAN) && visit_device_usable(v, DEVICE_SCANNER))
        ret[n++] = ACTION_SCAN;
    /* What can only be scanned must not be a dead end while nothing scans. */
    bool is_stuck = m->actions == ACTION_SCAN && n == 0;
    if ((m->actions & ACTION_LATER) || is_stuck)
        ret[n++] = ACTION_LATER;
    if (m->actions & ACTION_PROMISE)
        ret[n++] = ACTION_PROMISE;
    return n;
}

int visit_supply_missing(const struct visit *v)
{
    for (size_t i = 0; i < v->s.matter->n_materials; i++)
        if (v->s.matter->material[i].mode == MODE_E6 && v->s.plan.material[i] == TRI_TRUE &&
            v->s.supply[i].kind == SUPPLY_NONE)
            return (int)i;
    return -1;
}

int visit_later_days(const struct visit *v, int material)
{
    int days = v->s.matter->material[material].later_days;
    return days > 0 ? days : VISIT_LATER_DAYS;
}

size_t visit_tasks_count(const struct visit *v)
{
    size_t n = 0;
    for (size_t i = 0; v->s.matter && i < v->s.matter->n_tasks; i++)
        n += v->s.plan.task[i] == TRI_TRUE;
    return n;
}
