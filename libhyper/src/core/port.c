/* SPDX-License-Identifier: MIT */
/* Published ports: their list, and their text form. */
#include "core/record.h"

#include <arpa/inet.h>
#include <string.h>

#include <hyper/driver.h>

#include "util/text.h"

static void clear(hyper_port *port)
{
	union {
		const char *text;
		void *memory;
	} ip = { port->host_ip }, protocol = { port->protocol };

	free(ip.memory);
	free(protocol.memory);
}

int hyp_ports_add(struct hyp_ports *ports, const hyper_port *port)
{
	hyper_port copy = *port, *items;

	copy.host_ip = port->host_ip ? strdup(port->host_ip) : NULL;
	copy.protocol = strdup(port->protocol ? port->protocol : "tcp");
	items = realloc(ports->items, (ports->n + 1) * sizeof(*items));
	if (items)
		ports->items = items;
	if (!items || !copy.protocol || (port->host_ip && !copy.host_ip)) {
		clear(&copy);
		return -1;
	}
	items[ports->n++] = copy;
	return 0;
}

int hyp_ports_copy(struct hyp_ports *to, const struct hyp_ports *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (hyp_ports_add(to, &from->items[i])) {
			hyp_ports_free(to);
			return -1;
		}
	return 0;
}

bool hyp_ports_equal(const struct hyp_ports *a, const struct hyp_ports *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const hyper_port *p = &a->items[i], *q = &b->items[i];

		if (p->host_port != q->host_port ||
		    p->guest_port != q->guest_port ||
		    strcmp(p->protocol, q->protocol) != 0 ||
		    strcmp(p->host_ip ? p->host_ip : "",
			   q->host_ip ? q->host_ip : "") != 0)
			return false;
	}
	return true;
}

void hyp_ports_free(struct hyp_ports *ports)
{
	for (size_t i = 0; i < ports->n; i++)
		clear(&ports->items[i]);
	free(ports->items);
	*ports = (struct hyp_ports){ 0 };
}

static int bad_port(const char *text, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_INVALID, "ports",
			       "port '%s': must be [[HOST_IP:]HOST_PORT:]"
			       "GUEST_PORT[/tcp|/udp]",
			       text);
}

static int parse_number(const char *text, uint64_t least, uint16_t *ret)
{
	uint64_t number;

	if (hyp_parse_uint(text, UINT16_MAX, &number) || number < least)
		return -1;
	*ret = (uint16_t)number;
	return 0;
}

/* Cut "ADDRESS" or "[ADDRESS]" down to what inet_pton() takes; NULL: none. */
static const char *parse_ip(char *text)
{
	unsigned char parsed[sizeof(struct in6_addr)];
	size_t len = strlen(text);
	int family = AF_INET;

	if (text[0] == '[') {
		if (text[len - 1] != ']')
			return NULL;
		text[len - 1] = '\0';
		text++;
		family = AF_INET6;
	}
	return inet_pton(family, text, parsed) == 1 ? text : NULL;
}

int hyper_machine_add_port(hyper_machine *machine, const char *text,
			   hyper_error **err)
{
	HYP_AUTOFREE char *copy = text ? strdup(text) : NULL;
	hyper_port port = { .protocol = "tcp" };
	char *slash, *colon;

	if (!text)
		return bad_port("", err);
	if (!copy)
		return hyp_nomem(err);
	slash = strchr(copy, '/');
	if (slash) {
		*slash = '\0';
		port.protocol = slash + 1;
		if (strcmp(port.protocol, "tcp") != 0 &&
		    strcmp(port.protocol, "udp") != 0)
			return bad_port(text, err);
	}
	colon = strrchr(copy, ':');
	if (parse_number(colon ? colon + 1 : copy, 1, &port.guest_port))
		return bad_port(text, err);
	if (colon) {
		*colon = '\0';
		colon = strrchr(copy, ':');
		if (parse_number(colon ? colon + 1 : copy, 0, &port.host_port))
			return bad_port(text, err);
		if (colon) {
			*colon = '\0';
			port.host_ip = parse_ip(copy);
			if (!port.host_ip)
				return bad_port(text, err);
		}
	}
	return hyper_machine_saw_port(machine, &port, err);
}
