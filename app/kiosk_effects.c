/* SPDX-License-Identifier: Apache-2.0 */
/* What the visit machine orders, carried out. Main thread.
 *
 * A receipt's way: PRINT → drawn → journal SENDING asked → JOURNALED → printer → PRINT_DONE →
 * the visit orders what the journal says now. The journal says SENDING before the first byte can
 * leave, so that a power cut leaves a receipt "in doubt" and never "not printed". */
#include "kiosk_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "types/device_words.h"

/* Heads we draw for while no printer has told its own. */
enum { DEFAULT_HEAD_DOTS = 576, DEFAULT_DOTS_PER_MM_X10 = 80 };

static void bitmap_drop(struct bitmap *b)
{
    if (!b)
        return;
    bytes_wipe(b->bits, (size_t)b->stride * b->rows);
    free(b);
}

void kiosk_print_forget(struct kiosk *k)
{
    bitmap_drop(k->print.bitmap);
    k->print.bitmap = NULL;
}

static void command_device(struct kiosk *k, enum device_kind kind, enum device_command_kind what)
{
    struct device_command command = {.kind = what};
    if (k->host[kind] && host_command(k->host[kind], &command) < 0)
        log_line(LOG_WARN, "main", "%s is busy, command %d not taken", device_kind_word(kind),
                 (int)what);
}

/* The finished form as it could be printed, for a platform that files it. An application is not
 * lost for a form that cannot be drawn. @return false: none */
static bool form_attach(struct kiosk *k, struct outbox_attachment *ret)
{
    struct document *document = mem_zalloc(1, sizeof *document);
    struct err err = {0};
    *ret = (struct outbox_attachment){.name = "application-form.pdf", .type = "application/pdf"};
    int rc = visit_document(k->visit, DOCUMENT_APPLICATION, document, &err);
    if (rc == 0)
        rc = driver_document_pdf(document, clock_wall_ms(), &ret->bytes, &ret->n_bytes, &err);
    document_free(document);
    if (rc)
        log_err(LOG_ERROR, "main", &err);
    return rc == 0;
}

static void form_drop(struct outbox_attachment *form)
{
    if (form->bytes)
        bytes_wipe(form->bytes, form->n_bytes);
    free(form->bytes);
}

static void put_record(struct kiosk *k, enum record_kind kind)
{
    struct outbox_attachment form = {0};
    char *json = NULL;
    struct err err = {0};
    bool is_rating = kind == RECORD_RATING;
    uint64_t tag = ++k->last_tag;
    int rc = is_rating ? visit_rating_json(k->visit, &json, &err)
                       : visit_application_json(k->visit, &json, &err);
    if (rc == 0 && !k->outbox)
        rc = ERR(&err, ERR_STORE_OPEN, "the outbox is not running");
    bool has_form = rc == 0 && !is_rating && k->settings->attaches_form && form_attach(k, &form);
    if (rc == 0) {
        rc = outbox_put(k->outbox, tag,
                        &(struct outbox_item){
                            .kind = kind,
                            .json = json,
                            .matter_code = is_rating ? "" : visit_matter_code(k->visit),
                            .matter_name = is_rating ? "" : visit_matter_name(k->visit),
                            .about = is_rating ? visit_record_number(k->visit) : "",
                            .attachment = &form,
                            .n_attachments = has_form,
                        });
        if (rc < 0)
            (void)ERR(&err, rc, "the outbox takes no record now");
    }
    if (rc == 0) {
        if (!is_rating)
            k->submit_tag = tag;
        return;
    }
    log_err(LOG_ERROR, "main", &err);
    form_drop(&form);
    if (json) {
        bytes_wipe(json, strlen(json));
        free(json);
    }
    if (!is_rating) {
        struct visit_event failed = {.kind = VISIT_EVENT_STORE_FAILED, .code = rc};
        kiosk_step(k, &failed);
    }
}

static void journal(struct kiosk *k, int64_t job, enum print_journal_state state)
{
    if (!k->outbox || outbox_journal(k->outbox, ++k->last_tag, job, state) < 0)
        log_line(LOG_ERROR, "main", "print state %d of record %lld not written", (int)state,
                 (long long)job);
}

static void print_failed(struct kiosk *k, enum device_kind from, int64_t job, int code)
{
    struct device_event done = {
        .kind = DEVICE_EVENT_PRINT_DONE,
        .from = from,
        .code = code,
        .print = {.job = job, .result = PRINT_NOT_STARTED, .evidence = EVIDENCE_SENT},
    };
    struct visit_event event = {.kind = VISIT_EVENT_DEVICE, .device = &done};
    kiosk_step(k, &event);
}

/* Draw a slip for the head of this printer; wipes and frees it. */
static int slip_draw(struct kiosk *k, struct slip *slip, struct bitmap **ret, struct err *err)
{
    const struct device_status *head = &k->status[DEVICE_PRINTER];
    uint32_t dots = head->head_dots ? head->head_dots : DEFAULT_HEAD_DOTS;
    unsigned per_mm = head->dots_per_mm_x10 ? head->dots_per_mm_x10 : DEFAULT_DOTS_PER_MM_X10;
    int rc = ui_render_slip(k->ui, slip, dots, per_mm / 10.0, ret, err);
    bytes_wipe(slip, sizeof *slip);
    free(slip);
    return rc;
}

/* A list of materials is in no journal and no receipt waits for it. */
static void print_list(struct kiosk *k, const struct visit_effect *effect)
{
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    struct device_command command = {.kind = DEVICE_COMMAND_PRINT, .job = effect->job};
    struct host *host = k->host[DEVICE_PRINTER];
    struct err err = {0};
    visit_list_slip(k->visit, slip);
    int rc = slip_draw(k, slip, &command.bitmap, &err);
    if (rc == 0)
        rc = host ? host_command(host, &command) : ERR_USB_NO_DEVICE;
    if (rc == 0)
        return; /* the driver's now */
    log_line(LOG_ERROR, "main", "list of materials not printed: %s %s", err_name(rc), err.msg);
    bitmap_drop(command.bitmap);
    print_failed(k, DEVICE_PRINTER, effect->job, rc);
}

static void print_begin(struct kiosk *k, const struct visit_effect *effect)
{
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    struct err err = {0};
    kiosk_print_forget(k);
    visit_slip(k->visit, effect->copy, slip);
    int rc = slip_draw(k, slip, &k->print.bitmap, &err);
    if (rc == 0) {
        k->print.job = effect->job;
        k->print.tag = ++k->last_tag;
        rc = k->outbox ? outbox_journal(k->outbox, k->print.tag, effect->job, JOURNAL_SENDING)
                       : ERR_STORE_OPEN;
        if (rc < 0)
            (void)ERR(&err, rc, "the print journal cannot be written");
    }
    if (rc < 0) {
        log_err(LOG_ERROR, "main", &err);
        kiosk_print_forget(k);
        print_failed(k, DEVICE_PRINTER, effect->job, rc);
    }
}

void kiosk_print_journaled(struct kiosk *k, uint64_t tag, int code)
{
    if (!k->print.bitmap || k->print.tag != tag)
        return; /* the answer to a plain state change, or to a receipt given up meanwhile */
    struct device_command command = {
        .kind = DEVICE_COMMAND_PRINT, .job = k->print.job, .bitmap = k->print.bitmap};
    if (code == 0)
        code = k->host[DEVICE_PRINTER] ? host_command(k->host[DEVICE_PRINTER], &command)
                                       : ERR_USB_NO_DEVICE;
    if (code == 0) {
        k->print.bitmap = NULL; /* the driver's now */
        return;
    }
    kiosk_print_forget(k);
    print_failed(k, DEVICE_PRINTER, k->print.job, code);
}

/* A4 pages are in no journal: what is lost is lost, the receipt is what counts. */
static void print_document(struct kiosk *k, const struct visit_effect *effect)
{
    struct host *host = k->host[DEVICE_DOCUMENT_PRINTER];
    struct document *document = mem_zalloc(1, sizeof *document);
    struct device_command command = {
        .kind = DEVICE_COMMAND_PRINT, .job = effect->job, .document = document};
    struct err err = {0};
    int rc = visit_document(k->visit, effect->document, document, &err);
    if (rc == 0)
        rc = host ? host_command(host, &command) : ERR_USB_NO_DEVICE;
    if (rc == 0)
        return; /* the driver's now */
    log_line(LOG_ERROR, "main", "document %d not printed: %s %s", (int)effect->document,
             err_name(rc), err.msg);
    document_free(document);
    print_failed(k, DEVICE_DOCUMENT_PRINTER, effect->job, rc);
}

/* Each question is answered once; one that cannot be put is answered on the spot. */
static void enquire(struct kiosk *k, const struct visit_effect *effect)
{
    struct visit_event none = {.kind = VISIT_EVENT_ANSWER,
                               .enquiry = {.job = effect->job, .code = ERR_SYNC_OFFLINE}};
    if (k->outbox) {
        struct enquiry enquiry;
        visit_enquiry(k->visit, &enquiry);
        none.enquiry.code = outbox_ask(k->outbox, (uint64_t)effect->job, &enquiry);
        bytes_wipe(&enquiry, sizeof enquiry);
        if (none.enquiry.code == 0)
            return; /* ANSWERED will say more */
    }
    log_line(LOG_WARN, "main", "enquiry %lld not put to the centre: %s", (long long)effect->job,
             err_name(none.enquiry.code));
    kiosk_step(k, &none);
}

void kiosk_enquiry_answered(struct kiosk *k, uint64_t tag, int code, struct enquiry_answer *answer)
{
    struct visit_event event = {.kind = VISIT_EVENT_ANSWER,
                                .enquiry = {.job = (int64_t)tag, .code = code, .answer = answer}};
    kiosk_step(k, &event);
    enquiry_answer_free(answer);
}

static void wipe(struct kiosk *k)
{
    if (k->outbox)
        outbox_forget(k->outbox);
    ui_wipe(k->ui);
    bytes_wipe(k->view, sizeof *k->view);
    k->is_view_stale = true;
}

void kiosk_do_effects(struct kiosk *k, const struct visit_effects *effects)
{
    for (int i = 0; i < effects->n; i++) {
        const struct visit_effect *e = &effects->at[i];
        switch (e->kind) {
        case VISIT_EFFECT_SHOW:
            k->is_view_stale = true;
            break;
        case VISIT_EFFECT_READER:
            command_device(k, DEVICE_READER,
                           e->flag ? DEVICE_COMMAND_ENABLE : DEVICE_COMMAND_DISABLE);
            break;
        case VISIT_EFFECT_CARD_SLOT:
            command_device(k, DEVICE_CARD_SLOT,
                           e->flag ? DEVICE_COMMAND_ENABLE : DEVICE_COMMAND_DISABLE);
            break;
        case VISIT_EFFECT_SCANNER:
            command_device(k, DEVICE_SCANNER,
                           e->flag ? DEVICE_COMMAND_ENABLE : DEVICE_COMMAND_DISABLE);
            break;
        case VISIT_EFFECT_SUBMIT:
            put_record(k, RECORD_APPLICATION);
            break;
        case VISIT_EFFECT_RATE:
            put_record(k, RECORD_RATING);
            break;
        case VISIT_EFFECT_PRINT:
            print_begin(k, e);
            break;
        case VISIT_EFFECT_PRINT_DOCUMENT:
            print_document(k, e);
            break;
        case VISIT_EFFECT_PRINT_LIST:
            print_list(k, e);
            break;
        case VISIT_EFFECT_ENQUIRE:
            enquire(k, e);
            break;
        case VISIT_EFFECT_JOURNAL:
            journal(k, e->job, e->journal_state);
            break;
        case VISIT_EFFECT_TIMER_SET:
            k->timer_due_ms[e->timer] = kiosk_now_ms(k) + e->delay_ms;
            break;
        case VISIT_EFFECT_TIMER_CLEAR:
            k->timer_due_ms[e->timer] = 0;
            break;
        case VISIT_EFFECT_CALL_STAFF:
            kiosk_staff_call(k, e->staff);
            break;
        case VISIT_EFFECT_WIPE:
            wipe(k);
            break;
        }
    }
}
