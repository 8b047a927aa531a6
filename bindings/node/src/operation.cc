/* SPDX-License-Identifier: MIT */
#include "connection.h"

using Napi::CallbackInfo;

Napi::Value Connection::operation_get(const CallbackInfo &info)
{
	uint64_t id = u64(info[0]);

	return call(info, [id](hyper_conn *c, Answer &answer) {
		hyper_operation *op = nullptr;

		if (hyper_operation_get(c, id, 0, &op, answer.err()) == 0)
			give_operation(answer, op);
	});
}

Napi::Value Connection::operation_list(const CallbackInfo &info)
{
	auto query = query_of(info[0].As<Napi::Object>());

	return call(info, [query](hyper_conn *c, Answer &answer) {
		hyper_operations *ops = nullptr;
		Page page;

		if (hyper_operation_list(c, query.get(), 0, &ops, answer.err()))
			return;
		page.total = hyper_operations_total(ops);
		if (const char *next = hyper_operations_next_cursor(ops))
			page.next_cursor = next;
		answer.give(std::move(page));
		answer.give(ops, hyper_operations_to_json,
			    hyper_operations_free);
	});
}

static void wait_operation(uint64_t id, Wait &wait, Answer &answer)
{
	hyper_operation *op = nullptr;
	int rc;

	do {
		answer.clear();
		rc = hyper_operation_wait(wait.c(), id, wait.piece(), 0, &op,
					  answer.err());
		if (rc == HYPER_ERR_TIMEOUT && wait.over() && !wait.stuck())
			/* In the library's words, but for the whole wait. */
			hyper_error_set(answer.err(), rc, nullptr,
					"operation %llu has not ended after "
					"%u ms",
					static_cast<unsigned long long>(id),
					wait.timeout());
	} while (rc == HYPER_ERR_TIMEOUT && !wait.over() && !wait.stuck() &&
		 wait.wanted(answer));
	if (rc == 0)
		give_operation(answer, op);
}

Napi::Value Connection::operation_wait(const CallbackInfo &info)
{
	uint64_t id = u64(info[0]);

	return wait(info, u32(info[1]), [id](Wait &wait, Answer &answer) {
		wait_operation(id, wait, answer);
	});
}

Napi::Value Connection::operation_cancel(const CallbackInfo &info)
{
	uint64_t id = u64(info[0]);

	return call(info, [id](hyper_conn *c, Answer &answer) {
		hyper_operation *op = nullptr;

		if (hyper_operation_cancel(c, id, 0, &op, answer.err()) == 0)
			give_operation(answer, op);
	});
}
