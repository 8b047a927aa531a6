/* SPDX-License-Identifier: MIT */
/*
 * list [URI]: which drivers, images and machines there are.
 */
#include <hyper/hyper.h>
#include <stdio.h>

static int fail(const hyper_error *err)
{
	fprintf(stderr, "list: %s\n", hyper_error_message(err));
	return 1;
}

static void show_drivers(const hyper_drivers *drivers)
{
	const hyper_driver_info *driver;
	const char *what;

	for (size_t i = 0; (driver = hyper_drivers_at(drivers, i)); i++) {
		what = hyper_driver_info_available(driver)
			       ? hyper_driver_info_engine(driver)
			       : hyper_driver_info_reason(driver);
		printf("driver %s: %s\n", hyper_driver_info_name(driver),
		       what ? what : "ready");
	}
}

static void show_images(const hyper_images *images)
{
	const hyper_image *image;

	for (size_t i = 0; (image = hyper_images_at(images, i)); i++)
		printf("image %s (%s)\n", hyper_image_name(image),
		       hyper_image_type(image));
}

static void show_machines(const hyper_machines *machines)
{
	const hyper_machine *machine;

	for (size_t i = 0; (machine = hyper_machines_at(machines, i)); i++)
		printf("machine %s: %s from %s, %s\n",
		       hyper_machine_id(machine), hyper_machine_type(machine),
		       hyper_machine_image(machine),
		       hyper_state_name(hyper_machine_state(machine)));
}

int main(int argc, char **argv)
{
	const char *uri = argc > 1 ? argv[1] : NULL;
	hyper_conn *conn = NULL;
	hyper_drivers *drivers = NULL;
	hyper_images *images = NULL;
	hyper_machines *machines = NULL;
	hyper_error *err = NULL;
	int status = 0;

	if (hyper_open(uri, 0, &conn, &err) ||
	    hyper_driver_list(conn, 0, &drivers, &err) ||
	    hyper_image_list(conn, NULL, 0, &images, &err) ||
	    hyper_machine_list(conn, NULL, 0, &machines, &err)) {
		status = fail(err);
	} else {
		show_drivers(drivers);
		show_images(images);
		show_machines(machines);
	}

	hyper_machines_free(machines);
	hyper_images_free(images);
	hyper_drivers_free(drivers);
	hyper_close(conn);
	hyper_error_free(err);
	return status;
}
