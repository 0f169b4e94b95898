/* SPDX-License-Identifier: Apache-2.0 */
/* States of a task as the centre keeps them, and the citizen's words for them. Pure, any thread.
 * Source: the table in app/sync/contract/openapi.yaml, "States". */
#ifndef YJ_CENTRAL_CASE_CODE_H
#define YJ_CENTRAL_CASE_CODE_H

#include <stdbool.h>

enum {
    CASE_CODE_SUBMITTED = 12,
    CASE_CODE_RECEIVED = 26,
};

/** @return the word of the contract, NULL for a code that is none of the eighteen. Static. */
const char *case_code_word(int code);

/** @return true when the department waits for the citizen. */
bool case_code_is_fix(int code);

/** @return true while the department's time runs. */
bool case_code_is_running(int code);

#endif
