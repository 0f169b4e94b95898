/* SPDX-License-Identifier: Apache-2.0 */
/* Enquiries: questions of a visit to the centre, beside the delivery of records. They have a lane
 * of their own, so neither waits for the other; nothing of them is stored, and what they held is
 * wiped as soon as it is handed on.
 *
 *   outbox_ask ──► waiting (4) ──lane free──► running ──answer, or 8 s since asking──► ANSWERED
 *                     └──────── forgotten, stopped, link down ─────────────────────►
 *
 * How an application stands is answered as it was last told when the centre cannot be asked
 * (outbox_progress.c). Thread: outbox, except outbox_ask and outbox_forget. */
#include "sync/outbox_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "sync/outbox_feed.h"
#include "sync/sync_enquiry.h"

struct outbox_question {
    uint64_t tag, visit;
    int64_t until_ms; /* monotonic */
    struct enquiry enquiry;
};

static void question_free(struct outbox_question *q)
{
    if (q)
        bytes_wipe(q, sizeof *q);
    free(q);
}

int outbox_ask(struct outbox *o, uint64_t tag, const struct enquiry *enquiry)
{
    struct outbox_question *q = mem_zalloc(1, sizeof *q);
    q->tag = tag;
    q->visit = o->asking_visit;
    q->until_ms = clock_mono_ms() + OUTBOX_ASK_MS;
    q->enquiry = *enquiry;
    int rc = mq_push(o->asks, &q);
    if (rc)
        question_free(q);
    return rc;
}

void outbox_forget(struct outbox *o)
{
    outbox_note_push(o, &(struct outbox_note){.kind = NOTE_FORGET, .visit = ++o->asking_visit});
}

/* The one place where a question ends: answered, then gone. */
static void question_end(struct outbox *o, struct outbox_question *q, int code,
                         struct enquiry_answer *answer)
{
    struct outbox_event event = {
        .kind = OUTBOX_EVENT_ANSWERED, .tag = q->tag, .code = code, .answer = answer};
    question_free(q);
    o->emit(o->arg, &event);
}

static void running_end(struct outbox *o, int code, struct enquiry_answer *answer)
{
    struct outbox_question *q = o->question;
    o->question = NULL;
    question_end(o, q, code, answer);
}

void outbox_asks_forget(struct outbox *o, uint64_t visit)
{
    o->present_visit = visit;
    if (!o->question || o->question->visit >= visit)
        return;
    sync_client_abort(o->client, SYNC_LANE_ENQUIRIES);
    running_end(o, ERR_CANCELLED, NULL);
}

/* It cannot be asked, or no answer comes: what was told before may answer it. */
static void question_fail(struct outbox *o, struct outbox_question *q, int code)
{
    struct enquiry_answer *answer = NULL;
    bool is_line = code == ERR_SYNC_OFFLINE || code == ERR_TIMEOUT || code == o->link.cause;
    if (code != ERR_CANCELLED && is_line &&
        outbox_feed_progress(o, &q->enquiry, &answer, NULL) == 0)
        code = 0;
    question_end(o, q, code, answer);
}

/* @return 0: under way, else why it cannot be put */
static int question_put(struct outbox *o, const struct outbox_question *q, int64_t now_ms)
{
    struct err err = {0};
    struct sync_post post = {.path = "/v1/enquiries", .limit_ms = (int)(q->until_ms - now_ms)};
    /* One of a later visit may overtake the note that its visit has begun. */
    if (q->visit < o->present_visit)
        return ERR_CANCELLED;
    if (!o->link.is_online)
        return o->link.cause ? o->link.cause : ERR_SYNC_OFFLINE;
    if (post.limit_ms <= 0)
        return ERR_TIMEOUT;
    char *body = sync_enquiry_request(o->terminal, &q->enquiry);
    if (!body)
        return ERR_INVALID;
    if (sync_client_post(o->client, SYNC_LANE_ENQUIRIES, &post, body, &err) != 0)
        log_err(LOG_ERROR, "sync", &err);
    return err.code;
}

void outbox_asks_tend(struct outbox *o, int64_t now_ms)
{
    struct outbox_question *q = NULL;
    while (!o->question && mq_pop(o->asks, &q)) {
        int code = question_put(o, q, now_ms);
        if (code == 0)
            o->question = q;
        else
            question_fail(o, q, code);
    }
}

static int answer_read(const struct outbox_question *q, const struct sync_answer *a,
                       struct enquiry_answer **ret)
{
    struct err err = {0};
    enum sync_failure cause;
    int code = outbox_failure_of(a, &cause);
    if (code)
        return code;
    if (a->status == 200 && a->content == SYNC_CONTENT_JSON)
        return sync_enquiry_answer(a->body, a->body_bytes, &q->enquiry, ret, &err);
    if (a->content != SYNC_CONTENT_PROBLEM)
        return ERR_SYNC_NOT_CENTRE;
    if (a->status != 404 || !sync_enquiry_is_nothing(a->body, a->body_bytes))
        return ERR_SYNC_REJECTED;
    *ret = mem_zalloc(1, sizeof **ret); /* the centre knows nothing: an answer, an empty one */
    (*ret)->kind = q->enquiry.kind;
    return 0;
}

void outbox_ask_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms)
{
    struct enquiry_answer *answer = NULL;
    if (o->question) {
        int code = answer_read(o->question, a, &answer);
        log_line(code ? LOG_WARN : LOG_INFO, "sync", "enquiry: %s (%s)",
                 code ? err_name(code) : "answered", a->detail);
        struct outbox_question *q = o->question;
        o->question = NULL;
        if (code)
            question_fail(o, q, code);
        else
            question_end(o, q, 0, answer);
    }
    sync_client_forget(o->client, SYNC_LANE_ENQUIRIES);
    /* The line may have gone since the last heartbeat: look now, not in a minute. */
    if (a->code == ERR_SYNC_OFFLINE && o->line == LINE_IDLE && o->heartbeat_ms > now_ms)
        o->heartbeat_ms = now_ms;
}

void outbox_asks_end(struct outbox *o)
{
    struct outbox_question *q = NULL;
    sync_client_abort(o->client, SYNC_LANE_ENQUIRIES);
    if (o->question)
        running_end(o, ERR_CANCELLED, NULL);
    while (mq_pop(o->asks, &q))
        question_end(o, q, ERR_CANCELLED, NULL);
}
