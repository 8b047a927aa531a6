/* SPDX-License-Identifier: MIT */
/*
 * life_libvirt URI XML IMAGE DISK: the same life of a VM by libvirt and
 * qemu-img alone. XML is a file: the domain, with DISK as its disk; DISK
 * becomes an overlay on IMAGE.
 */
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

extern char **environ;

static void *events(void *unused)
{
	(void)unused;
	while (virEventRunDefaultImpl() == 0)
		;
	return NULL;
}

static void make_disk(char *image, char *disk)
{
	char *argv[] = { "qemu-img", "create", "-q",	"-f", "qcow2", "-b",
			 image,	     "-F",     "qcow2", disk, NULL };
	int status = -1;
	pid_t pid;

	need(posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) == 0 &&
		     waitpid(pid, &status, 0) == pid && status == 0,
	     "run qemu-img");
}

int main(int argc, char **argv)
{
	static char xml[65536];
	virConnectPtr conn;
	virDomainPtr domain;
	pthread_t thread;
	FILE *file;

	need(argc == 5, "run: life_libvirt URI XML IMAGE DISK");
	file = fopen(argv[2], "r");
	need(file && fread(xml, 1, sizeof(xml) - 1, file) > 0, "read the XML");
	fclose(file);
	/* Embedded libvirt wants an event loop. */
	need(virEventRegisterDefaultImpl() == 0 &&
		     pthread_create(&thread, NULL, events, NULL) == 0,
	     "make an event loop");
	conn = virConnectOpen(argv[1]);
	need(conn, "open libvirt");
	while (next_round()) {
		double begin = now_us(), then;

		make_disk(argv[3], argv[4]);
		domain = virDomainDefineXML(conn, xml);
		need(domain, "define");
		then = took("add", begin);
		need(virDomainCreate(domain) == 0, "start");
		then = took("start", then);
		need(virDomainDestroy(domain) == 0, "stop");
		then = took("stop", then);
		need(virDomainUndefine(domain) == 0 && unlink(argv[4]) == 0,
		     "remove");
		took("rm", then);
		took("all", begin);
		virDomainFree(domain);
	}
	virConnectClose(conn);
	return 0;
}
