/* SPDX-License-Identifier: MIT */
/*
 * What embedded libvirt needs before it is opened: directories, and a
 * qemu.conf that suits a process which is no daemon. It is written once, when
 * there is none, and belongs to the user from then on.
 */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lv.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/proc.h"
#include "util/time.h"

#define KVM "/dev/kvm"
/* The longest of the sockets that libvirt makes below the root. */
#define SOCKET_TAIL "/lib/qemu/domain-99999-12345678901234567890/monitor.sock"
#define GROUPS_MAX  64
/* How long to wait for threads of libvirt's own, ms. */
#define SETTLE_LIMIT 1500

/* Whom libvirt runs QEMU as, for root, on Debian; on Fedora and SUSE. */
static const char *const qemu_users[] = { "libvirt-qemu", "qemu" };

struct user {
	const char *name;
	uid_t uid;
	gid_t groups[GROUPS_MAX];
	int n;
};

static bool find_user(struct user *user)
{
	char text[4096];
	struct passwd pw, *found;

	for (size_t i = 0; i < HYP_COUNT(qemu_users); i++) {
		if (getpwnam_r(qemu_users[i], &pw, text, sizeof(text),
			       &found) ||
		    !found)
			continue;
		user->name = qemu_users[i];
		user->uid = pw.pw_uid;
		user->n = GROUPS_MAX;
		return getgrouplist(user->name, pw.pw_gid, user->groups,
				    &user->n) >= 0;
	}
	return false;
}

/* May the user do what the bits (of rwx) say? By mode alone. */
static bool may(const struct user *user, const char *path, mode_t bits)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return true; /* not there: nothing to fail at */
	if (st.st_uid == user->uid)
		return (st.st_mode >> 6 & bits) == bits;
	for (int i = 0; i < user->n; i++)
		if (st.st_gid == user->groups[i])
			return (st.st_mode >> 3 & bits) == bits;
	return (st.st_mode & bits) == bits;
}

/* The first directory on the way to path that the user may not enter: cuts
 * path short; NULL when all are open. */
static const char *closed_at(const struct user *user, char *path)
{
	for (char *p = path + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		if (!may(user, path, 1))
			return path;
	}
	return may(user, path, 1) ? NULL : path;
}

static int choose_user(const struct hyp_lv *lv, struct hyp_buf *conf,
		       hyper_error **err)
{
	const char *dirs[] = { lv->root, lv->machines, lv->images };
	struct user user = { 0 };

	if (geteuid() || !find_user(&user))
		return 0;
	if (!may(&user, KVM, 6)) {
		hyp_buf_addf(conf,
			     "\n# User %s may not use " KVM ", and libvirt "
			     "would ask QEMU\n# again and again why that is: "
			     "10 s and more for each machine.\n",
			     user.name);
		goto root;
	}
	for (size_t i = 0; i < HYP_COUNT(dirs); i++) {
		HYP_AUTOFREE char *path = strdup(dirs[i]);

		if (!path)
			return hyp_lv_nomem(err);
		if (!closed_at(&user, path))
			continue;
		hyp_buf_addf(conf, "\n# User %s may not enter %s.\n", user.name,
			     path);
		goto root;
	}
	return 0;
root:
	hyp_buf_adds(conf, "user = \"root\"\ngroup = \"root\"\n");
	hyper_log(HYPER_LOG_WARNING,
		  "libvirt: QEMU will run as root; %s/etc/qemu.conf says why",
		  lv->root);
	return 0;
}

static int write_conf(const struct hyp_lv *lv, const char *file,
		      hyper_error **err)
{
	HYP_AUTOBUF conf = HYP_BUF_INIT;
	int r;

	hyp_buf_adds(&conf,
		     "# Written once by hyper; change it as you like. All "
		     "settings:\n"
		     "# https://gitlab.com/libvirt/libvirt/-/blob/master/src/"
		     "qemu/qemu.conf.in\n"
		     "\n# QEMU writes its log itself: no virtlogd is needed.\n"
		     "stdio_handler = \"file\"\n");
	r = choose_user(lv, &conf, err);
	if (r)
		return r;
	if (conf.failed)
		return hyp_lv_nomem(err);
	if (hyp_write_file(file, conf.data, conf.len, 0644) < 0)
		return hyp_lv_errno(err, "cannot write %s", file);
	return 0;
}

int hyp_lv_embed_prepare(const struct hyp_lv *lv, hyper_error **err)
{
	size_t room = sizeof(((struct sockaddr_un *)0)->sun_path) -
		      sizeof(SOCKET_TAIL);
	HYP_AUTOFREE char *etc = hyp_path_join(lv->root, "etc");
	HYP_AUTOFREE char *file = hyp_path_join(lv->root, "etc/qemu.conf");

	if (!etc || !file)
		return hyp_lv_nomem(err);
	if (strlen(lv->root) > room)
		return hyper_error_set(err, HYPER_ERR_INVALID, "uri",
				       "the path %s is too long for QEMU's "
				       "sockets: at most %zu bytes",
				       lv->root, room);
	if (hyp_mkdir_p(etc, 0755) < 0)
		return hyp_lv_errno(err, "cannot make %s", etc);
	return access(file, F_OK) == 0 ? 0 : write_conf(lv, file, err);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

/* [new] names the time for which process ids mean the same. */
static char *pid_space(void)
{
	struct hyp_proc_id self;
	char ns[64];
	ssize_t len = readlink("/proc/self/ns/pid", ns, sizeof(ns));
	char *text;

	if (len < 0 || hyp_proc_self(&self) < 0 ||
	    asprintf(&text, "%s %.*s\n", self.boot, (int)len, ns) < 0)
		return NULL;
	return text;
}

int hyp_lv_embed_new_boot(const struct hyp_lv *lv, hyper_error **err)
{
	HYP_AUTOFREE char *file = hyp_path_join(lv->root, "boot");
	HYP_AUTOFREE char *run = hyp_path_join(lv->root, "run");
	HYP_AUTOFREE char *now = pid_space();
	HYP_AUTOFREE char *last = NULL;

	if (!file || !run || !now)
		return hyp_lv_errno(err, "cannot tell which boot this is");
	last = hyp_read_file(file, PATH_MAX, NULL);
	if (last && strcmp(last, now) == 0)
		return 0;
	if (last && nftw(run, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0 &&
	    errno != ENOENT)
		return hyp_lv_errno(err, "cannot clear %s", run);
	if (hyp_write_file(file, now, strlen(now), 0644) < 0)
		return hyp_lv_errno(err, "cannot write %s", file);
	return 0;
}

static bool is_reconnecting(void)
{
	struct dirent *entry;
	bool found = false;
	DIR *dir = opendir("/proc/self/task");

	while (dir && !found && (entry = readdir(dir)) != NULL) {
		HYP_AUTOFREE char *path = NULL, *name = NULL;

		if (asprintf(&path, "/proc/self/task/%s/comm", entry->d_name) <
		    0)
			path = NULL;
		else
			name = hyp_read_file(path, 64, NULL);
		found = name && strncmp(name, "init-", 5) == 0;
	}
	if (dir)
		closedir(dir);
	return found;
}

/*
 * Libvirt's QEMU driver meets the guests that run already on threads of its
 * own, "init-NAME" (qemuProcessReconnectHelper), which nobody can join. A
 * program that asks one thing and exits would run the destructors of their
 * libraries under them, and crash.
 */
void hyp_lv_embed_settle(void)
{
	int64_t until = hyp_mono_ms() + SETTLE_LIMIT;

	while (is_reconnecting() && hyp_mono_ms() < until)
		hyp_sleep_ms(5);
}
