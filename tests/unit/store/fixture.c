/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the store tests. */
#include "fixture.h"

#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/kiosk_number.h"

extern char **environ;

static char dir[128];
static pid_t owner;

int fixture_run(const char *fmt, ...)
{
    char command[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(command, sizeof command, fmt, ap);
    va_end(ap);
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, command, NULL};
    pid_t child = 0;
    int status = -1;
    fflush(NULL);
    if (posix_spawn(&child, "/bin/sh", NULL, NULL, argv, environ) != 0 ||
        waitpid(child, &status, 0) != child)
        return -1;
    return status;
}

static void remove_dir(void)
{
    if (getpid() == owner)
        (void)!fixture_run("chmod -R u+rwX '%s' && rm -rf '%s'", dir, dir);
}

const char *fixture_dir(void)
{
    if (!dir[0]) {
        snprintf(dir, sizeof dir, "/tmp/yj-store-XXXXXX");
        if (!mkdtemp(dir))
            abort();
        owner = getpid();
        atexit(remove_dir);
    }
    return dir;
}

const char *fixture_path(const char *name)
{
    static char buffers[32][512];
    static unsigned next;
    char *b = buffers[next++ % 32];
    snprintf(b, sizeof buffers[0], "%s/%s", fixture_dir(), name);
    return b;
}

const char *fixture_key(const char *name)
{
    static bool is_made;
    char in_keys[128];
    if (!is_made) {
        if (fixture_run("sh '%s/tests/flow/make_keys.sh' '%s' " FIXTURE_TERMINAL, YJ_SOURCE_DIR,
                        fixture_path("keys")) != 0)
            abort();
        is_made = true;
    }
    snprintf(in_keys, sizeof in_keys, "keys/%s", name);
    return fixture_path(in_keys);
}

struct seal_paths fixture_seal_paths(void)
{
    return (struct seal_paths){.device_key = fixture_key("device.key"),
                               .device_cert = fixture_key("device.pem"),
                               .centre_seal_cert = fixture_key("centre-seal.pem"),
                               .centre_sign_cert = fixture_key("centre-sign.pem")};
}

struct seal *fixture_seal(void)
{
    struct err err = {0};
    struct seal *s = NULL;
    struct seal_paths paths = fixture_seal_paths();
    if (seal_open(&paths, FIXTURE_TERMINAL, &s, &err) != 0) {
        fprintf(stderr, "seal_open: %s\n", err.msg);
        abort();
    }
    return s;
}

static int sign(void *arg, struct seal_envelope *env, char *token, struct err *err)
{
    const struct seal *seal = arg;
    int rc = seal_sign_envelope(seal, env, err);
    if (rc == 0 && env->kind == RECORD_APPLICATION)
        rc = seal_token_make(seal, env, FIXTURE_WALL_MS, token, RECORD_TOKEN_BYTES, err);
    return rc;
}

int fixture_commit(struct store *s, const struct seal *seal, enum record_kind kind,
                   const char *text, struct record_ref *ret, struct err *err)
{
    uint8_t *sealed = NULL;
    struct store_draft d = {.matter_name = "新生儿出生",
                            .wall_ms = FIXTURE_WALL_MS,
                            .sign = sign,
                            .arg = (void *)(uintptr_t)seal};
    d.env.kind = kind;
    snprintf(d.env.matter, sizeof d.env.matter, "%s", kind == RECORD_APPLICATION ? "newborn" : "");
    clock_rfc3339(d.wall_ms, d.env.sealed_at, sizeof d.env.sealed_at);
    int rc = seal_uuid(d.env.uuid, err);
    if (rc == 0)
        rc = seal_record(seal, text, strlen(text), &sealed, &d.sealed_bytes, &d.env, err);
    d.sealed = sealed;
    if (rc == 0)
        rc = store_commit_record(s, &d, ret, err);
    free(sealed);
    return rc;
}

static void audit_row(void *arg, const struct store_row *row)
{
    struct fixture_audit *a = arg;
    if (row->sequence != a->last + 1)
        a->is_gap_free = false;
    if (strcmp(row->prev_digest, a->digest) != 0)
        a->is_chained = false;
    if (row->number[0] && (!kiosk_number_valid(row->number) || strcmp(row->number, a->number) <= 0))
        a->is_unique = false;
    if (row->number[0])
        snprintf(a->number, sizeof a->number, "%s", row->number);
    snprintf(a->digest, sizeof a->digest, "%s", row->digest);
    a->last = row->sequence;
    a->n++;
    a->n_state[row->state]++;
}

struct fixture_audit fixture_check(struct store *s)
{
    struct fixture_audit a = {
        .is_gap_free = true, .is_chained = true, .is_unique = true, .digest = SEAL_DIGEST_NONE};
    struct err err = {0};
    if (store_list(s, audit_row, &a, &err) != 0) {
        fprintf(stderr, "store_list: %s\n", err.msg);
        abort();
    }
    return a;
}

struct store *fixture_open(const char *path)
{
    struct err err = {0};
    bool was_damaged = false;
    struct store *s = store_new(path, FIXTURE_TERMINAL);
    if (store_open(s, FIXTURE_WALL_MS, &was_damaged, &err) != 0 || was_damaged) {
        fprintf(stderr, "store_open %s: %s %s\n", path, err.msg, store_damage_text(s));
        abort();
    }
    return s;
}
