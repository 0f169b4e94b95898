/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in an opened application. Pure, any thread. Tolerant: content comes from terminals
 * of several versions, and what is not there is "" or NULL. */
#ifndef YJ_CENTRAL_APPLICATION_H
#define YJ_CENTRAL_APPLICATION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/** @return the opened record, owned by the caller; NULL when it is no JSON object. */
json_t *application_load(const uint8_t *plain, size_t bytes) YJ_CHECK;

/* Borrowed texts, never NULL. */
const char *application_name(const json_t *a);  /* of the applicant */
const char *application_id_no(const json_t *a); /* of the applicant */
const char *application_matter_name(const json_t *a);
const char *application_version(const json_t *a);  /* of the matter's data */
const char *application_corrects(const json_t *a); /* number, "": it is no correction */

/** The task with this id as an object, NULL when there is none. */
const json_t *application_task(const json_t *a, const char *id);

/**
 * The answer to a field or question.
 * @param id  "baby.name", or of a member of a repeated group "heirs.2.name"
 * @return borrowed, NULL when there is none
 */
const char *application_answer(const json_t *a, const char *id);

/** @return true when the content holds the named item. kind: "field" or "material" */
bool application_holds(const json_t *a, const char *kind, const char *id);

#endif
