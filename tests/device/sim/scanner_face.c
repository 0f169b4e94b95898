/* SPDX-License-Identifier: Apache-2.0 */
/* Orders to the emulated scanner in words, and its state as JSON. Thread: any. */
#include "scanner_face.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cdc_model.h"
#include "scanner_model.h"
#include "wedge_model.h"

enum { TEXT_MAX = SCANNER_CODE_MAX, KIND_MAX = 64, HOLD_MS = 1000 };

struct word {
    const char *name;
    int value;
};

/* How often a fault hits. */
struct plan {
    int n;
    unsigned p, seed; /* p in thousandths; 0: n counts */
};

/* What the three kinds have in common; every slot is mandatory. */
struct kind_ops {
    const struct word *faults;
    int (*scan)(struct scanner_face *f, const char *aim, const void *code, size_t n);
    void (*fault)(struct scanner_face *f, int fault, const struct plan *plan);
    json_t *(*report)(struct scanner_face *f);
    struct usbemu_dev *(*dev)(struct scanner_face *f);
};

struct scanner_face {
    const struct kind_ops *ops;
    char kind[KIND_MAX];
    struct scanner_model *hid;
    struct cdc_model *cdc;
    struct wedge_model *wedge;
};

static int fail(char ret_error[160], const char *what, const char *arg)
{
    snprintf(ret_error, 160, "%s%s%.60s", what, arg ? ": " : "", arg ? arg : "");
    return -1;
}

static const struct word *word_find(const struct word *list, const char *name)
{
    for (; list->name; list++)
        if (strcmp(list->name, name) == 0)
            return list;
    return NULL;
}

/* ---- HID ---- */

static const struct word hid_faults[] = {
    {"off", SCANNER_FAULT_NONE},
    {"silent", SCANNER_FAULT_SILENT},
    {"truncated", SCANNER_FAULT_TRUNCATED},
    {"length", SCANNER_FAULT_LENGTH},
    {"slow", SCANNER_FAULT_SLOW},
    {"stall", SCANNER_FAULT_STALL},
    {"unplug", SCANNER_FAULT_UNPLUG},
    {"reply", SCANNER_FAULT_REPLY},
    {"noise", SCANNER_FAULT_NOISE},
    {"mixed", SCANNER_FAULT_MIXED},
    {"lost", SCANNER_FAULT_LOST},
    {"deaf", SCANNER_FAULT_DEAF},
    {NULL, 0},
};

static int hid_scan(struct scanner_face *f, const char *aim, const void *code, size_t n)
{
    scanner_model_aim(f->hid, aim);
    return scanner_model_scan(f->hid, code, n);
}

static void hid_fault(struct scanner_face *f, int fault, const struct plan *plan)
{
    if (plan->p > 0)
        scanner_model_fault_random(f->hid, (enum scanner_fault)fault, plan->p, plan->seed);
    else
        scanner_model_fault(f->hid, (enum scanner_fault)fault, plan->n);
}

static json_t *hid_report(struct scanner_face *f)
{
    struct scanner_counters c = scanner_model_counters(f->hid);

    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:b}", "scans", (int)c.n_scans,
                     "reports", (int)c.n_reports, "lost", (int)c.n_lost, "commands",
                     (int)c.n_commands, "starts", (int)c.n_starts, "stops", (int)c.n_stops,
                     "good_beeps", (int)c.n_good_beeps, "bad_beeps", (int)c.n_bad_beeps, "dark",
                     (int)c.n_dark, "looking", (int)scanner_model_is_looking(f->hid));
}

static struct usbemu_dev *hid_dev(struct scanner_face *f)
{
    return scanner_model_dev(f->hid);
}

static const struct kind_ops hid_ops = {hid_faults, hid_scan, hid_fault, hid_report, hid_dev};

/* ---- CDC ---- */

static const struct word cdc_faults[] = {
    {"off", CDC_FAULT_NONE},
    {"silent", CDC_FAULT_SILENT},
    {"truncated", CDC_FAULT_TRUNCATED},
    {"slow", CDC_FAULT_SLOW},
    {"stall", CDC_FAULT_STALL},
    {"lost", CDC_FAULT_LOST},
    {"unplug", CDC_FAULT_UNPLUG},
    {NULL, 0},
};

static int cdc_scan(struct scanner_face *f, const char *aim, const void *code, size_t n)
{
    cdc_model_aim(f->cdc, aim);
    return cdc_model_scan(f->cdc, code, n);
}

static void cdc_fault(struct scanner_face *f, int fault, const struct plan *plan)
{
    if (plan->p > 0)
        cdc_model_fault_random(f->cdc, (enum cdc_fault)fault, plan->p, plan->seed);
    else
        cdc_model_fault(f->cdc, (enum cdc_fault)fault, plan->n);
}

static json_t *cdc_report(struct scanner_face *f)
{
    struct cdc_counters c = cdc_model_counters(f->cdc);

    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "scans", (int)c.n_scans, "lost",
                     (int)c.n_lost, "packets", (int)c.n_packets, "starts", (int)c.n_starts, "stops",
                     (int)c.n_stops, "good_beeps", (int)c.n_beeps, "rate",
                     (int)cdc_model_rate(f->cdc));
}

static struct usbemu_dev *cdc_dev(struct scanner_face *f)
{
    return cdc_model_dev(f->cdc);
}

static const struct kind_ops cdc_ops = {cdc_faults, cdc_scan, cdc_fault, cdc_report, cdc_dev};

/* ---- wedge ---- */

static const struct word wedge_faults[] = {
    {"off", WEDGE_FAULT_NONE},
    {"silent", WEDGE_FAULT_SILENT},
    {"rollover", WEDGE_FAULT_ROLLOVER},
    {"control", WEDGE_FAULT_CONTROL},
    {"lost", WEDGE_FAULT_LOST},
    {"unplug", WEDGE_FAULT_UNPLUG},
    {NULL, 0},
};

static int wedge_scan(struct scanner_face *f, const char *aim, const void *code, size_t n)
{
    (void)aim; /* a keyboard has nowhere to put it */
    return wedge_model_scan(f->wedge, code, n);
}

static void wedge_fault(struct scanner_face *f, int fault, const struct plan *plan)
{
    if (plan->p > 0)
        wedge_model_fault_random(f->wedge, (enum wedge_fault)fault, plan->p, plan->seed);
    else
        wedge_model_fault(f->wedge, (enum wedge_fault)fault, plan->n);
}

static json_t *wedge_report(struct scanner_face *f)
{
    struct wedge_counters c = wedge_model_counters(f->wedge);

    return json_pack("{s:i, s:i, s:i}", "scans", (int)c.n_scans, "reports", (int)c.n_reports,
                     "console", (int)c.n_console);
}

static struct usbemu_dev *wedge_dev(struct scanner_face *f)
{
    return wedge_model_dev(f->wedge);
}

static const struct kind_ops wedge_ops = {wedge_faults, wedge_scan, wedge_fault, wedge_report,
                                          wedge_dev};

/* ---- making ---- */

static const struct word layouts[] = {
    {"c", SCANNER_LAYOUT_C},           {"a", SCANNER_LAYOUT_A},           {"b", SCANNER_LAYOUT_B},
    {"C", SCANNER_LAYOUT_C},           {"A", SCANNER_LAYOUT_A},           {"B", SCANNER_LAYOUT_B},
    {"opaque", SCANNER_LAYOUT_OPAQUE}, {"typing", SCANNER_LAYOUT_TYPING}, {NULL, 0},
};

struct options {
    struct scanner_cfg hid;
    struct cdc_cfg cdc;
    struct wedge_cfg wedge;
};

static int option_read(struct options *o, const char *w)
{
    if (strcmp(w, "command") == 0)
        o->hid.is_command = true;
    else if (strcmp(w, "mode") == 0)
        o->hid.needs_mode = true;
    else if (strcmp(w, "crlf") == 0)
        o->cdc.suffix = "\r\n";
    else if (strcmp(w, "lf") == 0)
        o->cdc.suffix = "\n";
    else if (strcmp(w, "none") == 0)
        o->cdc.suffix = "";
    else if (strncmp(w, "pieces=", 7) == 0)
        o->cdc.seed = (unsigned)strtoul(w + 7, NULL, 10);
    else if (strcmp(w, "noenter") == 0)
        o->wedge.has_no_enter = true;
    else if (strcmp(w, "overlap") == 0)
        o->wedge.is_overlapped = true;
    else if (strcmp(w, "caps") == 0)
        o->wedge.has_caps = true;
    else
        return -1;
    return 0;
}

static void make(struct scanner_face *f, struct usbemu_bus *bus, const char *kind,
                 struct options *o)
{
    const struct word *layout = word_find(layouts, kind);

    if (layout != NULL) {
        o->hid.layout = (enum scanner_layout)layout->value;
        f->hid = scanner_model_new(bus, &o->hid);
        f->ops = &hid_ops;
    } else if (strcmp(kind, "cdc") == 0) {
        f->cdc = cdc_model_new(bus, &o->cdc);
        f->ops = &cdc_ops;
    } else if (strcmp(kind, "wedge") == 0) {
        f->wedge = wedge_model_new(bus, &o->wedge);
        f->ops = &wedge_ops;
    }
}

struct scanner_face *scanner_face_new(struct usbemu_bus *bus, const char *kind, const char *port,
                                      char ret_error[160])
{
    struct scanner_face *f = mem_zalloc(1, sizeof *f);
    struct options o = {.hid.port = port, .cdc.port = port, .wedge.port = port};
    char *save = NULL;

    snprintf(f->kind, sizeof f->kind, "%s", kind && kind[0] ? kind : "c");
    char *first = strtok_r(f->kind, ",", &save);
    for (char *w; (w = strtok_r(NULL, ",", &save)) != NULL;)
        if (option_read(&o, w) < 0) {
            (void)fail(ret_error, "no such option of a scanner", w);
            free(f);
            return NULL;
        }
    if (first != NULL)
        make(f, bus, first, &o);
    if (f->ops == NULL) {
        (void)fail(ret_error, "no such kind of scanner", first);
        free(f);
        return NULL;
    }
    return f;
}

void scanner_face_free(struct scanner_face *f)
{
    if (f == NULL)
        return;
    scanner_model_free(f->hid);
    cdc_model_free(f->cdc);
    wedge_model_free(f->wedge);
    free(f);
}

struct usbemu_dev *scanner_face_dev(struct scanner_face *f)
{
    return f->ops->dev(f);
}

/* ---- orders ---- */

/* Words joined by blanks, or the bytes of hex=. @return bytes, 0 when there is nothing usable */
static size_t code_of(int n, char **w, char *out, size_t cap)
{
    size_t len = 0;

    if (n == 1 && strncmp(w[0], "hex=", 4) == 0) {
        int bytes = bytes_unhex(w[0] + 4, (uint8_t *)out, cap);
        return bytes > 0 ? (size_t)bytes : 0;
    }
    for (int i = 0; i < n; i++) {
        size_t k = strlen(w[i]);
        if (len + k + 1 > cap)
            return 0;
        if (i > 0)
            out[len++] = ' ';
        memcpy(out + len, w[i], k);
        len += k;
    }
    return len;
}

static int order_scan(struct scanner_face *f, int n, char **w, char ret_error[160])
{
    const char *aim = NULL;
    int from = 1;

    if (n > 1 && strncmp(w[1], "aim=", 4) == 0) {
        aim = w[from++] + 4;
        if (strlen(aim) != 3)
            return fail(ret_error, "an identifier has three characters", aim);
    }
    char *code = mem_zalloc(1, TEXT_MAX);
    size_t len = code_of(n - from, w + from, code, TEXT_MAX);
    int r = len > 0 ? f->ops->scan(f, aim, code, len) : 0;
    free(code);
    if (len == 0)
        return fail(ret_error, "scan [aim=]Qx] hex=HEX | TEXT", NULL);
    if (r < 0)
        return fail(ret_error, "no client has the scanner, or it is not looking for a code", NULL);
    return 0;
}

static int order_hold(struct scanner_face *f, int n, char **w, char ret_error[160])
{
    unsigned every_ms = HOLD_MS;
    int from = 1;
    char code[512];

    if (f->hid == NULL)
        return fail(ret_error, "only HID scanners hold a code", NULL);
    if (n == 2 && strcmp(w[1], "off") == 0) {
        scanner_model_hold(f->hid, NULL, 0, 0);
        return 0;
    }
    if (n > 1 && strncmp(w[1], "every=", 6) == 0)
        every_ms = (unsigned)strtoul(w[from++] + 6, NULL, 10);
    size_t len = code_of(n - from, w + from, code, sizeof code);
    if (len == 0 || every_ms == 0)
        return fail(ret_error, "hold [every=MS] TEXT | hold off", NULL);
    scanner_model_hold(f->hid, code, len, every_ms);
    return 0;
}

static int plan_read(struct plan *plan, int n, char **w)
{
    bool has_count = false;

    for (int i = 0; i < n; i++) {
        char *end = NULL;
        if (strcmp(w[i], "always") == 0) {
            plan->n = -1;
        } else if (strcmp(w[i], "off") == 0) {
            plan->n = 0;
            has_count = true;
        } else if (strncmp(w[i], "p=", 2) == 0) {
            double p = strtod(w[i] + 2, &end);
            if (*end != '\0' || !(p > 0 && p <= 1))
                return -1;
            plan->p = (unsigned)(p * 1000 + 0.5);
        } else if (strncmp(w[i], "seed=", 5) == 0) {
            plan->seed = (unsigned)strtoul(w[i] + 5, &end, 10);
            if (*end != '\0')
                return -1;
        } else {
            plan->n = (int)strtol(w[i], &end, 10);
            if (*end != '\0' || plan->n < 0)
                return -1;
        }
    }
    if (has_count)
        plan->p = 0;
    return 0;
}

static int order_fault(struct scanner_face *f, int n, char **w, char ret_error[160])
{
    struct plan plan = {.n = 1, .seed = 1};

    if (n < 2)
        return fail(ret_error, "fault KIND [N | always | off] [p=PROB] [seed=S]", NULL);
    const struct word *kind = word_find(f->ops->faults, w[1]);
    if (kind == NULL)
        return fail(ret_error, "no such fault of this scanner", w[1]);
    if (plan_read(&plan, n - 2, w + 2) < 0)
        return fail(ret_error, "cannot be understood", w[n - 1]);
    f->ops->fault(f, kind->value, &plan);
    return 0;
}

int scanner_order(struct scanner_face *f, int n_words, char **words, char ret_error[160])
{
    if (n_words > 0 && strcmp(words[0], "scan") == 0)
        return order_scan(f, n_words, words, ret_error);
    if (n_words > 0 && strcmp(words[0], "hold") == 0)
        return order_hold(f, n_words, words, ret_error);
    if (n_words > 0 && strcmp(words[0], "fault") == 0)
        return order_fault(f, n_words, words, ret_error);
    return fail(ret_error, "scan | hold | fault", n_words > 0 ? words[0] : NULL);
}

json_t *scanner_report(struct scanner_face *f)
{
    json_t *report = f->ops->report(f);

    json_object_set_new(report, "kind", json_string(f->kind));
    return report;
}
