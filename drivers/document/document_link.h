/* SPDX-License-Identifier: Apache-2.0 */
/* One IPP request and its answer over HTTP (RFC 8010), each on a connection of its own.
 * Of libcups only the HTTP and IPP coding is used: its request functions reconnect and repeat by
 * themselves, and a document must never be sent twice. Thread: the worker's. */
#ifndef YJ_DOCUMENT_LINK_H
#define YJ_DOCUMENT_LINK_H

#include <cups/cups.h>
#include <stdatomic.h>

#include "base/err.h"
#include "drivers/document/document_settings.h"

/* libcups waits as long as bytes keep coming, one at a time and for ever if need be. So another
 * thread ends an exchange that lasts too long: it shuts the connection down. */
struct document_guard {
    atomic_int fd;         /* of the exchange under way, a duplicate; -1: none */
    atomic_llong until_ms; /* when it must be over, clock_mono_ms */
};

void link_guard_init(struct document_guard *g);

/** End the exchange when its time is over. Thread: any other. Blocks: no. */
void link_guard_check(struct document_guard *g, int64_t now_ms);

struct document_link {
    const struct document_settings *settings; /* borrowed */
    struct document_guard *guard;             /* borrowed */
    atomic_bool *is_stopping;                 /* borrowed; ends an exchange early */
    bool is_farewell;                         /* stopping does not count: the last words */
    int patience_ms;                          /* without a byte */
    int stalled_ms;
    size_t sent_bytes; /* of the document in the latest exchange */
};

/**
 * Ask and answer.
 * @param request  consumed
 * @param data     document behind the request; NULL none
 * @param ret      owned by the caller (ippDelete); an IPP error status is an answer
 * @return 0, ERR_IO (not reachable), ERR_TIMEOUT, ERR_CANCELLED (stopping), ERR_DENIED (another
 *         certificate, password asked for) or ERR_DOCUMENT_QUEUE (connection lost, an answer that
 *         is no IPP or longer than 1 MiB)
 * Blocks: connecting 2 s, a TLS handshake 10 s, then patience_ms without a byte, twice that in all
 *         (with a document job_timeout_s longer; 1 s at the farewell); ends within 250 ms when
 *         stopping while no byte comes.
 */
int link_exchange(struct document_link *l, ipp_t *request, const void *data, size_t n, ipp_t **ret,
                  struct err *err) YJ_CHECK;

#endif
