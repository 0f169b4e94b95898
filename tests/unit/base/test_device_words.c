/* SPDX-License-Identifier: Apache-2.0 */
/* types/device_words: every code that a device may report has words, and the words are sound. */
#include "cunit_main.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "types/device_words.h"

static const struct {
    const char *name;
    int number;
} codes[] = {
#define X(name, number, cls, text) {#name, number},
#include "base/err.def"
#undef X
};

/* Blocks 2xx to 5xx belong to devices: whoever adds a code there adds its words. */
static void every_device_code_is_in_the_table(void)
{
    size_t n = 0;
    for (size_t i = 0; i < YJ_COUNT(codes); i++) {
        if (codes[i].number < 200 || codes[i].number > 599)
            continue;
        n++;
        if (!device_cause_find(-codes[i].number))
            printf("    %s is not in app/types/device_words.def\n", codes[i].name);
        CU_ASSERT_PTR_NOT_NULL(device_cause_find(-codes[i].number));
    }
    CU_ASSERT(n > 30);
}

static bool is_word(const char *s)
{
    size_t n = 0;
    for (; s[n]; n++)
        if (!isalnum((unsigned char)s[n]))
            return false;
    return n > 0 && n <= 32 && islower((unsigned char)s[0]);
}

static bool is_xfs_state(const char *s)
{
    static const char *const words[] = {"online",         "offline",   "powerOff",   "noDevice",
                                        "hardwareError",  "userError", "deviceBusy", "fraudAttempt",
                                        "potentialFraud", "starting"};
    for (size_t i = 0; i < YJ_COUNT(words); i++)
        if (!strcmp(words[i], s))
            return true;
    return false;
}

static void rows_are_sound(void)
{
    for (size_t i = 0; i < device_cause_count(); i++) {
        const struct device_cause *c = device_cause_at(i);
        char text[80];
        CU_ASSERT(is_word(c->reason));
        CU_ASSERT(is_word(c->action));
        CU_ASSERT(is_xfs_state(c->state));
        snprintf(text, sizeof text, "device.cause.%s", c->reason);
        CU_ASSERT_STRING_EQUAL(c->text, text);
        snprintf(text, sizeof text, "device.action.%s", c->action);
        CU_ASSERT_STRING_EQUAL(c->action_text, text);
        CU_ASSERT_STRING_NOT_EQUAL(device_actor_word(c->actor), "?");
        if (c->code) {
            CU_ASSERT_PTR_EQUAL(device_cause_find(c->code), c); /* once */
            CU_ASSERT_STRING_NOT_EQUAL(err_name(c->code), "ERR_?");
        }
        /* who has to act is told what to do */
        CU_ASSERT(c->actor == ACTOR_NOBODY || strcmp(c->action, "none") != 0);
        /* staff are never sent for what the class of the error leaves to the visitor, and the other
         * way round; the doubt about a card is the one that a person at a counter settles */
        if (err_class_of(c->code) == ERR_CLASS_ATTENTION)
            CU_ASSERT_NOT_EQUAL(c->actor, ACTOR_VISITOR);
        if (err_class_of(c->code) == ERR_CLASS_FAULT)
            CU_ASSERT(c->actor == ACTOR_STAFF || c->actor == ACTOR_TECHNICIAN);
    }
    CU_ASSERT_PTR_NULL(device_cause_at(device_cause_count()));
    CU_ASSERT_PTR_NULL(device_cause_find(0));
    CU_ASSERT_PTR_NULL(device_cause_find(ERR_STORE_FULL));
}

static void every_value_has_a_word(void)
{
    for (int i = 0; i < DEVICE_N_KINDS; i++)
        CU_ASSERT_STRING_NOT_EQUAL(device_kind_word((enum device_kind)i), "?");
    for (int i = 0; i <= DEVICE_HARDWARE_ERROR; i++)
        CU_ASSERT_STRING_NOT_EQUAL(device_state_word((enum device_state)i), "?");
    for (int i = 0; i <= MEDIA_JAMMED; i++)
        CU_ASSERT_STRING_NOT_EQUAL(device_media_word((enum device_media)i), "?");
    for (int i = 0; i <= PAPER_OUT; i++)
        CU_ASSERT_STRING_NOT_EQUAL(device_paper_word((enum device_paper)i), "?");
    for (int i = 0; i <= EVIDENCE_PRESENTED; i++)
        CU_ASSERT_STRING_NOT_EQUAL(device_evidence_word((enum print_evidence)i), "?");
    for (int i = 0; i <= PRINT_NOT_STARTED; i++)
        CU_ASSERT_STRING_NOT_EQUAL(device_result_word((enum print_result)i), "?");
    CU_ASSERT_STRING_EQUAL(device_kind_word(DEVICE_N_KINDS), "?");
    CU_ASSERT_STRING_EQUAL(device_kind_text(DEVICE_DOCUMENT_PRINTER), "device.document_printer");
}

static void a_status_speaks(void)
{
    static const struct {
        struct device_status status;
        const char *state, *reason;
        bool is_fitted;
    } row[] = {
        {{.state = DEVICE_ONLINE}, "online", "none", true},
        {{.state = DEVICE_ONLINE, .paper = PAPER_LOW}, "online", "paperLow", true},
        {{.state = DEVICE_STARTING}, "starting", "starting", true},
        {{.state = DEVICE_NO_DEVICE}, "noDevice", "notFitted", false},
        {{.state = DEVICE_NO_DEVICE, .cause = ERR_USB_NO_DEVICE}, "noDevice", "notConnected", true},
        {{.state = DEVICE_OFFLINE, .paper = PAPER_OUT}, "offline", "paperOut", true},
        {{.state = DEVICE_OFFLINE, .cause = ERR_PRINTER_COVER}, "userError", "coverOpen", true},
        {{.state = DEVICE_HARDWARE_ERROR, .cause = ERR_PRINTER_HOT},
         "deviceBusy",
         "headTooHot",
         true},
        {{.state = DEVICE_OFFLINE, .cause = ERR_SCANNER_STICKER},
         "potentialFraud",
         "stickerOnGlass",
         true},
        {{.state = DEVICE_HARDWARE_ERROR, .cause = ERR_READER_SAM},
         "hardwareError",
         "samFailure",
         true},
        {{.state = DEVICE_HARDWARE_ERROR}, "hardwareError", "unknown", true},
        {{.state = DEVICE_HARDWARE_ERROR, .cause = -99999}, "hardwareError", "unknown", true},
        /* a card that was not read well does not make a reader that works a broken one */
        {{.state = DEVICE_ONLINE, .cause = ERR_READER_CARD_MOVED}, "online", "cardMoved", true},
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        CU_ASSERT_STRING_EQUAL(device_xfs_word(&row[i].status), row[i].state);
        CU_ASSERT_STRING_EQUAL(device_cause_of(&row[i].status)->reason, row[i].reason);
        CU_ASSERT_EQUAL(device_is_fitted(&row[i].status), row[i].is_fitted);
    }
}

static CU_TestInfo cases[] = {
    {"every device code is in the table", every_device_code_is_in_the_table},
    {"rows are sound", rows_are_sound},
    {"every value has a word", every_value_has_a_word},
    {"a status speaks", a_status_speaks},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("types.device_words", cases)
