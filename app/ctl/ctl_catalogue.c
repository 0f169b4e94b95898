/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl matter …, kioskctl catalogue …. Thread: main. */
#include "ctl_catalogue.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "catalogue_stage.h"
#include "catalogue_store.h"
#include "core/catalogue.h"
#include "seal/manifest.h"
#include "settings.h"

enum {
    MAX_COMPLAINTS = CATALOGUE_STAGE_MAX_COMPLAINTS,
    MAX_PINYIN_BYTES = 8 << 20,
    PATH_BYTES = 1024,
};

/* What sets lean on: code tables and readings. */
struct tables {
    struct code_tables *codes;
    char *pinyin;
    size_t pinyin_bytes;
};

struct lint {
    struct matter_complaint *list; /* owned, MAX_COMPLAINTS */
    size_t n;
    struct catalogue_counts counts;
    struct matter_complaint *note; /* owned, MAX_COMPLAINTS; what is not translated */
    size_t n_notes;
    struct catalogue_coverage coverage;
    const struct tables *tables;
    const char *region; /* NULL: every one */
};

static int refuse(const struct err *err)
{
    char text[sizeof err->msg];
    const char *msg = err->msg[0] ? err->msg : err_text(err->code);
    printf("refused: %s\n", ctl_clean(msg, text, sizeof text));
    return 1;
}

/* ---- lint ---- */

static bool join(char *ret, size_t cap, const char *dir, const char *name)
{
    struct stat st;
    return (size_t)snprintf(ret, cap, "%s/%s", dir, name) < cap && stat(ret, &st) == 0;
}

/* Named, else beside the set as in the assets folder, else the installed ones. */
static int load_tables(const struct ctl_catalogue_args *args, const char *settings_assets,
                       struct tables *ret, struct err *err)
{
    char beside[PATH_BYTES], path[PATH_BYTES];
    const char *assets = args->assets ? args->assets : settings_assets;
    snprintf(beside, sizeof beside, "%s/..", args->folder);
    if (!assets)
        assets = join(path, sizeof path, beside, "codes") ? beside : YIJIAN_ASSETS_DIR;
    (void)join(path, sizeof path, assets, "codes");
    int rc = code_tables_load(path, &ret->codes, err);
    if (rc == 0 && join(path, sizeof path, assets, "search/pinyin.tsv"))
        rc = mem_read_file(path, MAX_PINYIN_BYTES, &ret->pinyin, &ret->pinyin_bytes, err);
    return rc;
}

static void free_tables(struct tables *t)
{
    code_tables_free(t->codes);
    free(t->pinyin);
}

static int lint_folder(struct lint *l, const char *dir, struct err *err)
{
    struct catalogue_cfg cfg = {.dir = dir,
                                .region = l->region,
                                .codes = l->tables->codes,
                                .pinyin = l->tables->pinyin,
                                .pinyin_len = l->tables->pinyin_bytes};
    l->list = mem_zalloc(MAX_COMPLAINTS, sizeof *l->list);
    if (!l->region)
        return catalogue_lint(&cfg, l->list, MAX_COMPLAINTS, &l->n, &l->counts, err);
    struct catalogue *c = NULL;
    int rc = catalogue_load(&cfg, l->list, MAX_COMPLAINTS, &l->n, &c, err);
    if (rc == 0) {
        l->counts.matters = matter_set_count(c->matters);
        for (size_t i = 0; i < l->counts.matters; i++)
            l->counts.overlays += matter_set_at(c->matters, i)->region[0] != '\0';
        catalogue_free(c);
    }
    return rc;
}

/* One complaint as it can be shown. */
static struct matter_complaint shown(const struct matter_complaint *c)
{
    struct matter_complaint ret = {0};
    (void)ctl_clean(c->file, ret.file, sizeof ret.file);
    (void)ctl_clean(c->pointer, ret.pointer, sizeof ret.pointer);
    (void)ctl_clean(c->reason, ret.reason, sizeof ret.reason);
    return ret;
}

static int measure_coverage(struct lint *l, const char *dir, struct err *err)
{
    const struct catalogue_cfg cfg = {.dir = dir, .codes = l->tables->codes};
    l->note = mem_zalloc(MAX_COMPLAINTS, sizeof *l->note);
    return catalogue_coverage(&cfg, l->note, MAX_COMPLAINTS, &l->n_notes, &l->coverage, err);
}

static void print_notes(const struct lint *l)
{
    for (size_t i = 0; i < l->n_notes && i < MAX_COMPLAINTS; i++) {
        const struct matter_complaint c = shown(&l->note[i]);
        printf("note: %s: %s: %s\n", c.file, c.pointer, c.reason);
    }
    for (size_t i = 0; i < l->coverage.n_languages; i++) {
        const struct catalogue_language *c = &l->coverage.language[i];
        printf("note: %s: %zu of %zu texts\n", c->language, c->n_translated, c->n_texts);
    }
}

static void print_lines(const struct lint *l)
{
    for (size_t i = 0; i < l->n && i < MAX_COMPLAINTS; i++) {
        const struct matter_complaint c = shown(&l->list[i]);
        printf("%s: %s: %s\n", c.file, c.pointer, c.reason);
    }
    printf("%zu matters, %zu overlays, %zu errors\n", l->counts.matters, l->counts.overlays, l->n);
    print_notes(l);
}

static json_t *lines_json(const struct matter_complaint *list, size_t n)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < n && i < MAX_COMPLAINTS; i++) {
        const struct matter_complaint c = shown(&list[i]);
        json_array_append_new(lines, json_pack("{ss ss ss}", "file", c.file, "pointer", c.pointer,
                                               "reason", c.reason));
    }
    return lines;
}

static void print_json(const struct lint *l)
{
    json_t *languages = json_array();
    for (size_t i = 0; i < l->coverage.n_languages; i++) {
        const struct catalogue_language *c = &l->coverage.language[i];
        json_array_append_new(languages, json_pack("{ss sI sI}", "language", c->language, "texts",
                                                   (json_int_t)c->n_texts, "translated",
                                                   (json_int_t)c->n_translated));
    }
    json_t *root = json_pack("{sI sI sI so so so}", "matters", (json_int_t)l->counts.matters,
                             "overlays", (json_int_t)l->counts.overlays, "n_errors",
                             (json_int_t)l->n, "errors", lines_json(l->list, l->n), "languages",
                             languages, "notes", lines_json(l->note, l->n_notes));
    json_dumpf(root, stdout, JSON_INDENT(1));
    puts("");
    json_decref(root);
}

int ctl_matter_lint(const struct ctl_catalogue_args *args)
{
    struct tables tables = {0};
    struct lint lint = {.tables = &tables, .region = args->region};
    struct err err = {0};
    if (!args->folder)
        return 2;
    int rc = load_tables(args, NULL, &tables, &err);
    if (rc == 0)
        rc = lint_folder(&lint, args->folder, &err);
    if (rc == 0)
        rc = measure_coverage(&lint, args->folder, &err);
    if (rc < 0)
        fprintf(stderr, "%s\n", err.msg);
    else if (args->is_json)
        print_json(&lint);
    else
        print_lines(&lint);
    free(lint.list);
    free(lint.note);
    free_tables(&tables);
    return rc < 0 || lint.n ? 1 : 0;
}

/* ---- signatures ---- */

int ctl_catalogue_sign(const struct ctl_catalogue_args *args)
{
    struct err err = {0};
    if (!args->folder || !args->key)
        return 2;
    if (manifest_sign(args->folder, args->key, &err) < 0)
        return refuse(&err);
    puts("signed");
    return 0;
}

int ctl_catalogue_verify(const struct ctl_catalogue_args *args)
{
    struct seal_verifier *publisher = NULL;
    struct manifest *m = NULL;
    struct err err = {0};
    if (!args->folder || !args->cert)
        return 2;
    int rc = manifest_publisher_open(args->cert, &publisher, &err);
    if (rc == 0)
        rc = manifest_open(args->folder, publisher, &m, &err);
    if (rc == 0)
        rc = manifest_check(m, args->folder, &err);
    if (rc == 0)
        printf("good\nversion %s\nset %s\nfiles %zu\n", m->version, m->digest, m->n_files);
    manifest_free(m);
    seal_verifier_close(publisher);
    return rc < 0 ? refuse(&err) : 0;
}

/* ---- the terminal's store ---- */

/* What the terminal says about itself. @return 0, 1 refused, 2 wrong arguments */
static int find_terminal(const struct ctl_catalogue_args *args, struct settings **ret,
                         const char **ret_data, const char **ret_cert)
{
    struct err err = {0};
    if (!args->settings == !args->data)
        return 2; /* one of them */
    if (args->settings && settings_load(args->settings, ret, &err) < 0)
        return refuse(&err);
    *ret_data = args->data ? args->data : (*ret)->data_dir;
    *ret_cert = args->cert ? args->cert : *ret ? (*ret)->catalogue_cert : NULL;
    return 0;
}

/* @return false when the terminal's own set is not known */
static bool built_in_version(const char *assets, char ret[CATALOGUE_VERSION_BYTES])
{
    char dir[PATH_BYTES];
    return assets && join(dir, sizeof dir, assets, "matters") &&
           catalogue_version_read(dir, ret, NULL) == 0;
}

int ctl_catalogue_stage(const struct ctl_catalogue_args *args)
{
    struct tables tables = {0};
    struct lint lint = {.tables = &tables};
    struct settings *settings = NULL;
    const char *data = NULL, *cert = NULL;
    struct err err = {0};
    int status = args->folder ? find_terminal(args, &settings, &data, &cert) : 2;
    if (status == 0 && !cert) {
        (void)ERR(&err, ERR_SEAL_KEY, "no publisher: keys.catalogue of the settings, or --cert");
        status = refuse(&err);
    }
    if (status == 0) {
        char digest[SEAL_DIGEST_BYTES];
        int rc = load_tables(args, settings ? settings->assets_dir : NULL, &tables, &err);
        lint.list = mem_zalloc(MAX_COMPLAINTS, sizeof *lint.list);
        const struct catalogue_stage_cfg cfg = {
            .folder = args->folder,
            .data_dir = data,
            .cert = cert,
            .assets = settings ? settings->assets_dir : args->assets,
            .codes = tables.codes,
            .pinyin = tables.pinyin,
            .pinyin_bytes = tables.pinyin_bytes,
            .is_forced = args->is_forced,
            .complaint = lint.list,
            .counts = &lint.counts,
        };
        if (rc == 0)
            rc = catalogue_stage(&cfg, digest, &lint.n, &err);
        if (lint.n)
            print_lines(&lint);
        if (rc == 0)
            printf("staged %s: the kiosk takes it between two visits\n", digest);
        status = rc < 0 ? refuse(&err) : 0;
    }
    free(lint.list);
    free_tables(&tables);
    settings_free(settings);
    return status;
}

/* @return true when the slot is fit for use or empty */
static bool print_slot(enum catalogue_slot slot, const char *data,
                       const struct seal_verifier *publisher, const char *built_in)
{
    char digest[SEAL_DIGEST_BYTES], text[sizeof((struct err *)NULL)->msg];
    struct manifest *m = NULL;
    struct err err = {0};
    const char *word = catalogue_slot_word(slot);
    if (!catalogue_store_peek(data, slot, digest)) {
        printf("%-8s none\n", word);
        return true;
    }
    if (!publisher) {
        printf("%-8s %s unchecked\n", word, digest);
        return true;
    }
    if (catalogue_store_verify(data, digest, publisher, &m, &err) < 0) {
        printf("%-8s %s refused: %s\n", word, digest, ctl_clean(err.msg, text, sizeof text));
        return false;
    }
    bool is_old = built_in && catalogue_version_compare(m->version, built_in) < 0;
    printf("%-8s %s %s%s\n", word, digest, ctl_clean(m->version, text, sizeof text),
           is_old ? " (older than the built-in set: not used)" : "");
    manifest_free(m);
    return true;
}

int ctl_catalogue_status(const struct ctl_catalogue_args *args)
{
    char built_in[CATALOGUE_VERSION_BYTES];
    struct settings *settings = NULL;
    struct seal_verifier *publisher = NULL;
    const char *data = NULL, *cert = NULL;
    struct err err = {0};
    int status = args->folder ? 2 : find_terminal(args, &settings, &data, &cert);
    if (status == 0 && cert && manifest_publisher_open(cert, &publisher, &err) < 0)
        status = refuse(&err);
    if (status == 0 && !cert)
        puts("no publisher is set: the built-in set is used");
    bool is_known = status == 0 && settings && built_in_version(settings->assets_dir, built_in);
    if (is_known)
        printf("built-in %s\n", built_in);
    bool is_good = true;
    for (int i = 0; status == 0 && i < CATALOGUE_N_SLOTS; i++)
        is_good &= print_slot((enum catalogue_slot)i, data, publisher, is_known ? built_in : NULL);
    seal_verifier_close(publisher);
    settings_free(settings);
    return is_good ? status : 1;
}
