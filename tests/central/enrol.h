/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for terminals: with a token (enrolment) or with the certificate that is about to end
 * (renewal), by network or by two files on a USB stick. */
#ifndef YJ_CENTRAL_ENROL_H
#define YJ_CENTRAL_ENROL_H

#include "centre.h"
#include "request.h"

/** POST /enrolment; without a client certificate. */
void enrol_post(const struct centre *c, const struct request *q, struct reply *r);
/** POST /renewal */
void enrol_post_renewal(const struct centre *c, const struct request *q, struct reply *r);

/**
 * Make a token for one terminal and write the ticket {url, terminal, token, ca, expires} (mode
 * 0600). The centre keeps a hash only. Prints the fingerprint of the CA: who carries the ticket
 * could exchange it.
 * @return 0, ERR_INVALID, ERR_IO, a failure of the database
 */
int enrol_make_ticket(const struct centre *c, const char *terminal, const char *url,
                      int valid_hours, const char *out, struct err *err) YJ_CHECK;

/**
 * Answer a request that came by USB stick: the body of POST /enrolment in a file, the answer's body
 * into another.
 * @return 0, ERR_SYNC_TOKEN (not valid, or used for another request), ERR_INVALID, ERR_IO
 */
int enrol_answer_file(const struct centre *c, const char *in, const char *out,
                      struct err *err) YJ_CHECK;

#endif
