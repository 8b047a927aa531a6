/* SPDX-License-Identifier: MIT */
/*
 * contract [URI]                the tests; URI instead of $HYPER_TEST_URI
 * contract URI WHAT ID          what a test wants done in another process
 */
#include <stdio.h>
#include <stdlib.h>

#include "contract.h"

int main(int argc, char **argv)
{
	Suite *suite = suite_create("contract");
	SRunner *runner;
	int failed;

	test_uri = argc > 1 ? argv[1] : getenv("HYPER_TEST_URI");
	if (!test_uri || argc == 3 || argc > 4) {
		fprintf(stderr, "usage: %s URI\n", argv[0]);
		return 2;
	}
	if (argc == 4)
		return process_main(argv[2], argv[3]);

	suite_add_tcase(suite, open_tests());
	suite_add_tcase(suite, invalid_tests());
	suite_add_tcase(suite, machine_tests());
	suite_add_tcase(suite, adopt_tests());
	suite_add_tcase(suite, change_tests());
	suite_add_tcase(suite, terms_tests());
	suite_add_tcase(suite, plan_tests());
	suite_add_tcase(suite, bulk_tests());
	suite_add_tcase(suite, query_tests());
	suite_add_tcase(suite, operation_tests());
	suite_add_tcase(suite, event_tests());
	suite_add_tcase(suite, image_tests());
	suite_add_tcase(suite, token_tests());
	suite_add_tcase(suite, rest_tests());
	suite_add_tcase(suite, thread_tests());
	suite_add_tcase(suite, process_tests());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
