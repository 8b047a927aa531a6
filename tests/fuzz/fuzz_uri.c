/* SPDX-License-Identifier: MIT */
/* What somebody opens: a state directory, or a hyperd and its address. What it
 * is understood as means the same when it is read again. */
#include "fuzz.h"

#include "conn/uri.h"
#include "remote/remote.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	/* Also: no token is looked for in a file. */
	return setenv("HYPER_TOKEN", "secret", 1);
}

/* [new] the address as the connection tells it, or NULL. */
static char *read_address(const char *uri)
{
	struct hyp_remote remote = { .n_idle = 0 };
	const hyper_remote server = { .uri = (char *)(uintptr_t)uri };
	hyper_error *err = NULL;
	int rc = hyp_remote_parse(&remote, &server, &err);

	FUZZ_CHECK(rc == 0 || hyper_error_field(err), "%s",
		   hyper_error_message(err));
	FUZZ_CHECK(rc == 0 || rc == HYPER_ERR_INVALID || rc == HYPER_ERR_DENIED,
		   "%s", hyper_error_message(err));
	if (fuzz_end(rc, &err) != 0) {
		free(remote.conn.uri);
		remote.conn.uri = NULL;
	} else {
		FUZZ_CHECK(remote.base && remote.conn.uri, "%s", uri);
		FUZZ_CHECK(!remote.socket || *remote.socket == '/', "%s", uri);
	}
	free(remote.base);
	free(remote.socket);
	free(remote.token);
	free(remote.ca_file);
	free(remote.pin);
	free(remote.client_cert);
	return remote.conn.uri;
}

/* [new] what it means, or NULL. */
static char *read_uri(const char *uri, bool *ret_local)
{
	hyper_error *err = NULL;
	char *target = NULL;
	int rc = hyp_uri_parse(uri, ret_local, &target, &err);

	/* A path may also lead nowhere. */
	if (rc == HYPER_ERR_INVALID)
		FUZZ_CHECK(hyper_error_field(err), "%s",
			   hyper_error_message(err));
	fuzz_end(rc, &err);
	FUZZ_CHECK(!rc == !!target, "%s", uri);
	return target;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HYP_AUTOFREE char *uri = fuzz_part(&data, &size, '\0');
	HYP_AUTOFREE char *target = NULL, *again = NULL, *address = NULL;
	bool local, local_again;

	target = read_uri(uri, &local);
	if (!target)
		return 0;
	FUZZ_CHECK(local == (*target == '/'), "%s", target);
	again = read_uri(target, &local_again);
	FUZZ_CHECK(again && strcmp(again, target) == 0 && local == local_again,
		   "%s -> %s -> %s", uri, target, again);
	if (local || hyp_starts_with(target, "remote:"))
		return 0;
	address = read_address(target);
	if (!address)
		return 0;
	free(again);
	again = read_address(address);
	FUZZ_CHECK(again && strcmp(again, address) == 0, "%s -> %s -> %s", uri,
		   address, again);
	return 0;
}
