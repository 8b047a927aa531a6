// SPDX-License-Identifier: MIT
/* Types, records, errors and results: what needs no connection. */
#include "test.hpp"

#include <atomic>
#if __cplusplus >= 202002L
#include <ranges>
#endif

using hyper::Code;
using hyper::Connection;
using hyper::Error;
using hyper::Machine;
using hyper::MachineView;
using hyper::Mode;
using hyper::Operation;
using hyper::Query;
using hyper::Result;
using hyper::State;
using hyper::Tracked;

namespace
{

/* --- types: what must compile, and what must not --- */

template <class T>
constexpr bool is_owner =
	std::is_nothrow_move_constructible_v<T>
		&&std::is_nothrow_move_assignable_v<T> &&
	!std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;

static_assert(is_owner<Connection> && is_owner<Machine>);
static_assert(is_owner<hyper::Machines> && is_owner<Operation>);
static_assert(is_owner<hyper::Operations> && is_owner<hyper::Image>);
static_assert(is_owner<hyper::Images> && is_owner<hyper::Drivers>);
static_assert(is_owner<hyper::Findings> && is_owner<hyper::Info>);
static_assert(is_owner<Query> && is_owner<hyper::Event>);
static_assert(is_owner<hyper::Events> && is_owner<hyper::EventStream>);
static_assert(is_owner<hyper::Subscription>);

/* Views cost nothing, and owners are views; the other way is clone(). */
static_assert(sizeof(Machine) == sizeof(void *));
static_assert(std::is_trivially_copyable_v<MachineView>);
static_assert(std::is_convertible_v<const Machine &, MachineView>);
static_assert(!std::is_constructible_v<Machine, MachineView>);

/* What is thrown can be copied without throwing. */
static_assert(std::is_base_of_v<std::runtime_error, Error>);
static_assert(std::is_nothrow_copy_constructible_v<Error>);

/* What the flags make of it. */
template <class F>
using Started = decltype(std::declval<Connection>().start("id", F()));
template <class F>
using Removed = decltype(std::declval<Connection>().remove("id", F()));
using Nothrow = hyper::Flags<Mode::nothrow>;
using Async = hyper::Flags<Mode::async>;
using Both = hyper::Flags<Mode::tracked>;

static_assert(std::is_same_v<Started<hyper::Flags<>>, Machine>);
static_assert(std::is_same_v<Started<Nothrow>, Result<Machine>>);
static_assert(std::is_same_v<Started<Async>, Operation>);
static_assert(std::is_same_v<Started<Both>, Tracked<Machine>>);
static_assert(std::is_same_v<Removed<hyper::Flags<>>, void>);
static_assert(std::is_same_v<Removed<Nothrow>, Result<void>>);
static_assert(std::is_same_v<Removed<Async>, Operation>);
static_assert(std::is_same_v<Removed<Both>, Operation>);
static_assert(
	std::is_same_v<decltype(hyper::force | hyper::keep), hyper::Flags<>>);
static_assert((hyper::force | hyper::async | hyper::nothrow).bits() ==
	      (HYPER_FORCE | HYPER_ASYNC));

#if __cplusplus >= 202002L
static_assert(std::ranges::forward_range<const hyper::Machines>);
static_assert(std::ranges::input_range<hyper::EventStream>);
static_assert(std::ranges::input_range<hyper::EventStream::Range>);
#endif

void names()
{
	CHECK(hyper::name(Code::not_found) == "NOT_FOUND");
	CHECK(hyper::name(static_cast<Code>(-99)) == "UNKNOWN");
	CHECK(hyper::http_status(Code::not_found) == 404);
	CHECK(hyper::slug(Code::not_found) == "not-found");
	CHECK(hyper::name(State::running) == "running");
	CHECK(hyper::name(State::none).empty());
	CHECK(hyper::name(hyper::OpState::queued) == "queued");
	CHECK(hyper::version() == HYPER_VERSION_STRING);
	CHECK(hyper::version_number() == HYPER_VERSION_NUMBER);
}

void record()
{
	Machine m;

	CHECK(m.id().empty() && m.uuid().empty() && m.type().empty());
	CHECK(m.state() == State::none && !m.created_at() && !m.command());
	CHECK(m.mem() == 0 && m.addresses().empty() && m.ports().empty());
	CHECK(!m.handle() && !m.driver_state() && !m.state_reason());

	m.set_id("Web1").set_type("test").set_image("demo").set_mem(64);
	m.set_vcpus(2).set_autostart(true).set_label("tier", "web");
	m.set_label("gone", "x").set_label("gone", std::nullopt);
	m.set_env("B", "2").set_env("A", "").set_option("script", "x");
	m.set_command({ "run", "-x", "" });
	m.add_port("8080:80").add_port("[::1]:1:2/udp");
	CHECK(m.id() == "web1" && m.type() == "test" && m.image() == "demo");
	CHECK(m.mem() == 64 && m.vcpus() == 2 && m.autostart());
	CHECK(m.label("tier") == "web" && !m.label("gone"));
	CHECK(!m.label(std::nullopt) && !m.label(std::string("tier\0", 5)));
	CHECK(m.labels() == hyper::Pairs({ { "tier", "web" } }));
	CHECK(m.env() == hyper::Pairs({ { "A", "" }, { "B", "2" } }));
	CHECK(m.env("A") == "" && m.option("script") == "x");
	CHECK(m.options().size() == 1);
	CHECK(m.command() == hyper::Texts({ "run", "-x", "" }));
	CHECK(m.ports().size() == 2 && !m.ports()[0].host_ip);
	CHECK(m.ports()[0].host_port == 8080 && m.ports()[0].guest_port == 80);
	CHECK(m.ports()[1].host_ip == "::1" && m.ports()[1].protocol == "udp");
	m.set_command(std::nullopt);
	CHECK(!m.command());
	m.set_id(std::nullopt);
	CHECK(m.id().empty());
}

void json()
{
	auto m = Machine::from_json(R"({"id": "j", "image": "demo",
		"labels": {"é": "x"}})",
				    hyper::nothrow);

	CHECK(!m && m.error().code() == Code::invalid);
	m = Machine::from_json(R"({"image": "demo", "mem": "2G"})",
			       hyper::nothrow);
	CHECK(m && m->mem() == 2048);
	CHECK(THROWN(Machine::from_json(R"({"nosuch": 1})")).field() ==
	      "nosuch");
	CHECK(m->to_json().find("\"mem\":2048") != std::string::npos);
	CHECK(m->to_json(hyper::nothrow).value() == m->to_json());
}

void setters_fail()
{
	Machine m;

	m.set_mem(7);
	Error error = THROWN(m.set_mem(UINT64_MAX));
	CHECK(error.code() == Code::invalid && error.field() == "mem");
	auto result = m.set_mem(UINT64_MAX, hyper::nothrow);
	CHECK(!result && result.error().field() == "mem" && m.mem() == 7);
	CHECK(m.set_mem(8, hyper::nothrow) && m.mem() == 8);
	/* What C would not see, and what no setter knows. */
	CHECK(THROWN(m.set_id(std::string("a\0b", 3))).code() == Code::invalid);
	CHECK(THROWN(m.set_command({ "a", std::string("b\0c", 3) })).code() ==
	      Code::invalid);
	CHECK(THROWN(m.set_id("a", hyper::force)).field() == "flags");
	CHECK(m.id().empty() && !m.command());
	CHECK(THROWN(Query(std::string("id=a\0b", 6))).code() == Code::invalid);
	CHECK(Query::make(hyper::nothrow) && Machine::make(hyper::nothrow));
}

void moves()
{
	Machine a = spec("a"), b = spec("b");
	const hyper_machine *place = a.c_ptr();
	Machine c = std::move(a);

	CHECK(!a && c && c.c_ptr() == place); // NOLINT: that is the test
	b = std::move(c);
	CHECK(!c && b.id() == "a"); // NOLINT
	Machine &self = b;
	b = std::move(self);
	CHECK(b && b.id() == "a");
	a = b.clone();
	a.set_id("z");
	CHECK(a.id() == "z" && b.id() == "a");

	std::vector<Machine> many;
	for (int i = 0; i < 20; i++)
		many.push_back(spec("m" + std::to_string(i)));
	many.erase(many.begin());
	std::swap(many.front(), many.back());
	CHECK(many.front().id() == "m19" && many.back().id() == "m1");

	Operation none;
	hyper::Machines list;
	Connection conn;
	CHECK(!none && !list && !conn && list.empty() && !list[0]);
	CHECK(list.begin() == list.end());
}

void errors()
{
	hyper_error *err = nullptr;

	hyper_error_set(&err, HYPER_ERR_CONNECT, nullptr, "inner");
	hyper_error_wrap(&err, HYPER_ERR_INVALID, "mem", "outer");
	std::optional<Error> cause;
	{
		Error error(HYPER_ERR_INVALID, err), copy = error;

		CHECK(copy.code() == Code::invalid && copy.field() == "mem");
		CHECK(copy.code_name() == "INVALID" && !copy.driver());
		CHECK(std::string(copy.what()) == "outer");
		CHECK(copy.c_ptr() == error.c_ptr());
		CHECK(copy.to_json().find("\"causes\"") != std::string::npos);
		cause = copy.cause();
	}
	/* It outlives what it was the cause of. */
	CHECK(cause && cause->code() == Code::connect && !cause->field());
	CHECK(std::string(cause->what()) == "inner" && !cause->cause());

	Error bare(HYPER_ERR_NOMEM, nullptr);
	CHECK(bare.code() == Code::no_memory && !bare.field());
	CHECK(std::string(bare.what()) == "NOMEM" && !bare.cause());
	try {
		throw Error(HYPER_ERR_BUSY, nullptr);
	} catch (const std::runtime_error &error) {
		CHECK(std::string(error.what()) == "BUSY");
	}
}

void results()
{
	Result<Machine> good = spec("r");
	Result<Machine> bad = Error(HYPER_ERR_BUSY, nullptr);
	Result<void> done, failed = Error(HYPER_ERR_IO, nullptr);
	bool refused = false;

	CHECK(good && good.has_value() && good->id() == "r");
	CHECK((*good).id() == "r" && std::as_const(good)->id() == "r");
	Machine out = std::move(good).value();
	CHECK(out.id() == "r");
	CHECK(!bad && bad.error().code() == Code::busy);
	CHECK(THROWN(bad.value()).code() == Code::busy);
	CHECK(THROWN(*std::move(bad)).code() == Code::busy);
	CHECK(done && !failed && failed.error().code() == Code::io);
	done.value();
	CHECK(THROWN(failed.value()).code() == Code::io);
	try {
		static_cast<void>(done.error());
	} catch (const std::bad_optional_access &) {
		refused = true;
	}
	CHECK(refused);
}

void texts()
{
	std::string text = "abc";
	std::string_view part = std::string_view(text).substr(0, 2);

	CHECK(std::string(hyper::Text(part).c_str()) == "ab");
	CHECK(std::string(hyper::Text(text).c_str()) == "abc");
	CHECK(std::string(hyper::Text(std::optional(part)).c_str()) == "ab");
	CHECK(!hyper::Text().c_str());
	CHECK(!hyper::Text(static_cast<const char *>(nullptr)).c_str());
	CHECK(!hyper::Text(std::optional<std::string>()).c_str());
	CHECK(*hyper::Text("").c_str() == '\0');
	CHECK(!hyper::Text(std::string(1, '\0')).is_whole());
}

void logging()
{
	static std::atomic<int> lines{ 0 };
	static auto hook = [](hyper::LogLevel level, std::string_view text) {
		if (level == hyper::LogLevel::info && text == "100% of it")
			lines++;
	};

	hyper::log_to(hook, hyper::LogLevel::info);
	hyper::log(hyper::LogLevel::info, "100% of it");
	hyper::log(hyper::LogLevel::debug, "100% of it");
	hyper::log_off();
	hyper::log(hyper::LogLevel::info, "100% of it");
	CHECK(lines == 1);
}

} // namespace

const std::vector<Test> record_tests = {
	{ "names", names },	{ "a record", record },
	{ "JSON", json },	{ "setters fail", setters_fail },
	{ "moves", moves },	{ "errors", errors },
	{ "results", results }, { "texts", texts },
	{ "the log", logging },
};
