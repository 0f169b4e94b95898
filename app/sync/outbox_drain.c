/* SPDX-License-Identifier: Apache-2.0 */
/* Records leave in groups where the disk is concerned: the attempts of up to OUTBOX_LEASE are noted
 * in one transaction before the first of them goes, and their acknowledgements are written
 * together. Both orders stay as the promise wants them: noted before the first byte, confirmed
 * after the signature was checked. Thread: outbox. */
#include "sync/outbox_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

int outbox_lease_next(struct outbox *o, struct store_record *ret, bool *ret_found, struct err *err)
{
    struct outbox_lease *l = &o->lease;
    for (;;) {
        if (l->at == l->n) {
            /* In PROBE one record tries alone. What is acknowledged but not written yet would be
             * leased again. */
            int n = o->plan.state == SYNC_PLAN_FLOW ? OUTBOX_LEASE : 1;
            int rc = outbox_confirms_write(o, err);
            l->at = l->n = 0;
            if (rc == 0)
                rc = store_lease(o->store, n, clock_wall_ms(), l->sequence, &l->n, err);
            if (rc || l->n == 0) {
                *ret_found = false;
                return rc;
            }
        }
        int rc = store_read_leased(o->store, l->sequence[l->at++], ret, ret_found, err);
        if (rc || *ret_found)
            return rc;
    }
}

int outbox_lease_end(struct outbox *o, int code, struct err *err)
{
    struct outbox_lease *l = &o->lease;
    int rc = 0;
    while (rc == 0 && l->at < l->n) {
        rc = store_release(o->store, l->sequence[l->at++], code, err);
        if (rc == ERR_NOT_FOUND)
            rc = 0;
    }
    l->at = l->n = 0;
    return rc;
}

int outbox_confirm_add(struct outbox *o, int64_t sequence, char *json, char *signature,
                       struct err *err)
{
    struct outbox_confirms *c = &o->confirms;
    if (c->n == 0)
        c->due_ms = clock_mono_ms() + OUTBOX_CONFIRM_MS;
    c->item[c->n++] =
        (struct outbox_confirm){.sequence = sequence, .json = json, .signature = signature};
    return c->n == OUTBOX_LEASE ? outbox_confirms_write(o, err) : 0;
}

void outbox_confirms_drop(struct outbox *o)
{
    struct outbox_confirms *c = &o->confirms;
    for (int i = 0; i < c->n; i++) {
        free(c->item[i].json);
        free(c->item[i].signature);
    }
    c->n = 0;
}

int outbox_confirms_write(struct outbox *o, struct err *err)
{
    struct outbox_confirms *c = &o->confirms;
    if (c->n == 0 || !o->is_open)
        return 0;
    int64_t wall_ms = clock_wall_ms();
    int rc = store_group_begin(o->store, err);
    for (int i = 0; rc == 0 && i < c->n; i++) {
        rc = store_confirm(o->store, c->item[i].sequence, c->item[i].json, c->item[i].signature,
                           wall_ms, err);
        if (rc == ERR_NOT_FOUND) /* confirmed by another answer before */
            rc = 0;
    }
    if (rc == 0)
        rc = store_group_commit(o->store, err);
    else
        store_group_rollback(o->store);
    for (int i = 0; rc == 0 && i < c->n; i++)
        log_line(LOG_INFO, "sync", "record %" PRId64 " confirmed", c->item[i].sequence);
    outbox_confirms_drop(o); /* on failure they are sent again, and acknowledged again */
    return rc;
}
