/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of POST /v1/enquiries, both ways. Pure; any thread. Source: contract/openapi.yaml,
 * schemas "enquiry", "shared_answer" and "progress_answer". */
#ifndef YJ_SYNC_ENQUIRY_H
#define YJ_SYNC_ENQUIRY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "types/enquiry.h"

/**
 * Schema "enquiry".
 * @param e  its texts are NUL-terminated
 * @return owned by the caller, bytes_free_wiped(): personal data. NULL: a text of e is no valid
 *         UTF-8, or there is nothing to ask with (neither person nor receipt, or no key)
 */
char *sync_enquiry_request(const char *terminal, const struct enquiry *e) YJ_CHECK;

/**
 * Read a 200. Members that are not known are ignored.
 *  - Shared: an item that is of the wrong form, too long, holds hidden characters, says an unknown
 *    word, was not asked for or comes twice is left out; the others stand for themselves.
 *  - Progress: a report is one statement. Anything wrong inside leaves out the whole report, as
 *    half of it would tell the citizen something else. A state in a word that is not known is
 *    "under way": CASE_N_STATES. Without a card in the question, and unless may_fix is said,
 *    values and remarks of the departments are not taken. By receipt alone only reports that name
 *    its number are taken.
 * An answer of which nothing can be used is none.
 * @param asked  the question that is answered
 * @param ret    owned by the caller, enquiry_answer_free(); untouched on failure
 * @return 0 or ERR_SYNC_NOT_CENTRE
 */
int sync_enquiry_answer(const char *json, size_t n, const struct enquiry *asked,
                        struct enquiry_answer **ret, struct err *err) YJ_CHECK;

/** The kiosk number a receipt speaks of; nothing is verified. @param receipt  token or 24 digits
 *  @return false: it is neither */
bool sync_enquiry_number(const char *receipt, char ret[25]) YJ_CHECK;

/** @return true when a 404 says "the centre knows nothing", and not "no such address". */
bool sync_enquiry_is_nothing(const char *json, size_t n);

#endif
