/* SPDX-License-Identifier: Apache-2.0 */
/* Records that come on a disk or a stick instead of the network: the mirror or the export of a
 * terminal. */
#ifndef YJ_CENTRAL_IMPORT_H
#define YJ_CENTRAL_IMPORT_H

#include "centre.h"

/**
 * Take every record of DIR/<terminal>/<12 digits>.record and what is there of its attachments
 * (<digest>.attachment), through the same checks as over the network; what is here already stays as
 * it is. Prints one line of JSON {terminals, records, new, known, refused, attachments,
 * attachments_absent}, and a line to the log for each that is refused.
 * @param certificate  PEM of a terminal this centre has never heard of, checked against ca.pem;
 *                     NULL: those it knows must do
 * @return 0, ERR_NOT_FOUND (no such folder), ERR_SEAL_SIGNATURE (something was refused), a failure
 *         of the database (begin again: nothing is taken twice)
 */
int import_run(const struct centre *c, const char *dir, const char *certificate,
               struct err *err) YJ_CHECK;

#endif
