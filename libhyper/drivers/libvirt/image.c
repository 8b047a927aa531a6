/* SPDX-License-Identifier: MIT */
/* Images: <images>/NAME.qcow2. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lv.h"
#define SUFFIX	".qcow2"
#define LONGEST 200 /* with dots, suffixes and such it fits a file name */

static bool valid_name(const char *name)
{
	size_t len = strlen(name);

	return len && len <= LONGEST && isalnum((unsigned char)name[0]) &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789._+-") == len;
}

int hyp_lv_image_path(const struct hyp_lv *lv, const char *name,
		      char **ret_path, hyper_error **err)
{
	if (!valid_name(name))
		return hyper_error_set(err, HYPER_ERR_INVALID, "image",
				       "image is \"%s\": must begin with a "
				       "letter or digit and have only these, "
				       ". _ + and -; at most %d",
				       name, LONGEST);
	if (asprintf(ret_path, "%s/%s" SUFFIX, lv->images, name) >= 0)
		return 0;
	*ret_path = NULL;
	return hyp_lv_nomem(err);
}

static int64_t mtime_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

int hyp_lv_image_find(const struct hyp_lv *lv, const char *name,
		      struct hyp_lv_image *ret_image, hyper_error **err)
{
	HYP_LV_AUTOIMAGE image = { 0 };
	HYP_AUTOCLOSE int fd = -1;
	struct stat st;
	int r;

	r = hyp_lv_image_path(lv, name, &image.file, err);
	if (r)
		return r;
	image.name = strdup(name);
	if (!image.name)
		return hyp_lv_nomem(err);
	fd = open(image.file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "image",
				       "no image \"%s\": there is no %s", name,
				       image.file);
	if (fd < 0 && errno != ELOOP)
		return hyp_lv_errno(err, "cannot open %s", image.file);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return hyper_error_set(err, HYPER_ERR_INVALID, "image",
				       "%s is not a regular file", image.file);
	r = hyp_lv_qcow2_check(fd, image.file, err);
	if (r < 0)
		return r;
	if (r == 0)
		return hyper_error_set(err, HYPER_ERR_INVALID, "image",
				       "%s is not in the format qcow2",
				       image.file);
	image.size = (uint64_t)st.st_size;
	image.mtime = mtime_ns(&st);
	*ret_image = image;
	memset(&image, 0, sizeof(image));
	return 0;
}

int hyp_lv_image_check(const struct hyp_lv_image *image, hyper_error **err)
{
	struct stat st;

	if (stat(image->file, &st) < 0)
		return hyper_error_set(err, HYPER_ERR_STATE, "image",
				       "the machine's base image %s cannot be "
				       "used: %m",
				       image->file);
	if ((uint64_t)st.st_size == image->size &&
	    mtime_ns(&st) == image->mtime)
		return 0;
	return hyper_error_set(
		err, HYPER_ERR_STATE, "image",
		"the base image %s has changed since the machine "
		"was made from it: put the old file back, with "
		"its time",
		image->file);
}

void hyp_lv_image_free(struct hyp_lv_image *image)
{
	free(image->name);
	free(image->file);
}

static int found(hyper_call *call, int dir, const char *file, const char *only,
		 hyper_error **err)
{
	size_t len = strlen(file), tail = strlen(SUFFIX);
	HYP_AUTOFREE char *name = NULL;
	struct stat st;

	if (len <= tail || strcmp(file + len - tail, SUFFIX) != 0)
		return 0;
	name = strndup(file, len - tail);
	if (!name)
		return hyp_lv_nomem(err);
	if (!valid_name(name) || (only && strcmp(name, only) != 0) ||
	    fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	return hyper_call_found_image(call, name, NULL, "qcow2",
				      (uint64_t)st.st_blocks * 512,
				      mtime_ns(&st) / 1000000, err);
}

int hyp_lv_image_list(void *self, hyper_call *call, const char *name,
		      hyper_error **err)
{
	struct hyp_lv *lv = self;
	struct dirent *entry;
	DIR *dir = opendir(lv->images);
	int r = 0;

	if (!dir)
		return errno == ENOENT ? 0
				       : hyp_lv_errno(err, "cannot read %s",
						      lv->images);
	while (!r && (entry = readdir(dir))) {
		r = hyper_call_check(call, err);
		hyp_lv_import_tidy(dirfd(dir), entry->d_name);
		if (!r)
			r = found(call, dirfd(dir), entry->d_name, name, err);
	}
	closedir(dir);
	return r;
}

/* Does a domain use the file, as a disk or as the base of one? */
static bool uses(virDomainPtr domain, const char *file)
{
	HYP_AUTOFREE char *xml = virDomainGetXMLDesc(domain, 0);
	HYP_LV_AUTOMARK mark = { 0 };
	HYP_LV_AUTODOC doc = NULL;
	xmlNodePtr node;

	if (hyp_lv_mark_read(domain, &mark, NULL) == 1 && mark.overlay &&
	    strcmp(mark.image.file, file) == 0)
		return true;
	doc = xml ? hyp_lv_xml_parse(xml) : NULL;
	node = doc ? hyp_lv_xml_child(xmlDocGetRootElement(doc), "devices")
		   : NULL;
	node = node ? hyp_lv_xml_child(node, "disk") : NULL;
	for (; node; node = hyp_lv_xml_next(node->next, "disk")) {
		xmlNodePtr source = hyp_lv_xml_child(node, "source");

		if (source && hyp_lv_xml_attr_is(source, "file", file))
			return true;
	}
	return false;
}

/* Other instances of hyper, and virsh, may use the image too. */
static int check_unused(virConnectPtr conn, const char *name, const char *file,
			hyper_error **err)
{
	virDomainPtr *domains = NULL;
	int n = virConnectListAllDomains(conn, &domains, 0), r = 0;

	if (n < 0)
		return hyp_lv_error(err, "cannot list the domains");
	for (int i = 0; i < n; i++) {
		if (!r && uses(domains[i], file))
			r = hyper_error_set(err, HYPER_ERR_BUSY, "image",
					    "image \"%s\" is used by domain %s",
					    name, virDomainGetName(domains[i]));
		virDomainFree(domains[i]);
	}
	free(domains);
	return r;
}

/* [new] the file of an image that may go. */
static int find_unused(struct hyp_lv *lv, hyper_call *call, const char *name,
		       char **ret_path, hyper_error **err)
{
	HYP_LV_AUTOCONN conn = NULL;
	struct stat st;
	int r;

	r = hyp_lv_image_path(lv, name, ret_path, err);
	if (r)
		return r;
	if (lstat(*ret_path, &st) < 0 || !S_ISREG(st.st_mode))
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "image",
				       "no image \"%s\": there is no %s", name,
				       *ret_path);
	r = hyp_lv_connect(lv, call, &conn, err);
	return r ? r : check_unused(conn, name, *ret_path, err);
}

int hyp_lv_image_remove(void *self, hyper_call *call, const char *name,
			hyper_error **err)
{
	HYP_AUTOFREE char *path = NULL;
	int r = find_unused(self, call, name, &path, err);

	if (!r && unlink(path) < 0)
		r = hyp_lv_errno(err, "cannot delete %s", path);
	return r;
}

int hyp_lv_plan_image_remove(struct hyp_lv *lv, hyper_call *call,
			     const char *name, hyper_error **err)
{
	HYP_AUTOFREE char *path = NULL;
	int r = find_unused(lv, call, name, &path, err);

	return r ? r : hyper_call_plan(call, err, "delete %s", path);
}
