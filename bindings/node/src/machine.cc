/* SPDX-License-Identifier: MIT */
#include "connection.h"

using Napi::CallbackInfo;

/* What a change gave that has both: of a dry run they are, else with
 * HYPER_ASYNC the operation is wanted, else the machine. */
struct Changed {
	explicit Changed(uint32_t flags)
	    : ret_machine(!wants_operation(flags) || (flags & HYPER_DRY_RUN)
				  ? &machine
				  : nullptr),
	      ret_op(wants_operation(flags) ? &op : nullptr)
	{
	}
	void give(Answer &answer)
	{
		if (ret_op && ret_machine)
			answer.give_would_be(machine);
		if (ret_op)
			give_operation(answer, op);
		else
			answer.give(machine, hyper_machine_to_json,
				    hyper_machine_free);
	}

	hyper_machine *machine = nullptr, **ret_machine;
	hyper_operation *op = nullptr, **ret_op;
};

Napi::Value Connection::machine_add(const CallbackInfo &info)
{
	Text json(info[1]);
	uint32_t flags = u32(info[2]);

	return change(info, [json, flags](hyper_conn *c, Answer &answer) {
		hyper_machine *spec = nullptr;
		Changed changed(flags);

		if (hyper_machine_from_json(json.c_str(), json.size(), 0, &spec,
					    answer.err()))
			return;
		if (hyper_machine_add(c, spec, flags, changed.ret_machine,
				      changed.ret_op, answer.err()) == 0)
			changed.give(answer);
		hyper_machine_free(spec);
	});
}

Napi::Value Connection::machine_start(const CallbackInfo &info)
{
	Text id(info[1]);
	uint32_t flags = u32(info[2]);

	return change(info, [id, flags](hyper_conn *c, Answer &answer) {
		Changed changed(flags);

		if (hyper_machine_start(c, id.c_str(), flags,
					changed.ret_machine, changed.ret_op,
					answer.err()) == 0)
			changed.give(answer);
	});
}

Napi::Value Connection::machine_stop(const CallbackInfo &info)
{
	Text id(info[1]);
	uint32_t timeout_ms = u32(info[2]);
	uint32_t flags = u32(info[3]);

	return change(info, [=](hyper_conn *c, Answer &answer) {
		Changed changed(flags);

		if (hyper_machine_stop(c, id.c_str(), timeout_ms, flags,
				       changed.ret_machine, changed.ret_op,
				       answer.err()) == 0)
			changed.give(answer);
	});
}

Napi::Value Connection::machine_remove(const CallbackInfo &info)
{
	Text id(info[1]);
	uint32_t flags = u32(info[2]);

	return change(info, [id, flags](hyper_conn *c, Answer &answer) {
		hyper_operation *op = nullptr;
		hyper_operation **ret_op =
			wants_operation(flags) ? &op : nullptr;

		if (hyper_machine_remove(c, id.c_str(), flags, ret_op,
					 answer.err()) == 0 &&
		    op)
			give_operation(answer, op);
	});
}

Napi::Value Connection::machine_change(const CallbackInfo &info)
{
	Text id(info[1]), json(info[2]);
	uint32_t flags = u32(info[3]);

	return change(info, [=](hyper_conn *c, Answer &answer) {
		hyper_changes *changes = nullptr;
		Changed changed(flags);

		if (hyper_changes_from_json(json.c_str(), json.size(), 0,
					    &changes, answer.err()))
			return;
		if (hyper_machine_change(c, id.c_str(), changes, flags,
					 changed.ret_machine, changed.ret_op,
					 answer.err()) == 0)
			changed.give(answer);
		hyper_changes_free(changes);
	});
}

static void give_outcomes(Answer &answer, hyper_outcomes *outcomes)
{
	answer.give(outcomes, hyper_outcomes_to_json, hyper_outcomes_free);
}

Napi::Value Connection::machine_start_all(const CallbackInfo &info)
{
	auto query = query_of(info[1].As<Napi::Object>());
	uint32_t flags = u32(info[2]);

	return change(info, [=](hyper_conn *c, Answer &answer) {
		hyper_outcomes *outcomes = nullptr;

		if (hyper_machine_start_all(c, query.get(), flags, &outcomes,
					    answer.err()) == 0)
			give_outcomes(answer, outcomes);
	});
}

Napi::Value Connection::machine_stop_all(const CallbackInfo &info)
{
	auto query = query_of(info[1].As<Napi::Object>());
	uint32_t timeout_ms = u32(info[2]);
	uint32_t flags = u32(info[3]);

	return change(info, [=](hyper_conn *c, Answer &answer) {
		hyper_outcomes *outcomes = nullptr;

		if (hyper_machine_stop_all(c, query.get(), timeout_ms, flags,
					   &outcomes, answer.err()) == 0)
			give_outcomes(answer, outcomes);
	});
}

Napi::Value Connection::machine_change_all(const CallbackInfo &info)
{
	auto query = query_of(info[1].As<Napi::Object>());
	Text json(info[2]);
	uint32_t flags = u32(info[3]);

	return change(info, [=](hyper_conn *c, Answer &answer) {
		hyper_changes *changes = nullptr;
		hyper_outcomes *outcomes = nullptr;

		if (hyper_changes_from_json(json.c_str(), json.size(), 0,
					    &changes, answer.err()))
			return;
		if (hyper_machine_change_all(c, query.get(), changes, flags,
					     &outcomes, answer.err()) == 0)
			give_outcomes(answer, outcomes);
		hyper_changes_free(changes);
	});
}

Napi::Value Connection::machine_remove_all(const CallbackInfo &info)
{
	auto query = query_of(info[1].As<Napi::Object>());
	uint32_t flags = u32(info[2]);

	return change(info, [=](hyper_conn *c, Answer &answer) {
		hyper_outcomes *outcomes = nullptr;

		if (hyper_machine_remove_all(c, query.get(), flags, &outcomes,
					     answer.err()) == 0)
			give_outcomes(answer, outcomes);
	});
}

Napi::Value Connection::machine_adopt(const CallbackInfo &info)
{
	Text type(info[1]), name(info[2]), id(info[3]);
	uint32_t flags = u32(info[4]);

	return change(info, [=](hyper_conn *c, Answer &answer) {
		Changed changed(flags);

		if (hyper_machine_adopt(c, type.c_str(), name.c_str(),
					id.c_str(), flags, changed.ret_machine,
					changed.ret_op, answer.err()) == 0)
			changed.give(answer);
	});
}

Napi::Value Connection::machine_get(const CallbackInfo &info)
{
	Text id(info[0]);
	uint32_t flags = u32(info[1]);

	return call(info, [id, flags](hyper_conn *c, Answer &answer) {
		hyper_machine *machine = nullptr;

		if (hyper_machine_get(c, id.c_str(), flags, &machine,
				      answer.err()) == 0)
			answer.give(machine, hyper_machine_to_json,
				    hyper_machine_free);
	});
}

Napi::Value Connection::machine_list(const CallbackInfo &info)
{
	auto query = query_of(info[0].As<Napi::Object>());
	uint32_t flags = u32(info[1]);

	return call(info, [query, flags](hyper_conn *c, Answer &answer) {
		hyper_machines *machines = nullptr;
		Page page;

		if (hyper_machine_list(c, query.get(), flags, &machines,
				       answer.err()))
			return;
		page.total = hyper_machines_total(machines);
		page.seq = hyper_machines_seq(machines);
		if (const char *next = hyper_machines_next_cursor(machines))
			page.next_cursor = next;
		answer.give(std::move(page));
		answer.give(machines, hyper_machines_to_json,
			    hyper_machines_free);
	});
}
