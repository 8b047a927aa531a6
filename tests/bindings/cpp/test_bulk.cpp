// SPDX-License-Identifier: MIT
/* Dry runs, and one change of many machines, on whatever URI is tested. */
#include "test.hpp"

#include <algorithm>

using namespace std::chrono_literals;
using hyper::Code;
using hyper::Connection;
using hyper::Machine;
using hyper::Operation;
using hyper::OpState;
using hyper::Query;
using hyper::State;

namespace
{

Connection connect()
{
	return Connection::open(test_uri);
}

std::uint64_t newest(const Connection &conn)
{
	auto ops = conn.operations(Query().limit(1));

	return ops.empty() ? 0 : ops[0].id();
}

/* Is it a plan, and of so many steps? */
void check_plan(const Operation &op, std::string_view kind, std::size_t steps)
{
	CHECK(op.kind() == kind && op.state() == OpState::planned);
	CHECK(op.id() == 0 && op.ended() && !op.error());
	CHECK(op.plan().size() == steps);
}

void dry_runs()
{
	auto conn = connect();
	hyper::Changes changes;

	conn.add(spec("plan"));
	auto before = newest(conn);

	/* The operation, or with the machine that would come of it. */
	Operation op = conn.add(spec("none"), hyper::dry_run);
	check_plan(op, "add", 1);
	CHECK(op.plan()[0] == "make the make-believe machine 'none'");
	hyper::Tracked<Machine> both =
		conn.start("plan", hyper::dry_run | hyper::tracked);
	check_plan(both.operation, "start", 1);
	CHECK(both.record.state() == State::running);
	hyper::Result<Operation> maybe = conn.remove(
		"plan", hyper::dry_run | hyper::nothrow | hyper::force);
	CHECK(maybe);
	check_plan(*maybe, "remove", 1);
	check_plan(conn.stop("plan", 1s, hyper::dry_run | hyper::async),
		   "stop", 1);
	changes.set_mem(77).set_label("tier", "web");
	auto changed = conn.change("plan", changes,
				   hyper::dry_run | hyper::tracked);
	check_plan(changed.operation, "change", 2);
	CHECK(changed.record.mem() == 77);
	check_plan(conn.pull_image("test", "new", hyper::dry_run), "pull", 1);
	check_plan(conn.remove_image("test", "tiny", hyper::dry_run),
		   "image-remove", 1);
	auto image = conn.pull_image("test", "new",
				     hyper::dry_run | hyper::tracked);
	CHECK(!image.record);
	check_plan(image.operation, "pull", 1);

	/* What would be refused is. */
	CHECK(THROWN(conn.add(spec("plan"), hyper::dry_run)).code() ==
	      Code::exists);
	CHECK(THROWN(conn.adopt("nobody", "test", std::nullopt, hyper::dry_run))
		      .code() == Code::not_found);
	CHECK(THROWN(conn.machine("none")).code() == Code::not_found);
	CHECK(newest(conn) == before);

	/* Those that are recorded have none. */
	op = conn.remove("plan", hyper::tracked);
	CHECK(op.state() == OpState::done && op.plan().empty());
}

void many()
{
	auto conn = connect();
	Query all("id=many-*"), none;

	conn.add(spec("many-a"));
	conn.add(spec("many-b", "start:error=DRIVER"));
	conn.add(spec("many-c"));

	auto planned = conn.start_all(all, hyper::dry_run);
	CHECK(planned.size() == 3 && planned.failed() == 0);
	CHECK(std::all_of(planned.begin(), planned.end(), [](auto one) {
		return one.operation().plan().size() == 1;
	}));

	auto started = conn.start_all(all);
	CHECK(started && started.size() == 3 && started.failed() == 1);
	CHECK(started[0].id() == "many-a" && !started[0].error());
	CHECK(started[0].machine().state() == State::running);
	CHECK(started[0].operation().state() == OpState::done);
	CHECK(started[1].id() == "many-b" && !started[1].machine());
	CHECK(started[1].error()->code() == Code::driver);
	CHECK(started[1].operation().state() == OpState::failed);
	CHECK(started.to_json().find("many-c") != std::string::npos);
	CHECK(hyper::Outcomes().failed() == 0 && !hyper::Outcomes());

	auto changed = conn.change_all(all, hyper::Changes().set_mem(77));
	CHECK(changed.failed() == 0 && changed[2].machine().mem() == 77);

	/* A page of them; and some that nobody waits for. */
	auto one = conn.stop_all(Query("id=many-*").sort("-id").limit(1), 5s);
	CHECK(one.size() == 1 && one[0].id() == "many-c");
	auto late = conn.stop_all(Query("id=many-a"), std::nullopt,
				  hyper::force | hyper::async);
	CHECK(late.size() == 1 && late.failed() == 0);
	CHECK(conn.wait(late[0].operation().id()).state() == OpState::done);

	auto removed = conn.remove_all(all, hyper::force);
	CHECK(removed.size() == 3 && removed.failed() == 0);
	CHECK(!removed[0].machine() && removed[0].operation());
	CHECK(conn.start_all(all).empty());

	/* Nothing is left out by mistake, and terms are those of one. */
	CHECK(THROWN(conn.remove_all(none)).field() == "query");
	auto refused = conn.remove_all(Query("colour=red"), hyper::nothrow);
	CHECK(!refused && refused.error().code() == Code::invalid);
	CHECK(THROWN(conn.start_all(all, hyper::force)).field() == "flags");
	CHECK(THROWN(conn.view().set_key("k").remove_all(all)).code() ==
	      Code::not_supported);
	CHECK(THROWN(conn.view().set_generation(1).remove_all(all)).field() ==
	      "generation");
}

} // namespace

const std::vector<Test> bulk_tests = {
	{ "dry runs", dry_runs },
	{ "many at once", many },
};
