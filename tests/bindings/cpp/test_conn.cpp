// SPDX-License-Identifier: MIT
/* What one does with a connection, on whatever URI is tested. */
#include "test.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <poll.h>
#include <set>
#include <thread>

using namespace std::chrono_literals;
using hyper::Code;
using hyper::Connection;
using hyper::Error;
using hyper::EventView;
using hyper::Machine;
using hyper::MachineView;
using hyper::Operation;
using hyper::Query;
using hyper::State;

namespace
{

Connection connect()
{
	return Connection::open(test_uri);
}

void life()
{
	auto conn = connect();
	auto m = conn.add(spec("life"));

	CHECK(m.state() == State::stopped && m.created_at() && m.uuid() != "");
	auto age = std::chrono::system_clock::now() - *m.created_at();
	CHECK(age > -1min && age < 1min);
	CHECK(THROWN(conn.add(spec("life"))).code() == Code::exists);
	m = conn.start(m.id());
	CHECK(m.state() == State::running && m.driver_state() == "running");
	CHECK(m.addresses().size() == 1 && m.observed_at() && !m.stale());
	CHECK(conn.machine("life", hyper::refresh).generation() ==
	      m.generation());
	/* The same one; its engine may have been asked again meanwhile. */
	auto again = conn.machine("life");
	CHECK(again.uuid() == m.uuid() && again.created_at() == m.created_at());
	CHECK(again.observed_at() >= m.observed_at());

	auto refused = conn.remove("life", hyper::nothrow);
	CHECK(!refused && refused.error().code() == Code::state);
	CHECK(THROWN(conn.remove("life", hyper::repair)).field() == "flags");
	CHECK(conn.stop("life", 5s).state() == State::stopped);
	conn.remove("life");
	CHECK(THROWN(conn.machine("life")).code() == Code::not_found);
	CHECK(!conn.machine("life", hyper::nothrow));
	CHECK(THROWN(conn.machine(std::string("li\0fe", 5))).code() ==
	      Code::invalid);
}

void changes()
{
	auto conn = connect();
	Operation op = conn.add(spec("change", "stop:ignore"), hyper::async);

	CHECK(op.kind() == "add" && op.machine() == "change");
	CHECK(op.image() == "demo" && op.type() == "test" && op.created_at());
	op = conn.wait(op.id(), 20s);
	CHECK(op.ended() && op.state() == hyper::OpState::done && !op.error());
	CHECK(op.started_at() && op.ended_at() && op.pid() && op.uid());
	CHECK(op.program() && !op.program()->empty());
	CHECK(op.done() <= op.total() || op.total() == 0);

	auto [machine, start] = conn.start("change", hyper::tracked);
	CHECK(machine.state() == State::running && start.kind() == "start");
	CHECK(start.ended() && start.machine() == "change");

	/* A guest that does not listen. */
	auto stop = conn.stop("change", 60s, hyper::async | hyper::nothrow);
	CHECK(stop && stop->kind() == "stop");
	CHECK(THROWN(conn.wait(stop->id(), 50ms)).code() == Code::timeout);
	conn.cancel(stop->id());
	op = conn.wait(stop->id());
	CHECK(op.state() == hyper::OpState::cancelled);
	CHECK(op.error() && op.error()->code() == Code::cancelled);
	CHECK(THROWN(conn.cancel(stop->id())).code() == Code::state);
	CHECK(THROWN(conn.stop("change", 100ms)).code() == Code::timeout);
	CHECK(conn.stop("change", -1s, hyper::force).state() == State::stopped);

	auto both = conn.start("change", hyper::async | hyper::tracked);
	CHECK(both.record.id() == "change" && both.operation);
	conn.wait(both.operation.id());
	op = conn.remove("change", hyper::force | hyper::tracked);
	CHECK(op.kind() == "remove" && op.ended());
	CHECK(conn.operation(op.id()).to_json() == op.to_json());
	CHECK(THROWN(conn.operation(UINT32_MAX)).code() == Code::not_found);

	auto all = conn.operations(Query("machine=change").sort("id").count());
	CHECK(all.size() == 7 && all.total() == 7 && !all.next_cursor());
	CHECK(all[0].kind() == "add" && all[6].kind() == "remove");
	CHECK(conn.operations().size() >= 7);
}

void altering()
{
	auto conn = connect();
	hyper::Changes changes;

	CHECK(THROWN(changes.set_mem(0)).field() == "mem");
	CHECK(!changes.set_vcpus(0, hyper::nothrow));
	CHECK(THROWN(hyper::Changes::from_json(R"({"mem": "much"})")).field() ==
	      "mem");
	conn.add(spec("alter").set_label("old", "x").set_label("tier", "web"));
	changes.set_mem(300).set_vcpus(3).set_autostart(false);
	changes.set_label("old", std::nullopt).set_label("tier", "front");
	auto m = conn.change("alter", changes);
	CHECK(m.mem() == 300 && m.vcpus() == 3 && !m.label("old"));
	CHECK(m.label("tier") == "front");

	auto json = hyper::Changes::from_json(R"({"labels": {"tier": null}})");
	auto both = conn.change("alter", json, hyper::tracked);
	CHECK(!both.record.label("tier") && both.operation.kind() == "change");
	Operation op = conn.change("alter", hyper::Changes().set_mem(64),
				   hyper::async);
	CHECK(conn.wait(op.id()).state() == hyper::OpState::done);
	CHECK(conn.machine("alter").mem() == 64);
	auto none = conn.change("nobody", changes, hyper::nothrow);
	CHECK(!none && none.error().code() == Code::not_found);
	hyper::Changes moved = std::move(changes);
	CHECK(!changes && moved); // NOLINT
	CHECK(THROWN(conn.change("alter", changes)).field() == "changes");
	conn.remove("alter");
}

void terms()
{
	auto conn = connect();
	auto first = conn.add(spec("terms"));
	auto second =
		conn.view().set_generation(first.generation()).start("terms");
	auto old = conn.view();

	old.set_generation(first.generation());
	auto late = old.remove("terms", hyper::force | hyper::nothrow);
	CHECK(!late && late.error().code() == Code::state);
	CHECK(late.error().field() == "generation");
	CHECK(THROWN(old.add(spec("other"))).code() == Code::not_supported);
	CHECK(!old.set_generation(0, hyper::nothrow));
	conn.view()
		.set_generation(second.generation())
		.stop("terms", 0s, hyper::force);

	auto keyed = conn.view();
	CHECK(THROWN(keyed.set_key("é")).field() == "key");
	CHECK(THROWN(keyed.set_key(std::nullopt)).field() == "key");
	keyed.set_key("start it");
	auto one = keyed.start("terms", hyper::async);
	conn.wait(one.id());
	conn.stop("terms", 0s, hyper::force);
	/* Once is enough. */
	CHECK(keyed.start("terms", hyper::tracked).operation.id() == one.id());
	CHECK(conn.machine("terms").state() == State::stopped);
	CHECK(THROWN(keyed.remove("terms")).field() == "key");
	/* A view of a view has nothing of what was set. */
	keyed.view().remove("terms");
	CHECK(THROWN(conn.view(hyper::force)).field() == "flags");
}

void failing()
{
	auto conn = connect();
	auto bad = conn.add(spec("bad", "add:error=DRIVER"), hyper::nothrow);

	CHECK(!bad && bad.error().code() == Code::driver);
	CHECK(bad.error().driver() == "test");
	CHECK(std::string(bad.error().what()) != "");
	auto ops = conn.operations(Query("machine=bad"));
	CHECK(ops.size() == 1 && ops[0].error()->driver() == "test");
}

void queries()
{
	auto conn = connect();
	std::set<std::string> seen;
	int pages = 0;

	for (auto id : { "q1", "q2", "q3", "q4", "q5" })
		conn.add(spec(id).set_label("q", "x"));
	auto page = conn.machines(Query("label.q=x").limit(2).count());
	CHECK(page.total() == 5);
	CHECK(!conn.machines(Query("label.q=x")).total());
	for (Query query("label.q=x");; pages++) {
		page = conn.machines(query.limit(2).sort("-id"));
		for (auto m : page)
			seen.emplace(m.id());
		if (!page.next_cursor())
			break;
		query.cursor(page.next_cursor());
	}
	CHECK(pages == 2 && seen.size() == 5);

	auto some = conn.machines(
		Query("label.q=x").fields("id").sort("id").limit(1));
	CHECK(some.to_json() == R"([{"id":"q1"}])");
	CHECK(THROWN(conn.machines(Query("mem>many"))).field() == "query");
	CHECK(THROWN(conn.machines(Query().sort("nosuch"))).field() == "sort");
	CHECK(conn.machines().size() >= 5);
	CHECK(conn.machines(hyper::refresh | hyper::nothrow));
	for (const auto &id : seen)
		conn.remove(id);
	CHECK(conn.machines(Query("label.q=x")).empty());
}

void iteration()
{
	auto conn = connect();
	std::vector<std::string> ids;

	for (auto id : { "i1", "i2", "i3" })
		conn.add(spec(id).set_label("i", "x"));
	/* Of a list that only the loop has. */
	for (auto m : conn.machines(Query("label.i=x"), hyper::nothrow).value())
		ids.emplace_back(m.id());
	CHECK(ids == std::vector<std::string>({ "i1", "i2", "i3" }));

	auto list = conn.machines(Query("label.i=x"));
	auto it = list.begin();
	CHECK(it->id() == "i1" && (*it++).id() == "i1" && it->id() == "i2");
	CHECK(++it != list.end() && ++it == list.end());
	CHECK(list.size() == 3 && list[2].id() == "i3" && !list[3]);
	CHECK(std::count_if(list.begin(), list.end(), [](MachineView m) {
		      return m.state() == State::stopped;
	      }) == 3);
	CHECK(std::distance(list.begin(), list.end()) == 3);

	/* A clone stays when its list has gone. */
	Machine kept = list[1].clone();
	list = hyper::Machines();
	CHECK(kept.id() == "i2" && list.empty());
	for (const auto &id : ids)
		conn.remove(id);
#if __cplusplus >= 202002L
	list = conn.machines();
	CHECK(std::ranges::count_if(list, [](MachineView m) {
		      return m.label("i") == "x";
	      }) == 0);
#endif
}

/* The kinds of what happens to one machine, until it is removed. */
std::vector<std::string> story(hyper::EventStream &stream, const char *id)
{
	std::vector<std::string> kinds;

	for (auto event : stream.within(20s)) {
		if (event.machine() != id)
			continue;
		kinds.emplace_back(event.kind());
		if (event.kind() == "machine-removed")
			break;
	}
	return kinds;
}

void events()
{
	auto conn = connect();
	auto mark = conn.machines().seq();
	auto stream = conn.stream(mark);

	CHECK(!stream.next(0s) && !stream.next(0s, hyper::nothrow).value());
	CHECK(stream.within(10ms).begin() == stream.within(10ms).end());
	conn.add(spec("ev"));
	conn.start("ev");
	auto op = conn.remove("ev", hyper::force | hyper::tracked);
	auto moved = std::move(stream);
	CHECK(!stream && moved); // NOLINT
	CHECK(story(moved, "ev") ==
	      std::vector<std::string>({ "machine-adding", "machine-state",
					 "operation-ended", "machine-state",
					 "machine-state", "operation-ended",
					 "machine-state", "machine-removed" }));

	auto list = conn.events(mark, 3);
	CHECK(list.size() == 3 && list[0].seq() == mark + 1);
	CHECK(list[0].state() == "creating" && list[1].operation() != 0);
	CHECK(!list[0].driver() && list[0].at() > hyper::Time());
	CHECK(list[0].to_json().find("\"seq\"") != std::string::npos);
	CHECK(list.to_json().front() == '[');
	CHECK(THROWN(conn.events(mark + 1000000)).code() == Code::invalid);
	CHECK(!conn.stream(mark + 1000000, hyper::nothrow));

	/* Step by step, as the algorithms do. */
	auto again = conn.stream(mark);
	auto it = again.within(1s).begin();
	hyper::Event first = it->clone();
	CHECK((*it++).seq() == mark + 1 && it->seq() == mark + 2);
	CHECK(first.seq() == mark + 1 && first.machine() == "ev");
	CHECK(hyper::EventView(first).clone().to_json() == first.to_json());

	/* In a loop of one's own. */
	auto polled = conn.stream(conn.machines().seq());
	pollfd fd = { polled.fd(), POLLIN, 0 };
	CHECK(polled.fd(hyper::nothrow).value() == fd.fd);
	CHECK(poll(&fd, 1, 0) == 0);
	conn.add(spec("ev"));
	CHECK(poll(&fd, 1, 20000) == 1 && polled.next(0s));
	conn.remove("ev");
}

/* What two threads tell each other. */
struct Mailbox {
	std::mutex lock;
	std::condition_variable changed;
	std::vector<std::string> kinds;
	std::optional<Error> end;

	template <class F>
	bool wait_until(F condition, std::chrono::seconds most = 20s)
	{
		std::unique_lock<std::mutex> hold(lock);

		return changed.wait_for(hold, most, condition);
	}
};

void subscriptions()
{
	auto conn = connect();
	auto mark = conn.machines().seq();
	auto box = std::make_shared<Mailbox>();
	std::weak_ptr<Mailbox> watch = box;
	auto sub = conn.subscribe(
		mark,
		[box](EventView event) {
			std::lock_guard<std::mutex> hold(box->lock);

			if (event.machine() == "sub")
				box->kinds.emplace_back(event.kind());
			box->changed.notify_all();
		},
		[box](const Error &error) {
			std::lock_guard<std::mutex> hold(box->lock);

			box->end = error;
			box->changed.notify_all();
		});
	hyper::Subscription other = std::move(sub);

	CHECK(!sub && other); // NOLINT
	conn.add(spec("sub"));
	conn.remove("sub");
	CHECK(box->wait_until([&] {
		return std::count(box->kinds.begin(), box->kinds.end(),
				  "machine-removed") == 1;
	}));
	CHECK(box->kinds.front() == "machine-adding");
	if (conn.is_local()) {
		/* It ends what waits, and the subscription may not at once. */
		bool ended = false;
		for (int i = 0; i < 20 && !ended; i++) {
			conn.cancel_all();
			ended = box->wait_until(
				[&] { return box->end.has_value(); }, 1s);
		}
		CHECK(ended);
		CHECK(box->end->code() == Code::cancelled);
	}
	/* To end it frees what its functions hold. */
	box.reset();
	CHECK(!watch.expired());
	other.end();
	CHECK(!other && watch.expired());

	CHECK(THROWN(conn.subscribe(mark, nullptr)).field() == "callback");
	CHECK(!conn.subscribe(
		mark + 1000000, [](EventView) {}, nullptr, hyper::nothrow));
	/* One in the place of another. */
	std::atomic<int> calls{ 0 };
	other = conn.subscribe(0, [&](EventView) { calls++; });
	other = conn.subscribe(0, [&](EventView) { calls++; });
}

void threads()
{
	const auto conn = connect();
	std::vector<std::thread> all;
	std::atomic<int> good{ 0 };
	std::atomic<bool> over{ false };
	const auto shared = conn.machines();

	for (int i = 0; i < 6; i++)
		all.emplace_back([&, id = "t" + std::to_string(i)] {
			try {
				conn.add(spec(id));
				conn.start(id);
				conn.stop(id, 5s, hyper::force);
				conn.remove(id);
				good++;
			} catch (const Error &error) {
				std::printf("     | %s\n", error.what());
			}
		});
	std::thread reader([&] {
		while (!over) {
			auto list = conn.machines(hyper::nothrow);
			CHECK(list && list->size() <= 6 + shared.size());
			CHECK(shared.to_json(hyper::nothrow));
		}
	});
	for (auto &thread : all)
		thread.join();
	over = true;
	reader.join();
	CHECK(good == 6);

	/* An error goes from one thread to another. */
	std::exception_ptr caught;
	std::thread([&] {
		try {
			conn.machine("nobody");
		} catch (...) {
			caught = std::current_exception();
		}
	}).join();
	CHECK(THROWN(std::rethrow_exception(caught)).code() == Code::not_found);
}

void images()
{
	auto conn = connect();
	auto image = conn.pull_image("test", "fetched");

	CHECK(image.name() == "fetched" && image.type() == "test");
	CHECK(conn.image("test", "fetched").to_json() == image.to_json());
	CHECK(conn.images("test").size() == 4 && conn.images().size() >= 4);
	auto all = conn.images("test");
	CHECK(all[0].name() == "big" && all[1].format() && !all[4]);
	CHECK(THROWN(conn.images("nosuch")).code() == Code::no_driver);
	conn.remove_image("test", "fetched");
	auto pull =
		conn.pull_image("test", "later", hyper::async | hyper::tracked);
	CHECK(!pull.record && pull.operation.kind() == "pull");
	CHECK(pull.operation.image() == "later" && !pull.operation.machine());
	conn.wait(pull.operation.id());
	auto gone = conn.remove_image("test", "later", hyper::async);
	CHECK(conn.wait(gone.id()).state() == hyper::OpState::done);
	CHECK(conn.import_image("test", "mine", "/proc/self/exe").name() ==
	      "mine");
	conn.remove_image("test", "mine");
	auto refused = conn.import_image("test", "mine", "exe", hyper::nothrow);
	CHECK(!refused && refused.error().field() == "path");
}

void about()
{
	auto conn = connect();
	auto info = conn.info();

	CHECK(info.version() == hyper::version());
	CHECK(info.instance().size() == 36 && info.features().size() >= 4);
	CHECK(info.to_json().find(info.instance()) != std::string::npos);
	CHECK(conn.uri().find(':') != std::string::npos);
	CHECK(conn.is_local() == (conn.uri().substr(0, 5) == "file:"));

	auto drivers = conn.drivers();
	CHECK(drivers.size() == 1 && drivers[0].name() == "test");
	CHECK(drivers[0].available() && !drivers[0].reason());
	CHECK(drivers[0].engine() == "make-believe" && drivers[0].version());
	CHECK(drivers[0].kinds() == hyper::Texts({ "vm", "container" }));
	CHECK(!drivers[0].features().empty() && drivers[0].file());

	auto findings = conn.doctor(hyper::repair);
	CHECK(findings.empty() && findings.to_json() == "[]");

	conn.check_ready();
	CHECK(conn.check_ready(hyper::nothrow));
	CHECK(conn.metrics().find("\nhyper_build_info{") != std::string::npos);
	auto refused = conn.metrics(hyper::force | hyper::nothrow);
	CHECK(!refused && refused.error().field() == "flags");
	/* A server has a log, in which the request is named. */
	Error nobody = THROWN(conn.machine("nobody"));
	CHECK(nobody.request_id().has_value() == !conn.is_local());
	auto nowhere = Connection::open("unix:/nowhere");
	CHECK(THROWN(nowhere.check_ready()).code() == Code::connect);
}

void remotes()
{
	hyper::add_remote("lab", "https://lab.example", "s3cret");
	hyper::use_remote("lab");
	auto all = hyper::remotes();
	CHECK(all.size() == 1 && all[0].name() == "lab");
	CHECK(all[0].uri() == "https://lab.example" && all[0].has_token());
	CHECK(all[0].in_use() && !all[0].client_cert());
	CHECK(all.to_json().find("s3cret") == std::string::npos);
	CHECK(!hyper::add_remote("lab", "unix:/s", {}, {}, hyper::nothrow));
	CHECK(THROWN(hyper::remove_remote("lab")).code() == Code::state);
	hyper::use_remote("local");
	hyper::remove_remote("lab");
	CHECK(hyper::remotes(hyper::nothrow)->empty());

	CHECK(THROWN(hyper::remote_fingerprint("unix:/s")).field() == "uri");
	CHECK(THROWN(hyper::remote_fingerprint("https://127.0.0.1:1")).code() ==
	      Code::connect);
	CHECK(THROWN(hyper::certificate_fingerprint("none")).code() ==
	      Code::invalid);
}

void tokens()
{
	auto conn = connect();
	auto later = std::chrono::time_point_cast<std::chrono::milliseconds>(
		std::chrono::system_clock::now() + 1h);
	auto token = conn.add_token("CI", hyper::role_of("operator"), later);

	CHECK(token.name() == "ci" && hyper::name(token.role()) == "operator");
	CHECK(token.secret() && token.created_at() && token.expires_at());
	CHECK(token.to_json().find(*token.secret()) != std::string::npos);
	CHECK(THROWN(conn.add_token("ci", hyper::Role::viewer)).code() ==
	      Code::exists);
	CHECK(THROWN(conn.add_token("b", hyper::Role::viewer, hyper::Time()))
		      .field() == "expires_at");
	auto tokens = conn.tokens();
	CHECK(tokens.size() == 1 && !tokens[0].secret());
	CHECK(tokens.to_json().find("operator") != std::string::npos);
	if (conn.is_local()) {
		CHECK(conn.check_token(*token.secret()).name() == "ci");
		CHECK(THROWN(conn.check_token("nobody's")).code() ==
		      Code::auth);
		auto alice = conn.view();
		alice.set_actor("user:alice");
		auto done = alice.add(spec("hers"), hyper::tracked);
		CHECK(done.operation.actor() == "user:alice");
		CHECK(THROWN(alice.set_actor("a\nb")).field() == "actor");
		conn.remove("hers", hyper::force);
	} else {
		CHECK(THROWN(conn.check_token("x")).code() ==
		      Code::not_supported);
		CHECK(THROWN(conn.view().set_actor("user:alice")).code() ==
		      Code::not_supported);
	}
	bool told = false;
	for (auto event : conn.events(0))
		told = told || event.actor();
	CHECK(told);
	conn.remove_token("ci");
	CHECK(THROWN(conn.remove_token("ci")).code() == Code::not_found);
	CHECK(hyper::name(hyper::Role::none).empty() &&
	      hyper::role_of("root") == hyper::Role::none);
}

/* What only a state directory of one's own lets one do. */
void local()
{
	auto conn = connect();

	if (!conn.is_local()) {
		auto refused = conn.cancel_all(hyper::nothrow);
		CHECK(!refused);
		CHECK(refused.error().code() == Code::not_supported);
		CHECK(THROWN(conn.announce("unix:/nowhere")).code() ==
		      Code::not_supported);
		CHECK(THROWN(Connection::open(test_uri,
					      hyper::Open::local_only))
			      .code() == Code::denied);
		return;
	}
	conn.announce("unix:/nowhere");

	auto readonly = Connection::open(
		test_uri, hyper::Open::readonly | hyper::Open::local_only);
	CHECK(THROWN(readonly.add(spec("no"))).code() == Code::denied);
	readonly.close();
	CHECK(!readonly);
	auto none =
		Connection::open("nosuch:", hyper::Open::plain, hyper::nothrow);
	CHECK(!none && none.error().code() == Code::invalid);
	CHECK(THROWN(Connection::open(test_uri, hyper::Open::plain,
				      hyper::force))
		      .field() == "flags");

	/* A machine that its engine has and hyper did not make. */
	std::string file = test_uri + "/test/stray.machine";
	std::ofstream(file) << "00000000-0000-4000-8000-000000000001 4 -\n";
	auto adopted = conn.adopt("stray", "test", "mine", hyper::tracked);
	CHECK(adopted.record.id() == "mine" && adopted.record.adopted());
	CHECK(adopted.operation.kind() == "adopt");
	conn.remove("mine", hyper::keep);
	CHECK(THROWN(conn.adopt("nothing")).code() == Code::not_found);
	std::remove(file.c_str());

	/* One that its engine has lost, the doctor finds. */
	conn.add(spec("lost"));
	std::remove((test_uri + "/test/lost.machine").c_str());
	auto findings = conn.doctor();
	CHECK(findings.size() == 1 && findings[0].kind() == "machine-missing");
	CHECK(findings[0].machine() == "lost" && findings[0].type() == "test");
	CHECK(findings[0].detail() && !findings[0].action());
	CHECK(!findings[0].repaired());
	conn.remove("lost", hyper::force);

	/* A wait that another thread ends. */
	std::thread canceller([&] {
		std::this_thread::sleep_for(100ms);
		conn.cancel_all();
	});
	auto stream = conn.stream(conn.machines().seq());
	Error error = THROWN([&] {
		for (auto event : stream)
			static_cast<void>(event);
	}());
	CHECK(error.code() == Code::cancelled);
	canceller.join();
}

} // namespace

const std::vector<Test> conn_tests = {
	{ "a life", life },
	{ "changes", changes },
	{ "altering", altering },
	{ "terms", terms },
	{ "failing", failing },
	{ "queries", queries },
	{ "iteration", iteration },
	{ "events", events },
	{ "subscriptions", subscriptions },
	{ "threads", threads },
	{ "images", images },
	{ "about", about },
	{ "remotes", remotes },
	{ "tokens", tokens },
	{ "local", local },
};
