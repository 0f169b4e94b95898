/* SPDX-License-Identifier: Apache-2.0 */
/* The inspector's dump of a running terminal as the list that the access rules take. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "access.h"

enum { MOST = 1024 };

static bool can_touch(const char *role)
{
    static const char *const roles[] = {"button", "option",    "tab",      "field",
                                        "key",    "candidate", "searchbox"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(role, roles[i]) == 0)
            return true;
    return false;
}

static bool is_touch(const json_t *j)
{
    const json_t *touch = json_object_get(j, "touch");
    const char *role = json_string_value(json_object_get(j, "role"));
    return touch ? json_is_true(touch) : role && can_touch(role);
}

static double number(const json_t *j, const char *name)
{
    return json_number_value(json_object_get(j, name));
}

static const char *words(const json_t *j, const char *name)
{
    const char *s = json_string_value(json_object_get(j, name));
    return s ? s : "";
}

/* The keyboard's own lines lie over one another; a group's words are those of its parts. */
static bool is_taken(const json_t *j)
{
    return json_is_true(json_object_get(j, "visible")) &&
           strncmp(words(j, "id"), "keyboard.", 9) != 0 &&
           (is_touch(j) || number(j, "contrast") > 0);
}

static void take(const json_t *j, double mm, struct access_item *ret)
{
    const json_t *focus = json_object_get(j, "order");
    *ret = (struct access_item){.role = words(j, "role"),
                                .text = words(j, "text"),
                                .said = words(j, "said"),
                                .x = number(j, "x") / mm,
                                .y = number(j, "y") / mm,
                                .w = number(j, "w") / mm,
                                .h = number(j, "h") / mm,
                                .cap = number(j, "cap") / mm,
                                .contrast = number(j, "contrast"),
                                .is_touch = is_touch(j),
                                .is_enabled = json_is_true(json_object_get(j, "enabled")),
                                .is_cut = json_is_true(json_object_get(j, "cut")),
                                .focus = focus ? (int)json_integer_value(focus) : -1};
    ret->is_text = ret->contrast > 0;
    snprintf(ret->id, sizeof ret->id, "%s", words(j, "id"));
}

int access_check_dump(const char *json, struct access_report *ret)
{
    static struct access_item item[MOST];
    json_error_t error;
    json_t *root = json_loads(json, 0, &error), *items = json_object_get(root, "items");
    double mm = number(root, "px_per_mm");
    if (!json_is_array(items) || mm <= 0) {
        json_decref(root);
        return -1;
    }
    const json_t *state = json_object_get(root, "state");
    struct access_panel panel = {.w = number(root, "width") / mm,
                                 .h = number(root, "height") / mm,
                                 .is_large = json_is_true(json_object_get(state, "large")),
                                 .is_rtl = json_is_true(json_object_get(state, "rtl"))};
    int n = 0;
    for (size_t i = 0; i < json_array_size(items) && n < MOST; i++)
        if (is_taken(json_array_get(items, i)))
            take(json_array_get(items, i), mm, &item[n++]);
    access_lint(&panel, item, n, ret);
    json_decref(root);
    return 0;
}
