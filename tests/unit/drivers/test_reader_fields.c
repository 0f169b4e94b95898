/* SPDX-License-Identifier: Apache-2.0 */
/* Every field of every kind of card, what is tolerated in them, and what makes one doubt a card. */
#include <string.h>

#include "base/bytes.h"
#include "card_blocks.h"
#include "cunit_main.h"
#include "drivers/reader/reader_codec.h"

static void parse(enum block_person person, struct card *ret)
{
    uint8_t text[BLOCK_TEXT], photo[BLOCK_PHOTO];
    block_text(person, text);
    block_photo(photo);
    CU_ASSERT_EQUAL_FATAL(card_parse(text, photo, ret, NULL), 0);
    /* the published citizen and five-star persons are men with the sequence of a woman */
    bool is_odd = person == PERSON_CITIZEN || person == PERSON_Y;
    CU_ASSERT_EQUAL(ret->doubts, is_odd ? CARD_DOUBT_SEX : 0);
    CU_ASSERT_TRUE(ret->has_photo);
}

/* The citizen card with another value in one field. */
static int parse_with(size_t at, size_t n, const char *value, struct card *ret)
{
    uint8_t text[BLOCK_TEXT], photo[BLOCK_PHOTO] = {0};
    block_text(PERSON_CITIZEN, text);
    block_field(value, text + at, n);
    return card_parse(text, photo, ret, NULL);
}

static void text_blocks_are_the_published_ones(void)
{
    static const char *const sha[N_PERSONS] = {
        "fba921537db7bc877939ed631de9a4cd26fbe770aae7cacf1c1013ec8f3fa120",
        "3b45250682fbd343537fd578c1fba88a8e084ae4971dbc6a16e329b48d726b00",
        "07a95889858198d32167238b43472cd82a2ac5b0bf2f8cff2290174c98568153",
        "ab64ab3f714c9d616681e14584c1b0f9cb5a6b1fc944e8133e8a952586dc8225",
    };
    uint8_t text[BLOCK_TEXT], photo[BLOCK_PHOTO];
    for (int p = 0; p < N_PERSONS; p++) {
        block_text((enum block_person)p, text);
        CU_ASSERT_TRUE(block_has_sha256(text, sizeof text, sha[p]));
    }
    block_photo(photo);
    CU_ASSERT_TRUE(block_has_sha256(
        photo, sizeof photo, "ad8d23783dcf11e82fe8497fa0b602eb145f3dfa8c09a85304d48df8624d9961"));
}

static void reads_a_citizen_card(void)
{
    struct card c;
    parse(PERSON_CITIZEN, &c);
    CU_ASSERT_EQUAL(c.kind, CARD_CITIZEN);
    CU_ASSERT_STRING_EQUAL(c.name, "张三");
    CU_ASSERT_STRING_EQUAL(c.sex, "1");
    CU_ASSERT_STRING_EQUAL(c.nation, "01");
    CU_ASSERT_STRING_EQUAL(c.birth, "19491231");
    CU_ASSERT_STRING_EQUAL(c.address, "北京市朝阳区示例路1号");
    CU_ASSERT_STRING_EQUAL(c.number, "11010519491231002X");
    CU_ASSERT_STRING_EQUAL(c.authority, "北京市公安局朝阳分局");
    CU_ASSERT_STRING_EQUAL(c.valid_from, "20200101");
    CU_ASSERT_STRING_EQUAL(c.valid_to, "");
    CU_ASSERT_STRING_EQUAL(c.valid_to_raw, "");
    CU_ASSERT_TRUE(c.is_long_term);
    CU_ASSERT_STRING_EQUAL(c.english_name, "");
    CU_ASSERT_STRING_EQUAL(c.permit_number, "");
    CU_ASSERT_STRING_EQUAL(c.n_issued, "");
    CU_ASSERT_STRING_EQUAL(c.old_number, "");
}

static void reads_a_residence_permit(void)
{
    struct card c;
    parse(PERSON_J, &c);
    CU_ASSERT_EQUAL(c.kind, CARD_HMT);
    CU_ASSERT_STRING_EQUAL(c.name, "陳大文");
    CU_ASSERT_STRING_EQUAL(c.sex, "2");
    CU_ASSERT_STRING_EQUAL(c.nation, "");
    CU_ASSERT_STRING_EQUAL(c.birth, "19900307");
    CU_ASSERT_STRING_EQUAL(c.number, "810000199003070023");
    CU_ASSERT_STRING_EQUAL(c.address, "广东省深圳市福田区示例道2号");
    CU_ASSERT_STRING_EQUAL(c.authority, "深圳市公安局");
    CU_ASSERT_STRING_EQUAL(c.valid_from, "20240501");
    CU_ASSERT_STRING_EQUAL(c.valid_to, "20290501");
    CU_ASSERT_FALSE(c.is_long_term);
    CU_ASSERT_STRING_EQUAL(c.permit_number, "H12345678");
    CU_ASSERT_STRING_EQUAL(c.n_issued, "01");
}

static void reads_the_foreigner_card_of_2017(void)
{
    struct card c;
    parse(PERSON_I, &c);
    CU_ASSERT_EQUAL(c.kind, CARD_FOREIGNER_2017);
    CU_ASSERT_STRING_EQUAL(c.english_name, "DOE, JOHN");
    CU_ASSERT_STRING_EQUAL(c.name, "杜约翰");
    CU_ASSERT_STRING_EQUAL(c.sex, "1");
    CU_ASSERT_STRING_EQUAL(c.number, "KAZ110090123105");
    CU_ASSERT_STRING_EQUAL(c.nationality, "KAZ");
    CU_ASSERT_STRING_EQUAL(c.birth, "19901231");
    CU_ASSERT_STRING_EQUAL(c.valid_from, "20180101");
    CU_ASSERT_STRING_EQUAL(c.valid_to, "20280101");
    CU_ASSERT_STRING_EQUAL(c.card_version, "01");
    CU_ASSERT_STRING_EQUAL(c.authority_code, "1500");
    CU_ASSERT_STRING_EQUAL(c.address, "");
    CU_ASSERT_STRING_EQUAL(c.old_number, "");
}

static void reads_the_foreigner_card_of_2023(void)
{
    struct card c;
    parse(PERSON_Y, &c);
    CU_ASSERT_EQUAL(c.kind, CARD_FOREIGNER_2023);
    CU_ASSERT_STRING_EQUAL(c.english_name, "DOE, JOHN");
    CU_ASSERT_STRING_EQUAL(c.name, "杜约翰");
    CU_ASSERT_STRING_EQUAL(c.number, "911398199012310021");
    CU_ASSERT_STRING_EQUAL(c.nationality, "KAZ");
    CU_ASSERT_STRING_EQUAL(c.n_issued, "01");
    CU_ASSERT_STRING_EQUAL(c.valid_from, "20240101");
    CU_ASSERT_STRING_EQUAL(c.valid_to, "20340101");
    CU_ASSERT_STRING_EQUAL(c.old_number, "KAZ110090123105");
}

/* 35 characters that end in a real space, then the rest; no link item: there was no card before. */
static void joins_a_long_english_name(void)
{
    uint8_t text[BLOCK_TEXT], photo[BLOCK_PHOTO] = {0};
    struct card c;
    block_text(PERSON_Y, text);
    block_field("DOE, JOHN ABCDEFGHIJKLMNOPQRSTUVWX ", text + 52, 70);
    block_field("YZ SECOND", text + 220, 22);
    block_field("", text + 250, 6);
    CU_ASSERT_EQUAL_FATAL(card_parse(text, photo, &c, NULL), 0);
    CU_ASSERT_STRING_EQUAL(c.english_name, "DOE, JOHN ABCDEFGHIJKLMNOPQRSTUVWX YZ SECOND");
    CU_ASSERT_STRING_EQUAL(c.old_number, "");
    CU_ASSERT_FALSE(c.has_photo);
    block_field("", text, 30);
    block_field("", text + 52, 70);
    block_field("", text + 220, 22);
    CU_ASSERT_EQUAL(card_parse(text, photo, &c, NULL), ERR_READER_CARD_DATA); /* no name at all */
}

/* A code nobody knows is shown as it is, one that is none is left out; neither costs the card. */
static void takes_any_nation_code(void)
{
    static const char *const codes[][2] = {{"81", "81"}, {"57", "57"}, {"99", "99"}, {"A1", "A1"},
                                           {"1", "1"},   {"", ""},     {"汉", ""},   {"\t1", ""}};
    struct card c;
    for (size_t i = 0; i < YJ_COUNT(codes); i++) {
        CU_ASSERT_EQUAL_FATAL(parse_with(32, 4, codes[i][0], &c), 0);
        CU_ASSERT_STRING_EQUAL(c.nation, codes[i][1]);
    }
    uint8_t text[BLOCK_TEXT], photo[BLOCK_PHOTO] = {0};
    block_text(PERSON_CITIZEN, text);
    memcpy(text + 32, "\x00\xD8\x31\x00", 4);
    CU_ASSERT_EQUAL_FATAL(card_parse(text, photo, &c, NULL), 0);
    CU_ASSERT_STRING_EQUAL(c.nation, "");
}

static void takes_rare_characters(void)
{
    struct card c;
    CU_ASSERT_EQUAL_FATAL(parse_with(0, 30, "张𠮷", &c), 0); /* a surrogate pair */
    CU_ASSERT_STRING_EQUAL(c.name, "张𠮷");
    CU_ASSERT_EQUAL_FATAL(parse_with(0, 30, "张\xEE\x80\x80", &c), 0); /* U+E000 */
    CU_ASSERT_STRING_EQUAL(c.name, "张\xEE\x80\x80");
    /* fifteen of the widest */
    CU_ASSERT_EQUAL_FATAL(parse_with(0, 30, "一二三四五六七八九十一二三四五", &c), 0);
    CU_ASSERT_EQUAL(strlen(c.name), 45);
    CU_ASSERT_TRUE(bytes_utf8_valid(c.name, strlen(c.name)));
}

static void refuses_half_characters(void)
{
    static const char *const halves[] = {
        "00d8",     /* high, then a blank */
        "00dc",     /* low */
        "00d800d8", /* two high ones */
        "00dc00d8", /* the wrong way round */
    };
    uint8_t photo[BLOCK_PHOTO] = {0};
    struct card empty, c;
    memset(&empty, 0, sizeof empty);
    for (size_t i = 0; i < YJ_COUNT(halves); i++) {
        uint8_t text[BLOCK_TEXT];
        block_text(PERSON_CITIZEN, text);
        CU_ASSERT_TRUE(bytes_unhex(halves[i], text + 4, 4) > 0);
        CU_ASSERT_EQUAL(card_parse(text, photo, &c, NULL), ERR_READER_CARD_TEXT);
        CU_ASSERT_EQUAL(memcmp(&c, &empty, sizeof c), 0);
    }
    uint8_t text[BLOCK_TEXT];
    block_text(PERSON_CITIZEN, text);
    memcpy(text + 28, "\x42\xD8", 2); /* cut in two by the end of the field */
    memcpy(text + 30, "\xB7\xDF", 2);
    CU_ASSERT_EQUAL(card_parse(text, photo, &c, NULL), ERR_READER_CARD_TEXT);
}

/* Padding with U+0020, U+0000 or U+3000, also in front. */
static void trims_what_may_be_padding(void)
{
    uint8_t text[BLOCK_TEXT], photo[BLOCK_PHOTO] = {0};
    struct card c;
    block_text(PERSON_CITIZEN, text);
    memset(text + 4, 0, 26);
    memcpy(text + 52 + 30, "\x00\x30\x20\x00\x00\x00\x00\x30", 8);
    CU_ASSERT_EQUAL_FATAL(card_parse(text, photo, &c, NULL), 0);
    CU_ASSERT_STRING_EQUAL(c.name, "张三");
    CU_ASSERT_STRING_EQUAL(c.address, "北京市朝阳区示例路1号");
    CU_ASSERT_EQUAL_FATAL(parse_with(0, 30, " 　张 三", &c), 0);
    CU_ASSERT_STRING_EQUAL(c.name, "张 三");
    memcpy(text, "\x20\x5F\x00\x00\x09\x4E", 6); /* a NUL inside would hide what follows */
    CU_ASSERT_EQUAL(card_parse(text, photo, &c, NULL), ERR_READER_CARD_DATA);
}

static void keeps_an_unknown_expiry(void)
{
    static const char *const odd[] = {"永久", "2030-1-1", "长期有效到永远啊"};
    struct card c;
    for (size_t i = 0; i < YJ_COUNT(odd); i++) {
        CU_ASSERT_EQUAL_FATAL(parse_with(204, 16, odd[i], &c), 0);
        CU_ASSERT_STRING_EQUAL(c.valid_to, "");
        CU_ASSERT_STRING_EQUAL(c.valid_to_raw, odd[i]);
        CU_ASSERT_FALSE(c.is_long_term);
        CU_ASSERT_EQUAL(c.doubts, CARD_DOUBT_SEX); /* as without it */
    }
    CU_ASSERT_EQUAL_FATAL(parse_with(204, 16, "", &c), 0);
    CU_ASSERT_STRING_EQUAL(c.valid_to_raw, "");
    CU_ASSERT_FALSE(c.is_long_term);
}

static void refuses_text_that_is_none(void)
{
    static const struct {
        size_t at, n;
        const char *value;
    } bad[] = {
        {0, 30, ""},
        {30, 2, "x"},
        {36, 16, "1949123"},
        {36, 16, "1949-2-1"},
        {122, 36, "1101"},
        {122, 36, "11010519491231002x"},
        {188, 16, ""},
        {204, 16, "a\tb"},
        {0, 30, "张\xE2\x80\xAE三"},
        {52, 70, "a\tb"},
        {30, 2, ""},
        {0, 30, "张\xEF\xBB\xBF三"},
        {0, 30, "张\xD8\x9C三"},
        {0, 30, "张\xC2\xAD三"},

    };
    struct card empty, c;
    memset(&empty, 0, sizeof empty);
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        CU_ASSERT_EQUAL(parse_with(bad[i].at, bad[i].n, bad[i].value, &c), ERR_READER_CARD_DATA);
        CU_ASSERT_EQUAL(memcmp(&c, &empty, sizeof c), 0); /* never a partial card */
    }
}

static void doubts_fields_that_disagree(void)
{
    static const struct {
        size_t at, n;
        const char *value;
        unsigned doubts;
    } all[] = {
        {30, 2, "2", 0}, /* now everything agrees */
        {30, 2, "0", 0}, /* unknown */
        {30, 2, "9", 0}, /* not stated */
        {30, 2, "1", CARD_DOUBT_SEX},
        {122, 36, "110105194912310021", CARD_DOUBT_SEX | CARD_DOUBT_CHECK_DIGIT},
        {122, 36, "440524188001010014", CARD_DOUBT_BIRTH},
        {122, 36, "911398199012310021", CARD_DOUBT_SEX | CARD_DOUBT_REGION | CARD_DOUBT_BIRTH},
        {36, 16, "19491230", CARD_DOUBT_SEX | CARD_DOUBT_BIRTH},
        {36, 16, "19491331", CARD_DOUBT_SEX | CARD_DOUBT_BIRTH | CARD_DOUBT_DATES},
        {188, 16, "20230229", CARD_DOUBT_SEX | CARD_DOUBT_DATES},
        {188, 16, "19480101", CARD_DOUBT_SEX | CARD_DOUBT_DATES},
        {204, 16, "20190101", CARD_DOUBT_SEX | CARD_DOUBT_DATES},
        {204, 16, "20400229", CARD_DOUBT_SEX},
    };
    struct card c;
    for (size_t i = 0; i < YJ_COUNT(all); i++) {
        /* never a refusal */
        CU_ASSERT_EQUAL_FATAL(parse_with(all[i].at, all[i].n, all[i].value, &c), 0);
        CU_ASSERT_EQUAL(c.doubts, all[i].doubts);
    }
    parse(PERSON_J, &c);
    memcpy(c.number, "110105", 6);
    CU_ASSERT_TRUE(card_doubts_of(&c) & CARD_DOUBT_REGION);
    parse(PERSON_I, &c);
    memcpy(c.nationality, "USA", 4);
    CU_ASSERT_EQUAL(card_doubts_of(&c), CARD_DOUBT_REGION);
    parse(PERSON_I, &c);
    c.number[14] = '6';
    CU_ASSERT_EQUAL(card_doubts_of(&c), CARD_DOUBT_CHECK_DIGIT);
}

static void computes_the_old_number(void)
{
    struct card c;
    char old[16];
    parse(PERSON_Y, &c);
    card_old_number(&c, "000", old);
    CU_ASSERT_STRING_EQUAL(old, "KAZ110090123105");
    static const char *const none[] = {"", "00", "0A0", "0000"};
    for (size_t i = 0; i < YJ_COUNT(none); i++) {
        card_old_number(&c, none[i], old);
        CU_ASSERT_STRING_EQUAL(old, "");
    }
}

/* SipHash-2-4 of bytes 0..255 under the key of its paper, computed elsewhere. */
static void knows_a_text_again_by_its_mark(void)
{
    uint8_t key[16], text[SAM_TEXT_BYTES];
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)i;
    uint64_t mark = card_mark(key, text);
    CU_ASSERT_EQUAL(mark, 0x999d0526d2a7bfd7u);
    text[255] ^= 1;
    CU_ASSERT_NOT_EQUAL(card_mark(key, text), mark);
    text[255] ^= 1;
    key[0] ^= 1;
    CU_ASSERT_NOT_EQUAL(card_mark(key, text), mark);
}

static CU_TestInfo cases[] = {
    {"text blocks are the published ones", text_blocks_are_the_published_ones},
    {"reads a citizen card", reads_a_citizen_card},
    {"reads a residence permit", reads_a_residence_permit},
    {"reads the foreigner card of 2017", reads_the_foreigner_card_of_2017},
    {"reads the foreigner card of 2023", reads_the_foreigner_card_of_2023},
    {"joins a long English name before trimming", joins_a_long_english_name},
    {"takes any nation code", takes_any_nation_code},
    {"takes rare characters", takes_rare_characters},
    {"refuses half characters", refuses_half_characters},
    {"trims what may be padding", trims_what_may_be_padding},
    {"keeps an unknown expiry", keeps_an_unknown_expiry},
    {"refuses text that is none, never a partial card", refuses_text_that_is_none},
    {"doubts fields that disagree, never refuses", doubts_fields_that_disagree},
    {"computes the old number", computes_the_old_number},
    {"knows a text again by its mark", knows_a_text_again_by_its_mark},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("drivers.reader_fields", cases)
