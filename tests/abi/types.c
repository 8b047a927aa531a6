/* SPDX-License-Identifier: MIT */
/* The public types that no function of the library names: enums travel as
 * integers, and the descriptor of drivers comes from them. A type that is in
 * no function here or there is not seen to change. */
#include <hyper/driver.h>
#include <hyper/hyper.h>
#include <hyper/rest.h>

#define ENUM(name)                                                             \
	HYPER_API void abi_##name(enum name value);                            \
	HYPER_API void abi_##name(enum name value)                             \
	{                                                                      \
		(void)value;                                                   \
	}

ENUM(hyper_flags)
ENUM(hyper_code)
ENUM(hyper_log_level)
ENUM(hyper_open_flags)
ENUM(hyper_op_state)
ENUM(hyper_plan_kind)
ENUM(hyper_state)
ENUM(hyper_role)
ENUM(hyper_driver_flags)

HYPER_DRIVER_ENTRY
{
	(void)host_abi;
	return NULL;
}
