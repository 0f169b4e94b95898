/* SPDX-License-Identifier: Apache-2.0 */
/* Emulated camera: the file behind its node, plugging, orders. One client at a time streams, as
 * with a real one. Thread: ioctls on umockdev's, orders on the caller's; all under the lock. */
#define _GNU_SOURCE
#include "camera_model.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "camera_model_priv.h"

#define CLIENT_KEY "camera-client"
#define MODEL_KEY  "camera-model"

/* ---- the carrier ---- */

/* @return whether the client belongs to this plugging of the camera */
static bool client_is_current(struct camera_model *m, UMockdevIoctlClient *client)
{
    unsigned plugging = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(client), CLIENT_KEY));
    if (plugging == 0 && m->is_plugged) {
        plugging = m->plugging;
        g_object_set_data(G_OBJECT(client), CLIENT_KEY, GUINT_TO_POINTER(plugging));
        m->counters.n_opens++;
    }
    return m->is_plugged && plugging == m->plugging;
}

static int call_run(struct camera_model *m, UMockdevIoctlClient *client, unsigned long request,
                    void *arg)
{
    /* umockdev does not tell when a file is closed by a program that lives on: whoever begins anew
     * with another file has closed the one before */
    if (request == VIDIOC_S_FMT && m->streamer != client) {
        m->streamer = client;
        camera_buffers_drop(m);
    }
    return camera_call(m, request, arg);
}

static gboolean on_ioctl(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, gpointer arg)
{
    unsigned long request = umockdev_ioctl_client_get_request(client) & 0xffffffff;
    UMockdevIoctlData *root = umockdev_ioctl_client_get_arg(client), *data = NULL;
    int result = -ENOTTY;
    (void)arg;
    data = umockdev_ioctl_data_resolve(root, 0, _IOC_SIZE(request), NULL);
    usbemu_lock();
    struct camera_model *m = g_object_get_data(G_OBJECT(handler), MODEL_KEY);
    if (!data)
        result = -EFAULT;
    else if (!m || !client_is_current(m, client))
        result = -ENODEV;
    else
        result = call_run(m, client, request, data->data);
    if (m)
        m->counters.n_refused += result < 0 && result != -EAGAIN && result != -EINVAL;
    usbemu_unlock();
    umockdev_ioctl_client_complete(client, result < 0 ? -1 : 0, -result * (result < 0));
    g_clear_object(&data);
    return TRUE;
}

/* ---- plugging ---- */

static void node_attach(struct camera_model *m, const char *node)
{
    GError *error = NULL;
    if (!umockdev_testbed_attach_ioctl(m->bus->testbed, node, m->handler, &error))
        usbemu_die("%s: %s", node, error ? error->message : "attach");
}

static void file_make(struct camera_model *m)
{
    char *path = g_strconcat(m->bus->root, m->node, NULL);
    char *link = g_strconcat(m->bus->root, m->link, NULL);
    char *dir = g_path_get_dirname(link);
    if (g_mkdir_with_parents(dir, 0755) < 0)
        usbemu_die("%s: %s", dir, strerror(errno));
    m->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (m->fd < 0 || (unlink(link), symlink(path, link)) != 0)
        usbemu_die("%s: %s", path, strerror(errno));
    g_free(dir);
    g_free(link);
    g_free(path);
}

static void file_remove(struct camera_model *m)
{
    char *path = g_strconcat(m->bus->root, m->node, NULL);
    char *link = g_strconcat(m->bus->root, m->link, NULL);
    (void)unlink(link);
    (void)unlink(path);
    g_free(link);
    g_free(path);
    close(m->fd);
    m->fd = -1;
}

void camera_model_plug(struct camera_model *m)
{
    usbemu_lock();
    bool is_new = !m->is_plugged;
    if (is_new) {
        file_make(m);
        m->is_plugged = true;
        m->plugging++;
        m->n_buffers = m->n_queued = 0;
        m->is_streaming = false;
    }
    usbemu_unlock();
}

void camera_node_lose(struct camera_model *m)
{
    if (!m->is_plugged)
        return;
    m->is_plugged = m->is_streaming = false;
    m->n_buffers = 0;
    file_remove(m);
}

void camera_model_unplug(struct camera_model *m)
{
    usbemu_lock();
    camera_node_lose(m);
    usbemu_unlock();
}

struct camera_model *camera_model_new(struct usbemu_bus *bus, const struct camera_cfg *cfg)
{
    struct camera_model *m = mem_zalloc(1, sizeof *m);
    m->bus = bus;
    m->cfg = *cfg;
    if (m->cfg.formats == 0)
        m->cfg.formats = CAMERA_YUYV | CAMERA_MJPEG;
    if (m->cfg.fps == 0)
        m->cfg.fps = 30;
    snprintf(m->node, sizeof m->node, "%s", cfg->node ? cfg->node : "/dev/video0");
    snprintf(m->link, sizeof m->link, "/dev/v4l/by-id/%s",
             cfg->by_id ? cfg->by_id : "usb-Test_Camera-video-index0");
    m->fd = -1;
    m->dice = 1;
    camera_scene_init(&m->scene, NULL, 0);
    m->handler = umockdev_ioctl_base_new();
    g_object_set_data(G_OBJECT(m->handler), MODEL_KEY, m);
    g_signal_connect(m->handler, "handle-ioctl", G_CALLBACK(on_ioctl), NULL);
    node_attach(m, m->node);
    node_attach(m, m->link);
    return m;
}

void camera_model_free(struct camera_model *m)
{
    if (!m)
        return;
    camera_model_unplug(m);
    umockdev_testbed_detach_ioctl(m->bus->testbed, m->link, NULL);
    umockdev_testbed_detach_ioctl(m->bus->testbed, m->node, NULL);
    /* an ioctl may still be under way: it finds no model */
    usbemu_lock();
    g_object_set_data(G_OBJECT(m->handler), MODEL_KEY, NULL);
    usbemu_unlock();
    g_object_unref(m->handler);
    free(m->grey);
    free(m->picture);
    free(m);
}

/* ---- orders ---- */

static int show(struct camera_model *m, const struct camera_scene *scene, uint8_t *grey, int width,
                int height)
{
    usbemu_lock();
    m->scene = *scene;
    free(m->grey);
    m->grey = grey;
    m->grey_width = width;
    m->grey_height = height;
    int rc = m->width > 0 ? camera_picture_make(m) : 0;
    usbemu_unlock();
    return rc;
}

int camera_model_show(struct camera_model *m, const struct camera_scene *scene)
{
    return show(m, scene, NULL, 0, 0);
}

void camera_model_show_grey(struct camera_model *m, const uint8_t *px, int width, int height)
{
    struct camera_scene none;
    camera_scene_init(&none, NULL, 0);
    (void)show(m, &none, mem_dup(px, (size_t)width * (size_t)height), width, height);
}

void camera_model_show_nothing(struct camera_model *m)
{
    struct camera_scene none;
    camera_scene_init(&none, NULL, 0);
    (void)show(m, &none, NULL, 0, 0);
}

void camera_model_fault(struct camera_model *m, enum camera_fault fault, int n, double probability,
                        uint64_t seed)
{
    usbemu_lock();
    m->fault = fault;
    m->n_fault = fault == CAMERA_FAULT_NONE ? 0 : n;
    m->probability = probability;
    m->dice = seed * 2 + 1;
    usbemu_unlock();
}

struct camera_counters camera_model_counters(struct camera_model *m)
{
    usbemu_lock();
    struct camera_counters c = m->counters;
    c.is_plugged = m->is_plugged;
    c.is_streaming = m->is_streaming;
    c.width = m->width;
    c.height = m->height;
    for (int i = 0; i < 4; i++)
        c.format[i] = m->fourcc ? (char)(m->fourcc >> 8 * i & 0xff) : 0;
    c.format[4] = 0;
    usbemu_unlock();
    return c;
}
