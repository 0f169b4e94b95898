/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an overlay on a matter: complaints that lead to a place that is there, or a matter
 * that can be planned; the matter below stays as it was. The input is the overlay's text; behind a
 * line "----" the text of the matter may follow, else it lies on one that has everything. */
#define _GNU_SOURCE /* memmem */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "core/overlay_priv.h"

enum { CAP = 16, LONG_POINTER = 88 };

static const char base_text[] =
    "{\"schema\":\"matter/1\",\"code\":\"A.B\",\"name\":\"n\",\"version\":\"1\",\"stage\":"
    "\"person.birth\",\"icon\":\"i\",\"summary\":\"s\",\"lead_dept\":\"d\",\"co_depts\":[\"c\"],"
    "\"basis\":\"b\",\"promise_days\":5,\"legal_days\":9,\"places\":[{\"name\":\"p\",\"hours\":"
    "\"h\"}],\"gates\":[{\"id\":\"late\",\"if\":\"months(d.born)>12\",\"reason\":\"r\",\"advice\":"
    "\"a\"}],\"questions\":[{\"id\":\"q\",\"label\":\"l\",\"type\":\"bool\"}],\"groups\":[{\"id\":"
    "\"d\",\"title\":\"t\"},{\"id\":\"m\",\"title\":\"t\",\"repeat\":{\"min\":0,\"max\":3,\"item\":"
    "\"{n}\",\"add\":\"a\"}}],\"fields\":[{\"id\":\"d.born\",\"label\":\"l\",\"type\":\"date\","
    "\"group\":\"d\"},{\"id\":\"d.how\",\"label\":\"l\",\"type\":\"enum\",\"group\":\"d\","
    "\"options\":[{\"value\":\"x\",\"label\":\"x\"},{\"value\":\"y\",\"label\":\"y\"}],\"show_if\":"
    "\"q\"},{\"id\":\"m.part\",\"label\":\"l\",\"type\":\"decimal\",\"group\":\"m\"}],"
    "\"task_groups\":[{\"id\":\"some\",\"label\":\"l\",\"min\":0,\"max\":2}],\"tasks\":[{\"id\":"
    "\"first\",\"name\":\"n\",\"dept\":\"d\",\"days\":1,\"need\":\"base\",\"place\":\"p\"},{\"id\":"
    "\"second\",\"name\":\"n\",\"dept\":\"d\",\"days\":2,\"need\":\"cond\",\"if\":\"d.how=='x'\","
    "\"deps\":[\"first\"],\"deliver\":\"d.how\"},{\"id\":\"third\",\"name\":\"n\",\"dept\":\"d\","
    "\"days\":2,\"need\":\"choice\",\"group\":\"some\"}],\"materials\":[{\"id\":\"id\",\"name\":"
    "\"n\",\"mode\":\"E2\",\"certificate\":\"c\"},{\"id\":\"photo\",\"name\":\"n\",\"mode\":\"E6\","
    "\"actions\":[\"later\"],\"later_days\":3,\"if\":\"sum(m.part)>1\"}]}";

/* How many tokens of a pointer lead somewhere, *ret_n: of how many. Escapes are left aside. */
static size_t tokens_found(const json_t *json, const char *pointer, size_t *ret_n)
{
    size_t found = 0, n = 0;
    while (*pointer == '/') {
        char token[sizeof((struct matter_complaint *)NULL)->pointer];
        size_t length = strcspn(++pointer, "/");
        memcpy(token, pointer, length);
        token[length] = '\0';
        pointer += length;
        n++;
        json = json_is_array(json) ? json_array_get(json, strtoul(token, NULL, 10))
                                   : json_object_get(json, token);
        found += json != NULL || strchr(token, '~');
    }
    *ret_n = n;
    return found;
}

/* At least the part, or the key of a matter, that is complained about is there. */
static void check_place(const struct matter_complaint *c, const json_t *overlay, const json_t *base)
{
    size_t n = 0;
    bool is_overlay = !strcmp(c->file, "o.json");
    if (!is_overlay && strcmp(c->file, "base.json") != 0)
        abort();
    size_t found = tokens_found(is_overlay ? overlay : base, c->pointer, &n);
    size_t needed = n > 2 ? 2 : n > 0 ? n - 1 : 0;
    if (found < needed && strlen(c->pointer) < LONG_POINTER)
        abort();
}

static void check_complaints(const struct matter_complaint *c, size_t n)
{
    if (!n)
        abort(); /* refused without a reason */
    for (size_t i = 0; i < n && i < CAP; i++)
        if (!c[i].reason[0] || !bytes_utf8_valid(c[i].reason, strlen(c[i].reason)) ||
            !bytes_utf8_valid(c[i].pointer, strlen(c[i].pointer)))
            abort();
}

static void use(const struct matter *m)
{
    struct matter_plan plan;
    uint8_t count[MATTER_MAX_GROUPS] = {2, 2, 2};
    struct answers a = {.selected = 0x5555, .today = 20261123, .count = count};
    matter_plan(m, &a, &plan);
    if (plan.gate >= (int)m->n_gates || plan.longest_days < 0)
        abort();
}

static void lay_on(const struct overlay *o, const json_t *base)
{
    struct matter_complaint c[CAP];
    struct complaint_sink sink = {.list = c, .cap = CAP};
    json_t *before = json_deep_copy(base), *merged = NULL;
    struct matter *m = NULL;
    size_t n = 0;
    int rc = overlay_apply(o, base, &sink, &merged);
    if (!json_equal(before, base))
        abort();
    json_decref(before);
    if (rc) {
        check_complaints(c, sink.n);
        return;
    }
    if (!matter_from_json(NULL, merged, "o.json", c, CAP, &n, &m)) {
        use(m);
        matter_free(m);
        json_decref(merged);
        return;
    }
    struct overlay_stack stack = {
        .file = "base.json", .national = base, .merged = merged, .layer = {o}, .n_layers = 1};
    for (size_t i = 0; i < n && i < CAP; i++) {
        overlay_blame(&stack, &c[i]);
        check_place(&c[i], o->json, base);
    }
    check_complaints(c, n);
    json_decref(merged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char line[] = "\n----\n";
    struct matter_complaint c[CAP];
    struct complaint_sink sink = {.list = c, .cap = CAP};
    struct matter *m = NULL;
    struct overlay *o = NULL;
    const char *text = (const char *)data, *below = base_text;
    size_t below_size = sizeof base_text - 1, n = 0;
    const char *cut = memmem(text, size, line, sizeof line - 1);
    if (cut) {
        below = cut + sizeof line - 1;
        below_size = (size_t)(text + size - below);
        size = (size_t)(cut - text);
    }
    json_error_t error;
    json_t *base = json_loadb(below, below_size, JSON_REJECT_DUPLICATES, &error);
    /* an overlay is only laid on what was taken before */
    if (base && !matter_from_json(NULL, base, "base.json", c, CAP, &n, &m)) {
        matter_free(m);
        if (!overlay_parse(text, size, "o.json", "43", &sink, &o))
            lay_on(o, base);
        else
            check_complaints(c, sink.n);
        overlay_free(o);
    } else if (!cut) {
        abort(); /* the one that has everything */
    }
    json_decref(base);
    return 0;
}
