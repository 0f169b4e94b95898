/* SPDX-License-Identifier: Apache-2.0 */
/* Write one message of each kind that a terminal sends, as the product makes them: lines of
 * "<schema> <json>". Read by check_contract.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "sync/sync_enquiry.h"
#include "sync/sync_message.h"
#include "types/device_words.h"

static void emit(const char *schema, char *json)
{
    printf("%s %s\n", schema, json);
    free(json);
}

int main(void)
{
    struct seal *seal = fixture_seal();
    struct store *s = fixture_open(fixture_path("emit"));
    struct record_ref r;
    for (int kind = RECORD_APPLICATION; kind <= RECORD_RATING; kind++) {
        struct store_record w = {0};
        bool is_found = false;
        if (fixture_commit(s, seal, (enum record_kind)kind, "{}", &r, NULL) != 0 ||
            store_next_waiting(s, &w, &is_found, NULL) != 0 || !is_found ||
            store_note_attempt(s, r.sequence, 1, NULL) != 0)
            return EXIT_FAILURE;
        emit("envelope", sync_message_envelope(&w.env, w.sealed, w.sealed_bytes));
        store_record_clear(&w);
    }
    struct sync_heartbeat h = {.terminal = FIXTURE_TERMINAL, .version = "0.1.0", .boot_id = "b"};
    emit("heartbeat", sync_message_heartbeat(&h));
    for (int state = DEVICE_STARTING; state <= DEVICE_HARDWARE_ERROR; state++)
        for (size_t at = 0; at < device_cause_count(); at++) {
            struct sync_device d[DEVICE_N_KINDS];
            for (int i = 0; i < DEVICE_N_KINDS; i++)
                d[i] = (struct sync_device){
                    (enum device_state)state, (enum device_media)(i % (MEDIA_JAMMED + 1)),
                    (enum device_paper)(i % (PAPER_OUT + 1)), device_cause_at(at)->code};
            h.device = d;
            h.n_waiting = state;
            h.oldest_age_s = 7;
            emit("heartbeat", sync_message_heartbeat(&h));
        }
    struct enquiry e = {.kind = ENQUIRY_SHARED,
                        .matter = "NB.BIRTH",
                        .name = "张三",
                        .id_no = "11010519491231002X",
                        .key = {"hukou_addr", "ent.name"},
                        .n_keys = 2};
    emit("enquiry", sync_enquiry_request(FIXTURE_TERMINAL, &e));
    e.kind = ENQUIRY_PROGRESS;
    emit("enquiry", sync_enquiry_request(FIXTURE_TERMINAL, &e));
    snprintf(e.receipt, sizeof e.receipt, "%s",
             r.number[0] ? r.number : "430102000120261123000019");
    e.id_no[0] = '\0';
    emit("enquiry", sync_enquiry_request(FIXTURE_TERMINAL, &e));
    store_free(s);
    seal_close(seal);
    return EXIT_SUCCESS;
}
