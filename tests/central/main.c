/* SPDX-License-Identifier: Apache-2.0 */
/* kiosk-central: the reference centre. Opens what a command needs and runs it. Main thread. */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "attachment_tool.h"
#include "base/bytes.h"
#include "base/log.h"
#include "changes.h"
#include "db.h"
#include "enrol.h"
#include "import.h"
#include "options.h"
#include "service.h"
#include "tool.h"
#include "withdrawals.h"

enum { EXIT_USAGE = 2 };

static int run_command(const struct options *o, const struct centre *c, struct err *err)
{
    if (options_is(o, "serve", NULL))
        return service_run(o, c, err);
    if (options_is(o, "record", NULL) && o->attachment)
        return attachment_tool_write(c, o->key, o->text, o->attachment, o->out, err);
    if (options_is(o, "record", NULL))
        return tool_record(c->ledger, c->keys, o->key, o->text, err);
    if (options_is(o, "verify", NULL))
        return tool_verify(c->ledger, c->keys, err);
    if (options_is(o, "import", NULL))
        return import_run(c, o->word[1], o->certificate, err);
    if (options_is(o, "order", NULL))
        return changes_order(c->ledger, o->terminal, o->word + 1, o->n_words - 1, err);
    if (options_is(o, "enrol", "token"))
        return enrol_make_ticket(c, o->terminal, o->url, o->valid_hours, o->out, err);
    if (options_is(o, "enrol", "answer"))
        return enrol_answer_file(c, o->in, o->out, err);
    if (options_is(o, "withdraw", NULL))
        return withdrawals_add(c->db, o->terminal, err);
    if (options_is(o, "list", NULL))
        return tool_list(c->ledger, err);
    return tool_gaps(c->ledger, err);
}

/* Commands that may come first make the tables. */
static bool makes_tables(const struct options *o)
{
    return options_is(o, "serve", NULL) || options_is(o, "import", NULL) ||
           options_is(o, "enrol", "token") || options_is(o, "order", NULL) ||
           options_is(o, "withdraw", NULL);
}

int main(int argc, char **argv)
{
    json_set_alloc_funcs(malloc, bytes_free_wiped);
    struct err err = {0};
    struct options o = {0};
    if (options_parse(argc, argv, &o, &err) < 0) {
        fprintf(stderr, "%s\n%s", err.msg, options_usage);
        return EXIT_USAGE;
    }
    bool is_maker = makes_tables(&o);
    struct keyring *keys = NULL;
    struct db *db = NULL;
    struct ledger *ledger = NULL;
    int r = o.keys ? keyring_open(o.keys, &keys, &err) : 0;
    if (r == 0)
        r = db_open(o.data, is_maker, o.n_connections, &db, &err);
    if (r == 0)
        r = ledger_open(db, is_maker ? LEDGER_SERVE : LEDGER_LOOK, &ledger, &err);
    if (r == 0) {
        const struct centre c = {.keys = keys, .ledger = ledger, .db = db, .settings = o.settings};
        r = run_command(&o, &c, &err);
    }
    if (r < 0)
        log_err(LOG_ERROR, "central", &err);
    ledger_close(ledger);
    db_close(db);
    keyring_close(keys);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
