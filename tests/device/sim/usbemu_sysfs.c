/* SPDX-License-Identifier: Apache-2.0 */
/* What libusb and libudev see of a device in umockdev's sysfs. Runs under the lock, any thread. */
#define _GNU_SOURCE
#include "usbemu_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"

/* Put a device into sysfs; umockdev then sends the "add" event. Without an "N:" line, which would
 * make umockdev put a plain file where our node is. */
static void publish(struct usbemu_bus *bus, const char *syspath, int devnum,
                    const struct usbemu_desc *desc)
{
    const uint8_t *d = desc->descriptors;
    unsigned vid = bytes_le16(d + 8), pid = bytes_le16(d + 10), release = bytes_le16(d + 12);
    char *hex = mem_zalloc(2, desc->descriptors_bytes + 1);
    GError *error = NULL;

    bytes_hex(d, desc->descriptors_bytes, hex);
    char *upper = g_ascii_strup(hex, -1);
    char *text = g_strdup_printf(
        "P: %s\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DRIVER=usb\n"
        "E: BUSNUM=001\nE: DEVNUM=%03d\nE: DEVNAME=/dev/bus/usb/001/%03d\nE: MAJOR=189\n"
        "E: MINOR=%d\nE: PRODUCT=%x/%x/%x\nE: ID_VENDOR_ID=%04x\nE: ID_MODEL_ID=%04x\n"
        "A: dev=189:%d\\n\nA: busnum=1\\n\nA: devnum=%d\\n\nA: speed=%d\\n\n"
        "A: bConfigurationValue=%d\\n\nA: idVendor=%04x\\n\nA: idProduct=%04x\\n\n"
        "A: bNumConfigurations=%d\\n\nH: descriptors=%s\n",
        syspath + strlen("/sys"), devnum, devnum, devnum - 1, vid, pid, release, vid, pid,
        devnum - 1, devnum, desc->speed_mbit, d[18 + 5], vid, pid, d[17], upper);
    if (!umockdev_testbed_add_from_string(bus->testbed, text, &error))
        usbemu_die("%s: %s", syspath, error->message);
    g_free(text);
    g_free(upper);
    free(hex);
}

static const uint8_t hub_descriptors[] = {
    18, 1, 0x00, 2, 9, 0, 1,  64,   0x6b, 0x1d, 2, 0, 1, 6, 3, 2, 1, 1, /* device */
    9,  2, 25,   0, 1, 1, 0,  0xe0, 0,                                  /* configuration */
    9,  4, 0,    0, 1, 9, 0,  0,    0,                                  /* interface */
    7,  5, 0x81, 3, 4, 0, 12,                                           /* endpoint */
};
static const struct usbemu_desc hub = {
    .descriptors = hub_descriptors, .descriptors_bytes = sizeof hub_descriptors, .speed_mbit = 480};

void sysfs_hub(struct usbemu_bus *bus)
{
    publish(bus, USBEMU_SYS_BUS, 1, &hub);
}

void sysfs_publish(struct usbemu_dev *dev)
{
    publish(dev->bus, dev->syspath, dev->devnum, dev->desc);
}

void sysfs_configuration(struct usbemu_dev *dev)
{
    char text[16];

    if (dev->bus->testbed == NULL)
        return;
    snprintf(text, sizeof text, "%d\n", dev->configuration);
    umockdev_testbed_set_attribute(dev->bus->testbed, dev->syspath, "bConfigurationValue", text);
}

/* umockdev 0.17.16 looks for this link under a name with a newline and so leaves it; the number's
 * next device would then find it in its way. */
void sysfs_unpublish(struct usbemu_dev *dev)
{
    char *link = g_strdup_printf("%s/sys/dev/char/189:%d", dev->bus->root, dev->devnum - 1);

    umockdev_testbed_uevent(dev->bus->testbed, dev->syspath, "remove");
    umockdev_testbed_remove_device(dev->bus->testbed, dev->syspath);
    unlink(link);
    g_free(link);
}
