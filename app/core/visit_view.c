/* SPDX-License-Identifier: Apache-2.0 */
/* The view of the present state: frame, banner, alert. Questions and buttons are in
 * visit_view_actions.c, the lines of the page in visit_view_items.c. Pure. Thread: the one that
 * owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

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
    case STATE_MATERIALS: /* what hands must do now, for those who do not read */
        if (v->s.alert.id && strcmp(v->s.alert.id, "materials.scan_now") == 0)
            ret->illustration = text_lit("scan-code");
        break;
    case STATE_SIGN: /* who cannot see the box must hear that there is another way */
        if (v->prefs.speech == SPEECH_ALL)
            ret->subtitle = text_id("sign.subtitle_key");
        break;
    case STATE_RATING:
        if (visit_rating_asks_reasons(v)) {
            ret->illustration = text_lit("sorry"); /* thanks with a heart would mock */
            ret->title = text_id("rating.reasons_title");
            ret->subtitle = text_id("rating.reasons_subtitle");
        }
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

/* The one who forgot something is walking away, the one who fell silent may not be looking. */
static enum view_urgency urgency_of(const struct visit *v)
{
    if (v->state == STATE_LEFT_BEHIND)
        return v->is_alarm_on ? URGENCY_ALARM : URGENCY_REPEAT;
    bool is_to_take = v->state == STATE_GOODBYE && visit_devices_hold_card(v);
    return v->modal == MODAL_IDLE || is_to_take ? URGENCY_REPEAT : URGENCY_ONCE;
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
    ret->prefs = v->prefs;
    ret->can_call_staff = true;
    ret->is_staff_called = v->is_staff_called;
    ret->urgency = urgency_of(v);
    frame_texts(v, &layout, ret);
    show_banner(v, ret);
    if (v->s.alert.id) {
        ret->alert = text_id(v->s.alert.id);
        ret->alert_tone = v->s.alert.tone;
        if (v->s.alert.arg[0])
            ret->alert.arg[0] = visit_say_copy(v, v->s.alert.arg, ret);
        ret->alert.is_arg_id = v->s.alert.arg_id[0] != NULL;
        for (int i = 0; ret->alert.is_arg_id && i < 2; i++)
            ret->alert.arg[i] = v->s.alert.arg_id[i];
    }
    visit_view_ask(v, ret);
    visit_view_actions(v, &layout, ret);
    for (int i = 0; i < layout.n; i++)
        visit_view_item(v, &layout.at[i], ret);
    visit_translate(v, ret);
}
