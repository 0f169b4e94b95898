/* SPDX-License-Identifier: Apache-2.0 */
/* The view of the present state: frame, banner, alert, questions, buttons. The lines of the page
 * are in visit_view_items.c. Pure. Thread: the one that owns the visit. */
#include "core/visit_priv.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* ---- storage ---- */

const char *visit_view_copy(struct view *view, const char *text)
{
    size_t n = strlen(text) + 1;
    assert(view->arena_used + n <= sizeof view->arena); /* visit_layout.c counts */
    char *at = view->arena + view->arena_used;
    memcpy(at, text, n);
    view->arena_used += n;
    return at;
}

const char *visit_view_printf(struct view *view, const char *fmt, ...)
{
    char text[96];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return visit_view_copy(view, text);
}

struct view_option *visit_view_option(struct view *view, struct view_item *item)
{
    assert(view->n_options < VIEW_MAX_OPTIONS);
    struct view_option *option = &view->option[view->n_options++];
    *option = (struct view_option){.is_selected = false};
    if (!item->n_options)
        item->option = option;
    item->n_options++;
    return option;
}

/* ---- frame ---- */

enum { N_STEPS = 6 };

/* What never changes about a state's page. */
static const struct {
    enum view_screen screen;
    const char *title, *subtitle; /* NULL title: set by frame_texts */
    int step;                     /* 0: progress is not shown */
    const char *illustration;
} frames[VISIT_N_STATES] = {
    [STATE_HOME] = {SCREEN_HOME, "home.title", "home.subtitle", 0, NULL},
    [STATE_OUT_OF_SERVICE] = {SCREEN_OUT_OF_SERVICE, "out.title", NULL, 0, "sorry"},
    [STATE_RECOVER] = {SCREEN_RECEIPT, "recover.title", NULL, 0, "take-receipt"},
    [STATE_FIND] = {SCREEN_FIND, NULL, NULL, 0, NULL},
    [STATE_GUIDE] = {SCREEN_GUIDE, NULL, "guide.subtitle", 0, NULL},
    [STATE_PROGRESS] = {SCREEN_PROGRESS, "progress.title", NULL, 0, NULL},
    [STATE_MATTER] = {SCREEN_MATTER, NULL, NULL, 0, NULL},
    [STATE_NOTICE] = {SCREEN_NOTICE, "notice.title", NULL, 1, NULL},
    [STATE_IDENTIFY] = {SCREEN_IDENTIFY, "identify.title", "identify.subtitle", 1, "lay-card"},
    [STATE_QUESTIONS] = {SCREEN_QUESTIONS, "questions.title", "questions.subtitle", 2, NULL},
    [STATE_FORM] = {SCREEN_FORM, NULL, NULL, 3, NULL},
    [STATE_MATERIALS] = {SCREEN_MATERIALS, "materials.title", "materials.subtitle", 4, NULL},
    [STATE_REVIEW] = {SCREEN_REVIEW, "review.title", NULL, 5, NULL},
    [STATE_SIGN] = {SCREEN_SIGN, "sign.title", "sign.subtitle", 5, NULL},
    [STATE_STOPPED] = {SCREEN_STOPPED, "stopped.title", NULL, 0, "sorry"},
    [STATE_SUBMITTING] = {SCREEN_SUBMITTING, "submit.title", NULL, 5, NULL},
    [STATE_RECEIPT] = {SCREEN_RECEIPT, "receipt.title", NULL, 6, "take-receipt"},
    [STATE_RATING] = {SCREEN_RATING, "rating.title", "rating.subtitle", 0, NULL},
    [STATE_GOODBYE] = {SCREEN_GOODBYE, "goodbye.title", "goodbye.subtitle", 0, "take-card"},
    [STATE_LEFT_BEHIND] = {SCREEN_GOODBYE, "left.title", NULL, 0, "take-card"},
};

static void frame_texts(const struct visit *v, const struct visit_layout *layout, struct view *ret)
{
    const struct matter *m = v->s.matter;
    switch ((int)v->state) {
    case STATE_MATTER:
        ret->title = text_lit(m->name);
        ret->subtitle = m->summary ? text_lit(m->summary) : text_id("matter.subtitle");
        break;
    case STATE_FORM:
        if (layout->group >= 0 && m->group[layout->group].title)
            ret->title = text_lit(m->group[layout->group].title);
        else
            ret->title = text_id("form.title");
        if (layout->group >= 0 && m->group[layout->group].hint)
            ret->subtitle = text_lit(m->group[layout->group].hint);
        break;
    case STATE_FIND:
    case STATE_GUIDE:
    case STATE_PROGRESS:
        visit_view_find_frame(v, ret);
        break;
    case STATE_REVIEW:
        if (v->s.fixing) {
            ret->title = text_id("fix.review_title");
            ret->subtitle = text_id("fix.review_subtitle");
            break;
        }
        ret->subtitle = text_id("review.subtitle");
        ret->subtitle.arg[0] = visit_view_printf(ret, "%zu", visit_tasks_count(v));
        break;
    case STATE_GOODBYE:
        if (m->is_quiet)
            ret->title = text_id("goodbye.title_quiet");
        if (!visit_devices_hold_card(v) && v->s.is_receipt_out)
            ret->illustration = text_lit("take-receipt");
        break;
    case STATE_LEFT_BEHIND:
        if (!v->is_card_left) {
            ret->title = text_id("left.title_ticket");
            ret->illustration = text_lit("take-receipt");
        }
        break;
    default:
        break;
    }
}

/* ---- banner: what is wrong with the terminal while one can go on ---- */

static void banner_set(struct view *ret, const char *id, enum view_tone tone)
{
    ret->banner = text_id(id);
    ret->banner_tone = tone;
}

/* A device in words: at home with what to do, for the staff who pass by. */
static void banner_device(const struct visit *v, struct view *ret, const char *id,
                          const char *home_id, enum device_kind kind)
{
    ret->banner =
        text_device(v->state == STATE_HOME ? home_id : id, kind, device_cause_of(&v->device[kind]));
    ret->banner_tone = TONE_WARN;
}

/* Trouble that a visitor does not feel (yet): staff see it where nobody is served.
 * @return the device, DEVICE_N_KINDS when all is well */
static enum device_kind quiet_trouble(const struct visit *v)
{
    static const enum device_kind kinds[] = {DEVICE_SCANNER, DEVICE_CARD_SLOT,
                                             DEVICE_DOCUMENT_PRINTER, DEVICE_PRINTER};
    for (size_t i = 0; v->state == STATE_HOME && i < YJ_COUNT(kinds); i++)
        if (visit_device_troubled(v, kinds[i]))
            return kinds[i];
    return DEVICE_N_KINDS;
}

/* What is wrong with the catalogue, for the staff who pass by. @return true when it is said */
static bool banner_catalogue(const struct visit *v, struct view *ret)
{
    int valid_to = v->cfg.catalogue->valid_to;
    if (v->state != STATE_HOME)
        return false;
    if (v->cfg.catalogue_errors > 0) {
        banner_set(ret, "home.some_missing", TONE_WARN);
        ret->banner.arg[0] = visit_view_printf(ret, "%d", v->cfg.catalogue_errors);
        return true;
    }
    if (!valid_to || !v->today || v->today <= valid_to)
        return false;
    banner_set(ret, "home.outdated", TONE_WARN);
    ret->banner.arg[0] = visit_view_printf(ret, "%04d-%02d-%02d", valid_to / 10000,
                                           valid_to / 100 % 100, valid_to % 100);
    return true;
}

static void show_banner(const struct visit *v, struct view *ret)
{
    bool is_before_receipt = v->state != STATE_RECEIPT && v->state != STATE_RATING &&
                             v->state != STATE_GOODBYE && v->state != STATE_RECOVER &&
                             v->state != STATE_LEFT_BEHIND && v->state != STATE_OUT_OF_SERVICE;
    bool is_before_card = v->state == STATE_HOME || v->state == STATE_FIND ||
                          v->state == STATE_GUIDE || v->state == STATE_MATTER ||
                          v->state == STATE_NOTICE;
    enum device_kind quiet = quiet_trouble(v);
    if (v->state == STATE_HOME && v->is_card_left)
        banner_set(ret, "banner.card_left", TONE_WARN);
    else if (v->store_fault && is_before_receipt)
        banner_set(ret, "banner.store", TONE_ERROR);
    else if (is_before_card && visit_device_dead(v, DEVICE_READER))
        banner_device(v, ret, "banner.reader", "banner.reader_staff", DEVICE_READER);
    else if (is_before_receipt && visit_device_dead(v, DEVICE_PRINTER))
        banner_device(v, ret, "banner.printer", "banner.printer_staff", DEVICE_PRINTER);
    else if (quiet != DEVICE_N_KINDS)
        banner_device(v, ret, "device.full", "device.full", quiet);
    else if (banner_catalogue(v, ret))
        return;
    else if (!v->link.is_online && v->state != STATE_OUT_OF_SERVICE &&
             v->state != STATE_LEFT_BEHIND && v->state != STATE_PROGRESS) /* it says so itself */
        banner_set(ret, "banner.offline", TONE_WAIT);
}

/* ---- questions over the page ---- */

static struct view_action action(const char *id, enum intent_kind intent, bool is_main)
{
    return (struct view_action){
        .label = text_id(id), .intent = intent, .is_enabled = true, .is_main = is_main};
}

static void show_ask(const struct visit *v, struct view *ret)
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

static void show_actions(const struct visit *v, const struct visit_layout *layout, struct view *ret)
{
    bool is_page =
        v->state >= STATE_FIND && v->state <= STATE_STOPPED; /* the enum's order, see priv.h */
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
        break;
    case STATE_STOPPED:
        ret->back.is_main = true;
        break;
    case STATE_RECEIPT:
        show_receipt_actions(v, ret);
        break;
    case STATE_RATING:
        ret->next = action("rating.skip", INTENT_SKIP, false);
        break;
    case STATE_GOODBYE:
        ret->next = action("goodbye.done", INTENT_NEXT, true);
        break;
    case STATE_LEFT_BEHIND: /* a next visitor need not wait for ever */
        if (v->is_alarm_on)
            ret->next = action("recover.begin", INTENT_NEXT, false);
        break;
    case STATE_OUT_OF_SERVICE:
    case STATE_SUBMITTING:
    case STATE_GUIDE:
    case VISIT_N_STATES:
        break;
    }
}

void visit_view(const struct visit *v, struct view *ret)
{
    struct visit_layout layout;
    visit_layout(v, v->state, v->s.page, &layout);
    const char *illustration = frames[v->state].illustration;

    /* Everything before the storage at the end; items and options are overwritten one by one. */
    memset(ret, 0, offsetof(struct view, item));
    ret->n_items = ret->n_options = ret->arena_used = 0;
    ret->screen = frames[v->state].screen;
    ret->revision = v->revision;
    ret->title = text_id(frames[v->state].title);
    ret->subtitle = text_id(frames[v->state].subtitle);
    if (illustration)
        ret->illustration = text_lit(illustration);
    ret->step = frames[v->state].step;
    ret->n_steps = ret->step ? N_STEPS : 0;
    ret->is_elder = v->s.is_elder;
    ret->can_call_staff = true;
    ret->is_staff_called = v->is_staff_called;
    frame_texts(v, &layout, ret);
    show_banner(v, ret);
    if (v->s.alert.id) {
        ret->alert = text_id(v->s.alert.id);
        ret->alert_tone = v->s.alert.tone;
        if (v->s.alert.arg[0])
            ret->alert.arg[0] = visit_view_copy(ret, v->s.alert.arg);
        ret->alert.is_arg_id = v->s.alert.arg_id[0] != NULL;
        for (int i = 0; ret->alert.is_arg_id && i < 2; i++)
            ret->alert.arg[i] = v->s.alert.arg_id[i];
    }
    show_ask(v, ret);
    show_actions(v, &layout, ret);
    for (int i = 0; i < layout.n; i++)
        visit_view_item(v, &layout.at[i], ret);
}
