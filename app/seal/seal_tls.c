/* SPDX-License-Identifier: Apache-2.0 */
/* What curl's TLS gets from us: the device's certificate and key, and the time by which the other
 * side is judged. Called back on the outbox thread for every new connection. */
#include "seal/seal_priv.h"

int seal_tls_prepare(const struct seal *s, void *ssl_ctx, int64_t time_s, struct err *err)
{
    SSL_CTX *ctx = ssl_ctx;
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);
    if (time_s < 0)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME);
    else if (time_s > 0)
        X509_VERIFY_PARAM_set_time(param, (time_t)time_s); /* sets X509_V_FLAG_USE_CHECK_TIME */
    /* Who asks only for the time shows nothing: the other side is not proven yet. */
    if (time_s < 0)
        return 0;
    if (SSL_CTX_use_certificate(ctx, s->device_cert) != 1 ||
        SSL_CTX_use_PrivateKey(ctx, s->device_key) != 1)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "the device key in TLS");
    return 0;
}
