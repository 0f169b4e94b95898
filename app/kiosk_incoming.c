/* SPDX-License-Identifier: Apache-2.0 */
/* A signed set that the outbox has fetched: checked, linted and staged on a thread of its own, for
 * it reads and flushes every file; from then on it is taken like a set from a stick. Main thread,
 * except work().
 *
 *   OUTBOX_EVENT_CATALOGUE, or found at start ──▶ work() ──good──▶ staged (kiosk_catalogue.c)
 *                                                    └──refused──▶ told to the outbox; set in use
 *                                                                  stays */
#include "kiosk_priv.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "catalogue_stage.h"
#include "catalogue_store.h"

struct kiosk_incoming {
    pthread_t thread;
    atomic_bool is_done;
    struct catalogue_stage_cfg cfg; /* borrows from the kiosk, which joins before it changes */
    char folder[640];
    struct ui *ui; /* woken at the end */
    int code;
    struct err err;
    char digest[SEAL_DIGEST_BYTES];
};

static void *work(void *arg)
{
    struct kiosk_incoming *i = arg;
    i->code = catalogue_stage(&i->cfg, i->digest, NULL, &i->err);
    atomic_store(&i->is_done, true);
    ui_wake(i->ui);
    return NULL;
}

void kiosk_incoming_begin(struct kiosk *k)
{
    if (k->incoming || !k->publisher)
        return;
    struct kiosk_incoming *i = mem_zalloc(1, sizeof *i);
    snprintf(i->folder, sizeof i->folder, "%s/catalogue/incoming", k->settings->data_dir);
    if (access(i->folder, F_OK) != 0) {
        free(i);
        return;
    }
    i->ui = k->ui;
    i->cfg = (struct catalogue_stage_cfg){.folder = i->folder,
                                          .data_dir = k->settings->data_dir,
                                          .cert = k->settings->catalogue_cert,
                                          .assets = k->settings->assets_dir,
                                          .codes = k->codes,
                                          .pinyin = k->pinyin,
                                          .pinyin_bytes = k->pinyin_bytes};
    atomic_init(&i->is_done, false);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&i->thread, NULL, work, i);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc == 0) {
        k->incoming = i;
        return;
    }
    log_line(LOG_ERROR, "catalogue", "no thread: errno %d", rc);
    free(i);
}

/* It has been copied, or it is of no use: either way it has had its turn. */
static void incoming_remove(const struct kiosk *k)
{
    char path[640];
    snprintf(path, sizeof path, "%s/catalogue", k->settings->data_dir);
    YJ_CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        catalogue_remove_tree(&catalogue_store_disk, fd, "incoming", 1);
}

void kiosk_incoming_look(struct kiosk *k)
{
    struct kiosk_incoming *i = k->incoming;
    if (!i || !atomic_load(&i->is_done))
        return;
    pthread_join(i->thread, NULL);
    k->incoming = NULL;
    incoming_remove(k);
    if (i->code) {
        err_prefix(&i->err, "the set from the centre is refused");
        log_err(LOG_ERROR, "catalogue", &i->err);
        if (k->outbox)
            outbox_note_catalogue(k->outbox, k->set_digest, i->code);
    } else {
        log_line(LOG_INFO, "catalogue", "set %s from the centre is staged", i->digest);
        k->look_ms = 0; /* taken as soon as nobody is served */
    }
    free(i);
}

void kiosk_incoming_free(struct kiosk *k)
{
    if (!k->incoming)
        return;
    pthread_join(k->incoming->thread, NULL);
    free(k->incoming);
    k->incoming = NULL;
}
