/* SPDX-License-Identifier: Apache-2.0 */
/* A disk that loses power: a run's operations are written down once, then for every place where
 * the power could go the files are built that such a disk may legally hold afterwards.
 *
 * What the model promises is what POSIX and SQLite's "power-safe overwrite" promise, no more:
 * bytes are safe after a sync of their file, an entry of the folder after a sync of the folder.
 * Everything since then is, sector by sector, there, not there, an older version or rubbish; a
 * file's size is any it had since its last sync. Bytes outside a write are never touched.
 * Thread: one. */
#ifndef YJ_TESTS_DISK_MODEL_H
#define YJ_TESTS_DISK_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum disk_op_kind {
    DISK_MAKE_FOLDER, /* the data folder itself, an entry of its parent */
    DISK_CREATE,      /* name → file */
    DISK_WRITE,
    DISK_TRUNCATE, /* at: new size */
    DISK_SYNC,
    DISK_DELETE, /* name */
    DISK_RENAME, /* name → to */
    DISK_SYNC_FOLDER,
    DISK_SYNC_PARENT
};

enum { DISK_NAME_BYTES = 96, DISK_MAX_FILES = 64 };

struct disk_op {
    enum disk_op_kind kind;
    int file; /* an inode: never used again after a deletion */
    char name[DISK_NAME_BYTES], to[DISK_NAME_BYTES];
    int64_t at;
    size_t n;
    uint8_t *bytes; /* owned */
};

struct disk_trace {
    struct disk_op *op;
    size_t n, cap;
    int n_files;
};
void disk_trace_clear(struct disk_trace *t);
/* Takes over bytes. */
void disk_trace_add(struct disk_trace *t, const struct disk_op *op);

/* How the disk lies, for the classes where it may. */
struct disk_lies {
    bool on_database; /* a sync of the database or its log returns before anything is written */
    bool on_sequence;
    bool on_folder;
    bool loses_synced; /* one synced write in 64 is lost: only to show that losses are seen */
};

struct disk;
struct disk *disk_new(const struct disk_lies *lies);
void disk_free(struct disk *d);
/* The next operation of a run; operations stay borrowed from their trace. */
void disk_do(struct disk *d, const struct disk_op *op);

/**
 * The power goes: write into dir (removed and made anew; absent when its own entry is lost) what
 * the disk holds. The model itself stays as it is, for the next choice.
 * @param seed  of everything that is chosen
 */
void disk_cut(const struct disk *d, uint64_t seed, const char *dir);

uint64_t disk_random(uint64_t *state);

#endif
