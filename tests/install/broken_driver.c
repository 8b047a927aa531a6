/* SPDX-License-Identifier: MIT */
/*
 * Drivers that the loader must refuse; -DCASE=N says which:
 * 1 another ABI, 2 does not want this host, 3 not complete, 4 no entry.
 */
#include <hyper/driver.h>

#if CASE == 4
HYPER_API int nothing(void);
HYPER_API int nothing(void)
{
	return 0;
}
#else
HYPER_DRIVER_ENTRY
{
	static const hyper_driver driver = {
		.abi = CASE == 1 ? 99 : HYPER_DRIVER_ABI,
		.size = sizeof(driver),
		.name = "broken",
		.version = "1",
	};

	return CASE == 2 && host_abi ? NULL : &driver;
}
#endif
