/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the tests of sealing: both suites, with the centre's own reader on the other side. */
#ifndef YJ_TESTS_SEAL_LAB_H
#define YJ_TESTS_SEAL_LAB_H

#include "keyring.h"
#include "store/fixture.h"

#define LAB_PLAIN "{\"schema\":\"application/1\",\"applicant\":{\"name\":\"张三\"}}"

/* Paths for one suite, with the centre's next key. */
struct seal_paths lab_paths(const char *suite);
/* Open, or end the test program with the reason. Owned by the caller. */
struct seal *lab_seal(const char *suite);
struct keyring *lab_keyring(void);
struct seal_verifier *lab_verifier(const char *cert);

/* One sealed and signed record. */
struct lab_record {
    struct seal_envelope env;
    uint8_t *sealed; /* owned, free() */
    size_t bytes;
};
struct lab_record lab_record_of(const struct seal *s, enum seal_form form);

void lab_write(const char *path, const void *p, size_t n);
/* A whole text file. @return owned by the caller, free() */
char *lab_read(const char *path);

#endif
