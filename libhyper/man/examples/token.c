/* SPDX-License-Identifier: MIT */
/* What may each role do? */
#include <hyper/hyper.h>
#include <stdio.h>

int main(void)
{
	for (int role = HYPER_ROLE_VIEWER; role <= HYPER_ROLE_ADMIN; role++)
		printf("%s%s", role == HYPER_ROLE_VIEWER ? "" : " < ",
		       hyper_role_name(role));
	putchar('\n');
	return 0;
}
