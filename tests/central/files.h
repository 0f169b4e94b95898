/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue for terminals: one folder with a signed set. The centre hands it on as it is; what
 * is in it and who signed it is the terminal's to judge. */
#ifndef YJ_CENTRAL_FILES_H
#define YJ_CENTRAL_FILES_H

#include "centre.h"
#include "request.h"

struct files;

/**
 * Read manifest and signature and look whether every file is there with its digest. When the
 * manifest is replaced later, the set is read again.
 * @return 0, ERR_NOT_FOUND, ERR_SEAL_MANIFEST. Blocks: reads every file.
 */
int files_open(const char *dir, struct files **ret, struct err *err) YJ_CHECK;
void files_close(struct files *f); /* accepts NULL */

/** Number of the set: member number of the manifest, else the parts of its version one behind the
 *  other ("2026.11" is 202611, "2026.11.3" is 20261103). 0 when f is NULL. Thread: any. */
int64_t files_number(struct files *f);

/** GET /catalogue */
void files_get_manifest(const struct centre *c, const struct request *q, struct reply *r);
/** GET /catalogue/files/{digest}, with ETag and Range. */
void files_get_file(const struct centre *c, const struct request *q, struct reply *r);

#endif
