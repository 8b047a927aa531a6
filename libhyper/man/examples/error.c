/* SPDX-License-Identifier: MIT */
/* Report errors, and tell of those that the library reports. */
#include <hyper/hyper.h>
#include <stdio.h>

/* An error in full: what, whose, about which field, and why. */
static void tell(const hyper_error *err)
{
	const char *driver = hyper_error_driver(err);
	const char *field = hyper_error_field(err);
	const char *request = hyper_error_request_id(err);

	printf("%s: %s\n", hyper_code_name(hyper_error_code(err)),
	       hyper_error_message(err));
	if (field)
		printf("\tfield %s\n", field);
	if (driver)
		printf("\tdriver %s\n", driver);
	if (request) /* the server's log knows more */
		printf("\trequest %s\n", request);
	if (hyper_error_cause(err)) {
		printf("\tbecause of\n");
		tell(hyper_error_cause(err));
	}
}

/* A function of one's own that fails as those of the library do. */
static int check_port(long port, hyper_error **err)
{
	if (port < 1 || port > 65535)
		return hyper_error_set(
			err, HYPER_ERR_INVALID, "port",
			"port is %ld: must be 1 to 65535", port);
	return 0;
}

/* One that adds what it was about; the first error becomes the cause.
 */
static int serve(long port, hyper_error **err)
{
	if (check_port(port, err))
		return hyper_error_wrap(err, HYPER_ERR_STATE, NULL,
					"the service does not start");
	return 0;
}

/* What an HTTP server would answer. */
static int answer(const hyper_error *err)
{
	int code = hyper_error_code(err);
	char *json = NULL;

	if (hyper_error_to_json(err, 0, &json))
		return 1;
	printf("HTTP %d %s\n%s\n", hyper_code_http_status(code),
	       hyper_code_slug(code), json);
	hyper_free(json);
	return 0;
}

int main(void)
{
	hyper_error *err = NULL, *kept;
	int failed;

	serve(70000, &err);
	tell(err);

	/* The copy stays when the error is freed or replaced. */
	kept = hyper_error_copy(err);
	hyper_error_free(err);
	failed = !kept || answer(kept);
	hyper_error_free(kept);
	return failed;
}
