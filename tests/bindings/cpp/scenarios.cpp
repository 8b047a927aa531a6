// SPDX-License-Identifier: MIT
/*
 * scenarios URI SCENARIOS.json: play the contract's scenarios through
 * hyper.hpp, and print what each step gave, one JSON line each. Ends with 0
 * when all were played, whatever they gave.
 */
#include "json.hpp"

#include <hyper/hyper.hpp>

#include <cstdio>
#include <map>

using namespace std::chrono_literals;

namespace
{

template <class T> Json of(const T &record)
{
	return Json::parse(record.to_json());
}

/* `$N.KEY` in a text, replaced by KEY of what step N gave. */
std::string filled_in(const std::string &text, const std::vector<Json> &gave)
{
	std::size_t dot = text.find('.');

	if (text.empty() || text[0] != '$' || dot == std::string::npos)
		return text;
	std::size_t step = std::stoul(text.substr(1, dot - 1));

	return gave.at(step)[text.substr(dot + 1).c_str()].text();
}

/* The arguments of a step. */
class With
{
      public:
	With(Json with, const std::vector<Json> &gave)
	    : with_(std::move(with)), gave_(gave)
	{
	}

	bool has(const char *key) const
	{
		return with_.has(key);
	}
	Json json(const char *key) const
	{
		return with_[key];
	}
	bool is(const char *key) const
	{
		return with_[key].is_true();
	}
	std::optional<std::string> text(const char *key) const
	{
		auto text = with_[key].maybe();

		return text ? std::optional(filled_in(*text, gave_)) : text;
	}
	std::uint64_t number(const char *key) const
	{
		auto digits = text(key);

		return digits ? std::stoull(*digits) : 0;
	}
	std::optional<hyper::Time> time(const char *key) const
	{
		auto digits = text(key);

		if (!digits)
			return std::nullopt;
		return hyper::Time(
			std::chrono::milliseconds(std::stoll(*digits)));
	}
	hyper::Timeout timeout() const
	{
		if (!has("timeout_ms"))
			return std::nullopt;
		return std::chrono::milliseconds(number("timeout_ms"));
	}
	hyper::Query query() const
	{
		hyper::Query query;

		query.filter(text("filter"))
			.sort(text("sort"))
			.cursor(text("cursor"))
			.fields(text("fields"))
			.count(is("count"))
			.limit(static_cast<std::uint32_t>(number("limit")));
		return query;
	}
	hyper::Flags<> flags() const
	{
		return (is("force") ? hyper::force : hyper::Flags<>()) |
		       (is("keep") ? hyper::keep : hyper::Flags<>()) |
		       (is("refresh") ? hyper::refresh : hyper::Flags<>()) |
		       (is("repair") ? hyper::repair : hyper::Flags<>());
	}

      private:
	Json with_;
	const std::vector<Json> &gave_;
};

/* A port as the object that comes out, in the form that goes in. */
std::string port_of(const Json &port)
{
	std::string text;

	if (!port.is(json_type_object))
		return port.text();
	if (auto ip = port["host_ip"].maybe())
		text = (ip->find(':') == ip->npos ? *ip : "[" + *ip + "]") +
		       ":";
	return text + port["host_port"].maybe().value_or("0") + ":" +
	       port["guest_port"].text() + "/" +
	       port["protocol"].maybe().value_or("tcp");
}

/* By the setters. For what nobody knows there is none: only JSON can say it.
 */
hyper::Machine machine_of(const Json &json)
{
	hyper::Machine m;
	bool known = true;

	json.for_each([&](const std::string &key, const Json &value) {
		if (key == "id")
			m.set_id(value.maybe());
		else if (key == "type")
			m.set_type(value.maybe());
		else if (key == "image")
			m.set_image(value.maybe());
		else if (key == "mem")
			m.set_mem(value.number());
		else if (key == "vcpus")
			m.set_vcpus(static_cast<std::uint32_t>(value.number()));
		else if (key == "autostart")
			m.set_autostart(value.is_true());
		else if (key == "env")
			value.for_each([&](const auto &name, const auto &text) {
				m.set_env(name, text.maybe());
			});
		else if (key == "labels")
			value.for_each([&](const auto &name, const auto &text) {
				m.set_label(name, text.maybe());
			});
		else if (key == "options")
			value.for_each([&](const auto &name, const auto &text) {
				m.set_option(name, text.maybe());
			});
		else if (key == "command") {
			std::vector<std::string> words;

			for (std::size_t i = 0; i < value.size(); i++)
				words.push_back(value[i].text());
			m.set_command(words);
		} else if (key == "ports") {
			for (std::size_t i = 0; i < value.size(); i++)
				m.add_port(port_of(value[i]));
		} else
			known = false;
	});
	return known ? std::move(m) : hyper::Machine::from_json(json.line());
}

/* By the setters, unless a value is none that they take. */
hyper::Changes changes_of(const Json &json)
{
	hyper::Changes changes;
	bool known = true;

	json.for_each([&](const std::string &key, const Json &value) {
		if (key == "mem" && value.is(json_type_int))
			changes.set_mem(value.number());
		else if (key == "vcpus" && value.is(json_type_int))
			changes.set_vcpus(
				static_cast<std::uint32_t>(value.number()));
		else if (key == "autostart" && value.is(json_type_boolean))
			changes.set_autostart(value.is_true());
		else
			known = known && key == "labels" &&
				value.is(json_type_object);
	});
	json["labels"].for_each([&](const auto &name, const Json &text) {
		if (text.is(json_type_string) || text.is(json_type_null))
			changes.set_label(name, text.maybe());
		else
			known = false;
	});
	return known ? std::move(changes)
		     : hyper::Changes::from_json(json.line());
}

/* What a change gives, waited for or not. */
template <class F> Json change(const With &with, F call)
{
	if (with.is("dry_run"))
		return of(call(with.flags() | hyper::dry_run));
	if (with.is("async"))
		return of(call(with.flags() | hyper::async));
	if constexpr (std::is_void_v<decltype(call(with.flags()))>) {
		call(with.flags());
		return Json();
	} else {
		return of(call(with.flags()));
	}
}

/* The same of many. */
template <class F> Json change_all(const With &with, F call)
{
	return with.is("dry_run") ? of(call(with.flags() | hyper::dry_run))
				  : of(call(with.flags()));
}

Json event_stream(const hyper::Connection &conn, const With &with)
{
	auto stream = conn.stream(with.number("after"));
	Json all = Json::array();

	for (auto event : stream.within(20s)) {
		if (event.machine() != with.text("machine"))
			continue;
		all.push(of(event));
		if (event.kind() == with.text("until"))
			break;
	}
	return all;
}

/* Whether there is that line. */
Json conn_metrics(const hyper::Connection &conn, const With &with)
{
	auto line = "\n" + with.text("line").value() + "\n";
	Json given = Json::object();

	given.set("found", Json::flag(conn.metrics().find(line) != line.npos));
	return given;
}

using Call = Json (*)(const hyper::Connection &, const With &);

/* The names of the contract. */
const std::map<std::string, Call> calls = {
	{ "conn_info", [](auto &conn, auto &) { return of(conn.info()); } },
	{ "driver_list",
	  [](auto &conn, auto &) { return of(conn.drivers()); } },
	{ "doctor", [](auto &conn,
		       auto &with) { return of(conn.doctor(with.flags())); } },
	{ "machine_add",
	  [](auto &conn, auto &with) {
		  auto spec = machine_of(with.json("machine"));

		  return change(with, [&](auto flags) {
			  return conn.add(spec, flags);
		  });
	  } },
	{ "machine_start",
	  [](auto &conn, auto &with) {
		  return change(with, [&](auto flags) {
			  return conn.start(with.text("id"), flags);
		  });
	  } },
	{ "machine_stop",
	  [](auto &conn, auto &with) {
		  return change(with, [&](auto flags) {
			  return conn.stop(with.text("id"), with.timeout(),
					   flags);
		  });
	  } },
	{ "machine_remove",
	  [](auto &conn, auto &with) {
		  return change(with, [&](auto flags) {
			  return conn.remove(with.text("id"), flags);
		  });
	  } },
	{ "machine_change",
	  [](auto &conn, auto &with) {
		  auto changes = changes_of(with.json("changes"));

		  return change(with, [&](auto flags) {
			  return conn.change(with.text("id"), changes, flags);
		  });
	  } },
	{ "machine_start_all",
	  [](auto &conn, auto &with) {
		  return change_all(with, [&](auto flags) {
			  return conn.start_all(with.query(), flags);
		  });
	  } },
	{ "machine_stop_all",
	  [](auto &conn, auto &with) {
		  return change_all(with, [&](auto flags) {
			  return conn.stop_all(with.query(), with.timeout(),
					       flags);
		  });
	  } },
	{ "machine_change_all",
	  [](auto &conn, auto &with) {
		  auto changes = changes_of(with.json("changes"));

		  return change_all(with, [&](auto flags) {
			  return conn.change_all(with.query(), changes, flags);
		  });
	  } },
	{ "machine_remove_all",
	  [](auto &conn, auto &with) {
		  return change_all(with, [&](auto flags) {
			  return conn.remove_all(with.query(), flags);
		  });
	  } },
	{ "machine_adopt",
	  [](auto &conn, auto &with) {
		  return of(conn.adopt(with.text("name"), with.text("type"),
				       with.text("id"), with.flags()));
	  } },
	{ "machine_get",
	  [](auto &conn, auto &with) {
		  return of(conn.machine(with.text("id"), with.flags()));
	  } },
	{ "machine_list",
	  [](auto &conn, auto &with) {
		  return of(conn.machines(with.query(), with.flags()));
	  } },
	{ "operation_get",
	  [](auto &conn, auto &with) {
		  return of(conn.operation(with.number("id")));
	  } },
	{ "operation_list",
	  [](auto &conn, auto &with) {
		  return of(conn.operations(with.query()));
	  } },
	{ "operation_wait",
	  [](auto &conn, auto &with) {
		  return of(conn.wait(with.number("id"), with.timeout()));
	  } },
	{ "operation_cancel",
	  [](auto &conn, auto &with) {
		  return of(conn.cancel(with.number("id")));
	  } },
	{ "event_mark",
	  [](auto &conn, auto &) {
		  Json mark = Json::object();

		  mark.set("seq", Json::number(conn.machines().seq()));
		  return mark;
	  } },
	{ "event_stream", event_stream },
	{ "token_add",
	  [](auto &conn, auto &with) {
		  auto role = hyper::role_of(with.text("role")->c_str());

		  return of(conn.add_token(with.text("name"), role,
					   with.time("expires_at")));
	  } },
	{ "token_list", [](auto &conn, auto &) { return of(conn.tokens()); } },
	{ "token_remove",
	  [](auto &conn, auto &with) {
		  conn.remove_token(with.text("name"));
		  return Json();
	  } },
	{ "remote_add",
	  [](auto &, auto &with) {
		  hyper::add_remote(with.text("name"), with.text("uri"),
				    with.text("token"),
				    with.text("client_cert"));
		  return Json();
	  } },
	{ "remote_list", [](auto &, auto &) { return of(hyper::remotes()); } },
	{ "remote_use",
	  [](auto &, auto &with) {
		  hyper::use_remote(with.text("name"));
		  return Json();
	  } },
	{ "remote_remove",
	  [](auto &, auto &with) {
		  hyper::remove_remote(with.text("name"));
		  return Json();
	  } },
	{ "conn_ready",
	  [](auto &conn, auto &) {
		  conn.check_ready();
		  return Json();
	  } },
	{ "conn_metrics", conn_metrics },
	{ "image_list",
	  [](auto &conn, auto &with) {
		  return of(conn.images(with.text("type")));
	  } },
	{ "image_get",
	  [](auto &conn, auto &with) {
		  return of(conn.image(with.text("type"), with.text("name")));
	  } },
	{ "image_pull",
	  [](auto &conn, auto &with) {
		  return change(with, [&](auto flags) {
			  return conn.pull_image(with.text("type"),
						 with.text("name"), flags);
		  });
	  } },
	{ "image_import",
	  [](auto &conn, auto &with) {
		  return change(with, [&](auto flags) {
			  return conn.import_image(with.text("type"),
						   with.text("name"),
						   with.text("path"), flags);
		  });
	  } },
	{ "image_remove",
	  [](auto &conn, auto &with) {
		  return change(with, [&](auto flags) {
			  return conn.remove_image(with.text("type"),
						   with.text("name"), flags);
		  });
	  } },
};

Json failure(const hyper::Error &error)
{
	Json fails = Json::object();

	fails.set("code", Json::text(error.code_name()));
	fails.set("field", Json::text(error.field()));
	fails.set("driver", Json::text(error.driver()));
	fails.set("message", Json::text(std::string_view(error.what())));
	return fails;
}

/* A call, with a key or a generation on a view that has them. */
Json make(Call call, const hyper::Connection &conn, const With &with)
{
	if (!with.has("key") && !with.has("generation"))
		return call(conn, with);
	auto view = conn.view();

	if (with.has("key"))
		view.set_key(with.text("key"));
	if (with.has("generation"))
		view.set_generation(with.number("generation"));
	return call(view, with);
}

void play(const hyper::Connection &conn, const Json &scenario)
{
	Json steps = scenario["steps"];
	std::vector<Json> gave;

	for (std::size_t i = 0; i < steps.size(); i++) {
		auto call = calls.find(steps[i]["call"].text());
		Json line = Json::object();

		if (call == calls.end())
			throw std::runtime_error("unknown call " +
						 steps[i]["call"].text());
		line.set("scenario", scenario["name"]);
		line.set("step", Json::number(i));
		gave.emplace_back();
		try {
			gave[i] = make(call->second, conn,
				       With(steps[i]["with"], gave));
			line.set("gives", gave[i]);
		} catch (const hyper::Error &error) {
			line.set("fails", failure(error));
		}
		std::puts(line.line().c_str());
	}
}

} // namespace

int main(int argc, char **argv)
try {
	if (argc != 3) {
		std::fprintf(stderr, "usage: %s URI SCENARIOS.json\n", argv[0]);
		return 2;
	}
	auto conn = hyper::Connection::open(argv[1]);
	Json scenarios = Json::load(argv[2])["scenarios"];

	for (std::size_t i = 0; i < scenarios.size(); i++)
		play(conn, scenarios[i]);
	return 0;
} catch (const std::exception &error) {
	std::fprintf(stderr, "scenarios: %s\n", error.what());
	return 2;
}
