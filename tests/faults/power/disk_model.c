/* SPDX-License-Identifier: Apache-2.0 */
/* The disk model; what it promises is in the header. Thread: one. */
#include "disk_model.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* What happens to everything that was not synced. */
enum style { KEEP_NONE, KEEP_ALL, KEEP_FIRST, KEEP_SOME, KEEP_RUBBISH, N_STYLES };

struct pending {
    const struct disk_op *op;
    size_t when; /* its place in the run */
};

struct pendings {
    struct pending *p;
    size_t n, cap;
};

struct file {
    uint8_t *durable;
    size_t n;
    struct pendings waiting;
};

struct entry {
    char name[DISK_NAME_BYTES];
    int file; /* -1: no such entry */
};

struct folder {
    struct entry entry[DISK_MAX_FILES];
    int n;
};

struct disk {
    struct disk_lies lies;
    uint64_t lie_state;
    struct file file[DISK_MAX_FILES];
    struct folder folder;         /* durable */
    struct pendings folder_waits; /* create, delete, rename */
    bool has_folder, has_folder_durable;
    size_t now;
};

/* One choice of a cut. */
struct chance {
    uint64_t state;
    enum style style;
    size_t first_lost; /* KEEP_FIRST */
    size_t sector;
};

uint64_t disk_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static void must(bool is_good, const char *what)
{
    if (!is_good) {
        perror(what);
        abort();
    }
}

void disk_trace_clear(struct disk_trace *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->op[i].bytes);
    free(t->op);
    memset(t, 0, sizeof *t);
}

void disk_trace_add(struct disk_trace *t, const struct disk_op *op)
{
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 256;
        t->op = realloc(t->op, t->cap * sizeof *t->op);
        must(t->op != NULL, "memory");
    }
    t->op[t->n++] = *op;
}

static void pendings_add(struct pendings *list, const struct disk_op *op, size_t when)
{
    if (list->n == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 32;
        list->p = realloc(list->p, list->cap * sizeof *list->p);
        must(list->p != NULL, "memory");
    }
    list->p[list->n++] = (struct pending){op, when};
}

struct disk *disk_new(const struct disk_lies *lies)
{
    struct disk *d = mem_zalloc(1, sizeof *d);
    d->lies = *lies;
    d->lie_state = 1;
    return d;
}

void disk_free(struct disk *d)
{
    if (!d)
        return;
    for (int i = 0; i < DISK_MAX_FILES; i++) {
        free(d->file[i].durable);
        free(d->file[i].waiting.p);
    }
    free(d->folder_waits.p);
    free(d);
}

/* --- bytes ----------------------------------------------------------------------------------- */

static void bytes_grow(uint8_t **p, size_t *n, size_t want)
{
    if (want <= *n)
        return;
    *p = realloc(*p, want);
    must(*p != NULL, "memory");
    memset(*p + *n, 0, want - *n);
    *n = want;
}

static void op_apply(uint8_t **p, size_t *n, const struct disk_op *op)
{
    size_t at = (size_t)op->at;
    if (op->kind == DISK_TRUNCATE) {
        bytes_grow(p, n, at);
        memset(*p + at, 0, *n - at);
        *n = at;
    } else {
        bytes_grow(p, n, at + op->n);
        memcpy(*p + at, op->bytes, op->n);
    }
}

static void folder_apply(struct folder *f, const struct disk_op *op)
{
    int from = -1, to = -1;
    const char *name = op->kind == DISK_RENAME ? op->to : op->name;
    for (int i = 0; i < f->n; i++) {
        if (strcmp(f->entry[i].name, op->name) == 0)
            from = i;
        if (strcmp(f->entry[i].name, name) == 0)
            to = i;
    }
    if (op->kind == DISK_DELETE) {
        if (from >= 0)
            f->entry[from].file = -1;
        return;
    }
    int file = op->kind == DISK_CREATE ? op->file : from >= 0 ? f->entry[from].file : -1;
    if (file < 0)
        return;
    if (to < 0) {
        must(f->n < DISK_MAX_FILES, "too many names");
        to = f->n++;
        memcpy(f->entry[to].name, name, DISK_NAME_BYTES);
    }
    f->entry[to].file = file;
    if (op->kind == DISK_RENAME && from >= 0)
        f->entry[from].file = -1;
}

static bool sync_lies(const struct disk *d, const struct disk_op *op)
{
    bool is_sequence = strcmp(op->name, "sequence") == 0;
    return is_sequence ? d->lies.on_sequence : d->lies.on_database;
}

static void file_sync(struct disk *d, struct file *f)
{
    for (size_t i = 0; i < f->waiting.n; i++) {
        const struct disk_op *op = f->waiting.p[i].op;
        if (d->lies.loses_synced && op->kind == DISK_WRITE && disk_random(&d->lie_state) % 64 == 0)
            continue;
        op_apply(&f->durable, &f->n, op);
    }
    f->waiting.n = 0;
}

void disk_do(struct disk *d, const struct disk_op *op)
{
    size_t when = d->now++;
    switch (op->kind) {
    case DISK_MAKE_FOLDER:
        d->has_folder = true;
        break;
    case DISK_SYNC_PARENT:
        d->has_folder_durable = d->has_folder;
        break;
    case DISK_WRITE:
    case DISK_TRUNCATE:
        pendings_add(&d->file[op->file].waiting, op, when);
        break;
    case DISK_SYNC:
        if (!sync_lies(d, op))
            file_sync(d, &d->file[op->file]);
        break;
    case DISK_SYNC_FOLDER:
        if (d->lies.on_folder)
            break;
        for (size_t i = 0; i < d->folder_waits.n; i++)
            folder_apply(&d->folder, d->folder_waits.p[i].op);
        d->folder_waits.n = 0;
        break;
    case DISK_CREATE:
    case DISK_DELETE:
    case DISK_RENAME:
        pendings_add(&d->folder_waits, op, when);
        break;
    }
}

/* --- the cut --------------------------------------------------------------------------------- */

static bool is_kept(struct chance *c, size_t when)
{
    if (c->style == KEEP_NONE || c->style == KEEP_ALL)
        return c->style == KEEP_ALL;
    return c->style == KEEP_FIRST ? when < c->first_lost : disk_random(&c->state) % 2 == 0;
}

/* A write of which only some sectors came down; the others stay or, in one style, are rubbish. */
static void write_tear(struct chance *c, uint8_t **p, size_t *n, const struct disk_op *op)
{
    size_t begin = (size_t)op->at, end = begin + op->n;
    unsigned way = (unsigned)(disk_random(&c->state) % 3);
    size_t split = begin + disk_random(&c->state) % (op->n + 1);
    split -= split % c->sector;
    bytes_grow(p, n, end);
    for (size_t at = begin; at < end;) {
        size_t next = at - at % c->sector + c->sector;
        if (next > end)
            next = end;
        bool is_down = way == 0   ? next <= split
                       : way == 1 ? at >= split
                                  : disk_random(&c->state) % 2 == 0;
        if (is_down)
            memcpy(*p + at, op->bytes + (at - begin), next - at);
        else if (c->style == KEEP_RUBBISH)
            for (size_t i = at; i < next; i++)
                (*p)[i] = (uint8_t)disk_random(&c->state);
        at = next;
    }
}

static void waiting_shuffle(struct chance *c, struct pending *p, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = disk_random(&c->state) % i;
        struct pending t = p[i - 1];
        p[i - 1] = p[j];
        p[j] = t;
    }
}

/* Any size the file had since its last sync. */
static size_t size_choose(struct chance *c, const struct file *f)
{
    size_t size = f->n, now = f->n;
    for (size_t i = 0; i < f->waiting.n; i++) {
        const struct disk_op *op = f->waiting.p[i].op;
        size_t end = (size_t)op->at + op->n;
        now = op->kind == DISK_TRUNCATE ? (size_t)op->at : end > now ? end : now;
        if (is_kept(c, f->waiting.p[i].when))
            size = now;
    }
    return size;
}

static void file_build(const struct file *f, struct chance *c, uint8_t **ret, size_t *ret_n)
{
    uint8_t *bytes = NULL;
    size_t n = 0, n_waiting = f->waiting.n;
    bytes_grow(&bytes, &n, f->n);
    if (f->n)
        memcpy(bytes, f->durable, f->n);
    size_t size = size_choose(c, f);
    struct pending *order = mem_zalloc(n_waiting + 1, sizeof *order);
    if (n_waiting)
        memcpy(order, f->waiting.p, n_waiting * sizeof *order);
    bool is_any_order = c->style >= KEEP_SOME;
    if (is_any_order && disk_random(&c->state) % 2)
        waiting_shuffle(c, order, n_waiting);
    for (size_t i = 0; i < n_waiting; i++) {
        const struct disk_op *op = order[i].op;
        bool is_torn = op->kind == DISK_WRITE &&
                       (c->style == KEEP_FIRST ? order[i].when == c->first_lost
                                               : is_any_order && disk_random(&c->state) % 3 == 0);
        if (is_torn)
            write_tear(c, &bytes, &n, op);
        else if (is_kept(c, order[i].when))
            op_apply(&bytes, &n, op);
    }
    free(order);
    bytes_grow(&bytes, &n, size);
    *ret = bytes;
    *ret_n = size;
}

static void folder_empty(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    if (!d)
        return;
    while ((e = readdir(d)) != NULL)
        if (e->d_name[0] != '.')
            (void)unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
}

static void file_put(int dir, const char *name, const uint8_t *bytes, size_t n)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && write(fd, bytes, n) == (ssize_t)n && close(fd) == 0, name);
}

void disk_cut(const struct disk *d, uint64_t seed, const char *dir)
{
    struct chance c = {.state = seed};
    c.style = (enum style)(disk_random(&c.state) % N_STYLES);
    c.sector = disk_random(&c.state) % 2 ? 512 : 4096;
    /* Near the end, where something is still waiting. */
    size_t back = disk_random(&c.state) % 12;
    c.first_lost = d->now > back ? d->now - back : 0;

    folder_empty(dir);
    if (!d->has_folder_durable && (!d->has_folder || !is_kept(&c, d->now))) {
        (void)rmdir(dir);
        return;
    }
    (void)mkdir(dir, 0700);
    struct folder folder = d->folder;
    for (size_t i = 0; i < d->folder_waits.n; i++)
        if (is_kept(&c, d->folder_waits.p[i].when))
            folder_apply(&folder, d->folder_waits.p[i].op);
    int handle = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(handle >= 0, dir);
    for (int i = 0; i < folder.n; i++) {
        uint8_t *bytes = NULL;
        size_t n = 0;
        if (folder.entry[i].file < 0)
            continue;
        file_build(&d->file[folder.entry[i].file], &c, &bytes, &n);
        file_put(handle, folder.entry[i].name, bytes, n);
        free(bytes);
    }
    close(handle);
}
