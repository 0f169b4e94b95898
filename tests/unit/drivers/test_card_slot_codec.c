/* SPDX-License-Identifier: Apache-2.0 */
/* The social security card's dialogue, answer by answer; settings and table of the slot. */
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "drivers/card_slot/slot_cfg.h"
#include "drivers/card_slot/sscard_codec.h"

/* The next command must be these bytes. */
static void expect_command(const struct sscard_read *r, const char *hex)
{
    uint8_t apdu[SSCARD_APDU_BYTES];
    char text[2 * SSCARD_APDU_BYTES + 1];
    size_t n = sscard_read_next(r, apdu);
    bytes_hex(apdu, n, text);
    CU_ASSERT_STRING_EQUAL(text, hex);
}

static int take(struct sscard_read *r, const char *hex)
{
    uint8_t p[SSCARD_ANSWER_BYTES];
    int n = bytes_unhex(hex, p, sizeof p);
    CU_ASSERT_FATAL(n >= 0);
    return sscard_read_take(r, p, (size_t)n, NULL);
}

#define NUMBER "0812313130313035313934393132333130303258"
#define NAME   "091ed5c5c8fd" ZEROS
#define ZEROS  "0000000000000000000000000000000000000000000000000000"

static void to_number(struct sscard_read *r)
{
    sscard_read_begin(r);
    CU_ASSERT_EQUAL(take(r, "9000"), 0);
    CU_ASSERT_EQUAL(take(r, "0709413132333435363738"
                            "9000"),
                    0);
    CU_ASSERT_EQUAL(take(r, "9000"), 0);
}

static void speaks_as_the_card_expects(void)
{
    struct sscard_read r;
    sscard_read_begin(&r);
    expect_command(&r, "00a404000f7378312e73682ec9e7bbe1b1a3d5cf");
    CU_ASSERT_EQUAL(take(&r, "6113"), 0); /* T=0: there would be more, nobody needs it */
    expect_command(&r, "00b2072c0b");
    CU_ASSERT_EQUAL(take(&r, "07094131323334353637389000"), 0);
    expect_command(&r, "00a4020002ef06");
    CU_ASSERT_EQUAL(take(&r, "9000"), 0);
    expect_command(&r, "00b2080014");
    CU_ASSERT_EQUAL(take(&r, NUMBER "9000"), 0);
    expect_command(&r, "00b2090020");
    CU_ASSERT_EQUAL(take(&r, NAME "9000"), 0);
    expect_command(&r, "00b20a0003");
    CU_ASSERT_EQUAL(take(&r, "0a01319000"), 0);
    expect_command(&r, "00b20b0003");
    CU_ASSERT_EQUAL(take(&r, "0b01019000"), 0);
    expect_command(&r, "00b20c0005");
    CU_ASSERT_EQUAL(take(&r, "0c031101059000"), 0);
    expect_command(&r, "00b20d0006");
    CU_ASSERT_EQUAL(take(&r, "0d04194912319000"), 0);
    expect_command(&r, "");
    CU_ASSERT_EQUAL(r.step, SSCARD_DONE);
    CU_ASSERT_EQUAL(r.card.kind, CARD_SOCIAL_SECURITY);
    CU_ASSERT_STRING_EQUAL(r.card.social_number, "A12345678");
    CU_ASSERT_STRING_EQUAL(r.card.number, "11010519491231002X");
    CU_ASSERT_STRING_EQUAL(r.card.name, "张三");
    CU_ASSERT_STRING_EQUAL(r.card.sex, "1");
    CU_ASSERT_STRING_EQUAL(r.card.nation, "01");
    CU_ASSERT_STRING_EQUAL(r.card.birthplace, "110105");
    CU_ASSERT_STRING_EQUAL(r.card.birth, "19491231");
    CU_ASSERT_EQUAL(take(&r, "9000"), ERR_SLOT_CARD); /* nothing was asked */
}

static void hands_up_what_is_there(void)
{
    /* refused, unknown sex, no digits, 30 February, empty record */
    static const char *const broken[] = {"6a83", "0a01379000", "0bfa9000", "0d04194902309000",
                                         "0d009000"};
    for (size_t i = 0; i < YJ_COUNT(broken); i++) {
        struct sscard_read r;
        to_number(&r);
        CU_ASSERT_EQUAL(take(&r, NUMBER "9000"), 0);
        CU_ASSERT_EQUAL(take(&r, NAME "9000"), 0);
        for (int k = 0; k < 4; k++)
            CU_ASSERT_EQUAL(take(&r, broken[i]), 0);
        CU_ASSERT_EQUAL(r.step, SSCARD_DONE);
        CU_ASSERT_STRING_EQUAL(r.card.name, "张三");
        CU_ASSERT_STRING_EQUAL(r.card.birth, "");
        CU_ASSERT_STRING_EQUAL(r.card.birthplace, "");
    }
}

static void needs_number_and_name(void)
{
    static const struct {
        const char *number, *name;
    } cases[] = {
        {"6a83", NULL}, /* no such record */
        {"0812"
         "9000",
         NULL}, /* length without value */
        {"0813"
         "313130313035313934393132333130303258"
         "9000",
         NULL}, /* longer than allowed */
        {"0812"
         "3131303130353139343931323331303032"
         "9000",
         NULL}, /* cut by one byte */
        {"0812"
         "313130313035313934393132333130303231"
         "9000",
         NULL}, /* check digit */
        {NUMBER "9000", "6982"},
        {NUMBER "9000", "091e"
                        "d5c5c8"
                        "9000"}, /* cut */
        {NUMBER "9000", "0903"
                        "d5c5c8"
                        "9000"}, /* half a character */
        {NUMBER "9000", "0904"
                        "d5c50a31"
                        "9000"}, /* a line feed */
        {NUMBER "9000", "0902"
                        "ffff"
                        "9000"}, /* nothing but padding */
    };
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        struct sscard_read r;
        to_number(&r);
        CU_ASSERT_EQUAL(take(&r, cases[i].number), cases[i].name ? 0 : ERR_SLOT_CARD);
        if (cases[i].name)
            CU_ASSERT_EQUAL(take(&r, cases[i].name), ERR_SLOT_CARD);
    }
}

static void tells_kinds_from_trouble(void)
{
    static const struct {
        const char *sw;
        int code;
    } cases[] = {{"6a82", ERR_SLOT_KIND},
                 {"6a81", ERR_SLOT_KIND},
                 {"6d00", ERR_SLOT_KIND},
                 {"6e00", ERR_SLOT_KIND},
                 {"6985", ERR_SLOT_KIND},
                 {"6283", ERR_SLOT_CARD},
                 {"6581", ERR_SLOT_CARD},
                 {"6f00", ERR_SLOT_CARD},
                 {"90", ERR_SLOT_CARD},
                 {"", ERR_SLOT_CARD},
                 {"9000", 0},
                 {"9001", 0}};
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        struct sscard_read r;
        sscard_read_begin(&r);
        CU_ASSERT_EQUAL(take(&r, cases[i].sw), cases[i].code);
    }
    struct sscard_read r; /* the application is there, its file is not */
    sscard_read_begin(&r);
    CU_ASSERT_EQUAL(take(&r, "9000"), 0);
    CU_ASSERT_EQUAL(take(&r, "6a83"), 0);
    CU_ASSERT_EQUAL(take(&r, "6a82"), ERR_SLOT_CARD);
}

static void asks_again_as_told(void)
{
    struct sscard_read r;
    to_number(&r);
    CU_ASSERT_EQUAL(take(&r, "6c16"), 0);
    expect_command(&r, "00b2080016");
    CU_ASSERT_EQUAL(take(&r, "610a"), 0);
    expect_command(&r, "00c000000a");
    CU_ASSERT_EQUAL(take(&r, "08123131303130353139610c"), 0); /* in two parts */
    expect_command(&r, "00c000000c");
    CU_ASSERT_EQUAL(take(&r, "34393132333130303258"
                             "9000"),
                    0);
    CU_ASSERT_STRING_EQUAL(r.card.number, "11010519491231002X");
    expect_command(&r, "00b2090020"); /* the next step begins afresh */
    for (int i = 0; i < SSCARD_MAX_ROUNDS; i++)
        CU_ASSERT_EQUAL(take(&r, "6c20"), 0);
    CU_ASSERT_EQUAL(take(&r, "6c20"), ERR_SLOT_CARD); /* not for ever */
}

static void reads_names(void)
{
    static const struct {
        const char *hex, *name; /* NULL: refused */
    } cases[] = {
        {"d5c5c8fd", "张三"},
        {"d5c5c8fd20202020", "张三"},
        {"d5c5c8fda1a1a1a1", "张三"},
        {"d5c5c8fd00ffff", "张三"},
        {"b6c5d4bcbab2", "杜约翰"},
        {"8139ef31", "㐂"}, /* GB 18030, four bytes */
        {"b6c5a1a4d4bc", "杜·约"},
        {"444f45204a4f484e", "DOE JOHN"},
        {"8130", NULL},
        {"80", NULL},
        {"d5c51bc8fd", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        uint8_t p[64];
        char name[64];
        int n = bytes_unhex(cases[i].hex, p, sizeof p);
        int rc = sscard_name(p, (size_t)n, name, sizeof name);
        CU_ASSERT_EQUAL(rc, cases[i].name ? 0 : -1);
        CU_ASSERT_STRING_EQUAL(name, cases[i].name ? cases[i].name : "");
    }
    uint8_t wide[31];
    char name[64];
    memset(wide, 0xB0, sizeof wide);
    memset(wide + 1, 0xA1, 1);
    CU_ASSERT_EQUAL(sscard_name(wide, 31, name, sizeof name), -1); /* longer than a record */
    CU_ASSERT_EQUAL(sscard_name((const uint8_t *)"\xD5\xC5", 2, name, 3), -1); /* no room */
}

static void reads_numbers_and_dates(void)
{
    static const struct {
        const char *text;
        int rc;
    } cases[] = {{"11010519491231002X", 0},  {"440524188001010014", 0},
                 {"810000199003070023", 0},  {"911398199012310021", 0},
                 {"KAZ110090123105", 0}, /* foreigner: letters */
                 {"110105194912310021", -1}, {"11010519491231002x", -1},
                 {"110105491231002", -1}, /* 15 digits are not on chips */
                 {"11010519491231 02X", -1}, {"KAZ1100901231", -1}};
    char out[20];
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        const uint8_t *p = (const uint8_t *)cases[i].text;
        CU_ASSERT_EQUAL(sscard_number(p, strlen(cases[i].text), out, sizeof out), cases[i].rc);
        CU_ASSERT_STRING_EQUAL(out, cases[i].rc == 0 ? cases[i].text : "");
    }
    CU_ASSERT_TRUE(sscard_is_date("19491231"));
    CU_ASSERT_TRUE(sscard_is_date("20000229"));
    CU_ASSERT_FALSE(sscard_is_date("19000229"));
    CU_ASSERT_FALSE(sscard_is_date("19491301"));
    CU_ASSERT_FALSE(sscard_is_date("19490431"));
    CU_ASSERT_FALSE(sscard_is_date("00000000"));
    CU_ASSERT_FALSE(sscard_is_date("1949123"));
}

static void checks_settings(void)
{
    static const struct {
        const char *settings;
        int code;
    } cases[] = {{NULL, 0},
                 {"{}", 0},
                 {"{\"reader\": \"ACS\", \"exclusive\": false}", 0},
                 {"{\"reader\": \"\"}", ERR_INVALID},
                 {"{\"reader\": 1}", ERR_INVALID},
                 {"{\"exclusive\": 1}", ERR_INVALID},
                 {"{\"pin\": \"1\"}", ERR_INVALID},
                 {"[]", ERR_INVALID},
                 {"{", ERR_INVALID}};
    char *table = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL_FATAL(
        mem_read_file(YJ_SOURCE_DIR "/assets/devices/card_slot.json", 65536, &table, &n, NULL), 0);
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        struct slot_cfg cfg;
        struct err err = {0};
        CU_ASSERT_EQUAL(slot_cfg_load(table, cases[i].settings, &cfg, &err), cases[i].code);
        if (cases[i].code != 0)
            CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "card_slot"));
    }
    free(table);
}

static void checks_the_table(void)
{
    static const char *const bad[] = {
        "{\"class\": \"card_slot\", \"devices\": [{\"name\": \"no reader\"}]}",
        "{\"class\": \"card_slot\", \"devices\": [{\"reader\": \"x\", \"protocols\": \"T2\"}]}",
        "{\"class\": \"card_slot\", \"devices\": [{\"reader\": \"x\", \"contact\": 1}]}",
        "{\"class\": \"card_slot\", \"devices\": [{\"reader\": \"x\", "
        "\"power_on_delay_ms\": 10001}]}",
        "{\"class\": \"card_slot\", \"devices\": [{\"reader\": \"x\", \"delay\": 1}]}",
        "{\"class\": \"reader\", \"devices\": [{\"reader\": \"x\"}]}",
    };
    struct slot_cfg cfg;
    for (size_t i = 0; i < YJ_COUNT(bad); i++)
        CU_ASSERT_EQUAL(slot_cfg_load(bad[i], NULL, &cfg, NULL), ERR_SYNTAX);
    struct err err = {0};
    CU_ASSERT_EQUAL(slot_cfg_load("{\"class\": \"card_slot\", \"devices\": [{\"reader\": \"x\"}, "
                                  "{\"reader\": \"y\", \"contcat\": true}]}",
                                  NULL, &cfg, &err),
                    ERR_SYNTAX);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "entry 2"));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "contcat"));
}

static void chooses_a_reader(void)
{
    static const char readers[][PCSC_NAME_BYTES] = {
        "ACS ACR1281 1S Dual Reader [ACS Reader PICC] (12345) 00 00",
        "ACS ACR1281 1S Dual Reader [ACS Reader ICC] (12345) 00 01",
        "Routon iDR410 01 00",
    };
    static const char table[] =
        "{\"class\": \"card_slot\", \"devices\": [{\"reader\": \"PICC\", \"contact\": false},"
        "{\"reader\": \"iDR410\", \"power_on_delay_ms\": 1500, \"protocols\": \"T1\"}]}";
    struct slot_cfg cfg;
    char title[64];
    CU_ASSERT_EQUAL_FATAL(slot_cfg_load(table, NULL, &cfg, NULL), 0);
    CU_ASSERT_EQUAL(slot_cfg_choose(&cfg, readers, 3), 1);
    CU_ASSERT_EQUAL(slot_cfg_choose(&cfg, readers, 1), -1);
    CU_ASSERT_EQUAL(slot_cfg_model(&cfg, readers[2])->power_on_delay_ms, 1500);
    CU_ASSERT_EQUAL(slot_cfg_model(&cfg, readers[2])->protocol, PCSC_T1);
    CU_ASSERT_EQUAL(slot_cfg_model(&cfg, readers[1])->power_on_delay_ms, 0);
    CU_ASSERT_EQUAL_FATAL(slot_cfg_load(table, "{\"reader\": \"PICC\"}", &cfg, NULL), 0);
    CU_ASSERT_EQUAL(slot_cfg_choose(&cfg, readers, 3), 0);
    slot_cfg_title(readers[1], title, sizeof title);
    CU_ASSERT_STRING_EQUAL(title, "ACS ACR1281 1S Dual Reader [ACS Reader ICC]");
    slot_cfg_title(readers[2], title, sizeof title);
    CU_ASSERT_STRING_EQUAL(title, "Routon iDR410");
    slot_cfg_title("(only)", title, sizeof title);
    CU_ASSERT_STRING_EQUAL(title, "");
}

static CU_TestInfo cases[] = {
    {"speaks as the card expects", speaks_as_the_card_expects},
    {"hands up what is there", hands_up_what_is_there},
    {"needs number and name", needs_number_and_name},
    {"tells other cards from cards in trouble", tells_kinds_from_trouble},
    {"asks again as told by 61xx and 6Cxx", asks_again_as_told},
    {"reads names", reads_names},
    {"reads numbers and dates", reads_numbers_and_dates},
    {"checks settings", checks_settings},
    {"checks the table", checks_the_table},
    {"chooses a reader", chooses_a_reader},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("drivers.card_slot_codec", cases)
