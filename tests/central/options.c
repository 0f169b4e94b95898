/* SPDX-License-Identifier: Apache-2.0 */
/* Command line, from a table. Main thread. */
#include "options.h"

#include <getopt.h>
#include <stddef.h>
#include <string.h>

#include "request.h"
#include "server.h"

const char options_usage[] =
    "kiosk-central serve  --data WHERE --keys DIR --listen ADDRESS:PORT [--port-file FILE]\n"
    "                     [--control SOCKET] [--registry FILE] [--catalogue DIR]\n"
    "                     [--admin ADDRESS:PORT [--admin-open] [--admin-port-file FILE]]\n"
    "                     [--drain N] [--poll-s N] [--retention-days N] [--certificate-days N]\n"
    "                     [--enquiries-per-min N] [--enrolments-per-min N]\n"
    "                     [--proxy-header NAME --proxy-cn NAME] [--seal-key-file FILE]\n"
    "                     [--workers N] [--connections N] [--patience S] [--idle S]\n"
    "                     [--fault KIND[:N]]...\n"
    "kiosk-central record --data WHERE --keys DIR (--uuid U | --number N | --latest)\n"
    "                     [--attachment DIGEST --out FILE]\n"
    "kiosk-central list   --data WHERE\n"
    "kiosk-central gaps   --data WHERE\n"
    "kiosk-central verify --data WHERE --keys DIR\n"
    "kiosk-central import DIR --data WHERE --keys DIR [--certificate FILE]\n"
    "kiosk-central order  --data WHERE --terminal T\n"
    "                     (retry SEQUENCE | resend FIRST LAST | renew | heartbeat)\n"
    "kiosk-central enrol token  --data WHERE --keys DIR --terminal T --url URL --out FILE\n"
    "                     [--valid HOURS]\n"
    "kiosk-central enrol answer --data WHERE --keys DIR --in FILE --out FILE\n"
    "kiosk-central withdraw --data WHERE --terminal T\n"
    "WHERE: a folder (SQLite in it), or \"postgresql://…\"\n"
    "faults: http-500 http-503 http-429 refuse-403 refuse-422 bare-200 html slow:MS\n"
    "        drop-after-commit bad-signature duplicate slow-commit:MS wrong-time\n"
    "exit status: 0 done, 1 failed or not in order, 2 wrong call\n";

enum kind { TEXT, NUMBER, FLAG, FAULT, KEY };

/* One line for each option. */
static const struct entry {
    const char *name;
    enum kind kind;
    size_t offset;  /* in struct options */
    int64_t lo, hi; /* NUMBER; lo of KEY: which */
} table[] = {
#define AT(member) offsetof(struct options, member)
    {"data", TEXT, AT(data), 0, 0},
    {"keys", TEXT, AT(keys), 0, 0},
    {"listen", TEXT, AT(listen), 0, 0},
    {"port-file", TEXT, AT(port_file), 0, 0},
    {"control", TEXT, AT(control), 0, 0},
    {"registry", TEXT, AT(registry), 0, 0},
    {"catalogue", TEXT, AT(catalogue), 0, 0},
    {"admin", TEXT, AT(admin), 0, 0},
    {"admin-port-file", TEXT, AT(admin_port_file), 0, 0},
    {"admin-open", FLAG, AT(is_admin_open), 0, 0},
    {"terminal", TEXT, AT(terminal), 0, 0},
    {"attachment", TEXT, AT(attachment), 0, 0},
    {"out", TEXT, AT(out), 0, 0},
    {"in", TEXT, AT(in), 0, 0},
    {"url", TEXT, AT(url), 0, 0},
    {"certificate", TEXT, AT(certificate), 0, 0},
    {"uuid", KEY, 0, LEDGER_BY_UUID, 0},
    {"number", KEY, 0, LEDGER_BY_NUMBER, 0},
    {"latest", KEY, 0, LEDGER_LATEST, 0},
    {"fault", FAULT, 0, 0, 0},
    {"drain", NUMBER, AT(settings.drain_per_min), 0, 100000000},
    {"poll-s", NUMBER, AT(settings.poll_s), 5, 3600},
    {"retention-days", NUMBER, AT(settings.retention_days), 1, 3650},
    {"certificate-days", NUMBER, AT(settings.certificate_days), 1, 3650},
    {"enquiries-per-min", NUMBER, AT(settings.enquiries_per_min), 0, 60000},
    {"enrolments-per-min", NUMBER, AT(settings.enrolments_per_min), 0, 60000},
    {"proxy-header", TEXT, AT(settings.proxy_header), 0, 0},
    {"proxy-cn", TEXT, AT(settings.proxy_cn), 0, 0},
    {"seal-key-file", TEXT, AT(settings.seal_key_file), 0, 0},
    {"workers", NUMBER, AT(n_workers), 1, 256},
    {"connections", NUMBER, AT(n_connections), 1, 64},
    {"patience", NUMBER, AT(patience_s), 1, 3600},
    {"idle", NUMBER, AT(idle_s), 1, 86400},
    {"valid", NUMBER, AT(valid_hours), 1, 24 * 366},
#undef AT
};

static int take_fault(struct options *o, const char *text, struct err *err)
{
    if (o->n_faults == OPTIONS_MAX_FAULTS)
        return ERR(err, ERR_INVALID, "too many faults");
    return fault_parse(text, &o->fault[o->n_faults++], err);
}

static int take(struct options *o, const struct entry *e, const char *text, struct err *err)
{
    void *at = (char *)o + e->offset;
    int64_t n = 0;
    switch (e->kind) {
    case TEXT:
        memcpy(at, &text, sizeof text);
        break;
    case FLAG:
        o->is_admin_open = true; /* the only one */
        break;
    case NUMBER:
        if (!request_number(text, e->hi, &n) || n < e->lo)
            return ERR(err, ERR_INVALID, "--%s must be %lld..%lld", e->name, (long long)e->lo,
                       (long long)e->hi);
        *(int *)at = (int)n;
        break;
    case FAULT:
        return take_fault(o, text, err);
    case KEY:
        o->key = (enum ledger_key)e->lo;
        o->text = text;
        o->has_key = true;
        break;
    }
    return 0;
}

bool options_is(const struct options *o, const char *first, const char *second)
{
    return o->n_words > 0 && strcmp(o->word[0], first) == 0 &&
           (!second || (o->n_words > 1 && strcmp(o->word[1], second) == 0));
}

/* Are the options those of the command? */
static bool is_complete(const struct options *o)
{
    bool serves = options_is(o, "serve", NULL), records = options_is(o, "record", NULL);
    if (!o->data || serves != (o->listen != NULL) || records != o->has_key)
        return false;
    if (!serves &&
        (o->port_file || o->control || o->registry || o->catalogue || o->admin || o->n_faults))
        return false;
    if (serves)
        return o->n_words == 1 && o->keys && !o->settings.proxy_header == !o->settings.proxy_cn;
    if (records)
        return o->n_words == 1 && o->keys && !o->attachment == !o->out;
    if (options_is(o, "list", NULL) || options_is(o, "gaps", NULL))
        return o->n_words == 1;
    if (options_is(o, "verify", NULL))
        return o->n_words == 1 && o->keys;
    if (options_is(o, "import", NULL))
        return o->n_words == 2 && o->keys;
    if (options_is(o, "order", NULL))
        return o->n_words > 1 && o->terminal;
    if (options_is(o, "enrol", "token"))
        return o->n_words == 2 && o->keys && o->terminal && o->url && o->out;
    if (options_is(o, "enrol", "answer"))
        return o->n_words == 2 && o->keys && o->in && o->out;
    return options_is(o, "withdraw", NULL) && o->n_words == 1 && o->terminal;
}

int options_parse(int argc, char **argv, struct options *ret, struct err *err)
{
    struct option list[YJ_COUNT(table) + 1] = {0};
    struct options o = {.n_workers = 32,
                        .n_connections = 8,
                        .patience_s = SERVER_PATIENCE_S,
                        .idle_s = SERVER_IDLE_S,
                        .valid_hours = 72,
                        .settings = {.poll_s = 60,
                                     .retention_days = 30,
                                     .enquiries_per_min = 120,
                                     .enrolments_per_min = 20,
                                     .certificate_days = 730}};
    for (size_t i = 0; i < YJ_COUNT(table); i++) {
        bool has_argument = table[i].kind != FLAG && strcmp(table[i].name, "latest") != 0;
        list[i] = (struct option){table[i].name, has_argument, NULL, 0};
    }
    int opt, at = 0, r = 0;
    while (r == 0 && (opt = getopt_long(argc, argv, "", list, &at)) != -1)
        r = opt == 0 ? take(&o, &table[at], optarg, err) : ERR(err, ERR_INVALID, "unknown option");
    for (; r == 0 && optind < argc; optind++) {
        if (o.n_words == OPTIONS_MAX_WORDS)
            return ERR(err, ERR_INVALID, "too many words");
        o.word[o.n_words++] = argv[optind];
    }
    if (r == 0 && !is_complete(&o))
        r = ERR(err, ERR_INVALID, "%s",
                o.n_words ? "an option is missing or does not belong here" : "a command is needed");
    if (r == 0)
        *ret = o;
    return r;
}
