/* SPDX-License-Identifier: MIT */
/* Which drivers are there, and which of them can be used? */
#include <hyper/hyper.h>
#include <stdio.h>

static void show(const hyper_driver_info *driver)
{
	const char *word = hyper_driver_info_version(driver);

	printf("%s %s", hyper_driver_info_name(driver),
	       word ? word : "of no version");
	for (size_t i = 0; (word = hyper_driver_info_kind(driver, i));
	     i++)
		printf(" %s", word);
	printf(":");
	for (size_t i = 0;
	     (word = hyper_driver_info_feature(driver, i)); i++)
		printf(" %s", word);
	if (hyper_driver_info_available(driver))
		printf("; on %s\n", hyper_driver_info_engine(driver));
	else
		printf("; not available: %s (%s)\n",
		       hyper_driver_info_reason(driver),
		       hyper_driver_info_file(driver));
}

static int list(hyper_conn *conn, hyper_error **err)
{
	hyper_drivers *drivers = NULL;
	char *json = NULL;
	int failed = hyper_driver_list(conn, 0, &drivers, err) ||
		     hyper_drivers_to_json(drivers, 0, &json, err);

	if (!failed) {
		for (size_t i = 0; i < hyper_drivers_count(drivers);
		     i++)
			show(hyper_drivers_at(drivers, i));
		fprintf(stderr, "%s\n", json);
	}
	hyper_free(json);
	hyper_drivers_free(drivers);
	return failed;
}

/* driver_list [URI] */
int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int failed =
		hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) ||
		list(conn, &err);

	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_error_free(err);
	hyper_close(conn);
	return failed;
}
