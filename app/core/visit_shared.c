/* SPDX-License-Identifier: Apache-2.0 */
/* What the centre's data sharing knows about the visitor: asked once, waited for by nobody. Every
 * page can be used at once; an answer that comes late fills what is still empty. What is said is
 * looked at like anything that comes from outside. Pure. Thread: the one that owns the visit.
 *
 *   NONE ──known, and the network is there──► WAITING ──answer──► ANSWERED
 *                                                └──none to be had──► FAILED  the centre checks
 *   another person: NONE                                                      later, by itself
 *
 * An answer that changes the review shows it anew from its first page; one that comes while the
 * visitor signs is not taken. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "core/codes.h"

static const char from_share[] = "share.";

/* @return key of a variable's prefill, or NULL */
static const char *key_of(const struct matter_var *var)
{
    const char *from = var->prefill_from;
    size_t n = sizeof from_share - 1;
    return from && !strncmp(from, from_share, n) ? from + n : NULL;
}

/* ---- the question ---- */

static void add_key(struct enquiry *e, const char *key)
{
    if (!key || strlen(key) >= sizeof e->key[0] || e->n_keys == ENQUIRY_MAX_KEYS)
        return;
    for (size_t i = 0; i < e->n_keys; i++)
        if (!strcmp(e->key[i], key))
            return;
    visit_copy(e->key[e->n_keys++], sizeof e->key[0], key);
}

/* Materials first: a field can be typed, a certificate cannot. */
static void add_keys(const struct matter *m, struct enquiry *e)
{
    for (size_t i = 0; i < m->n_materials; i++)
        if (m->material[i].mode == MODE_E2 || m->material[i].mode == MODE_E3)
            add_key(e, m->material[i].share);
    for (size_t i = 0; i < m->n_vars; i++)
        add_key(e, key_of(&m->var[i]));
}

static bool has_keys(const struct matter *m)
{
    for (size_t i = 0; i < m->n_materials; i++)
        if (m->material[i].share)
            return true;
    for (size_t i = 0; i < m->n_vars; i++)
        if (key_of(&m->var[i]))
            return true;
    return false;
}

void visit_shared_settle(struct visit *v)
{
    bool is_time = v->state == STATE_QUESTIONS || v->state == STATE_FORM ||
                   v->state == STATE_MATERIALS || v->state == STATE_REVIEW;
    if (!is_time || v->s.shared_ask != ASK_NONE || v->s.fixing || !v->s.is_identified ||
        !v->link.is_online || !has_keys(v->s.matter))
        return;
    v->s.shared_ask = ASK_WAITING;
    v->s.shared_job = ++v->last_enquiry_job;
    v->asked = ENQUIRY_SHARED;
    visit_effect_add(v, VISIT_EFFECT_ENQUIRE)->job = v->s.shared_job;
    v->is_dirty = true;
}

void visit_shared_enquiry(const struct visit *v, struct enquiry *ret)
{
    ret->kind = ENQUIRY_SHARED;
    if (!v->s.matter || !v->s.has_card)
        return;
    visit_copy(ret->matter, sizeof ret->matter, v->s.matter->code);
    visit_copy(ret->name, sizeof ret->name,
               v->s.card.name[0] ? v->s.card.name : v->s.card.english_name);
    visit_copy(ret->id_no, sizeof ret->id_no, v->s.card.number);
    add_keys(v->s.matter, ret);
}

/* ---- the answer ---- */

static bool is_text(const char *text, size_t cap)
{
    size_t n = strnlen(text, cap);
    return n < cap && text_is_plain(text, n);
}

static bool was_asked(const struct matter *m, const char *key)
{
    for (size_t i = 0; i < m->n_materials; i++)
        if (m->material[i].share && !strcmp(m->material[i].share, key))
            return true;
    for (size_t i = 0; i < m->n_vars; i++)
        if (key_of(&m->var[i]) && !strcmp(key_of(&m->var[i]), key))
            return true;
    return false;
}

static const struct shared_item *item_of(const struct visit *v, const char *key)
{
    for (size_t i = 0; key && i < v->s.n_shared; i++)
        if (!strcmp(v->s.shared[i].key, key))
            return &v->s.shared[i];
    return NULL;
}

static bool is_sound(const struct visit *v, const struct shared_item *item)
{
    return is_text(item->key, sizeof item->key) && is_text(item->value, sizeof item->value) &&
           is_text(item->issuer, sizeof item->issuer) &&
           is_text(item->valid_to, sizeof item->valid_to) &&
           (!item->valid_to[0] || codes_date_parse(item->valid_to)) &&
           (unsigned)item->state <= SHARED_MISMATCH && was_asked(v->s.matter, item->key) &&
           !item_of(v, item->key);
}

static int count_filled(const struct visit *v)
{
    int n = 0;
    for (size_t i = 0; i < v->s.matter->n_vars; i++)
        n += v->s.source[i] == SOURCE_SHARED;
    return n;
}

void visit_shared_answer(struct visit *v, int64_t job, int code,
                         const struct enquiry_answer *answer)
{
    /* a page that is past, or an answer nobody waits for */
    if (v->s.shared_ask != ASK_WAITING || job != v->s.shared_job || !visit_is_watched(v))
        return;
    bool is_answer = code == 0 && answer && answer->kind == ENQUIRY_SHARED &&
                     answer->n_items <= ENQUIRY_MAX_KEYS;
    /* what is being signed has been read: nothing may be filled in behind it */
    is_answer = is_answer && v->state != STATE_SIGN;
    v->s.shared_ask = is_answer ? ASK_ANSWERED : ASK_FAILED;
    for (size_t i = 0; is_answer && i < answer->n_items; i++)
        if (is_sound(v, &answer->item[i]))
            v->s.shared[v->s.n_shared++] = answer->item[i];
    int n_before = count_filled(v);
    visit_answers_update(v);
    visit_flow_changed(v);
    bool is_changed = count_filled(v) != n_before || visit_supply_missing(v) >= 0;
    if (v->state == STATE_REVIEW && is_changed) {
        visit_flow_set_page(v, 0);
        visit_alert_set(v, "review.shared", TONE_WARN, NULL);
    }
}

void visit_shared_forget(struct visit *v)
{
    bytes_wipe(v->s.shared, sizeof v->s.shared);
    bytes_wipe(v->s.is_shared_refused, sizeof v->s.is_shared_refused);
    v->s.n_shared = 0;
    v->s.shared_ask = ASK_NONE;
    v->s.shared_job = 0;
}

const char *visit_shared_value(const struct visit *v, const char *key)
{
    const struct shared_item *item = item_of(v, key);
    return item && item->state == SHARED_FOUND ? item->value : "";
}

/* ---- certificates ---- */

static bool is_past(const struct visit *v, const struct shared_item *item)
{
    /* a record keeps the day on which it was signed, also on its receipt after midnight */
    int today = v->state >= STATE_SUBMITTING ? v->s.reviewed_on : v->today;
    int last = codes_date_parse(item->valid_to);
    return last && today && last < today;
}

enum visit_proof visit_shared_proof(const struct visit *v, int material,
                                    const struct shared_item **ret)
{
    const struct matter_material *m = &v->s.matter->material[material];
    const struct shared_item *item = item_of(v, m->share);
    if (ret)
        *ret = item;
    if (!m->share || (m->mode != MODE_E2 && m->mode != MODE_E3))
        return PROOF_NONE;
    if (!item)
        return PROOF_WAITING;
    switch (item->state) {
    case SHARED_FOUND:
        return is_past(v, item) ? PROOF_EXPIRED : PROOF_VERIFIED;
    case SHARED_ABSENT:
        return PROOF_ABSENT;
    case SHARED_MISMATCH:
        return PROOF_MISMATCH;
    case SHARED_UNAVAILABLE:
        break;
    }
    return PROOF_WAITING;
}

bool visit_is_to_supply(const struct visit *v, int material)
{
    enum visit_proof proof = visit_shared_proof(v, material, NULL);
    return v->s.matter->material[material].mode == MODE_E6 || proof == PROOF_MISMATCH ||
           proof == PROOF_ABSENT || proof == PROOF_EXPIRED;
}

void visit_enquiry(const struct visit *v, struct enquiry *ret)
{
    bytes_wipe(ret, sizeof *ret);
    if (v->asked == ENQUIRY_PROGRESS)
        visit_progress_enquiry(v, ret);
    else
        visit_shared_enquiry(v, ret);
}
