/* SPDX-License-Identifier: Apache-2.0 */
/* The applicant's card: the page that asks for it, and what a card does on every page that takes
 * one. Pure. Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/codes.h"

void visit_flow_identify(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_BACK) {
        visit_enter(v, STATE_NOTICE);
    } else if (in->kind == INTENT_NEXT && v->s.is_identified) {
        visit_flow_enter_after(v, STATE_IDENTIFY);
    } else if (in->kind == INTENT_EDIT && v->s.is_identified) {
        v->s.is_identified = false;
        v->s.alert.id = NULL;
        v->is_dirty = true;
    }
}

static void welcome_card(struct visit *v)
{
    char masked[96];
    if (v->s.warnings & WARNING_CARD_EXPIRED) {
        visit_alert_set(v, "identify.expired", TONE_WARN, NULL);
    } else if ((v->s.warnings & (WARNING_CARD_SEX | WARNING_CARD_BIRTH)) || v->s.card.doubts) {
        visit_alert_set(v, "identify.mismatch", TONE_WARN, NULL);
    } else {
        codes_mask_name(v->s.card.name[0] ? v->s.card.name : v->s.card.english_name, masked,
                        sizeof masked);
        visit_alert_set(v, "identify.read", TONE_OK, masked);
        bytes_wipe(masked, sizeof masked);
    }
}

/* A card that was read well and still cannot be used here. @return true when it was refused */
static bool refuse_card(struct visit *v, const struct card *card, unsigned warnings)
{
    char day[16];
    if (card->kind == CARD_SOCIAL_SECURITY && !v->cfg.accepts_social_security_card) {
        visit_alert_set(v, "identify.social_security", TONE_WARN, NULL);
        return true;
    }
    if ((warnings & WARNING_CARD_EXPIRED) && !v->s.matter->accepts_expired_card) {
        snprintf(day, sizeof day, "%.4s-%.2s-%.2s", card->valid_to, card->valid_to + 4,
                 card->valid_to + 6);
        visit_alert_set(v, "identify.expired_refused", TONE_WARN, day);
        return true;
    }
    return false;
}

void visit_flow_card(struct visit *v, const struct card *card)
{
    visit_progress_card(v, card);
    if (v->state == STATE_FORM)
        visit_other_card(v, card);
    if (v->state != STATE_IDENTIFY || v->s.is_identified)
        return;
    unsigned warnings = visit_card_warnings(card, v->today);
    if (refuse_card(v, card, warnings))
        return;
    /* Another person: nothing of the one before may stay. */
    if (v->s.has_card && strcmp(v->s.card.number, card->number) != 0)
        visit_answers_reset(v);
    v->s.card = *card;
    bytes_wipe(v->s.card.photo, sizeof v->s.card.photo); /* no page and no paper shows it */
    v->s.card.has_photo = false;
    v->s.has_card = v->s.is_identified = true;
    v->s.warnings = warnings | (v->s.warnings & (WARNING_OTHER_EXPIRED | WARNING_OTHER_MISMATCH));
    visit_answers_update(v);
    visit_flow_enter_after(v, STATE_IDENTIFY);
    welcome_card(v);
}

void visit_flow_card_failed(struct visit *v, int code)
{
    bool is_looking = (v->state == STATE_IDENTIFY && !v->s.is_identified) ||
                      visit_other_wanted(v, "other_card.") || visit_progress_wants_card(v);
    if (!is_looking)
        return;
    const char *id = "identify.failed.retry";
    if (err_class_of(code) != ERR_CLASS_RETRY)
        id = "identify.failed.staff";
    else if (code == ERR_READER_CARD_MOVED || code == ERR_READER_NO_CARD)
        id = "identify.failed.moved";
    else if (code == ERR_READER_CARD_REFUSED || code == ERR_READER_CARD_DATA ||
             code == ERR_READER_CARD_TEXT || code == ERR_READER_CARD_DOUBT)
        id = "identify.failed.card";
    else if (code == ERR_SLOT_CARD)
        id = "identify.failed.slot";
    else if (code == ERR_SLOT_KIND)
        id = "identify.failed.other_card";
    visit_alert_set(v, id, TONE_WARN, NULL);
}
