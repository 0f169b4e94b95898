/* SPDX-License-Identifier: Apache-2.0 */
/* A second, tiny memory of the last sequence number, beside the database, so that a damaged,
 * lost or rolled-back database never makes the terminal use a number twice.
 *
 * The file `sequence` has two slots of 512 bytes; the valid one with the highest turn counts. A
 * slot is one line of ASCII, padded with blanks:
 *
 *     yijian-sequence-2 <turn> <terminal> <sequence> <reserved> <digest> <high serial> <sha256>
 *
 * Numbers up to `reserved` (R) may have been given, `sequence` (N) surely was, with this digest; no
 * serial above `high serial` has been given on any day. Numbers are reserved in blocks, so that
 * most commits need one flush, that of the database:
 *
 *     reserve  the other slot, flushed; only then is a number of the block used
 *     note     after a COMMIT, N in the slot beside the flushed one, not flushed: a power cut may
 *              spoil it, and the reservation still holds
 *     settle   when the visitor has his answer, that note is flushed. The note only matters if the
 *              database goes back to an older state: from here on that is seen even after a power
 *              cut. Before, only a cut and a disk that lost a flushed COMMIT together can hide it.
 *
 * What a start finds, with M the last number in the database:
 *
 *     N <= M <= R        all is well (a power cut may have taken the newest note)
 *     M <  N             the database lost commits: go on at R+1, report it
 *     R <  M             the file is old: the database is right, the file is written anew
 *     database damaged or gone   go on at R+1: some numbers of the block may belong to no record
 *
 * Form 1 of the first release (one number at a time) is still read.
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
    int64_t sequence, reserved;
    char digest[SEAL_DIGEST_BYTES]; /* of the record `sequence` */
    int high_serial;                /* reserved: no serial of any day was above */
};

struct sequence_file;

/**
 * Open or make the file in the folder. Its bytes go through the VFS that the database uses.
 * @param dir        path of the folder, of which dir_fd is a handle; both borrowed
 * @param ret_found  false when the file is new or both slots are spoilt; mark is then zero
 * @param ret_is_new true when there was no file
 * @return 0, ERR_STORE_OPEN, ERR_STORE_WRITE or ERR_STORE_FULL. Blocks: disk.
 */
int sequence_file_open(const char *dir, int dir_fd, struct sequence_file **ret,
                       struct sequence_mark *ret_mark, bool *ret_found, bool *ret_is_new,
                       struct err *err) YJ_CHECK;
void sequence_file_close(struct sequence_file *f);

/* Numbers and serials in a block. */
enum { SEQUENCE_BLOCK = 16 };

/** Write the mark and flush it: before a number above the old `reserved` is used.
 *  @return 0, ERR_STORE_WRITE or ERR_STORE_FULL */
int sequence_file_reserve(struct sequence_file *f, const struct sequence_mark *mark,
                          struct err *err) YJ_CHECK;

/** Write what was committed, without a flush. A failure costs nothing but a wider gap after a later
 *  damage. @return as above */
int sequence_file_note(struct sequence_file *f, const struct sequence_mark *mark,
                       struct err *err) YJ_CHECK;

/** Flush the note, if there is a new one. Once the flush has failed the note is as good as not
 *  written; the reservation holds. @return as above */
int sequence_file_settle(struct sequence_file *f, struct err *err) YJ_CHECK;

#endif
