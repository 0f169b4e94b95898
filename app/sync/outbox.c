/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox thread: its start, its loop, its end, and the functions other threads call. */
#include "sync/outbox.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "sync/outbox_feed.h"
#include "sync/outbox_priv.h"

static void loop_wake(void *arg)
{
    struct outbox *o = arg;
    sync_client_wake(o->client);
}

static void notes_take(struct outbox *o, int64_t now_ms)
{
    struct outbox_note note;
    while (mq_pop(o->notes, &note)) {
        switch (note.kind) {
        case NOTE_DEVICES:
            memcpy(o->device, note.device, sizeof o->device);
            o->has_devices = true;
            break;
        case NOTE_KICK:
            if (sync_plan_kick(&o->plan, true, now_ms))
                o->is_contacted = false;
            if (!o->is_open)
                o->store_retry_ms = now_ms;
            break;
        case NOTE_FORGET:
            outbox_asks_forget(o, note.visit);
            break;
        case NOTE_STAFF:
            o->staff = note.staff.why;
            o->staff_wall_ms = note.staff.wall_ms;
            if (o->takes_staff_call)
                o->heartbeat_ms = now_ms;
            break;
        case NOTE_CATALOGUE:
            outbox_feed_catalogue(o, note.catalogue.digest, note.catalogue.code, now_ms);
            break;
        case NOTE_STOP:
            o->is_stopping = true;
            break;
        case NOTE_N_KINDS:
            break;
        }
    }
}

static void *loop(void *arg)
{
    struct outbox *o = arg;
    for (;;) {
        struct outbox_request request;
        struct sync_answer answer;
        int64_t now_ms = clock_mono_ms();
        notes_take(o, now_ms);
        if (o->is_stopping)
            break;
        if (net_watch_take(o->net, now_ms)) {
            log_line(LOG_INFO, "sync", "the network has changed");
            if (sync_plan_kick(&o->plan, false, now_ms))
                o->is_contacted = false;
        }
        outbox_store_tend(o, now_ms);
        while (mq_pop(o->inbox, &request))
            outbox_request_do(o, &request, now_ms);
        outbox_link_tend(o, now_ms);
        outbox_asks_tend(o, now_ms);
        if (o->is_stopping)
            break; /* the wakeup that brought the note is used up */
        if (sync_client_wait(o->client, outbox_sleep_ms(o, now_ms), &answer))
            outbox_answer(o, &answer, clock_mono_ms());
    }
    /* Whatever was asked before the stop is still done and answered; the transfer is not waited
     * for: the record stays on disk and goes out after the next start. */
    struct outbox_request request;
    sync_client_abort(o->client, SYNC_LANE_RECORDS);
    outbox_asks_end(o);
    while (mq_pop(o->inbox, &request))
        outbox_request_do(o, &request, clock_mono_ms());
    struct err err = {0};
    if (outbox_confirms_write(o, &err) != 0)
        log_err(LOG_WARN, "store", &err); /* sent again after the next start */
    store_close(o->store);
    return NULL;
}

static void outbox_free(struct outbox *o)
{
    if (!o)
        return;
    store_record_clear(&o->current);
    outbox_confirms_drop(o);
    outbox_feed_free(o->feed);
    net_watch_close(o->net);
    store_mirror_free(o->mirror);
    mq_free(o->inbox);
    mq_free(o->notes);
    mq_free(o->asks);
    store_free(o->store);
    seal_close(o->seal);
    sync_client_free(o->client);
    free(o);
}

/* Linux gives every boot a random name; elsewhere the heartbeat says it is not known. */
static void boot_id_read(char *out, size_t cap)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    size_t n = 0;
    snprintf(out, cap, "unknown");
    if (mem_read_file("/proc/sys/kernel/random/boot_id", 256, &text, &n, NULL) != 0)
        return;
    text[strcspn(text, "\n")] = '\0';
    if (text[0])
        snprintf(out, cap, "%s", text);
}

static int parts_open(struct outbox *o, const struct outbox_cfg *cfg, struct err *err)
{
    struct sync_client_cfg client = {.url = cfg->centre_url,
                                     .proxy = cfg->proxy,
                                     .centre_ca = cfg->centre_ca,
                                     .version = cfg->version};
    struct err net_err = {0};
    uint64_t seed = 0;
    int rc = seal_open(&cfg->keys, cfg->terminal_id, &o->seal, err);
    if (rc == 0 && access(cfg->centre_ca, R_OK) != 0)
        rc = ERR(err, ERR_SEAL_KEY, "the centre's CA certificate cannot be read");
    if (rc == 0)
        rc = seal_random(&seed, sizeof seed, err);
    client.seal = o->seal;
    if (rc == 0)
        rc = sync_client_new(&client, &o->client, err);
    if (rc)
        return rc;
    o->feed = outbox_feed_new(cfg);
    if (net_watch_open(&o->net, &net_err) != 0)
        log_err(LOG_WARN, "sync", &net_err); /* the timer alone then */
    sync_client_watch(o->client, net_watch_fd(o->net));
    sync_plan_init(&o->plan, seed, clock_mono_ms());
    o->store = store_new(cfg->data_dir, cfg->terminal_id);
    o->mirror = cfg->mirror_dir ? store_mirror_new(o->store, cfg->mirror_dir) : NULL;
    struct err lock_err = {0};
    rc = store_lock(o->store, &lock_err);
    if (rc == ERR_STORE_LOCKED) {
        if (err)
            *err = lock_err;
        return rc;
    }
    return 0; /* anything else is tried again by the thread, which tells about it */
}

/* The thread takes no signals: they are main's, and a broken connection must not end us. */
static int thread_start(struct outbox *o, struct err *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&o->thread, NULL, loop, o);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc ? ERR(err, ERR_SYSTEM, "no thread: errno %d", rc) : 0;
}

int outbox_start(const struct outbox_cfg *cfg, outbox_emit_fn emit, void *arg, struct outbox **ret,
                 struct err *err)
{
    struct outbox *o = mem_zalloc(1, sizeof *o);
    o->emit = emit;
    o->arg = arg;
    o->poll_s = OUTBOX_POLL_S;
    o->link.cause = ERR_SYNC_OFFLINE;
    snprintf(o->terminal, sizeof o->terminal, "%s", cfg->terminal_id);
    snprintf(o->version, sizeof o->version, "%s", cfg->version);
    boot_id_read(o->boot_id, sizeof o->boot_id);
    int rc = parts_open(o, cfg, err);
    if (rc == 0) {
        o->inbox = mq_new(sizeof(struct outbox_request), OUTBOX_INBOX_CAP, loop_wake, o);
        o->notes = mq_new(sizeof(struct outbox_note), NOTE_N_KINDS, loop_wake, o);
        o->asks = mq_new(sizeof(struct outbox_question *), OUTBOX_ASKS_CAP, loop_wake, o);
        rc = thread_start(o, err);
    }
    if (rc) {
        outbox_free(o);
        return rc;
    }
    *ret = o;
    return 0;
}

static bool same_kind(const void *queued, const void *pushed)
{
    const struct outbox_note *a = queued, *b = pushed;
    return a->kind == b->kind;
}

/* The queue has room for one note of each kind, so this cannot fail. */
void outbox_note_push(struct outbox *o, const struct outbox_note *note)
{
    if (mq_push_latest(o->notes, note, same_kind) != 0)
        abort();
}

void outbox_stop(struct outbox *o)
{
    if (!o)
        return;
    outbox_note_push(o, &(struct outbox_note){.kind = NOTE_STOP});
    pthread_join(o->thread, NULL);
    outbox_free(o);
}

static bool copy_whole(char *out, size_t cap, const char *text)
{
    int n = snprintf(out, cap, "%s", text ? text : "");
    return n >= 0 && (size_t)n < cap;
}

void outbox_draft_free(struct outbox_draft *draft)
{
    if (!draft)
        return;
    if (draft->json) {
        bytes_wipe(draft->json, strlen(draft->json));
        free(draft->json);
    }
    for (size_t i = 0; i < draft->n_attachments; i++) {
        struct outbox_attachment *a = &draft->attachment[i];
        if (a->bytes)
            bytes_wipe(a->bytes, a->n_bytes);
        free(a->bytes);
        bytes_free_wiped((void *)(uintptr_t)a->name);
        free((void *)(uintptr_t)a->type);
    }
    free(draft);
}

static void attachments_take(struct outbox_draft *draft, const struct outbox_item *item)
{
    if (item->n_attachments > SEAL_MAX_ATTACHMENTS) {
        draft->is_valid = false;
        return;
    }
    for (size_t i = 0; i < item->n_attachments; i++) {
        const struct outbox_attachment *a = &item->attachment[i];
        draft->attachment[draft->n_attachments++] =
            (struct outbox_attachment){.name = mem_strdup(a->name ? a->name : ""),
                                       .type = mem_strdup(a->type ? a->type : ""),
                                       .bytes = a->bytes,
                                       .n_bytes = a->n_bytes};
    }
}

int outbox_put(struct outbox *o, uint64_t tag, const struct outbox_item *item)
{
    struct outbox_draft *draft = mem_zalloc(1, sizeof *draft);
    draft->kind = item->kind;
    draft->is_valid = copy_whole(draft->matter_code, sizeof draft->matter_code, item->matter_code);
    draft->is_valid &= copy_whole(draft->about, sizeof draft->about, item->about);
    /* A long name is cut; it is only shown. */
    (void)copy_whole(draft->matter_name, sizeof draft->matter_name, item->matter_name);
    draft->json = item->json;
    attachments_take(draft, item);
    struct outbox_request request = {.kind = REQUEST_PUT, .tag = tag, .draft = draft};
    int rc = mq_push(o->inbox, &request);
    if (rc) {
        draft->json = NULL; /* stays with the caller, and so do the attachments' bytes */
        for (size_t i = 0; i < draft->n_attachments; i++)
            draft->attachment[i].bytes = NULL;
        outbox_draft_free(draft);
    } else if (item->n_attachments > SEAL_MAX_ATTACHMENTS) { /* refused, but handed over */
        for (size_t i = 0; i < item->n_attachments; i++)
            bytes_free_wiped(item->attachment[i].bytes);
    }
    return rc;
}

int outbox_journal(struct outbox *o, uint64_t tag, int64_t sequence, enum print_journal_state state)
{
    struct outbox_request request = {
        .kind = REQUEST_JOURNAL, .tag = tag, .sequence = sequence, .state = state};
    return mq_push(o->inbox, &request);
}

void outbox_note_devices(struct outbox *o, const struct device_status status[DEVICE_N_KINDS])
{
    struct outbox_note note = {.kind = NOTE_DEVICES};
    for (int i = 0; i < DEVICE_N_KINDS; i++)
        note.device[i] = (struct sync_device){.state = status[i].state,
                                              .media = status[i].media,
                                              .paper = status[i].paper,
                                              .cause = status[i].cause};
    outbox_note_push(o, &note);
}

void outbox_note_staff(struct outbox *o, enum staff_call why, int64_t wall_ms)
{
    outbox_note_push(
        o, &(struct outbox_note){.kind = NOTE_STAFF, .staff = {.why = why, .wall_ms = wall_ms}});
}

void outbox_note_catalogue(struct outbox *o, const char *digest, int code)
{
    struct outbox_note note = {.kind = NOTE_CATALOGUE, .catalogue = {.code = code}};
    snprintf(note.catalogue.digest, sizeof note.catalogue.digest, "%s", digest);
    outbox_note_push(o, &note);
}

void outbox_kick(struct outbox *o)
{
    outbox_note_push(o, &(struct outbox_note){.kind = NOTE_KICK});
}
