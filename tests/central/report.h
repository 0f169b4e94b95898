/* SPDX-License-Identifier: Apache-2.0 */
/* How one application stands, as the contract tells it. Serving threads. */
#ifndef YJ_CENTRAL_REPORT_H
#define YJ_CENTRAL_REPORT_H

#include "keyring.h"
#include "ledger.h"

/* Who asks. Texts are borrowed, "" when nobody has shown a card. */
struct report_look {
    const struct keyring *keys;
    struct ledger *ledger;
    const char *name, *id_no;
    bool is_for_applicant_only; /* no report for anybody else */
};

/**
 * @param ret  schema "report", owned by the caller; NULL: there is nothing this asker may know
 * @return 0 or a failure of the ledger. Blocks: disk.
 */
int report_make(const struct report_look *look, const char *uuid, json_t **ret,
                struct err *err) YJ_CHECK;

#endif
