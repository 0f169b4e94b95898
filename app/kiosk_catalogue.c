/* SPDX-License-Identifier: Apache-2.0 */
/* Which catalogue the kiosk uses, and the change to another one between two visits. Main thread.
 *
 *     start:  current → previous → built-in: the first that verifies and has no mistake. A set
 *             older than the built-in one is not used: when the image brings a newer one, that is
 * it staged: looked for when a visit ends, at most every few seconds while nobody is served, and
 *             once a minute; verified and loaded, then committed, then shown */
#include "kiosk_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "catalogue_store.h"

enum {
    MAX_COMPLAINTS = 64,
    MAX_PINYIN_BYTES = 8 << 20,
    LOOK_EVERY_MS = 60 * 1000, /* wakes an idle kiosk: a readlink a minute */
    LOOK_AGAIN_MS = 3000,      /* when the kiosk is awake anyway */
    SET_PATH_BYTES = 640,
};

/* Load a set and write its mistakes to the log. */
static int load_set(struct kiosk *k, const char *dir, const struct catalogue_source *source,
                    size_t *ret_n_complaints, struct catalogue **ret, struct err *err)
{
    struct matter_complaint *list = mem_zalloc(MAX_COMPLAINTS, sizeof *list);
    struct catalogue_cfg cfg = {.dir = dir,
                                .source = source,
                                .region = k->settings->region,
                                .codes = k->codes,
                                .pinyin = k->pinyin,
                                .pinyin_len = k->pinyin_bytes};
    int rc = catalogue_load(&cfg, list, MAX_COMPLAINTS, ret_n_complaints, ret, err);
    for (size_t i = 0; rc == 0 && i < *ret_n_complaints && i < MAX_COMPLAINTS; i++)
        log_line(LOG_ERROR, "matter", "%s: %s: %s", list[i].file, list[i].pointer, list[i].reason);
    free(list);
    return rc;
}

static void name_built_in(const struct kiosk *k, char *ret, size_t cap)
{
    snprintf(ret, cap, "%s/matters", k->settings->assets_dir);
}

/* ---- signed sets ---- */

/* A set as its publisher signed it. */
struct signed_set {
    char dir[SET_PATH_BYTES];
    struct manifest *manifest;
};

static const char *signed_name(void *ctx, size_t i)
{
    const struct signed_set *set = ctx;
    return i < set->manifest->n_files ? set->manifest->file[i].name : NULL;
}

static int signed_read(void *ctx, const char *name, char **ret, size_t *ret_bytes, struct err *err)
{
    const struct signed_set *set = ctx;
    return manifest_read_file(set->manifest, set->dir, name, ret, ret_bytes, err);
}

/* An image newer than the set has what the set brought, and more. */
static bool is_outdated(const struct kiosk *k, const char *version)
{
    char dir[SET_PATH_BYTES], built_in[CATALOGUE_VERSION_BYTES];
    name_built_in(k, dir, sizeof dir);
    return catalogue_version_read(dir, built_in, NULL) == 0 &&
           catalogue_version_compare(version, built_in) < 0;
}

/* A signed set is taken whole or not at all, and exactly as it was verified: every file is looked
 * at again when it is read. @return owned, NULL with the reason in err: ERR_WRONG_STATE when the
 * built-in set is newer */
static struct catalogue *load_signed(struct kiosk *k, const char *digest, struct err *err)
{
    struct signed_set set = {0};
    const struct catalogue_source source = {&set, signed_name, signed_read};
    struct catalogue *c = NULL;
    size_t n = 0;
    catalogue_store_path(k->settings->data_dir, digest, set.dir, sizeof set.dir);
    int rc =
        catalogue_store_verify(k->settings->data_dir, digest, k->publisher, &set.manifest, err);
    if (rc == 0 && is_outdated(k, set.manifest->version))
        rc = ERR(err, ERR_WRONG_STATE, "version %s is older than the built-in set",
                 set.manifest->version);
    if (rc == 0)
        rc = load_set(k, set.dir, &source, &n, &c, err);
    manifest_free(set.manifest);
    if (rc == 0 && n == 0)
        return c;
    if (rc == 0)
        (void)ERR(err, ERR_MATTER_FILE, "%zu mistakes", n);
    catalogue_free(c);
    return NULL;
}

static void tell_in_use(const struct kiosk *k)
{
    log_line(LOG_INFO, "catalogue", "%s in use, %s, %zu matters, region %s", k->catalogue->version,
             k->set_digest[0] ? k->set_digest : "built-in", matter_set_count(k->catalogue->matters),
             k->settings->region);
}

/* @return true when the search is over: a set of the slot is in use now, or the built-in one is
 * to be, being newer */
static bool take_slot(struct kiosk *k, enum catalogue_slot slot, int *n_errors)
{
    char digest[SEAL_DIGEST_BYTES];
    struct err err = {0};
    if (!catalogue_store_peek(k->settings->data_dir, slot, digest))
        return false;
    k->catalogue = load_signed(k, digest, &err);
    if (k->catalogue) {
        memcpy(k->set_digest, digest, sizeof digest);
        return true;
    }
    bool is_over = err.code == ERR_WRONG_STATE;
    err_prefix(&err, "the %s set is %s", catalogue_slot_word(slot),
               is_over ? "not used" : "refused");
    log_err(is_over ? LOG_WARN : LOG_ERROR, "catalogue", &err);
    *n_errors += !is_over;
    return is_over;
}

/* What the sets lean on. Without it matters that need it are refused, the others work. */
static void load_tables(struct kiosk *k)
{
    char path[512];
    struct err err = {0};
    snprintf(path, sizeof path, "%s/codes", k->settings->assets_dir);
    if (code_tables_load(path, &k->codes, &err) < 0)
        log_err(LOG_ERROR, "catalogue", &err);
    else if (!region_was_ever(k->codes, k->settings->region))
        log_line(LOG_WARN, "catalogue", "no division has the code %s: only national matters",
                 k->settings->region);
    err = (struct err){0};
    snprintf(path, sizeof path, "%s/search/pinyin.tsv", k->settings->assets_dir);
    if (mem_read_file(path, MAX_PINYIN_BYTES, &k->pinyin, &k->pinyin_bytes, &err) < 0)
        log_err(LOG_WARN, "catalogue", &err);
}

int kiosk_catalogue_start(struct kiosk *k, int *ret_n_errors, struct err *err)
{
    char dir[SET_PATH_BYTES];
    size_t n_complaints = 0;
    struct err reason = {0};
    int n_errors = 0;
    load_tables(k);
    if (k->settings->catalogue_cert &&
        manifest_publisher_open(k->settings->catalogue_cert, &k->publisher, &reason) < 0) {
        log_err(LOG_ERROR, "catalogue", &reason); /* signed sets cannot be told from others */
        n_errors++;
    }
    int rc = 0;
    if (k->publisher && !take_slot(k, CATALOGUE_CURRENT, &n_errors))
        (void)take_slot(k, CATALOGUE_PREVIOUS, &n_errors);
    if (!k->catalogue) {
        name_built_in(k, dir, sizeof dir);
        rc = load_set(k, dir, NULL, &n_complaints, &k->catalogue, err);
    }
    if (rc == 0)
        tell_in_use(k);
    *ret_n_errors = n_errors + (int)n_complaints;
    return rc;
}

/* The staged set is on disk, whole and loaded: from here on it is the one. */
static void change_over(struct kiosk *k, struct catalogue_store *store, const char *digest,
                        struct catalogue *fresh)
{
    struct visit_effects effects = {0};
    struct err err = {0};
    if (catalogue_store_commit(store, k->set_digest, &err) < 0) {
        log_err(LOG_ERROR, "catalogue", &err); /* what is in use stays; tried again */
        k->look_ms += LOOK_EVERY_MS;           /* not at once: it costs a whole load */
        catalogue_free(fresh);
        return;
    }
    if (visit_set_catalogue(k->visit, fresh, 0, kiosk_now_ms(k), &effects) < 0) {
        log_line(LOG_ERROR, "catalogue", "somebody is being served: taken at the next start");
        catalogue_free(fresh);
        return;
    }
    /* The screen still shows texts of the one before until it is drawn anew. */
    catalogue_free(k->retired);
    k->retired = k->catalogue;
    k->catalogue = fresh;
    memcpy(k->set_digest, digest, sizeof k->set_digest);
    tell_in_use(k);
    if (k->outbox)
        outbox_note_catalogue(k->outbox, k->set_digest, 0);
    kiosk_do_effects(k, &effects);
}

static void refuse(struct kiosk *k, struct catalogue_store *store, const char *digest,
                   struct err *why)
{
    struct err err = {0};
    err_prefix(why, "the staged set is refused");
    log_err(LOG_ERROR, "catalogue", why);
    if (k->outbox)
        outbox_note_catalogue(k->outbox, k->set_digest, why->code);
    if (catalogue_store_unstage(store, &err) == 0)
        return; /* the same set, whole this time, may be staged again */
    log_err(LOG_ERROR, "catalogue", &err);
    snprintf(k->refused_digest, sizeof k->refused_digest, "%s", digest); /* once is enough */
}

static void take_locked(struct kiosk *k, struct catalogue_store *store, const char *digest)
{
    struct err err = {0};
    if (!strcmp(digest, k->set_digest)) { /* in use already: only the disk is behind */
        if (catalogue_store_commit(store, k->set_digest, &err) < 0)
            log_err(LOG_ERROR, "catalogue", &err);
        return;
    }
    struct catalogue *fresh = load_signed(k, digest, &err);
    if (fresh)
        change_over(k, store, digest, fresh);
    else
        refuse(k, store, digest, &err);
}

static void take_staged(struct kiosk *k)
{
    char digest[SEAL_DIGEST_BYTES];
    struct catalogue_store *store = NULL;
    struct err err = {0};
    if (!catalogue_store_peek(k->settings->data_dir, CATALOGUE_STAGED, digest) ||
        !strcmp(digest, k->refused_digest))
        return;
    /* Busy: somebody is staging another one; look again later. */
    if (catalogue_store_open(k->settings->data_dir, false, 0, NULL, &store, &err) < 0)
        return;
    /* Under the lock it stays the one that is checked. */
    if (catalogue_store_peek(k->settings->data_dir, CATALOGUE_STAGED, digest))
        take_locked(k, store, digest);
    catalogue_store_close(store);
}

void kiosk_catalogue_look(struct kiosk *k)
{
    int64_t now_ms = kiosk_now_ms(k);
    kiosk_incoming_look(k);
    bool is_open = visit_is_open(k->visit);
    bool is_over = k->was_visit_open && !is_open;
    k->was_visit_open = is_open;
    if (!k->publisher || is_open || (!is_over && now_ms < k->look_ms + LOOK_AGAIN_MS))
        return;
    k->look_ms = now_ms;
    take_staged(k);
}

int64_t kiosk_catalogue_due_ms(const struct kiosk *k)
{
    return k->publisher && !k->was_visit_open ? k->look_ms + LOOK_EVERY_MS : INT64_MAX;
}

static bool region_at(void *arg, const char *parent, size_t at, const char **ret_code,
                      const char **ret_name)
{
    const struct kiosk *k = arg;
    size_t n = 0;
    const struct codes_entry *e = k->codes ? region_children(k->codes, parent, &n) : NULL;
    if (!e || at >= n)
        return false;
    *ret_code = e[at].code;
    *ret_name = e[at].name;
    return true;
}

struct region_source kiosk_regions(struct kiosk *k)
{
    return (struct region_source){.at = region_at, .arg = k};
}

void kiosk_catalogue_free(struct kiosk *k)
{
    catalogue_free(k->catalogue);
    catalogue_free(k->retired);
    code_tables_free(k->codes);
    seal_verifier_close(k->publisher);
    free(k->pinyin);
}
