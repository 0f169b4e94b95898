/* SPDX-License-Identifier: Apache-2.0 */
#include "seal_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void give_up(const char *what, const struct err *err)
{
    fprintf(stderr, "%s: %s\n", what, err->msg);
    abort();
}

struct seal_paths lab_paths(const char *suite)
{
    struct seal_paths paths = fixture_seal_paths();
    paths.suite = suite;
    if (strcmp(suite, SEAL_SUITE_SM2) == 0) {
        paths.centre_seal_cert = fixture_key("centre-seal-sm2.pem");
        paths.centre_seal_next_cert = fixture_key("centre-seal-sm2-next.pem");
        paths.device_sm2_key = fixture_key("device-sm2.key");
        paths.device_sm2_cert = fixture_key("device-sm2.pem");
    } else {
        paths.centre_seal_next_cert = fixture_key("centre-seal-next.pem");
    }
    return paths;
}

struct seal *lab_seal(const char *suite)
{
    struct err err = {0};
    struct seal *s = NULL;
    struct seal_paths paths = lab_paths(suite);
    if (seal_open(&paths, FIXTURE_TERMINAL, &s, &err) != 0)
        give_up("seal_open", &err);
    return s;
}

struct keyring *lab_keyring(void)
{
    struct err err = {0};
    struct keyring *k = NULL;
    (void)fixture_key("ca.pem");
    if (keyring_open(fixture_path("keys"), &k, &err) != 0)
        give_up("keyring_open", &err);
    return k;
}

struct seal_verifier *lab_verifier(const char *cert)
{
    struct err err = {0};
    struct seal_verifier *v = NULL;
    if (seal_verifier_open(fixture_key(cert), &v, &err) != 0)
        give_up("seal_verifier_open", &err);
    return v;
}

struct lab_record lab_record_of(const struct seal *s, enum seal_form form)
{
    struct err err = {0};
    struct lab_record r = {.env = {.form = form,
                                   .kind = RECORD_APPLICATION,
                                   .terminal = FIXTURE_TERMINAL,
                                   .sequence = 7,
                                   .number = "430102000120261123000019",
                                   .matter = "newborn",
                                   .sealed_at = "2026-11-23T04:00:00Z",
                                   .prev_digest = SEAL_DIGEST_NONE}};
    if (form == SEAL_FORM_2) {
        snprintf(r.env.boot_id, sizeof r.env.boot_id, "6c0c1ac9-6f4c-4f4e-9d6c-0b6f8d1d2f3a");
        r.env.uptime_ms = 86400123;
        snprintf(r.env.centre_time, sizeof r.env.centre_time, "2026-11-23T03:59:00Z");
        r.env.n_attachments = 2;
        for (size_t i = 0; i < r.env.n_attachments; i++) {
            memset(r.env.attachment[i].digest, "ab"[i], SEAL_DIGEST_BYTES - 1);
            r.env.attachment[i].bytes = (int64_t)i + 1000;
        }
    }
    if (seal_uuid(r.env.uuid, &err) != 0 ||
        seal_record(s, LAB_PLAIN, sizeof LAB_PLAIN - 1, &r.sealed, &r.bytes, &r.env, &err) != 0 ||
        seal_sign_envelope(s, &r.env, &err) != 0)
        give_up("lab_record_of", &err);
    return r;
}

void lab_write(const char *path, const void *p, size_t n)
{
    struct err err = {0};
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0)
        give_up(path, &err);
}

char *lab_read(const char *path)
{
    char *text = NULL;
    size_t n = 0;
    struct err err = {0};
    if (mem_read_file(path, 65536, &text, &n, &err) != 0)
        give_up(path, &err);
    return text;
}
