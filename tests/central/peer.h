/* SPDX-License-Identifier: Apache-2.0 */
/* Who is at the other end of a TLS session: the terminal named by its certificate. */
#ifndef YJ_CENTRAL_PEER_H
#define YJ_CENTRAL_PEER_H

#include <gnutls/gnutls.h>

#include "keyring.h"

enum peer_state {
    PEER_ABSENT,  /* no certificate was shown */
    PEER_UNKNOWN, /* not issued by ca.pem, out of its time, not for clients, CN no terminal id */
    PEER_KNOWN,
};

struct peer {
    enum peer_state state;
    char terminal[KEYRING_TERMINAL_BYTES]; /* PEER_KNOWN */
    const uint8_t *cert;                   /* DER, borrowed from the session; PEER_KNOWN */
    size_t cert_bytes;
};

/** Look at a session after its handshake. Thread: the one that serves the connection. */
struct peer peer_of_session(gnutls_session_t session) YJ_CHECK;

#endif
