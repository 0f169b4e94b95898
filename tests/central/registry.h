/* SPDX-License-Identifier: Apache-2.0 */
/* What the reference centre's data sharing knows: invented people from a file. Const after
 * opening, any thread. The file:
 *
 *   {"people": [{"id_no": "…", "name": "…", "items": {"KEY": {"state": "found", "value": "…",
 *                "issuer": "…", "valid_to": "YYYY-MM-DD"}, "KEY": {"state": "absent"}}}]}
 *
 * A key that is not there is absent. */
#ifndef YJ_CENTRAL_REGISTRY_H
#define YJ_CENTRAL_REGISTRY_H

#include <jansson.h>

#include "base/err.h"

struct registry;

/** @return 0, ERR_NOT_FOUND, ERR_DENIED, ERR_SYNTAX (says which entry). Blocks: disk. */
int registry_open(const char *path, struct registry **ret, struct err *err) YJ_CHECK;

/** Accepts NULL. */
void registry_close(struct registry *r);

/**
 * One item for each key.
 * @param r     NULL: no source answers, every item is unavailable
 * @param keys  array of strings
 * @return array of the contract's shared_item, owned by the caller; NULL: nobody has this number.
 *         A number with another name than the registry's gives mismatch for every key.
 */
json_t *registry_items(const struct registry *r, const char *id_no, const char *name,
                       const json_t *keys) YJ_CHECK;

#endif
