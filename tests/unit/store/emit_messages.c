/* SPDX-License-Identifier: Apache-2.0 */
/* Write one message of each kind that a terminal sends, as the product makes them: lines of
 * "<schema> <json>". Read by check_contract.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "seal/seal.h"
#include "sync/sync_enquiry.h"
#include "sync/sync_enrol.h"
#include "sync/sync_message.h"
#include "types/device_words.h"

static void emit(const char *schema, char *json)
{
    printf("%s %s\n", schema, json);
    free(json);
}

/* Without attachments and with as many as there may be. */
static void emit_form_2(struct store_record *w)
{
    w->env.form = SEAL_FORM_2;
    w->env.n_attachments = 0;
    snprintf(w->env.boot_id, sizeof w->env.boot_id, "5d7b6a4e-7a51-4f8f-8f52-0a4f0b9b6d11");
    w->env.uptime_ms = 86400000;
    w->env.centre_time[0] = '\0';
    emit("envelope", seal_envelope_json(&w->env, w->sealed, w->sealed_bytes));
    snprintf(w->env.centre_time, sizeof w->env.centre_time, "2026-11-23T04:00:00Z");
    for (size_t i = 0; i < SEAL_MAX_ATTACHMENTS; i++) {
        seal_digest(&i, sizeof i, w->env.attachment[i].digest);
        w->env.attachment[i].bytes = SEAL_MAX_ATTACHMENT_BYTES;
    }
    w->env.n_attachments = SEAL_MAX_ATTACHMENTS;
    emit("envelope", seal_envelope_json(&w->env, w->sealed, w->sealed_bytes));
}

/* All that a centre of contract 1.4.0 takes. */
static void emit_status(struct sync_heartbeat h)
{
    h.has_status = true;
    h.uptime_ms = 1;
    h.clock_wall_ms = FIXTURE_WALL_MS;
    h.mirror_behind = -1;
    emit("heartbeat", sync_message_heartbeat(&h)); /* what is not known is not told */
    h.suite = SEAL_SUITE_SM2;
    h.seal_key = "0123456789abcdef";
    h.certificate_ends_s = FIXTURE_WALL_MS / 1000;
    h.catalogue = 7;
    h.has_staff_call = true;
    emit("heartbeat", sync_message_heartbeat(&h));
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
        w.env.form = SEAL_FORM_1;
        emit("envelope", seal_envelope_json(&w.env, w.sealed, w.sealed_bytes));
        emit_form_2(&w);
        store_record_clear(&w);
    }
    struct sync_heartbeat h = {.terminal = FIXTURE_TERMINAL, .version = "0.1.0", .boot_id = "b"};
    emit("heartbeat", sync_message_heartbeat(&h));
    emit_status(h);
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
    static const char pem[] = "-----BEGIN CERTIFICATE REQUEST-----\nMIIBADCBpwIBADAVMRMwEQYDVQQD\n"
                              "-----END CERTIFICATE REQUEST-----\n";
    emit("enrolment", sync_enrol_request("abcdefghijklmnopqrstuv", FIXTURE_TERMINAL, pem, pem));
    emit("enrolment", sync_enrol_request("abcdefghijklmnopqrstuv", FIXTURE_TERMINAL, pem, NULL));
    emit("renewal", sync_enrol_request(NULL, FIXTURE_TERMINAL, pem, NULL));
    store_free(s);
    seal_close(seal);
    return EXIT_SUCCESS;
}
