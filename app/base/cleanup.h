/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler extensions we allow ourselves, behind macros. */
#ifndef YJ_BASE_CLEANUP_H
#define YJ_BASE_CLEANUP_H

/* Run fn(&variable) when the variable leaves its scope. */
#define YJ_CLEANUP(fn) __attribute__((cleanup(fn)))
/* The caller must look at the result; ignoring is written (void) with a reason. */
#define YJ_CHECK             __attribute__((warn_unused_result))
#define YJ_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define YJ_NORETURN          __attribute__((noreturn))

#define YJ_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Cleanup helpers for the common locals; all accept the empty value. */
void cleanup_free(void *pointer_to_pointer); /* YJ_CLEANUP(cleanup_free) char *p = NULL; */
void cleanup_close(int *fd);                 /* YJ_CLEANUP(cleanup_close) int fd = -1; */

#endif
