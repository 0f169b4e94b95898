/* SPDX-License-Identifier: Apache-2.0 */
/* Any card in the slot: a whole dialogue with answers from the input.
 * Input: answers one after the other, each led by a byte: its length (0 is 256). */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "drivers/card_slot/sscard_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void text_check(const char *text, size_t cap)
{
    size_t n = strnlen(text, cap);
    if (n == cap || !bytes_utf8_valid(text, n))
        abort();
}

static void digits_check(const char *text, size_t n)
{
    if (text[0] && (strlen(text) != n || strspn(text, "0123456789") != n))
        abort();
}

static void card_check(const struct card *c)
{
    text_check(c->name, sizeof c->name);
    text_check(c->number, sizeof c->number);
    text_check(c->social_number, sizeof c->social_number);
    digits_check(c->sex, 1);
    digits_check(c->nation, 2);
    digits_check(c->birthplace, 6);
    digits_check(c->birth, 8);
    if (c->kind != CARD_SOCIAL_SECURITY)
        abort();
}

/* Nothing but what PROTOCOL.md lists may ever be sent: SELECT, READ RECORD, GET RESPONSE. */
static void command_check(const uint8_t *apdu, size_t n)
{
    if (n < 5 || n > SSCARD_APDU_BYTES || apdu[0] != 0x00 ||
        (apdu[1] != 0xA4 && apdu[1] != 0xB2 && apdu[1] != 0xC0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sscard_read r;
    uint8_t apdu[SSCARD_APDU_BYTES];
    size_t n, at = 0, turns = 0;
    sscard_read_begin(&r);
    while ((n = sscard_read_next(&r, apdu)) > 0 && at < size) {
        size_t bytes = data[at] ? data[at] : 256;
        at++;
        if (bytes > size - at)
            bytes = size - at;
        uint8_t *answer = malloc(bytes ? bytes : 1); /* its own size: a sanitizer sees too far */
        if (!answer)
            abort();
        memcpy(answer, data + at, bytes);
        at += bytes;
        command_check(apdu, n);
        int rc = sscard_read_take(&r, answer, bytes, NULL);
        free(answer);
        if (rc != 0 && rc != ERR_SLOT_KIND && rc != ERR_SLOT_CARD)
            abort();
        if (rc != 0)
            break;
        if (++turns > SSCARD_DONE * (SSCARD_MAX_ROUNDS + 1))
            abort(); /* it must come to an end */
    }
    card_check(&r.card);
    if (n == 0 && (!r.card.name[0] || !r.card.number[0]))
        abort();
    return 0;
}
