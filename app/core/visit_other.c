/* SPDX-License-Identifier: Apache-2.0 */
/* What a second person's card and a business licence's code fill in on a form page. Both only fill
 * the variables of the page that say so; nothing of the card is kept beside them. Pure. Thread: the
 * one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/codes.h"

static const char from_card[] = "other_card.", from_code[] = "code.uscc";

bool visit_other_takes(const struct matter_var *var, const char *from)
{
    return var->prefill_from && !strncmp(var->prefill_from, from, strlen(from));
}

bool visit_other_wanted(const struct visit *v, const char *from)
{
    struct visit_layout layout;
    bool has_any = false; /* most matters have none: no page is laid out for nothing */
    if (v->state != STATE_FORM)
        return false;
    for (size_t i = 0; i < v->s.matter->n_vars && !has_any; i++)
        has_any = visit_other_takes(&v->s.matter->var[i], from);
    if (!has_any)
        return false;
    visit_layout(v, v->state, v->s.page, &layout);
    for (int i = 0; i < layout.n; i++)
        if (layout.at[i].kind == SLOT_FIELD &&
            visit_other_takes(&v->s.matter->var[layout.at[i].ref], from))
            return true;
    return false;
}

/* ---- cards ---- */

/* Every variable of the page's group and member that takes from this card, also one that stands on
 * another page of it (large text). */
static void fill(struct visit *v, int group, int member, const struct card *card)
{
    const struct matter *m = v->s.matter;
    struct answers a = visit_answers(v);
    char date[16];
    for (size_t i = 0; i < m->n_vars; i++) {
        const struct matter_var *var = &m->var[i];
        if (var->is_question || var->group != group || var->member != member ||
            !visit_other_takes(var, from_card) || expr_eval(var->prefill_if, &a) != TRI_TRUE)
            continue;
        const char *value = visit_answers_card_item(card, var->prefill_from + sizeof from_card - 1,
                                                    var->type, date);
        if (!visit_answers_option_known(var, value))
            value = "";
        /* what the card does not say leaves what was typed, and nothing of the card before */
        if (value[0] || v->s.source[i] == SOURCE_OTHER_CARD)
            visit_answers_put(v, (int)i, value, SOURCE_OTHER_CARD);
    }
    bytes_wipe(date, sizeof date);
    visit_answers_update(v);
}

/* @return true when the card was laid for another member of the group already */
static bool is_laid_twice(const struct visit *v, int group, int member, const struct card *card)
{
    const struct matter *m = v->s.matter;
    for (size_t i = 0; i < m->n_vars; i++)
        if (!m->var[i].is_question && m->var[i].group == group && m->var[i].member == member &&
            visit_other_takes(&m->var[i], from_card) &&
            visit_repeat_is_twice(v, (int)i, card->number))
            return true;
    return false;
}

static bool refuse(struct visit *v, const struct visit_layout *page, const struct card *card,
                   unsigned warnings)
{
    char day[16];
    if (card->kind == CARD_SOCIAL_SECURITY) {
        visit_alert_set(v, "identify.social_security", TONE_WARN, NULL);
    } else if (!strcmp(card->number, v->s.card.number)) {
        visit_alert_set(v, "form.own_card", TONE_WARN, NULL);
    } else if ((warnings & WARNING_CARD_EXPIRED) && !v->s.matter->accepts_expired_card) {
        snprintf(day, sizeof day, "%.4s-%.2s-%.2s", card->valid_to, card->valid_to + 4,
                 card->valid_to + 6);
        visit_alert_set(v, "identify.expired_refused", TONE_WARN, day);
    } else if (is_laid_twice(v, page->group, page->member, card)) {
        visit_alert_set(v, "form.card_twice", TONE_WARN, NULL);
    } else {
        return false;
    }
    return true;
}

void visit_other_card(struct visit *v, const struct card *card)
{
    struct visit_layout layout;
    if (!visit_other_wanted(v, from_card))
        return;
    unsigned warnings = visit_card_warnings(card, v->today);
    visit_layout(v, v->state, v->s.page, &layout);
    if (refuse(v, &layout, card, warnings))
        return;
    fill(v, layout.group, layout.member, card);
    bool is_expired = warnings & WARNING_CARD_EXPIRED;
    bool is_doubtful = (warnings & ~(unsigned)WARNING_CARD_EXPIRED) || card->doubts;
    v->s.warnings |=
        (is_expired ? WARNING_OTHER_EXPIRED : 0U) | (is_doubtful ? WARNING_OTHER_MISMATCH : 0U);
    if (is_expired) {
        visit_alert_set(v, "identify.expired", TONE_WARN, NULL);
    } else if (is_doubtful) {
        visit_alert_set(v, "identify.mismatch", TONE_WARN, NULL);
    } else {
        char masked[96];
        codes_mask_name(card->name[0] ? card->name : card->english_name, masked, sizeof masked);
        visit_alert_set(v, "identify.read", TONE_OK, masked);
        bytes_wipe(masked, sizeof masked);
    }
    visit_flow_relocate(v);
}

/* ---- codes ---- */

/* @return the variable of the page that a licence's code fills, or -1 */
static int code_var(const struct visit *v)
{
    struct visit_layout layout;
    visit_layout(v, v->state, v->s.page, &layout);
    for (int i = 0; i < layout.n; i++)
        if (layout.at[i].kind == SLOT_FIELD &&
            visit_other_takes(&v->s.matter->var[layout.at[i].ref], from_code))
            return layout.at[i].ref;
    return -1;
}

/* The number is all that is taken, and its check character is right: where the address around it
 * leads does not matter, nothing ever follows it. A code for paying or a receipt holds none. */
bool visit_other_code(struct visit *v, const char *text)
{
    char uscc[CODES_USCC_BYTES];
    int var = v->state == STATE_FORM ? code_var(v) : -1;
    if (var < 0)
        return false;
    enum code_kind kind = code_kind_of(text, &v->cfg.scan_hosts);
    if (kind == CODE_PAYMENT || kind == CODE_RECEIPT || !codes_uscc_find(text, uscc)) {
        visit_codes_refuse(v, kind == CODE_PAYMENT ? "materials.code_payment" : "form.code_uscc",
                           NULL);
    } else if (v->s.n_codes >= VISIT_MAX_CODES) {
        visit_alert_set(v, "materials.code_limit", TONE_WARN, NULL);
    } else {
        v->s.n_codes++;
        v->s.n_refusals = 0;
        visit_answers_put(v, var, uscc, SOURCE_CODE);
        visit_answers_update(v);
        visit_alert_set(v, "form.code_taken", TONE_OK, NULL);
        visit_flow_relocate(v);
    }
    return true;
}
