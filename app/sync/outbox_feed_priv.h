/* SPDX-License-Identifier: Apache-2.0 */
/* Inside outbox_feed.c, outbox_renewal.c and outbox_catalogue.c only. Thread: outbox. */
#ifndef YJ_SYNC_OUTBOX_FEED_PRIV_H
#define YJ_SYNC_OUTBOX_FEED_PRIV_H

#include "sync/outbox_feed.h"
#include "sync/outbox_priv.h"
#include "sync/sync_catalogue.h"

enum {
    FEED_EVERY_MS = 30 * 60 * 1000, /* asked even when nothing seems to be new */
    FEED_BACKOFF_MIN_MS = 30 * 1000,
    FEED_BACKOFF_MAX_MS = 60 * 60 * 1000,
    FEED_AS_OF_EVERY_MS = 10 * 60 * 1000, /* "as last told" is noted on the disk */
};

/* A name of store_setting that two files share. */
#define FEED_SETTING_RENEWAL "renewal_ordered"

/* What is on the line while it is LINE_FEED. */
enum feed_request { FEED_NONE, FEED_PAGE, FEED_RENEWAL, FEED_MANIFEST, FEED_PIECE };

/* Something that is asked for until it is there: when next, and how often it has failed. */
struct feed_want {
    bool is_wanted;
    int64_t at_ms; /* not before */
    int n_failures;
};

struct outbox_feed {
    /* Copies of the configuration. */
    struct seal_paths keys;
    char *text[16]; /* what they point to */
    size_t n_texts;
    const char *centre_ca, *data_dir, *catalogue_cert, *catalogue_dir;

    enum feed_request request;

    /* changes */
    struct feed_want page;
    bool was_page_last; /* the turn before was a page: a record may go first */
    char asked[128];    /* cursor of the page that is on the line */
    int64_t as_of_ms;   /* the centre's time when it last told all; 0: never */
    int64_t noted_as_of_ms, as_of_due_ms;
    char unknown_key[SYNC_KEY_ID_BYTES]; /* named by the centre, not here: said once */

    /* renewal of the certificate */
    struct feed_want renewal;
    int64_t certificate_ends_s; /* 0: not read yet */

    /* catalogue */
    struct feed_want set;
    struct sync_catalogue *fetch; /* NULL: none under way */
    struct sync_piece piece;      /* FEED_PIECE */
    int64_t number_wanted;        /* as the centre says; 0: none */
    int64_t number_noted;         /* of the set with this digest, on the disk, too */
    char digest_noted[SEAL_DIGEST_BYTES];
    char in_use[SEAL_DIGEST_BYTES];  /* "": the built-in one */
    bool has_in_use;                 /* the kiosk has said so */
    char refused[SEAL_DIGEST_BYTES]; /* by the kiosk; "": none */
    bool has_told;                   /* the fetched set lies in incoming, unanswered */
};

/* Not before a while: twice as long after each failure. */
void feed_want_failed(struct outbox *o, struct feed_want *w, int64_t retry_after_s, int64_t now_ms);

/** Begin a GET on the records lane. @param first, last  bytes of the Range header; last < 0: none
 */
bool feed_get(struct outbox *o, enum feed_request what, const char *path, int64_t first,
              int64_t last, int64_t now_ms);
/** Begin a POST. @param body  ownership passes */
bool feed_post(struct outbox *o, enum feed_request what, const char *path, char *body,
               int64_t now_ms);

/* outbox_renewal.c */
void outbox_renewal_heartbeat(struct outbox *o, const struct sync_heartbeat_answer *said,
                              int64_t now_ms);
/** Ask for a new certificate as soon as possible; kept over a restart. */
void outbox_renewal_order(struct outbox *o, int64_t now_ms);
bool outbox_renewal_send(struct outbox *o, int64_t now_ms);
void outbox_renewal_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms);

/* outbox_catalogue.c */
void outbox_catalogue_opened(struct outbox *o, int64_t now_ms);
void outbox_catalogue_heartbeat(struct outbox *o, int64_t number, int64_t now_ms);
bool outbox_catalogue_send(struct outbox *o, int64_t now_ms);
void outbox_catalogue_answered(struct outbox *o, const struct sync_answer *a, int64_t now_ms);
int64_t outbox_catalogue_number(const struct outbox_feed *f);

#endif
