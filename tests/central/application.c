/* SPDX-License-Identifier: Apache-2.0 */
/* Opened applications. Pure, any thread. */
#include "application.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *v)
{
    const char *s = json_string_value(v);
    return s ? s : "";
}

static const json_t *member_of(const json_t *a, const char *outer, const char *inner)
{
    return json_object_get(json_object_get(a, outer), inner);
}

json_t *application_load(const uint8_t *plain, size_t bytes)
{
    json_t *doc = plain ? json_loadb((const char *)plain, bytes, 0, NULL) : NULL;
    if (json_is_object(doc))
        return doc;
    json_decref(doc);
    return NULL;
}

const char *application_name(const json_t *a)
{
    const char *name = text_of(member_of(a, "applicant", "name"));
    return name[0] ? name : text_of(member_of(a, "applicant", "english_name"));
}

const char *application_id_no(const json_t *a)
{
    return text_of(member_of(a, "applicant", "id_no"));
}

const char *application_matter_name(const json_t *a)
{
    return text_of(member_of(a, "matter", "name"));
}

const char *application_version(const json_t *a)
{
    return text_of(member_of(a, "matter", "version"));
}

const char *application_corrects(const json_t *a)
{
    const char *number = text_of(member_of(a, "corrects", "number"));
    return strlen(number) == 24 && strspn(number, "0123456789") == 24 ? number : "";
}

static const json_t *entry_of(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(text_of(json_object_get(json_array_get(list, i), "id")), id) == 0)
            return json_array_get(list, i);
    return NULL;
}

const json_t *application_task(const json_t *a, const char *id)
{
    return entry_of(json_object_get(a, "tasks"), id);
}

const char *application_answer(const json_t *a, const char *id)
{
    const json_t *answers = json_object_get(a, "answers");
    const char *plain = json_string_value(json_object_get(answers, id));
    if (plain)
        return plain;
    for (const char *dot = strchr(id, '.'); dot; dot = strchr(dot + 1, '.')) {
        char group[97], *end = NULL;
        long member = strtol(dot + 1, &end, 10);
        if (end == dot + 1 || *end != '.' || member < 1 || dot - id >= (int)sizeof group)
            continue;
        snprintf(group, sizeof group, "%.*s", (int)(dot - id), id);
        return json_string_value(json_object_get(
            json_array_get(json_object_get(answers, group), (size_t)member - 1), end + 1));
    }
    return NULL;
}

bool application_holds(const json_t *a, const char *kind, const char *id)
{
    return strcmp(kind, "field") == 0 ? application_answer(a, id) != NULL
                                      : entry_of(json_object_get(a, "materials"), id) != NULL;
}
