/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of clients, on GnuTLS. Serving threads. */
#include "peer.h"

#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "envelope.h"

enum { MAX_HEADER_BYTES = 16384 };

static bool is_trusted_client(gnutls_session_t session)
{
    char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
    gnutls_typed_vdata_st wanted = {
        .type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)purpose, .size = 0};
    unsigned status = ~0u;
    return gnutls_certificate_verify_peers(session, &wanted, 1, &status) == 0 && status == 0;
}

static bool read_name(const gnutls_datum_t *der, char ret[64], int64_t *ret_ends_s)
{
    gnutls_x509_crt_t cert;
    if (gnutls_x509_crt_init(&cert) < 0)
        return false;
    size_t n = 64;
    bool is_good =
        gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) == 0 &&
        gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, 0, ret, &n) == 0 &&
        strlen(ret) == n; /* a NUL inside would end the text and not the name */
    if (is_good)
        *ret_ends_s = gnutls_x509_crt_get_expiration_time(cert);
    gnutls_x509_crt_deinit(cert);
    return is_good;
}

static void make_known(struct peer *p, const char *terminal, const void *der, size_t n)
{
    p->state = PEER_KNOWN;
    memcpy(p->terminal, terminal, KEYRING_TERMINAL_BYTES);
    p->cert = mem_dup(der, n);
    p->cert_bytes = n;
    keyring_sha256(der, n, p->fingerprint);
}

struct peer peer_of_session(gnutls_session_t session, const char *proxy_cn)
{
    struct peer peer = {.state = PEER_ABSENT};
    unsigned n = 0;
    char name[64];
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &n);
    if (!chain || n == 0)
        return peer;
    peer.state = PEER_UNKNOWN;
    if (!is_trusted_client(session) || !read_name(&chain[0], name, &peer.ends_s))
        return peer;
    if (proxy_cn && strcmp(name, proxy_cn) == 0)
        peer.state = PEER_PROXY;
    else if (envelope_is_terminal(name))
        make_known(&peer, name, chain[0].data, chain[0].size);
    return peer;
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%41" → "A"; what is no such triple stays ('+' is a digit of base64, not a blank). */
static void unescape(char *s)
{
    char *out = s;
    for (; *s; s++) {
        int high = *s == '%' ? hex_of(s[1]) : -1, low = high >= 0 ? hex_of(s[2]) : -1;
        *out++ = (char)(low >= 0 ? high << 4 | low : *s);
        s += low >= 0 ? 2 : 0;
    }
    *out = '\0';
}

/* The base64 digits between the marks of PEM, or of the whole text; one certificate only. */
static char *base64_of(char *text)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END CERTIFICATE-----";
    char *at = strstr(text, begin);
    if (at) {
        text = at + sizeof begin - 1;
        at = strstr(text, end);
        if (at)
            *at = '\0';
    }
    char *out = text;
    for (const char *in = text; *in; in++)
        if (!strchr(" \t\r\n:", *in))
            *out++ = *in;
    *out = '\0';
    return text;
}

struct peer peer_of_header(const struct keyring *k, const char *text)
{
    struct peer peer = {.state = PEER_ABSENT};
    struct err err = {0};
    char name[64];
    if (!text || !*text)
        return peer;
    peer.state = PEER_UNKNOWN;
    if (strlen(text) > MAX_HEADER_BYTES)
        return peer;
    YJ_CLEANUP(cleanup_free) char *copy = mem_strdup(text);
    unescape(copy);
    const char *b64 = base64_of(copy);
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob der = {0};
    if (keyring_unb64(b64, strlen(b64), &der, &err) < 0)
        return peer;
    const gnutls_datum_t datum = {.data = der.data, .size = (unsigned)der.bytes};
    if (read_name(&datum, name, &peer.ends_s) && envelope_is_terminal(name) &&
        keyring_check_certificate(k, der.data, der.bytes, name, clock_wall_ms() / 1000, &err) == 0)
        make_known(&peer, name, der.data, der.bytes);
    return peer;
}

bool peer_has_key_of(const struct peer *p, const char *csr_pem)
{
    gnutls_x509_crt_t cert = NULL;
    gnutls_x509_crq_t request = NULL;
    unsigned char a[64], b[64];
    size_t n_a = sizeof a, n_b = sizeof b;
    const gnutls_datum_t der = {.data = p->cert, .size = (unsigned)p->cert_bytes};
    const gnutls_datum_t pem = {.data = (unsigned char *)(uintptr_t)csr_pem,
                                .size = (unsigned)strlen(csr_pem)};
    bool is_same = gnutls_x509_crt_init(&cert) == 0 && gnutls_x509_crq_init(&request) == 0 &&
                   gnutls_x509_crt_import(cert, &der, GNUTLS_X509_FMT_DER) == 0 &&
                   gnutls_x509_crq_import(request, &pem, GNUTLS_X509_FMT_PEM) == 0 &&
                   gnutls_x509_crt_get_key_id(cert, GNUTLS_KEYID_USE_SHA256, a, &n_a) == 0 &&
                   gnutls_x509_crq_get_key_id(request, GNUTLS_KEYID_USE_SHA256, b, &n_b) == 0 &&
                   n_a == n_b && memcmp(a, b, n_a) == 0;
    if (cert)
        gnutls_x509_crt_deinit(cert);
    if (request)
        gnutls_x509_crq_deinit(request);
    return is_same;
}

void peer_clear(struct peer *p)
{
    free(p->cert);
    *p = (struct peer){.state = PEER_ABSENT};
}
