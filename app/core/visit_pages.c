/* SPDX-License-Identifier: Apache-2.0 */
/* Orders for A4 pages: one document after another, each answered by the printer before the next is
 * ordered. They are a service beside the receipt: nothing waits for them, they are in no journal
 * and never come again after a restart. Pure. Thread: the one that owns the visit.
 *
 *   NONE ──order──► PRINTING ──printed, or sent and no report──► PRINTING (next) … ──► ENDED
 *                      ├──in doubt──► ENDED   "please have a look"
 *                      └──not begun─► ENDED   device and cause
 *   ENDED may order again, VISIT_MAX_PAGES times in a visit */
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

/* Numbers of lists begin where no record's sequence will ever come. */
static const int64_t LIST_JOB = INT64_C(1) << 48;

bool visit_has_promise(const struct visit *v)
{
    for (size_t i = 0; v->s.matter && i < v->s.matter->n_materials; i++)
        if (v->s.plan.material[i] == TRI_TRUE &&
            (v->s.matter->material[i].mode == MODE_E5 || v->s.supply[i].kind == SUPPLY_PROMISED))
            return true;
    return false;
}

bool visit_pages_possible(const struct visit *v)
{
    return visit_device_usable(v, DEVICE_DOCUMENT_PRINTER) && !v->page_job &&
           v->s.n_page_orders < VISIT_MAX_PAGES;
}

/* ---- the list of materials: on A4, or as a ticket where only the receipt printer is there ---- */

static bool is_list_a_ticket(const struct visit *v)
{
    return !visit_device_usable(v, DEVICE_DOCUMENT_PRINTER) &&
           visit_device_usable(v, DEVICE_PRINTER);
}

bool visit_pages_list_offered(const struct visit *v)
{
    return v->s.matter->n_materials > 0 &&
           (visit_device_usable(v, DEVICE_DOCUMENT_PRINTER) || is_list_a_ticket(v));
}

bool visit_pages_list_possible(const struct visit *v)
{
    if (!is_list_a_ticket(v))
        return visit_pages_possible(v);
    /* a receipt goes before */
    return !v->job && !v->list_job && v->s.n_page_orders < VISIT_MAX_PAGES;
}

void visit_pages_order_list(struct visit *v)
{
    if (!visit_pages_list_possible(v) || !visit_pages_list_offered(v))
        return;
    if (!is_list_a_ticket(v)) {
        visit_pages_order(v, 1U << DOCUMENT_MATERIALS);
        return;
    }
    v->s.n_page_orders++;
    v->list_job = v->s.list_job = LIST_JOB + ++v->last_list_job;
    visit_effect_add(v, VISIT_EFFECT_PRINT_LIST)->job = v->list_job;
    visit_alert_set(v, "list.printing", TONE_WAIT, NULL);
}

bool visit_pages_list_done(struct visit *v, int64_t job, enum print_result result)
{
    if (job <= LIST_JOB)
        return false;
    if (job != v->list_job)
        return true;
    v->list_job = 0;
    v->is_dirty = true;
    if (v->s.list_job != job) /* the visitor who ordered it has gone */
        return true;
    v->s.list_job = 0;
    if (result == PRINT_NOT_STARTED)
        visit_alert_device(v, "list.failed", TONE_WARN, DEVICE_PRINTER, 0);
    else if (result == PRINT_IN_DOUBT)
        visit_alert_set(v, "list.in_doubt", TONE_WARN, NULL);
    else
        visit_alert_set(v, "list.printed", TONE_OK, NULL);
    return true;
}

/* ---- documents ---- */

static void order_next(struct visit *v)
{
    for (int kind = 0; kind < DOCUMENT_N_KINDS; kind++) {
        if (!(v->s.pages_left & 1U << kind))
            continue;
        v->s.pages_left &= ~(1U << kind);
        struct visit_effect *e = visit_effect_add(v, VISIT_EFFECT_PRINT_DOCUMENT);
        e->document = (enum document_kind)kind;
        e->job = v->page_job = ++v->last_page_job;
        e->copy = v->s.n_pages_out[kind];
        v->s.page_kind = e->document;
        return;
    }
}

static void end_order(struct visit *v)
{
    v->s.pages = PAGES_ENDED;
    v->s.pages_left = 0;
    v->is_dirty = v->is_restarted = true;
}

void visit_pages_order(struct visit *v, unsigned kinds)
{
    if (!visit_pages_possible(v) || !kinds)
        return;
    v->s.n_page_orders++;
    v->s.pages = PAGES_PRINTING;
    v->s.pages_left = kinds;
    v->s.are_pages_unproven = false;
    visit_alert_set(v, "pages.printing", TONE_WAIT, NULL);
    order_next(v);
}

void visit_pages_done(struct visit *v, int64_t job, enum print_result result, int code)
{
    if (!job || job != v->page_job)
        return;
    v->page_job = 0;
    v->is_dirty = true;               /* the button is of use again */
    if (v->s.pages != PAGES_PRINTING) /* the visitor who ordered it has gone */
        return;
    v->s.n_pages_out[v->s.page_kind] += result != PRINT_NOT_STARTED;
    /* without a code nothing went wrong: such a printer never reports what became of a page */
    bool is_unproven = result == PRINT_IN_DOUBT && code == 0;
    v->s.are_pages_unproven |= is_unproven;
    if (result == PRINT_NOT_STARTED) {
        end_order(v);
        visit_alert_device(v, "pages.failed", TONE_WARN, DEVICE_DOCUMENT_PRINTER, code);
    } else if (result == PRINT_IN_DOUBT && !is_unproven) {
        end_order(v);
        visit_alert_set(v, "pages.in_doubt", TONE_WARN, NULL);
    } else if (v->s.pages_left) {
        order_next(v);
    } else {
        end_order(v);
        visit_alert_set(v, v->s.are_pages_unproven ? "pages.sent" : "pages.printed", TONE_OK, NULL);
    }
}
