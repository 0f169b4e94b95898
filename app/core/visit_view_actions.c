/* SPDX-License-Identifier: Apache-2.0 */
/* Buttons of a page and the question over it, of the present state. Pure. Thread: the one that owns
 * the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

/* ---- questions over the page ---- */

static struct view_action action(const char *id, enum intent_kind intent, bool is_main)
{
    return (struct view_action){
        .label = text_id(id), .intent = intent, .is_enabled = true, .is_main = is_main};
}

void visit_view_ask(const struct visit *v, struct view *ret)
{
    ret->ask_countdown_s = -1;
    if (v->modal == MODAL_IDLE) {
        ret->ask = text_id("idle.ask");
        ret->ask.arg[0] = visit_view_printf(ret, "%d", v->countdown_s);
        ret->ask_countdown_s = v->countdown_s;
        ret->ask_yes = action("idle.stay", INTENT_STAY, true);
        ret->ask_no = action("idle.leave", INTENT_HOME, false);
    } else if (v->modal == MODAL_LEAVE) {
        ret->ask = text_id("leave.ask");
        ret->ask_yes = action("leave.yes", INTENT_HOME, false);
        ret->ask_no = action("leave.no", INTENT_STAY, true);
    } else if (v->modal == MODAL_SIGN_BY_KEY) {
        ret->ask = text_id("sign.by_key_ask");
        ret->ask_yes = action("sign.by_key_yes", INTENT_SIGN_BY_KEY, true);
        ret->ask_no = action("sign.by_key_no", INTENT_STAY, false);
    } else if (v->state == STATE_RECEIPT && v->s.phase == PHASE_IN_DOUBT) {
        ret->ask = text_id("receipt.ask_printed");
        ret->ask_yes = action("receipt.ask_yes", INTENT_NEXT, true);
        ret->ask_no = action("receipt.ask_no", INTENT_REPRINT, false);
    }
}

/* ---- buttons ---- */

static void next_of_page(const struct visit *v, const struct visit_layout *layout, const char *last,
                         struct view *ret)
{
    bool is_last = layout->page + 1 >= layout->n_pages;
    const char *id = v->s.is_correcting ? "action.corrected" : is_last ? last : "action.next";
    ret->next = action(id, INTENT_NEXT, true);
}

static void show_receipt_actions(const struct visit *v, struct view *ret)
{
    if (v->s.phase == PHASE_PRINTING || v->s.phase == PHASE_NONE) {
        ret->next = action("receipt.done", INTENT_NEXT, true);
        ret->next.is_enabled = false;
        return;
    }
    ret->next = action("receipt.done", INTENT_NEXT, true);
    if (v->s.phase == PHASE_ON_SCREEN) {
        ret->extra = action("receipt.try_again", INTENT_REPRINT, false);
        ret->extra.is_enabled = visit_device_usable(v, DEVICE_PRINTER) && !v->job;
    } else if (v->s.phase == PHASE_IN_DOUBT) {
        ret->next = action("receipt.ask_yes", INTENT_NEXT, true);
        ret->extra = action("receipt.ask_no", INTENT_REPRINT, false);
    }
}

static void show_progress_actions(const struct visit *v, struct view *ret)
{
    const struct case_report *report = visit_progress_report(v);
    if (v->s.progress_ask == ASK_FAILED) {
        ret->next = action("progress.again", INTENT_NEXT, true);
    } else if (report && visit_fix_possible(v, report)) {
        ret->next = action("fix.begin", INTENT_NEXT, true);
    } else if (report && report->n_fixes && v->s.has_card && !report->may_fix) {
        ret->extra = action("identify.another", INTENT_EDIT, false);
    }
}

/* Only where a printer can do it: a button that is never of use would only be in the way. */
static void offer_list(const struct visit *v, struct view *ret)
{
    if (!visit_pages_list_offered(v))
        return;
    bool is_a4 = visit_device_usable(v, DEVICE_DOCUMENT_PRINTER);
    ret->extra = action(is_a4 ? "pages.print_list" : "list.print", INTENT_PRINT_LIST, false);
    ret->extra.is_enabled = visit_pages_list_possible(v);
}

static void show_rating_actions(const struct visit *v, struct view *ret)
{
    if (!visit_rating_asks_reasons(v)) {
        ret->next = action("rating.skip", INTENT_SKIP, false);
        return;
    }
    ret->back = action("action.back", INTENT_BACK, false);
    ret->next = action("rating.send", INTENT_NEXT, true);
    ret->next.is_enabled = v->s.rating_reasons != 0;
    ret->extra = action("rating.skip_reasons", INTENT_SKIP, false);
}

void visit_view_actions(const struct visit *v, const struct visit_layout *layout, struct view *ret)
{
    bool is_page = v->state >= STATE_FIND &&
                   v->state <= STATE_STOPPED; /* the enum's order, see visit_priv.h */
    if (is_page) {
        ret->back = action("action.back", INTENT_BACK, false);
        ret->home = action("action.home", INTENT_HOME, false);
    }
    switch (v->state) {
    case STATE_HOME:
        if (layout->n_pages > 1)
            ret->next = action("home.more", INTENT_NEXT, false);
        break;
    case STATE_FIND:
        if (layout->page + 1 < layout->n_pages)
            ret->next = action("home.more", INTENT_NEXT, false);
        break;
    case STATE_PROGRESS:
        show_progress_actions(v, ret);
        break;
    case STATE_RECOVER:
        ret->next = action("recover.begin", INTENT_NEXT, true);
        break;
    case STATE_MATTER:
        next_of_page(v, layout, "matter.begin", ret);
        if (layout->page + 1 >= layout->n_pages && v->s.matter->status != MATTER_OPEN)
            ret->next.label.id = NULL;
        else if (layout->page + 1 >= layout->n_pages)
            ret->next.is_enabled = visit_matter_can_begin(v);
        offer_list(v, ret);
        break;
    case STATE_NOTICE:
        ret->next = action("notice.agree", INTENT_NEXT, true);
        break;
    case STATE_IDENTIFY:
        if (v->s.is_identified) {
            ret->next = action("action.next", INTENT_NEXT, true);
            ret->extra = action("identify.another", INTENT_EDIT, false);
        }
        break;
    case STATE_QUESTIONS:
    case STATE_FORM:
        next_of_page(v, layout, "action.next", ret);
        break;
    case STATE_MATERIALS:
        next_of_page(v, layout, "action.next", ret);
        offer_list(v, ret);
        break;
    case STATE_REVIEW:
        next_of_page(v, layout, "review.confirm", ret);
        ret->next.is_enabled = !v->store_fault || layout->page + 1 < layout->n_pages;
        break;
    case STATE_SIGN:
        ret->next = action("sign.submit", INTENT_SIGN, true);
        ret->extra = action("sign.by_key", INTENT_SIGN_BY_KEY, false);
        break;
    case STATE_STOPPED:
        ret->back.is_main = true;
        break;
    case STATE_RECEIPT:
        show_receipt_actions(v, ret);
        break;
    case STATE_RATING:
        show_rating_actions(v, ret);
        break;
    case STATE_GOODBYE:
        ret->next = action("goodbye.done", INTENT_NEXT, true);
        break;
    case STATE_LEFT_BEHIND: /* a next visitor need not wait for ever */
        if (v->is_alarm_on)
            ret->next = action("recover.begin", INTENT_NEXT, false);
        break;
    case STATE_OUT_OF_SERVICE:
        if (visit_hall_works(v, FUNCTION_LOOK_UP))
            ret->next = action("out.look", INTENT_NEXT, true);
        break;
    case STATE_SUBMITTING:
    case STATE_GUIDE:
    case VISIT_N_STATES:
        break;
    }
}
