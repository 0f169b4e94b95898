/* SPDX-License-Identifier: Apache-2.0 */
/* The document printer driver against a CUPS of its own, with a queue to ippeveprinter and one
 * that only hands bytes over. Skipped (77) where cupsd is missing or cannot run. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "cunit_main.h"
#include "document_samples.h"
#include "driver_rig.h"
#include "ipp_rig.h"

enum { LONG_MS = 60000, START_MS = 20000 };

static struct {
    struct ipp_rig printer, cups;
} lab;

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        abort();
}

static char preload[] = "LD_PRELOAD=" YJ_AVAHI_QUIET, asan[] = "ASAN_OPTIONS=detect_leaks=0";

static bool printer_start(struct ipp_rig *r)
{
    char command[512], port[16], hold[96];
    ipp_rig_folder(r);
    r->port = port_free();
    snprintf(port, sizeof port, "%d", r->port);
    snprintf(command, sizeof command, "%s/tests/unit/drivers/ippeve_command.sh", YJ_SOURCE_DIR);
    snprintf(hold, sizeof hold, "HOLD_FOLDER=%s", r->folder);
    const char *argv[] = {"ippeveprinter",
                          "-n",
                          "localhost",
                          "-p",
                          port,
                          "-d",
                          r->folder,
                          "-k",
                          "-K",
                          r->folder,
                          "-f",
                          "application/pdf,image/pwg-raster",
                          "-c",
                          command,
                          "Example",
                          NULL};
    char *env[] = {preload, asan, hold, NULL};
    r->pid = program_start(r->folder, argv, env);
    return port_wait(r->port, START_MS);
}

static bool cups_start(struct ipp_rig *r, int printer_port)
{
    char text[4096], out[64], conf[128], files[128];
    ipp_rig_folder(r);
    r->port = port_free();
    const char *f = r->folder;
    command_run(out, sizeof out, "cd '%s' && mkdir spool cache state tmp && chmod 711 .", f);
    snprintf(text, sizeof text,
             "ServerRoot %s\nServerBin /usr/lib/cups\nDataDir /usr/share/cups\nDocumentRoot %s\n"
             "RequestRoot %s/spool\nCacheDir %s/cache\nStateDir %s/state\nTempDir %s/tmp\n"
             "AccessLog %s/access\nErrorLog %s/error\nPageLog %s/page\nFileDevice Yes\n",
             f, f, f, f, f, f, f, f, f);
    write_file(f, "cups-files.conf", text);
    snprintf(text, sizeof text,
             "Listen 127.0.0.1:%d\nListen %s/cups.sock\nBrowsing Off\nWebInterface No\n"
             "PreserveJobFiles No\nPreserveJobHistory 300\nDefaultAuthType None\n"
             "<Location />\nOrder allow,deny\nAllow localhost\n</Location>\n"
             "<Policy default>\n<Limit Cancel-Job>\nRequire user @OWNER @SYSTEM\n"
             "Order deny,allow\n</Limit>\n<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n",
             r->port, f);
    write_file(f, "cupsd.conf", text);
    snprintf(
        text, sizeof text,
        "<Printer document>\nDeviceURI ipp://localhost:%d/ipp/print\nState Idle\n"
        "Accepting Yes\n</Printer>\n"
        "<Printer blind>\nDeviceURI file:%s/blind.out\nState Idle\nAccepting Yes\n</Printer>\n",
        printer_port, f);
    write_file(f, "printers.conf", text);
    snprintf(conf, sizeof conf, "%s/cupsd.conf", f);
    snprintf(files, sizeof files, "%s/cups-files.conf", f);
    const char *argv[] = {"cupsd", "-f", "-c", conf, "-s", files, NULL};
    char *env[] = {preload, asan, NULL};
    r->pid = program_start(f, argv, env);
    return port_wait(r->port, START_MS);
}

static void driver_start(struct rig *rig, const char *queue)
{
    char settings[128];
    snprintf(settings, sizeof settings, "{\"queue\":\"%s\"}", queue);
    rig_init_text(rig, &document_ops, NULL, settings);
    CU_ASSERT_TRUE(rig_until_state(rig, DEVICE_ONLINE, LONG_MS));
}

static void print_one(struct rig *rig, int64_t job)
{
    struct device_command c = {
        .kind = DEVICE_COMMAND_PRINT, .job = job, .document = sample_new(DOCUMENT_PROMISE)};
    rig->ops->command(rig->d, &c, clock_mono_ms());
}

static const struct device_event *done_of(struct rig *rig)
{
    const struct device_event *e = rig_until(rig, DEVICE_EVENT_PRINT_DONE, LONG_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    return e;
}

/* CUPS remembers no job of ours, and no document lies in its spool. */
static void expect_forgotten(void)
{
    char out[4096];
    CU_ASSERT_EQUAL(command_run(out, sizeof out,
                                "ipptool -tv ipp://localhost:%d/ get-completed-jobs.test; "
                                "ipptool -tv ipp://localhost:%d/ get-jobs.test",
                                lab.cups.port, lab.cups.port) >= 0,
                    1);
    CU_ASSERT_PTR_NULL(strstr(out, "job-id (integer)"));
    CU_ASSERT_EQUAL(command_run(out, sizeof out, "ls '%s/spool' | grep -c ^[cd]", lab.cups.folder),
                    1);
}

static void prints_with_the_printers_word(void)
{
    struct rig rig;
    char out[2048];
    driver_start(&rig, "document");
    CU_ASSERT_EQUAL(rig.status.paper, PAPER_UNKNOWN); /* CUPS asks the printer during jobs only */
    print_one(&rig, 1);
    const struct device_event *e = done_of(&rig);
    CU_ASSERT_EQUAL(e->print.result, PRINT_PRINTED);
    CU_ASSERT_EQUAL(e->print.evidence, EVIDENCE_PROCESSED);
    CU_ASSERT_EQUAL(command_run(out, sizeof out, "pdftotext '%s'/1-*.pdf -", lab.printer.folder),
                    0);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "告知承诺书"));
    expect_forgotten();
    CU_ASSERT_TRUE(rig.longest_step_ms <= 500);
    rig_fini(&rig);
}

static void is_in_doubt_where_nobody_reports(void)
{
    struct rig rig;
    driver_start(&rig, "blind");
    CU_ASSERT_EQUAL(rig.status.paper, PAPER_UNKNOWN);
    print_one(&rig, 1);
    const struct device_event *e = done_of(&rig);
    CU_ASSERT_EQUAL(e->print.result, PRINT_IN_DOUBT);
    CU_ASSERT_EQUAL(e->print.evidence, EVIDENCE_SENT);
    CU_ASSERT_EQUAL(e->code, 0);
    rig_fini(&rig);
}

static void tells_a_missing_queue(void)
{
    struct rig rig;
    rig_init_text(&rig, &document_ops, NULL, "{\"queue\":\"nowhere\"}");
    CU_ASSERT_TRUE(rig_until_state(&rig, DEVICE_HARDWARE_ERROR, LONG_MS));
    CU_ASSERT_EQUAL(rig.status.cause, ERR_DOCUMENT_QUEUE);
    rig_fini(&rig);
}

/* What lies in the queue when the kiosk stops never comes out, here and at the printer. */
static void cancels_through_the_queue(void)
{
    struct rig rig;
    char out[256];
    driver_start(&rig, "document");
    command_run(out, sizeof out, "touch '%s/paper-out'", lab.printer.folder);
    command_run(out, sizeof out, "rm -f '%s/began'", lab.printer.folder);
    print_one(&rig, 1);
    int64_t until_ms = clock_mono_ms() + LONG_MS;
    while (command_run(out, sizeof out, "test -e '%s/began'", lab.printer.folder) != 0 &&
           clock_mono_ms() < until_ms)
        rig_run(&rig, 100);
    rig.ops->close(rig.d);
    rig.d = NULL;
    CU_ASSERT_EQUAL(rig_count(&rig, DEVICE_EVENT_PRINT_DONE), 1);
    CU_ASSERT_NOT_EQUAL(rig.event[rig.n_events - 1].print.result, PRINT_PRINTED);
    rig_fini(&rig);
    command_run(out, sizeof out, "rm '%s/paper-out'", lab.printer.folder);
    driver_start(&rig, "document");
    print_one(&rig, 2);
    CU_ASSERT_EQUAL(done_of(&rig)->print.result, PRINT_PRINTED);
    expect_forgotten(); /* the cancelled one at this start at the latest */
    rig_fini(&rig);
}

static CU_TestInfo cases[] = {
    {"prints with the printer's word", prints_with_the_printers_word},
    {"is in doubt where nobody reports", is_in_doubt_where_nobody_reports},
    {"tells a missing queue", tells_a_missing_queue},
    {"cancels through the queue", cancels_through_the_queue},
    CU_TEST_INFO_NULL,
};

int main(void)
{
    char out[256], server[96];
    if (command_run(out, sizeof out,
                    "PATH=$PATH:/usr/sbin; command -v cupsd && command -v ippeveprinter && "
                    "command -v ipptool && command -v pdftotext && ls /usr/lib/cups/backend/ipp") !=
        0)
        return 77;
    int rc = 77;
    if (printer_start(&lab.printer) && cups_start(&lab.cups, lab.printer.port)) {
        /* a queue by name is found through this CUPS's own socket */
        snprintf(server, sizeof server, "%s/cups.sock", lab.cups.folder);
        if (setenv("CUPS_SERVER", server, 1) == 0 && setenv("HOME", lab.cups.folder, 1) == 0)
            rc = cunit_run("drivers.document.cups", cases);
    }
    if (lab.cups.pid > 0)
        ipp_rig_stop(&lab.cups);
    ipp_rig_stop(&lab.printer);
    return rc;
}
