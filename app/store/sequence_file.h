/* SPDX-License-Identifier: Apache-2.0 */
/* A second, tiny memory of the last sequence number, beside the database, so that a damaged,
 * lost or rolled-back database never makes the terminal use a number twice.
 *
 * The file `sequence` has two slots of 512 bytes, written in turn, each flushed before the next
 * step; a torn write spoils one slot and leaves the other. A slot is one line of ASCII:
 *
 *     yijian-sequence-1 <turn> <terminal> <sequence> <P|C> <digest> <high serial> <sha256>
 *
 * padded with blanks. The valid slot with the highest turn counts. The steps of a commit are
 *
 *     BEGIN … INSERT … →  slot P (pending), flushed  →  COMMIT, flushed  →  slot C, flushed
 *
 * and what a start finds (N here, M in the database) means:
 *
 *     N == M             all is well
 *     N == M+1, P        stopped before COMMIT: N was never shown to anybody, M+1 is used next
 *     N == M+1, C / N > M+1   the database lost commits: go on at N+1, report it
 *     N <  M             the file is old: the database is right, the file is written anew
 *     database damaged   go on at N+1 (with P, N may be a number that no record has)
 *
 * Thread: outbox. */
#ifndef YJ_STORE_SEQUENCE_FILE_H
#define YJ_STORE_SEQUENCE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "seal/envelope.h"

struct sequence_mark {
    char terminal[11];
    int64_t sequence;
    bool is_committed;
    char digest[SEAL_DIGEST_BYTES]; /* of that record */
    int high_serial;                /* highest serial of any day so far */
};

struct sequence_file;

/**
 * Open or make the file in the folder.
 * @param ret_found  false when the file is new or both slots are spoilt; mark is then zero
 * @param ret_is_new true when there was no file
 * @return 0, ERR_STORE_OPEN or ERR_STORE_FULL. Blocks: disk.
 */
int sequence_file_open(int dir_fd, struct sequence_file **ret, struct sequence_mark *ret_mark,
                       bool *ret_found, bool *ret_is_new, struct err *err) YJ_CHECK;
void sequence_file_close(struct sequence_file *f);

/** Write the mark and flush it. @return 0, ERR_STORE_WRITE or ERR_STORE_FULL */
int sequence_file_write(struct sequence_file *f, const struct sequence_mark *mark,
                        struct err *err) YJ_CHECK;

#endif
