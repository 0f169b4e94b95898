/* SPDX-License-Identifier: Apache-2.0 */
/* Checks signatures of records as keyring_check_record does, and remembers the keys of terminals:
 * to read a certificate takes longer than to check a signature. */
#ifndef YJ_CENTRAL_CHECKER_H
#define YJ_CENTRAL_CHECKER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct checker;

struct checker *checker_new(void) YJ_CHECK;
void checker_free(struct checker *c); /* accepts NULL */

/**
 * Was the text of a record signed by the key in this certificate, which must be of the suite?
 * @param c  NULL: nothing is remembered
 * @return 0, ERR_SEAL_KEY, ERR_SEAL_SIGNATURE. Thread: any.
 */
int checker_record(struct checker *c, const char *suite, const uint8_t *cert_der, size_t cert_bytes,
                   const void *text, size_t text_bytes, const uint8_t *sig, size_t sig_bytes,
                   struct err *err) YJ_CHECK;

#endif
