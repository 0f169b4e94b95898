/* SPDX-License-Identifier: Apache-2.0 */
/* The document printer driver against ippeveprinter, the reference IPP Everywhere printer of CUPS,
 * also over TLS. Skipped (77) where it is not installed. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "cunit_main.h"
#include "document_samples.h"
#include "driver_rig.h"
#include "ipp_rig.h"

enum { LONG_MS = 60000 };

struct world {
    struct ipp_rig ipp; /* its folder */
    struct rig rig;
};

static void printer_start(struct world *w)
{
    char command[512], keys[96], port[16], hold[96];
    char preload[] = "LD_PRELOAD=" YJ_AVAHI_QUIET, asan[] = "ASAN_OPTIONS=detect_leaks=0";
    memset(w, 0, sizeof *w);
    ipp_rig_folder(&w->ipp);
    w->ipp.port = port_free();
    snprintf(port, sizeof port, "%d", w->ipp.port);
    snprintf(command, sizeof command, "%s/tests/unit/drivers/ippeve_command.sh", YJ_SOURCE_DIR);
    snprintf(keys, sizeof keys, "%s/keys", w->ipp.folder);
    snprintf(hold, sizeof hold, "HOLD_FOLDER=%s", w->ipp.folder);
    const char *argv[] = {"ippeveprinter",
                          "-n",
                          "localhost",
                          "-p",
                          port,
                          "-d",
                          w->ipp.folder,
                          "-k",
                          "-K",
                          keys,
                          "-f",
                          "application/pdf,image/pwg-raster",
                          "-c",
                          command,
                          "Example",
                          NULL};
    char *env[] = {preload, asan, hold, NULL};
    char out[64];
    command_run(out, sizeof out, "mkdir '%s'", keys);
    w->ipp.pid = program_start(w->ipp.folder, argv, env);
    CU_ASSERT_TRUE_FATAL(port_wait(w->ipp.port, LONG_MS));
}

static void driver_start(struct world *w, const char *scheme, const char *more)
{
    char settings[256];
    snprintf(settings, sizeof settings, "{\"uri\":\"%s://localhost:%d/ipp/print\"%s}", scheme,
             w->ipp.port, more);
    rig_init_text(&w->rig, &document_ops, NULL, settings);
}

static void world_fini(struct world *w)
{
    CU_ASSERT_TRUE(w->rig.longest_step_ms <= 500);
    rig_fini(&w->rig);
    ipp_rig_stop(&w->ipp);
}

static void print_one(struct world *w, int64_t job)
{
    struct device_command c = {
        .kind = DEVICE_COMMAND_PRINT, .job = job, .document = sample_new(DOCUMENT_APPLICATION)};
    w->rig.ops->command(w->rig.d, &c, clock_mono_ms());
}

static const struct device_event *done_of(struct world *w)
{
    const struct device_event *e = rig_until(&w->rig, DEVICE_EVENT_PRINT_DONE, LONG_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    return e;
}

static void prints(void)
{
    struct world w;
    char out[1024];
    printer_start(&w);
    driver_start(&w, "ipp", "");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    print_one(&w, 1);
    const struct device_event *e = done_of(&w);
    CU_ASSERT_EQUAL(e->print.result, PRINT_PRINTED);
    CU_ASSERT_EQUAL(e->print.evidence, EVIDENCE_PROCESSED);
    CU_ASSERT_EQUAL(command_run(out, sizeof out, "pdftotext '%s'/*.pdf -", w.ipp.folder), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "新生儿出生一件事申请表"));
    world_fini(&w);
}

static void goes_on_after_paper_was_put_in(void)
{
    struct world w;
    char out[256];
    printer_start(&w);
    driver_start(&w, "ipp", "");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    command_run(out, sizeof out, "touch '%s/paper-out'", w.ipp.folder);
    print_one(&w, 1);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_OFFLINE, LONG_MS));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_PAPER_OUT);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PRINT_DONE), 0);
    command_run(out, sizeof out, "rm '%s/paper-out'", w.ipp.folder);
    CU_ASSERT_EQUAL(done_of(&w)->print.result, PRINT_PRINTED);
    world_fini(&w);
}

static void cancels_when_it_is_closed(void)
{
    struct world w;
    char out[2048];
    printer_start(&w);
    driver_start(&w, "ipp", "");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    command_run(out, sizeof out, "touch '%s/paper-out'", w.ipp.folder);
    print_one(&w, 1);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_OFFLINE, LONG_MS));
    w.rig.ops->close(w.rig.d);
    w.rig.d = NULL;
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PRINT_DONE), 1);
    CU_ASSERT_NOT_EQUAL(w.rig.event[w.rig.n_events - 1].print.result, PRINT_PRINTED);
    command_run(out, sizeof out, "rm '%s/paper-out'", w.ipp.folder);
    /* a driver that starts anew finds nothing of the old one and prints */
    driver_start(&w, "ipp", "");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    print_one(&w, 2);
    CU_ASSERT_EQUAL(done_of(&w)->print.result, PRINT_PRINTED);
    world_fini(&w);
}

static void prints_over_tls_to_the_known_printer_only(void)
{
    struct world w;
    char out[256], more[128], digest[65] = "";
    printer_start(&w);
    driver_start(&w, "ipps",
                 ",\"fingerprint\":\"0000000000000000000000000000000000000000000000000"
                 "000000000000000\"");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, LONG_MS));
    rig_fini(&w.rig);
    CU_ASSERT_EQUAL(command_run(out, sizeof out,
                                "openssl x509 -in '%s/keys/localhost.crt' -outform DER | sha256sum",
                                w.ipp.folder),
                    0);
    CU_ASSERT_EQUAL_FATAL(sscanf(out, "%64s", digest), 1);
    snprintf(more, sizeof more, ",\"fingerprint\":\"%s\"", digest);
    driver_start(&w, "ipps", more);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    print_one(&w, 1);
    CU_ASSERT_EQUAL(done_of(&w)->print.result, PRINT_PRINTED);
    world_fini(&w);
}

static CU_TestInfo cases[] = {
    {"prints", prints},
    {"goes on after paper was put in", goes_on_after_paper_was_put_in},
    {"cancels when it is closed", cancels_when_it_is_closed},
    {"prints over TLS to the known printer only", prints_over_tls_to_the_known_printer_only},
    CU_TEST_INFO_NULL,
};

int main(void)
{
    char out[256], home[] = "/tmp/yijian-home-XXXXXX";
    if (command_run(out, sizeof out, "command -v ippeveprinter && command -v pdftotext") != 0)
        return 77;
    if (!mkdtemp(home) || setenv("HOME", home, 1) != 0) /* libcups remembers certificates there */
        return 1;
    int rc = cunit_run("drivers.document.everywhere", cases);
    command_run(out, sizeof out, "rm -rf '%s'", home);
    return rc;
}
