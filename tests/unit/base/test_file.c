/* SPDX-License-Identifier: Apache-2.0 */
/* base/file: whole or not at all, errors a person can act on, and where a folder lies. */
#define _DEFAULT_SOURCE /* mkdtemp, symlink */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cunit_main.h"

static char dir[] = "/tmp/yj-file-XXXXXX";

static const char *in_dir(const char *name)
{
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % YJ_COUNT(paths)];
    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

static void holds(const char *path, const char *want)
{
    YJ_CLEANUP(cleanup_free) char *got = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL_FATAL(mem_read_file(path, 1 << 20, &got, &n, NULL), 0);
    CU_ASSERT(n == strlen(want) && strcmp(got, want) == 0);
}

static bool is_there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static void a_file_is_put_and_replaced(void)
{
    const char *path = in_dir("one");
    struct stat st;
    CU_ASSERT_EQUAL(file_put(path, "old", 3, 0640, 0, NULL), 0);
    holds(path, "old");
    CU_ASSERT(stat(path, &st) == 0 && (st.st_mode & 07777) == 0640);
    CU_ASSERT_EQUAL(file_put(path, "newer", 5, 0600, 0, NULL), 0);
    holds(path, "newer");
    CU_ASSERT(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
    CU_ASSERT_EQUAL(file_put(path, "", 0, 0600, 0, NULL), 0);
    holds(path, "");
    CU_ASSERT_FALSE(is_there(in_dir("one.new")));
}

static void what_a_cut_left_is_in_nobodys_way(void)
{
    const char *path = in_dir("cut");
    CU_ASSERT_EQUAL(file_put(in_dir("cut.new"), "half", 4, 0600, 0, NULL), 0);
    CU_ASSERT_EQUAL(file_put(path, "whole", 5, 0600, 0, NULL), 0);
    holds(path, "whole");
    CU_ASSERT_FALSE(is_there(in_dir("cut.new")));
}

static void a_new_file_replaces_none(void)
{
    const char *path = in_dir("key");
    struct err err = {0};
    CU_ASSERT_EQUAL(file_put(path, "first", 5, 0600, FILE_NEW, &err), 0);
    CU_ASSERT_EQUAL(file_put(path, "second", 6, 0600, FILE_NEW, &err), ERR_EXISTS);
    holds(path, "first");
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, path));
    CU_ASSERT_FALSE(is_there(in_dir("key.new")));
}

/* Neither the file nor what lies beside it leads anywhere else. */
static void links_are_not_followed(void)
{
    const char *path = in_dir("link"), *target = in_dir("target");
    struct stat st;
    CU_ASSERT_EQUAL(file_put(target, "mine", 4, 0600, 0, NULL), 0);
    CU_ASSERT_EQUAL(symlink(target, path), 0);
    CU_ASSERT_EQUAL(symlink(target, in_dir("link.new")), 0);
    CU_ASSERT_EQUAL(file_put(path, "other", 5, 0600, 0, NULL), 0);
    CU_ASSERT(lstat(path, &st) == 0 && S_ISREG(st.st_mode));
    holds(path, "other");
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(symlink(target, path), 0);
    CU_ASSERT_EQUAL(file_make_at(AT_FDCWD, path, "third", 5, 0600, NULL), 0);
    holds(path, "third");
    holds(target, "mine");
}

static void errors_name_file_and_reason(void)
{
    const char *path = in_dir("nowhere/file");
    char longer[300];
    struct err err = {0};
    CU_ASSERT_EQUAL(file_put(path, "x", 1, 0600, 0, &err), ERR_IO);
    CU_ASSERT(strstr(err.msg, path) && strstr(err.msg, strerror(ENOENT)));
    CU_ASSERT_EQUAL(file_put(in_dir(""), "x", 1, 0600, 0, &err), ERR_INVALID);
    CU_ASSERT_EQUAL(file_put(in_dir(".."), "x", 1, 0600, 0, &err), ERR_INVALID);
    memset(longer, 'n', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    CU_ASSERT_EQUAL(file_put(longer, "x", 1, 0600, 0, &err), ERR_INVALID);
    CU_ASSERT_EQUAL(mkdir(in_dir("folder"), 0700), 0);
    CU_ASSERT_EQUAL(file_put(in_dir("folder"), "x", 1, 0600, 0, &err), ERR_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, strerror(EISDIR)));
    CU_ASSERT_FALSE(is_there(in_dir("folder.new")));
    errno = EROFS;
    CU_ASSERT_EQUAL(file_fail(&err, "stick"), ERR_DENIED);
    CU_ASSERT_STRING_EQUAL(err.msg, "stick: Read-only file system");
    errno = EDQUOT;
    CU_ASSERT_EQUAL(file_fail(NULL, "stick"), ERR_STORE_FULL);
    CU_ASSERT_EQUAL(file_flush_folder_of(path), -1);
    CU_ASSERT_EQUAL(file_flush_folder_of(in_dir("folder//")), 0);
    CU_ASSERT_EQUAL(file_flush_folder_of("/"), 0);
    CU_ASSERT_EQUAL(file_flush_folder_of("here"), 0);
}

/* No room, in the middle of the bytes: the old file stays, nothing lies beside it. In a child,
 * because a limit cannot be taken back. */
static void a_full_disk_leaves_the_old_file(void)
{
    static char big[64 * 1024];
    const char *path = in_dir("kept"), *made = in_dir("made");
    CU_ASSERT_EQUAL(file_put(path, "old", 3, 0600, 0, NULL), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {4096, 4096};
        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
            _exit(2);
        bool is_told = file_put(path, big, sizeof big, 0600, 0, NULL) == ERR_STORE_FULL &&
                       file_make_at(AT_FDCWD, made, big, sizeof big, 0600, NULL) == ERR_STORE_FULL;
        _exit(is_told ? 0 : 1);
    }
    int status = -1;
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT_EQUAL(status, 0);
    holds(path, "old");
    CU_ASSERT_FALSE(is_there(in_dir("kept.new")));
    CU_ASSERT_FALSE(is_there(made));
}

static void roots_file_belongs_to_the_folders_owner(void)
{
    struct stat st;
    CU_ASSERT_EQUAL(mkdir(in_dir("given"), 0755), 0);
    uid_t owner = geteuid() == 0 ? 4301 : geteuid();
    gid_t group = geteuid() == 0 ? 4302 : getegid();
    CU_ASSERT_EQUAL(chown(in_dir("given"), owner, group), 0);
    CU_ASSERT_EQUAL(file_put(in_dir("given/a"), "a", 1, 0600, FILE_OF_FOLDER, NULL), 0);
    CU_ASSERT(stat(in_dir("given/a"), &st) == 0 && st.st_uid == owner && st.st_gid == group);
    CU_ASSERT_EQUAL(file_put(in_dir("given/b"), "b", 1, 0600, 0, NULL), 0);
    CU_ASSERT(stat(in_dir("given/b"), &st) == 0 && st.st_uid == geteuid());
}

static void a_file_is_read_whole(void)
{
    YJ_CLEANUP(cleanup_free) char *got = NULL;
    YJ_CLEANUP(cleanup_free) char *big = mem_zalloc(100001, 1);
    struct err err = {0};
    size_t n = 0;
    memset(big, 'b', 100000);
    CU_ASSERT_EQUAL(file_put(in_dir("big"), big, 100000, 0600, 0, NULL), 0);
    CU_ASSERT_EQUAL(mem_read_file(in_dir("big"), 99999, &got, &n, &err), ERR_TOO_BIG);
    CU_ASSERT_EQUAL_FATAL(mem_read_file(in_dir("big"), 100000, &got, &n, &err), 0);
    CU_ASSERT(n == 100000 && strcmp(got, big) == 0);
    CU_ASSERT_EQUAL(mem_read_file(in_dir("nothing"), 10, &got, &n, &err), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(mem_read_file(dir, 10, &got, &n, &err), ERR_IO);
    CU_ASSERT_EQUAL(mkfifo(in_dir("pipe"), 0600), 0);
    CU_ASSERT_EQUAL(mem_read_file(in_dir("pipe"), 10, &got, &n, &err), ERR_IO); /* at once */
}

/* The kernel names no size for these. */
static void a_file_of_proc_is_read_whole(void)
{
    static const char path[] = "/proc/self/maps";
    char *got = NULL;
    struct err err = {0};
    size_t n = 0;
    if (access(path, R_OK) != 0)
        return;
    CU_ASSERT_EQUAL_FATAL(mem_read_file(path, 1 << 20, &got, &n, &err), 0);
    CU_ASSERT(n > 1024 && n == strlen(got) && got[n - 1] == '\n');
    free(got);
    CU_ASSERT_EQUAL(mem_read_file(path, 100, &got, &n, &err), ERR_TOO_BIG);
}

static bool is_inside_by_inode(const char *path, const char *folder)
{
    YJ_CLEANUP(cleanup_close) int a = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    YJ_CLEANUP(cleanup_close) int b = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CU_ASSERT_FATAL(a >= 0 && b >= 0);
    return file_is_inside_at(a, b);
}

static void a_folder_is_found_inside_another(void)
{
    char text[300];
    CU_ASSERT(mkdir(in_dir("data"), 0700) == 0 && mkdir(in_dir("data/below"), 0700) == 0 &&
              mkdir(in_dir("data2"), 0700) == 0 && symlink("data", in_dir("to_data")) == 0 &&
              symlink("data/below", in_dir("to_below")) == 0 &&
              symlink("../data2", in_dir("data/out")) == 0);
    static const struct {
        const char *path;
        bool is_inside;
    } seen[] = {{"data", true},           {"data/", true},          {"data//below/.", true},
                {"data/../data", true},   {"data2/../data/", true}, {"to_data", true},
                {"to_below", true},       {"to_below/..", true},    {"data2", false},
                {"data/out", false},      {"data/..", false},       {"data/out/../data/", true},
                {"to_below/../..", false}};
    for (size_t i = 0; i < YJ_COUNT(seen); i++) {
        CU_ASSERT_EQUAL(file_is_inside(in_dir(seen[i].path), in_dir("data")), seen[i].is_inside);
        CU_ASSERT_EQUAL(file_is_inside(in_dir(seen[i].path), in_dir("to_data/")),
                        seen[i].is_inside);
        CU_ASSERT_EQUAL(is_inside_by_inode(in_dir(seen[i].path), in_dir("to_data")),
                        seen[i].is_inside);
    }
    /* What does not exist yet is judged by its words behind what does. */
    CU_ASSERT_TRUE(file_is_inside(in_dir("to_below/new/folder"), in_dir("data")));
    CU_ASSERT_TRUE(file_is_inside(in_dir("new/../data/new"), in_dir("data")));
    CU_ASSERT_FALSE(file_is_inside(in_dir("data/new/../../other"), in_dir("data")));
    CU_ASSERT_TRUE(file_is_inside("/", "/"));
    CU_ASSERT_TRUE(file_is_inside(dir, "/"));
    CU_ASSERT_FALSE(file_is_inside("/", dir));
    CU_ASSERT_FALSE(file_is_inside("/..", dir));
    CU_ASSERT_TRUE(file_is_inside("here", "."));
    CU_ASSERT_FALSE(file_is_inside("here", dir));
    memset(text, 'n', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    CU_ASSERT_FALSE(file_is_inside(text, "."));
}

static CU_TestInfo cases[] = {
    {"a file is put and replaced", a_file_is_put_and_replaced},
    {"what a cut left is in nobody's way", what_a_cut_left_is_in_nobodys_way},
    {"a new file replaces none", a_new_file_replaces_none},
    {"links are not followed", links_are_not_followed},
    {"errors name file and reason", errors_name_file_and_reason},
    {"a full disk leaves the old file", a_full_disk_leaves_the_old_file},
    {"root's file belongs to the folder's owner", roots_file_belongs_to_the_folders_owner},
    {"a file is read whole", a_file_is_read_whole},
    {"a file of /proc is read whole", a_file_of_proc_is_read_whole},
    {"a folder is found inside another", a_folder_is_found_inside_another},
    CU_TEST_INFO_NULL};

int main(void)
{
    char command[64];
    if (!mkdtemp(dir))
        return 1;
    int rc = cunit_run("base.file", cases);
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command) == 0 ? rc : 1;
}
