/* SPDX-License-Identifier: Apache-2.0 */
/* Staging a signed set. Any thread. */
#include "catalogue_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "catalogue_store.h"

enum { STAGE_WAIT_MS = 30000, PATH_BYTES = 1024 };

struct staging {
    const struct catalogue_stage_cfg *cfg;
    struct seal_verifier *publisher;
    struct matter_complaint *complaint;
    size_t n;
};

/* @return false when the terminal's own set is not known */
static bool built_in_version(const char *assets, char ret[CATALOGUE_VERSION_BYTES])
{
    char dir[PATH_BYTES];
    struct stat st;
    return assets && (size_t)snprintf(dir, sizeof dir, "%s/matters", assets) < sizeof dir &&
           stat(dir, &st) == 0 && catalogue_version_read(dir, ret, NULL) == 0;
}

/* Older sets than the one in use only by intent, and than the built-in one not at all: the kiosk
 * would not take it. */
static int check_version(const struct staging *s, const char *version, struct err *err)
{
    const struct catalogue_stage_cfg *cfg = s->cfg;
    char digest[SEAL_DIGEST_BYTES], built_in[CATALOGUE_VERSION_BYTES];
    struct manifest *current = NULL;
    int rc = 0;
    if (built_in_version(cfg->assets, built_in) && catalogue_version_compare(version, built_in) < 0)
        return ERR(err, ERR_WRONG_STATE, "version %s is older than the built-in set %s", version,
                   built_in);
    if (cfg->is_forced || !catalogue_store_peek(cfg->data_dir, CATALOGUE_CURRENT, digest) ||
        catalogue_store_verify(cfg->data_dir, digest, s->publisher, &current, NULL) != 0)
        return 0; /* one that is damaged may be replaced by any */
    if (catalogue_version_compare(version, current->version) <= 0)
        rc = ERR(err, ERR_WRONG_STATE, "version %s is not newer than %s in use (--force takes it)",
                 version, current->version);
    manifest_free(current);
    return rc;
}

/* Of the copy, with the store locked. */
static int check_copy(void *ctx, const char *dir, struct err *err)
{
    struct staging *s = ctx;
    struct manifest *m = NULL;
    struct catalogue_counts counts = {0};
    const struct catalogue_cfg cfg = {.dir = dir,
                                      .codes = s->cfg->codes,
                                      .pinyin = s->cfg->pinyin,
                                      .pinyin_len = s->cfg->pinyin_bytes};
    int rc = manifest_open(dir, s->publisher, &m, err);
    if (rc == 0)
        rc = check_version(s, m->version, err);
    manifest_free(m);
    if (rc == 0)
        rc =
            catalogue_lint(&cfg, s->complaint, CATALOGUE_STAGE_MAX_COMPLAINTS, &s->n, &counts, err);
    if (s->cfg->counts)
        *s->cfg->counts = counts;
    if (rc == 0 && s->n)
        rc = ERR(err, ERR_MATTER_FILE, "%zu mistakes, the first: %s %s: %s", s->n,
                 s->complaint[0].file, s->complaint[0].pointer, s->complaint[0].reason);
    return rc;
}

int catalogue_stage(const struct catalogue_stage_cfg *cfg, char ret_digest[SEAL_DIGEST_BYTES],
                    size_t *ret_n, struct err *err)
{
    struct staging s = {.cfg = cfg, .complaint = cfg->complaint};
    struct catalogue_store *store = NULL;
    YJ_CLEANUP(cleanup_free) void *own = NULL;
    if (!s.complaint)
        own = s.complaint = mem_zalloc(CATALOGUE_STAGE_MAX_COMPLAINTS, sizeof *s.complaint);
    int rc = manifest_publisher_open(cfg->cert, &s.publisher, err);
    if (rc == 0)
        rc = catalogue_store_open(cfg->data_dir, true, STAGE_WAIT_MS, NULL, &store, err);
    if (rc == 0)
        rc =
            catalogue_store_stage(store, cfg->folder, s.publisher, check_copy, &s, ret_digest, err);
    catalogue_store_close(store);
    seal_verifier_close(s.publisher);
    if (ret_n)
        *ret_n = s.n;
    return rc;
}
