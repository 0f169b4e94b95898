/* SPDX-License-Identifier: Apache-2.0 */
/* Every write, flush and cut of the store's files can be made to fail: the database, its log and
 * the sequence file go through one VFS, and this one is put before it. */
#ifndef YJ_TESTS_STORE_FAULT_VFS_H
#define YJ_TESTS_STORE_FAULT_VFS_H

#include <stdbool.h>

/* The n-th operation from now on fails, with this errno. */
struct fault {
    int countdown; /* 0: nothing fails */
    int error;     /* errno */
    bool is_torn;  /* half of the bytes are written first */
    bool is_lasting;
    bool is_kill; /* instead, the process ends there with FAULT_KILLED */
};
enum { FAULT_KILLED = 42 };

/* Flushes that were passed on. */
struct fault_counts {
    int n_database_syncs, n_log_syncs, n_sequence_syncs;
};

void fault_vfs_install(void);
struct fault *fault_now(void);
struct fault_counts *fault_counts(void);

#endif
