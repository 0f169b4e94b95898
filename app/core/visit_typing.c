/* SPDX-License-Identifier: Apache-2.0 */
/* What is typed, brought into the form of its type, and what is wrong with it. Pure. Thread: the
 * one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_priv.h"

#include <string.h>

#include "base/bytes.h"
#include "core/codes.h"

/* Types that have no use for full-width characters. */
static bool is_narrow(enum matter_type type)
{
    switch (type) {
    case TYPE_IDNO:
    case TYPE_MOBILE:
    case TYPE_DATE:
    case TYPE_DIGITS:
    case TYPE_CODE:
    case TYPE_BANKCARD:
    case TYPE_USCC:
    case TYPE_TEL:
    case TYPE_EMAIL:
    case TYPE_INTEGER:
    case TYPE_DECIMAL:
    case TYPE_REGION:
        return true;
    case TYPE_BOOL:
    case TYPE_ENUM:
    case TYPE_TEXT:
    case TYPE_NAME:
    case TYPE_ADDRESS:
    case TYPE_SET:
    case TYPE_CONSENT:
        break;
    }
    return false;
}

/* A character as a type stores it. @return 0: it is left out */
static uint32_t clean_char(enum matter_type type, uint32_t cp)
{
    bool is_blank = cp == ' ' || cp == 0x3000;
    if (!is_narrow(type))
        return cp;
    if (cp >= 0xFF01 && cp <= 0xFF5E) /* full-width forms of ASCII */
        cp -= 0xFF01 - '!';
    if (cp == 0x2212 || (cp >= 0x2010 && cp <= 0x2015)) /* dashes of all lengths, the minus */
        cp = '-';
    if ((type == TYPE_CODE || type == TYPE_USCC || type == TYPE_IDNO) && cp >= 'a' && cp <= 'z')
        cp -= 'a' - 'A';
    bool is_number = type == TYPE_INTEGER || type == TYPE_DECIMAL;
    bool is_grouped = type == TYPE_BANKCARD || type == TYPE_MOBILE || type == TYPE_USCC;
    bool is_dropped = (is_blank && (is_grouped || is_number || type == TYPE_EMAIL)) ||
                      (cp == '-' && is_grouped) || (is_number && cp == ',');
    return is_dropped ? 0 : cp;
}

static size_t put_char(char *out, uint32_t cp, const char *raw, size_t n)
{
    if (cp >= 0x80) {
        memcpy(out, raw, n);
        return n;
    }
    *out = (char)cp;
    return 1;
}

/* Trim, drop control characters, bring into the type's form, cut to the field's length. */
static void clean_text(const struct matter_var *var, const char *text, char *out, size_t cap)
{
    size_t len = strlen(text), used = 0, chars = 0;
    size_t max_chars = var->max_chars ? var->max_chars : MATTER_VALUE_BYTES;
    if (!bytes_utf8_valid(text, len))
        len = 0;
    for (size_t at = 0; at < len && chars < max_chars;) {
        uint32_t cp = 0;
        size_t n = bytes_utf8_next(text + at, len - at, &cp);
        uint32_t fresh = clean_char(var->type, cp);
        bool is_leading = used == 0 && (fresh == ' ' || fresh == 0x3000);
        if (fresh >= 0x20 && fresh != 0x7F && !is_leading) {
            if (used + n >= cap)
                break;
            used += put_char(out + used, fresh, text + at, n);
            chars++;
        }
        at += n;
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
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
    if (v->s.matter->var[var].type == TYPE_IDNO && v->s.source[var] == SOURCE_OTHER_CARD)
        return true;
    return v->s.matter->var[var].type == TYPE_IDNO && v->s.source[var] != SOURCE_TYPED &&
           v->s.has_card && v->s.card.kind != CARD_SOCIAL_SECURITY && /* proves no identity */
           !strcmp(v->s.value[var], v->s.card.number);
}

/* What nobody can type may stay empty when its source is silent, but for what the visitor can
 * bring: a card or a code. */
static bool is_brought(const struct matter_var *var)
{
    return visit_other_takes(var, "other_card.") || visit_other_takes(var, "code.");
}

static bool check_value(struct visit *v, int var)
{
    const struct matter_var *mv = &v->s.matter->var[var];
    struct answers a = visit_answers(v);
    const char *id = NULL, *text = NULL;
    note_error(v, var, NULL, NULL);
    if (visit_region_is_partial(v, var)) {
        note_error(v, var, "field.region_part", NULL);
        return false;
    }
    if (mv->is_readonly && !v->s.value[var][0] && !is_brought(mv))
        return true;
    if (visit_repeat_is_twice(v, var, v->s.value[var])) {
        note_error(v, var, "field.bad.twice", NULL);
        return false;
    }
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
    /* an emptied field is asked for when the page is left, a division when it is whole; the error
     * is noted, nothing stops yet */
    if (v->s.value[var][0] && !visit_region_is_partial(v, var))
        (void)check_value(v, var);
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
