/* SPDX-License-Identifier: Apache-2.0 */
/* Stands before SQLite's own VFS and before the few calls the store makes itself (linked with
 * --wrap): writes down every operation, or lets one fail. Thread: the store's. */
#ifndef YJ_TESTS_DISK_VFS_H
#define YJ_TESTS_DISK_VFS_H

#include "disk_model.h"

/* Make it the default VFS. Once. */
void disk_vfs_install(void);

/* From now on operations below dir go into the trace; what is there already counts as synced. */
void disk_vfs_record(struct disk_trace *t, const char *dir);
void disk_vfs_record_end(void);

/* The n-th write, truncation, sync or deletion from now on fails. */
struct disk_fault {
    int countdown; /* 0: none */
    int error;     /* errno: EIO, ENOSPC, EROFS */
    bool is_torn;  /* a write brings half of its bytes down first */
    bool is_lasting;
    int sync_ms;     /* every sync takes so long */
    int64_t n_syncs; /* counted */
};
struct disk_fault *disk_vfs_fault(void);

#endif
