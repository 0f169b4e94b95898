/* SPDX-License-Identifier: Apache-2.0 */
/* Who is at the other end of a TLS session: the terminal named by its certificate, or a proxy that
 * ends TLS before the centre and hands the terminal's certificate on in a header. */
#ifndef YJ_CENTRAL_PEER_H
#define YJ_CENTRAL_PEER_H

#include <gnutls/gnutls.h>
#include <stdbool.h>

#include "keyring.h"

enum peer_state {
    PEER_ABSENT,  /* no certificate was shown */
    PEER_UNKNOWN, /* not issued by ca.pem, out of its time, not for clients, CN no terminal id */
    PEER_KNOWN,
    PEER_PROXY, /* the one that may name others; nobody itself */
};

struct peer {
    enum peer_state state;
    char terminal[KEYRING_TERMINAL_BYTES];      /* PEER_KNOWN */
    char fingerprint[KEYRING_SHA256_HEX_BYTES]; /* SHA-256 of cert; PEER_KNOWN */
    uint8_t *cert;                              /* DER, owned; PEER_KNOWN */
    size_t cert_bytes;
    int64_t ends_s; /* seconds since 1970 UTC; later it is unknown */
};

/**
 * Look at a session after its handshake.
 * @param proxy_cn  NULL: no proxy is known
 * Thread: the one that serves the connection. Owns: peer_clear.
 */
struct peer peer_of_session(gnutls_session_t session, const char *proxy_cn) YJ_CHECK;

/**
 * The terminal whose certificate a proxy has put into a header: PEM as nginx and HAProxy escape it
 * ("%0A"), PEM with blanks for line ends, base64 of DER, or RFC 9440 (":base64:"). It is checked
 * against ca.pem again.
 * @param text  NULL or empty: PEER_ABSENT
 * Thread: any. Owns: peer_clear.
 */
struct peer peer_of_header(const struct keyring *k, const char *text) YJ_CHECK;

/** Is the request (PKCS#10, PEM) made with the key of the peer's certificate? */
bool peer_has_key_of(const struct peer *p, const char *csr_pem);

/** Free what it holds; it is PEER_ABSENT then. */
void peer_clear(struct peer *p);

#endif
