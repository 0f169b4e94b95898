/* SPDX-License-Identifier: Apache-2.0 */
/* The peer of a TLS session, on GnuTLS. Serving threads. */
#include "peer.h"

#include <gnutls/x509.h>
#include <string.h>

#include "envelope.h"

static bool is_trusted_client(gnutls_session_t session)
{
    char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
    gnutls_typed_vdata_st wanted = {
        .type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)purpose, .size = 0};
    unsigned status = ~0u;
    return gnutls_certificate_verify_peers(session, &wanted, 1, &status) == 0 && status == 0;
}

static bool read_terminal(const gnutls_datum_t *der, char ret[KEYRING_TERMINAL_BYTES])
{
    gnutls_x509_crt_t cert;
    if (gnutls_x509_crt_init(&cert) < 0)
        return false;
    char name[64];
    size_t n = sizeof name;
    bool is_good =
        gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) == 0 &&
        gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &n) == 0 &&
        envelope_is_terminal(name);
    if (is_good)
        memcpy(ret, name, KEYRING_TERMINAL_BYTES);
    gnutls_x509_crt_deinit(cert);
    return is_good;
}

struct peer peer_of_session(gnutls_session_t session)
{
    struct peer peer = {.state = PEER_ABSENT};
    unsigned n = 0;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &n);
    if (!chain || n == 0)
        return peer;
    peer.state = PEER_UNKNOWN;
    if (is_trusted_client(session) && read_terminal(&chain[0], peer.terminal)) {
        peer.state = PEER_KNOWN;
        peer.cert = chain[0].data;
        peer.cert_bytes = chain[0].size;
    }
    return peer;
}
