/* SPDX-License-Identifier: Apache-2.0 */
/* The printer table and the terminal's settings: what is read, what is refused and how that is
 * said; device ids; which profile a printer gets. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "drivers/printer/printer_priv.h"

static struct printer_table *table_load(void)
{
    char *text = NULL;
    size_t n = 0;
    struct err err = {0};
    struct printer_table *t = mem_zalloc(1, sizeof *t);
    CU_ASSERT_EQUAL_FATAL(
        mem_read_file(YJ_SOURCE_DIR "/assets/devices/printer.json", 65536, &text, &n, NULL), 0);
    CU_ASSERT_EQUAL(printer_table_parse(text, t, &err), 0);
    CU_ASSERT_STRING_EQUAL_FATAL(err.msg, "");
    free(text);
    return t;
}

static void chooses_the_profile(void)
{
    struct printer_table *t = table_load();
    struct printer_id epson = {"EPSON", "TM-T88V", "ESC/POS"}, none = {"", "", ""};
    struct printer_id office = {"HP", "LaserJet", "PCL,PS"};
    struct printer_id kiosk = {"CUSTOM", "VKP80III", ""};
    CU_ASSERT_EQUAL(printer_table_find(t, 0x04B8, 0x0E03, &epson)->head_dots, 512);
    CU_ASSERT_EQUAL(printer_table_find(t, 0x0FE6, 0x811E, &none)->head_dots, 384);
    CU_ASSERT_EQUAL(printer_table_find(t, 0x1111, 0x2222, &none)->head_dots, 576);
    CU_ASSERT_TRUE(printer_table_find(t, 0x1111, 0x2222, &none)->asks_names);
    CU_ASSERT_PTR_NULL(printer_table_find(t, 0x03F0, 0x0001, &office));
    const struct printer_profile *p = printer_table_find(t, 0x0DD4, 0x0237, &kiosk);
    CU_ASSERT_STRING_EQUAL(p->dialect->name, "custom_full");
    CU_ASSERT_EQUAL(p->process_id, SUPPORT_NO);
    CU_ASSERT_EQUAL(p->cut_counter, COUNTER_CUSTOM);
    CU_ASSERT_EQUAL(p->retract.n, 3);
    CU_ASSERT_TRUE(printer_table_is_vendor(t, 0x04B8, 0x0202));
    CU_ASSERT_FALSE(printer_table_is_vendor(t, 0x04B8, 0x0203));
    CU_ASSERT_PTR_NOT_NULL(printer_table_named(t, "SNBC"));
    CU_ASSERT_PTR_NULL(printer_table_named(t, ""));
    free(t);
}

/* A maker adds a printer of his own layout without a line of C. */
static void a_layout_can_be_described(void)
{
    static const char text[] =
        "{\"class\":\"printer\",\"dialects\":{\"two\":{\"polls\":[{\"request\":\"1B 76\","
        "\"bytes\":2,\"head\":\"A5\",\"fixed\":{\"1.7\":0},\"bits\":{\"1.0\":\"paper_out\","
        "\"1.1\":\"!cover_open\",\"1.2\":\"ticket+\"}}]}},\"devices\":["
        "{\"mfg\":\"A\",\"dots\":640,\"status\":\"two\",\"outlet\":true,\"present\":\"1d 65 05\"},"
        "{\"dots\":384,\"status\":{\"request\":\"10 04 02\",\"bits\":{\"0\":\"paper_out\","
        "\"1\":\"cover_open\"}},\"accept\":\"idle\"}]}";
    struct printer_table *t = mem_zalloc(1, sizeof *t);
    struct err err = {0};
    CU_ASSERT_EQUAL(printer_table_parse(text, t, &err), 0);
    CU_ASSERT_STRING_EQUAL_FATAL(err.msg, "");
    const struct dialect_answer *a = &t->profile[0].dialect->poll[0].answer;
    CU_ASSERT_FALSE(dialect_answer_fits(a, (const uint8_t[]){0xA4, 0}, 2));
    CU_ASSERT_FALSE(dialect_answer_fits(a, (const uint8_t[]){0xA5, 0x80}, 2));
    CU_ASSERT_TRUE(dialect_answer_fits(a, (const uint8_t[]){0xA5, 0x05}, 2));
    CU_ASSERT_EQUAL(dialect_answer_apply(a, (const uint8_t[]){0xA5, 0x05}, 0),
                    FACT_PAPER_OUT | FACT_COVER_OPEN | FACT_TICKET);
    CU_ASSERT_EQUAL(dialect_answer_apply(a, (const uint8_t[]){0xA5, 0x02}, FACT_TICKET),
                    FACT_TICKET); /* believed when set, else not told */
    CU_ASSERT_EQUAL(t->profile[0].present.at[2], 5);
    CU_ASSERT_EQUAL(t->profile[1].accept, EVIDENCE_IDLE);
    CU_ASSERT_FALSE(printer_dialect_is_safe(t->profile[1].dialect));
    free(t);
}

static void refuses_with_the_place_and_the_rule(void)
{
    static const struct {
        const char *entry, *sentence;
    } bad[] = {
        {"{\"dots\":0}", "/devices/0/dots: must be a whole number from 64 to 4096"},
        {"{\"dots\":576.5}", "/devices/0/dots: must be"},
        {"{\"dots\":576,\"cutter\":\"axe\"}",
         "/devices/0/cutter: must be one of none full partial"},
        {"{\"dots\":576,\"mfg\":7}", "/devices/0/mfg: must be a text"},
        {"{\"dots\":576,\"vid\":\"12\"}", "/devices/0: vid and pid"},
        {"{\"mfg\":\"X\"}", "/devices/0/dots: is missing"},
        {"{\"dots\":576,\"colour\":1}", "/devices/0/colour: no such key"},
        {"{\"dots\":576,\"in_order\":1}", "/devices/0/in_order: must be true or false"},
        {"{\"dots\":576,\"status\":\"klingon\"}", "/devices/0/status: no dialect"},
        {"{\"dots\":576,\"status\":3}", "/devices/0/status: no dialect"},
        {"{\"dots\":576,\"retract\":\"1D 6\"}", "/devices/0/retract: must be at most"},
        {"{\"dots\":576,\"hello\":\"10 04 01\"}", "acts in real time"},
        {"{\"dots\":576,\"hello\":\"1D 10\"}", "acts in real time"},
        {"{\"dots\":576,\"vendor_class\":true}", "/devices/0/vendor_class: needs vid and pid"},
        {"{\"dots\":576,\"status\":\"hwasung\",\"in_order\":true}", "/devices/0/in_order"},
        {"{\"dots\":576,\"status\":\"hwasung\",\"process_id\":\"yes\"}", "/devices/0/process_id"},
        {"{\"dots\":576,\"accept\":\"presented\"}", "/devices/0/accept"},
        {"{\"dots\":576,\"accept\":\"cut\"}", "/devices/0/accept"},
        {"{\"dots\":576,\"outlet\":true}", "/devices/0/outlet"},
        {"{\"dots\":576,\"status\":\"hwasung\",\"status_mode\":\"in_order\"}", "status_mode"},
        {"{\"dots\":576,\"nul_fill\":false,\"clear\":\"none\",\"soft_reset\":\"never\"}",
         "/devices/0/nul_fill"},
        {"{\"dots\":576,\"in_order\":true,\"status\":{\"request\":\"10 04 14\",\"bytes\":6,"
         "\"head\":\"0F\",\"bits\":{\"2.0\":\"paper_out\"}},\"process_id\":\"no\"}",
         "/devices/0/in_order"},
        {"{\"dots\":576,\"status\":{\"request\":\"\",\"bits\":{\"0\":\"jam\"}}}",
         "/status/request"},
        {"{\"dots\":576,\"status\":{\"request\":\"10\",\"bits\":{}}}", "/status/bits"},
        {"{\"dots\":576,\"status\":{\"request\":\"10\",\"bits\":{\"8\":\"jam\"}}}", "/bits/8"},
        {"{\"dots\":576,\"status\":{\"request\":\"10\",\"bits\":{\"1.0\":\"jam\"}}}", "/bits/1.0"},
        {"{\"dots\":576,\"status\":{\"request\":\"10\",\"bits\":{\"0\":\"fire\"}}}", "meaning"},
        {"{\"dots\":576,\"status\":{\"request\":\"10\",\"bytes\":9,\"bits\":{\"0\":\"jam\"}}}",
         "/status/bytes"},
        {"{\"dots\":576,\"status\":{\"request\":\"10\",\"fixed\":{\"0\":2},\"bits\":{\"0\":\"jam\"}"
         "}}",
         "/status/fixed/0"},
        {"{\"dots\":576,\"status\":{\"polls\":[]}}", "/status/polls"},
        {"{\"dots\":576,\"status\":{\"polls\":[{\"request\":\"10\",\"bits\":{\"0\":\"jam\"}}],"
         "\"auto\":{\"enable\":\"1D\",\"bits\":{\"0\":\"jam\"}}}}",
         "/status/auto: needs"},
    };
    struct printer_table *t = mem_zalloc(1, sizeof *t);
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        char text[512];
        struct err err = {0};
        snprintf(text, sizeof text, "{\"class\":\"printer\",\"devices\":[%s]}", bad[i].entry);
        CU_ASSERT_EQUAL(printer_table_parse(text, t, &err), ERR_SYNTAX);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, bad[i].sentence));
        if (!strstr(err.msg, bad[i].sentence))
            fprintf(stderr, "%s -> %s\n", bad[i].entry, err.msg);
    }
    struct err err = {0};
    CU_ASSERT_EQUAL(printer_table_parse("{\"class\":\n\"printer\",}", t, &err), ERR_SYNTAX);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "line 2"));
    CU_ASSERT_EQUAL(printer_table_parse("{\"class\":\"printer\",\"devices\":[{\"dots\":576}],"
                                        "\"more\":1}",
                                        t, &err),
                    ERR_SYNTAX);
    free(t);
}

static void reads_the_settings(void)
{
    static const struct {
        const char *text, *sentence;
    } bad[] = {
        {"{\"dots\":63}", "devices/printer/dots: must be a whole number from 64 to 4096"},
        {"{\"density\":\"dark\"}", "devices/printer/density"},
        {"{\"speed\":15}", "devices/printer/speed"},
        {"{\"retract_s\":-1}", "devices/printer/retract_s"},
        {"{\"panel_button\":0}", "devices/printer/panel_button: must be true or false"},
        {"{\"profile\":\"Teleprinter\"}", "devices/printer/profile"},
        {"{\"colour\":true}", "devices/printer/colour: no such key"},
        {"[]", "must be an object"},
        {"{", "line 1"},
    };
    struct printer_table *t = table_load();
    struct printer_settings s;
    CU_ASSERT_EQUAL(printer_settings_parse(NULL, t, &s, NULL), 0);
    CU_ASSERT_TRUE(s.density == DENSITY_KEEP && s.dots == 0 && s.speed == 0 && !s.panel_button);
    CU_ASSERT_EQUAL(printer_settings_parse("{\"dots\":416,\"density\":-2,\"speed\":5,"
                                           "\"retract_s\":30,\"panel_button\":true,"
                                           "\"cut_at_start\":true,\"profile\":\"SNBC\"}",
                                           t, &s, NULL),
                    0);
    CU_ASSERT_TRUE(s.dots == 416 && s.density == -2 && s.speed == 5 && s.retract_s == 30);
    CU_ASSERT_TRUE(s.panel_button && s.cut_at_start);
    CU_ASSERT_STRING_EQUAL(s.profile, "SNBC");
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct err err = {0};
        CU_ASSERT_EQUAL(printer_settings_parse(bad[i].text, t, &s, &err), ERR_INVALID);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, bad[i].sentence));
    }
    free(t);
}

static void takes_device_ids_apart(void)
{
    struct printer_id id;
    static const char text[] = "xxMFG:EPSON;CMD:ESC/POS;MDL:TM-T20II;CLS:PRINTER;";
    uint8_t raw[64];
    size_t n = sizeof text - 1;
    memcpy(raw, text, n);
    raw[0] = 0;
    raw[1] = (uint8_t)n;
    printer_id_parse(raw, n, &id);
    CU_ASSERT_STRING_EQUAL(id.mfg, "EPSON");
    CU_ASSERT_STRING_EQUAL(id.mdl, "TM-T20II");
    CU_ASSERT_STRING_EQUAL(id.cmd, "ESC/POS");
    CU_ASSERT_FALSE(printer_id_is_generic(&id));
    raw[0] = (uint8_t)n; /* the other byte order, and the long words */
    raw[1] = 0;
    memcpy(raw + 2, " MANUFACTURER:HP;COMMAND SET:PCL;MODEL:X", 40);
    printer_id_parse(raw, 42, &id);
    CU_ASSERT_STRING_EQUAL(id.mfg, "HP");
    CU_ASSERT_STRING_EQUAL(id.cmd, "PCL");
    for (size_t cut = 0; cut <= n; cut++)
        printer_id_parse(raw, cut, &id); /* any length is safe */
    id = (struct printer_id){"", "USB Printer", ""};
    CU_ASSERT_TRUE(printer_id_is_generic(&id));
}

/* A terminal that prints for months without a re-plug comes to the last process id. */
static void process_ids_begin_again(void)
{
    struct driver *d = mem_zalloc(1, sizeof *d);
    uint8_t first[ESCPOS_ID_BYTES], second[ESCPOS_ID_BYTES];
    d->next_id = d->seen_id = 20000;
    for (int i = 0; i < 60000; i++) {
        printer_ids_renew(d);
        uint32_t a = printer_id_next(d, first), b = printer_id_next(d, second);
        CU_ASSERT_TRUE_FATAL(a > d->seen_id && b > a); /* else an answer is taken for an old one */
        CU_ASSERT_TRUE_FATAL(memcmp(first, second, sizeof first) <
                             0); /* as ascending on the wire */
        d->seen_id = b;
    }
    free(d);
}

static CU_TestInfo cases[] = {
    {"chooses the profile", chooses_the_profile},
    {"a layout can be described", a_layout_can_be_described},
    {"refuses with the place and the rule", refuses_with_the_place_and_the_rule},
    {"reads the settings", reads_the_settings},
    {"takes device ids apart", takes_device_ids_apart},
    {"process ids begin again", process_ids_begin_again},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("drivers.printer_table", cases)
