/* SPDX-License-Identifier: Apache-2.0 */
/* The end of every step: what the state reached needs, against what is on already. Readers, timers
 * and the screen are ordered here and nowhere else, so that no path can forget to switch one off.
 * Also what a timer means when it fires. Pure. Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

enum {
    SUBMIT_SLOW_MS = 15000,
    PRINT_OVERDUE_MS = 45000,
    RECEIPT_MS = 60000,
    RECEIPT_SCREEN_MS = 120000, /* the visitor takes a picture of the code or staff fetch paper */
    RATING_MS = 20000,
    RATING_REASONS_MS = 40000,
    GOODBYE_MS = 8000,
    LEFT_BEHIND_MS = 30000, /* then staff are called */
};

static void settle_home(struct visit *v)
{
    bool can_serve = !v->store_fault && matter_set_count(v->cfg.catalogue->matters) > 0;
    if (v->state == STATE_HOME && !can_serve && !v->is_looking)
        visit_enter(v, STATE_OUT_OF_SERVICE);
    else if (v->state == STATE_OUT_OF_SERVICE && can_serve)
        visit_enter(v, STATE_HOME);
    bool is_quiet = v->state == STATE_HOME || v->state == STATE_OUT_OF_SERVICE;
    if (is_quiet && visit_print_can_recover(v))
        visit_print_begin_recover(v);
}

static void settle_device(struct visit *v, bool *is_on, bool want, enum visit_effect_kind kind)
{
    if (*is_on == want)
        return;
    *is_on = want;
    visit_effect_add(v, kind)->flag = want;
}

/* @return delay of the page timer, 0: none; *ret_human: the visitor's taps prolong it */
static int page_delay(const struct visit *v, bool *ret_human)
{
    *ret_human = false;
    switch (v->state) {
    case STATE_SUBMITTING:
        return SUBMIT_SLOW_MS;
    case STATE_RECOVER:
        return v->recover_phase == PHASE_PRINTED ? GOODBYE_MS : PRINT_OVERDUE_MS;
    case STATE_RECEIPT:
        if (v->s.phase == PHASE_PRINTING)
            return PRINT_OVERDUE_MS;
        *ret_human = true;
        return v->s.phase == PHASE_PRINTED && v->s.pages != PAGES_PRINTING ? RECEIPT_MS
                                                                           : RECEIPT_SCREEN_MS;
    case STATE_RATING:
        *ret_human = true;
        return visit_rating_asks_reasons(v) ? RATING_REASONS_MS : RATING_MS;
    case STATE_GOODBYE:
        return GOODBYE_MS;
    case STATE_LEFT_BEHIND:
        return v->is_alarm_on ? 0 : LEFT_BEHIND_MS;
    case STATE_HOME:
    case STATE_OUT_OF_SERVICE:
        *ret_human = true;
        return visit_find_home_ms(v);
    case STATE_PROGRESS:
        return visit_progress_wait_ms(v);
    case STATE_MATTER:
    case STATE_NOTICE:
    case STATE_IDENTIFY:
    case STATE_QUESTIONS:
    case STATE_FORM:
    case STATE_MATERIALS:
    case STATE_REVIEW:
    case STATE_SIGN:
    case STATE_STOPPED:
    case STATE_FIND:
    case STATE_GUIDE:
    case VISIT_N_STATES:
        break;
    }
    return 0;
}

static void settle_timer(struct visit *v, enum visit_timer timer, int delay_ms, bool restart)
{
    if (!delay_ms) {
        if (v->is_armed[timer])
            visit_effect_add(v, VISIT_EFFECT_TIMER_CLEAR)->timer = timer;
        v->is_armed[timer] = false;
    } else if (!v->is_armed[timer] || restart) {
        struct visit_effect *e = visit_effect_add(v, VISIT_EFFECT_TIMER_SET);
        e->timer = timer;
        e->delay_ms = delay_ms;
        v->is_armed[timer] = true;
    }
}

/* Orders that may fail on the spot stand last: the host may then answer with the next event from
 * inside its handler, and nothing of this step comes after that. */
static void put_orders_last(struct visit_effects *e)
{
    struct visit_effects sorted = {.n = 0};
    for (int want = 0; want < 2; want++) {
        for (int i = 0; i < e->n; i++) {
            enum visit_effect_kind kind = e->at[i].kind;
            int is_order = kind == VISIT_EFFECT_SUBMIT || kind == VISIT_EFFECT_RATE ||
                           kind == VISIT_EFFECT_PRINT || kind == VISIT_EFFECT_PRINT_DOCUMENT ||
                           kind == VISIT_EFFECT_PRINT_LIST || kind == VISIT_EFFECT_ENQUIRE;
            if (is_order == want)
                sorted.at[sorted.n++] = e->at[i];
        }
    }
    *e = sorted;
}

void visit_settle(struct visit *v)
{
    settle_home(v);
    visit_shared_settle(v);
    bool wants_card = (v->state == STATE_IDENTIFY && !v->s.is_identified) ||
                      visit_other_wanted(v, "other_card.") || visit_progress_wants_card(v);
    settle_device(v, &v->is_reader_on, wants_card, VISIT_EFFECT_READER);
    /* the slot is asked also where its card is not taken: somebody has to say so */
    settle_device(v, &v->is_slot_on, wants_card && visit_device_usable(v, DEVICE_CARD_SLOT),
                  VISIT_EFFECT_CARD_SLOT);
    bool wants_code = v->state == STATE_MATERIALS || visit_other_wanted(v, "code.uscc") ||
                      visit_progress_wants_code(v);
    settle_device(v, &v->is_scanner_on, wants_code, VISIT_EFFECT_SCANNER);

    int slow = visit_prefs_slow(v);
    bool is_asking = v->modal == MODAL_IDLE;
    bool is_watched = visit_is_watched(v) && !is_asking;
    settle_timer(v, VISIT_TIMER_IDLE, is_watched ? v->cfg.idle_ask_ms * slow : 0,
                 v->is_active || v->is_restarted);
    settle_timer(v, VISIT_TIMER_COUNTDOWN, is_asking ? 1000 : 0, false);
    bool is_human = false;
    int delay_ms = page_delay(v, &is_human);
    settle_timer(v, VISIT_TIMER_PAGE, is_human ? delay_ms * slow : delay_ms,
                 v->is_restarted || (is_human && v->is_active));
    settle_timer(v, VISIT_TIMER_NOTICES, visit_hall_notices_ms(v), v->is_restarted);
    if (v->is_dirty) {
        v->revision++;
        visit_effect_add(v, VISIT_EFFECT_SHOW);
    }
    put_orders_last(v->effects);
}

/* ---- timers that fire ---- */

static void take_page_timer(struct visit *v)
{
    switch ((int)v->state) {
    case STATE_HOME: /* nobody is there: the first look again */
    case STATE_OUT_OF_SERVICE:
        v->s.finding.tree = 0;
        v->is_looking = v->is_seen = false;
        visit_effect_add(v, VISIT_EFFECT_WIPE);
        visit_prefs_reset(v);
        visit_flow_set_page(v, 0);
        break;
    case STATE_PROGRESS:
        visit_progress_timer(v);
        break;
    case STATE_SUBMITTING:
        visit_alert_set(v, "submit.slow", TONE_WAIT, NULL);
        break;
    case STATE_RECEIPT:
    case STATE_RECOVER:
        visit_print_timer(v);
        break;
    case STATE_RATING:
        visit_rating_timer(v);
        break;
    case STATE_GOODBYE:
        visit_end(v);
        break;
    case STATE_LEFT_BEHIND:
        visit_devices_alarm(v);
        break;
    default:
        break;
    }
}

void visit_timer_take(struct visit *v, enum visit_timer timer)
{
    if ((unsigned)timer >= VISIT_N_TIMERS || !v->is_armed[timer])
        return; /* fired while it was being cleared */
    v->is_armed[timer] = false;
    if (timer == VISIT_TIMER_IDLE) {
        v->countdown_s = visit_prefs_countdown(v);
        visit_open_modal(v, MODAL_IDLE);
    } else if (timer == VISIT_TIMER_COUNTDOWN) {
        v->is_dirty = true;
        if (--v->countdown_s <= 0)
            visit_end(v);
    } else if (timer == VISIT_TIMER_NOTICES) {
        visit_hall_next_notices(v);
    } else {
        take_page_timer(v);
    }
}
