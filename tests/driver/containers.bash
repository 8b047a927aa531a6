# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# drv_docker on a real engine, seen from outside as well: through the engine's
# own API. ENGINE is dockerd or podman.
# shellcheck source=tests/driver/driver.bash
. "$(dirname "$(realpath "$0")")/driver.bash"
TYPE=docker
only $TYPE

check "$ENGINE: starts" use_engine "$ENGINE"
[ $failed -eq 0 ] || finish
# shellcheck disable=SC2153 # the engine says it
export HYPER_DOCKER_HOST=$DOCKER_HOST
on=$ENGINE

# api METHOD PATH [BODY]
api() {
	curl -fsS --unix-socket "${DOCKER_HOST#unix://}" -X "$1" \
		-H 'Content-Type: application/json' -H 'X-Registry-Auth: e30=' \
		${3:+-d "$3"} \
		"http://localhost/v1.40$2"
}

# outside NAME FILTER: jq's FILTER is true of what the engine says of it
outside() {
	api GET "/containers/$1/json" >"$W/outside.json" &&
		cat "$W/outside.json" && jq -e "$2" "$W/outside.json"
}

names() { api GET '/containers/json?all=1' | jq -r '.[].Names[0][1:]' | sort; }

# Everything is asked for; the engine shows that it has it.
honoured() {
	check "$on: add with all fields" ctl add busybox -i web -m 64 \
		--vcpus 1 -e 'A=b c' -e 'B=é' -p 8080:80 -l tier=web --autostart \
		-- httpd -f -p 80 -h /etc
	check "$on: made, not started" outside web '.State.Running == false'
	check "$on: mem" outside web '.HostConfig.Memory == 67108864'
	check "$on: vcpus" outside web '.HostConfig.NanoCpus == 1000000000 or
		.HostConfig.CpuQuota / .HostConfig.CpuPeriod == 1'
	check "$on: env" outside web \
		'.Config.Env | index("A=b c") and index("B=é")'
	check "$on: command" outside web \
		'(.Config.Entrypoint // []) + .Config.Cmd |
			join(" ") | endswith("httpd -f -p 80 -h /etc")'
	check "$on: ports" outside web \
		'.HostConfig.PortBindings["80/tcp"][0].HostPort == "8080"'
	check "$on: autostart" outside web \
		'.HostConfig.RestartPolicy.Name != "no"'
	check "$on: marked as ours" outside web \
		'[.Config.Labels[]] | index("web")'
	check "$on: image" outside web '.Config.Image | contains("busybox")'
	check "$on: start" ctl start web
	check "$on: runs" outside web '.State.Running'
	check "$on: hyperctl says the same" machine web '.state == "running"'
	check "$on: tells its address" machine web '.addresses | length > 0'
	address=$(ctl get web -f json | jq -r '.addresses[0]')
	check "$on: which answers" wait_for 10 engine "$ENGINE" exec \
		curl -fsS "http://$address/passwd"
	check "$on: and its port too" wait_for 10 engine "$ENGINE" exec \
		curl -fsS http://127.0.0.1:8080/passwd
}

outward() {
	check "$on: a web server beyond the engine" web_beyond "$ENGINE"
	# shellcheck disable=SC2016 # the container's shell
	check "$on: a container that asks it" ctl add busybox -i client -- \
		/bin/sh -c 'wget -q -O - "$0" && exec sleep 1000' "$URL"
	check "$on: start" ctl start client
	check "$on: reaches it" wait_for 20 answered client
	check "$on: removed" ctl rm client -F
}

answered() {
	api GET "/containers/$1/logs?stdout=1&stderr=1" | tr -d '\0' |
		grep 'hello from outside'
}

# What others do to our containers, and we not to theirs.
others() {
	check "$on: a container to be paused" ctl add busybox -i calm
	check "$on: start" ctl start calm
	check "$on: paused by somebody" api POST /containers/calm/pause
	check "$on: is seen as paused" wait_for 20 machine calm \
		'.state == "paused"'
	check "$on: start lets it go on" ctl start calm
	check "$on: as the engine agrees" outside calm \
		'.State.Running and (.State.Paused | not)'
	check "$on: removed" ctl rm calm -F
	check "$on: somebody's container" api POST \
		'/containers/create?name=taken' \
		'{"Image": "busybox", "Cmd": ["sleep", "1000"]}'
	api GET /containers/taken/json >"$W/before"
	check "$on: its name is taken" \
		fails 4 taken ctl add busybox -i taken -t docker
	check "$on: nothing is left of that" fails 3 taken ctl get taken
	api GET /containers/taken/json >"$W/after"
	check "$on: which a dry run tells too" \
		fails 4 taken ctl add busybox -i taken -t docker --dry-run
	check "$on: a dry run tells what would be made" \
		plans 'create container planned from image busybox (' \
		add busybox -i planned -p 8081:80 --dry-run
	check "$on: and how it is reached" \
		plans 'publish its port 80/tcp at port 8081 of all addresses' \
		add busybox -i planned -p 8081:80 --dry-run
	check "$on: and has made nothing" \
		fails 22 404 api GET /containers/planned/json
	check "$on: of no network" fails 3 nosuch ctl add busybox -t docker \
		-o network=nosuch --dry-run
	check "$on: it is not touched" diff "$W/before" "$W/after"
	check "$on: nor shown" test -z "$(ctl list -q id=taken)"

	check "$on: killed by somebody" api POST /containers/web/kill
	check "$on: is seen to be stopped" \
		wait_for 30 machine web '.state == "stopped"'
	check "$on: removed by somebody" api DELETE '/containers/web?force=1'
	check "$on: is seen to be missing" \
		wait_for 30 machine web '.state == "missing"'
	check "$on: cannot be started" fails 4 missing ctl start web
	check "$on: can be removed" ctl rm web -F
}

# What the engine tells is known at once. Only the first may be known by the
# hyperd's own asking, as it begins.
telling() {
	check "$on: a container to be watched" ctl add busybox -i seen
	check "$on: start" ctl start seen
	check "$on: a hyperd that watches" watching
	check "$on: killed by somebody" api POST /containers/seen/kill
	check "$on: it knows that" \
		wait_for 15 told seen '.state == "stopped"'
	check "$on: started by somebody" api POST /containers/seen/start
	check "$on: it knows that" \
		wait_for 15 told seen '.state == "running"'
	check "$on: stopped by somebody" api POST '/containers/seen/stop?t=0'
	check "$on: it knows that" \
		wait_for 15 told seen '.state == "stopped"'
	check "$on: the engine goes away" engine "$ENGINE" kill
	check "$on: it knows that" wait_for 30 told seen .stale
	check "$on: comes back" engine "$ENGINE" start
	check "$on: it knows that" wait_for 60 told seen '.stale | not'
	check "$on: started by somebody" api POST /containers/seen/start
	check "$on: it knows that" \
		wait_for 15 told seen '.state == "running"'
	check "$on: removed by somebody" api DELETE '/containers/seen?force=1'
	check "$on: it knows that" \
		wait_for 15 told seen '.state == "missing"'
	stop_pid "$watcher"
	check "$on: can be removed" ctl rm seen -F
}

# A container that hyper did not make becomes one of ours, and is not touched.
adopting() {
	check "$on: a container of somebody's" api POST \
		'/containers/create?name=legacy_db' '{"Image": "busybox",
		"Cmd": ["sleep", "1000"], "Labels": {"a": "b"},
		"HostConfig": {"Memory": 67108864, "NanoCpus": 1000000000,
			"RestartPolicy": {"Name": "always"}}}'
	check "$on: which runs" api POST /containers/legacy_db/start
	api GET /containers/legacy_db/json >"$W/before"
	id=$(jq -r .Id "$W/before")
	check "$on: its name is no id" fails 2 'say which id' \
		ctl adopt legacy_db
	check "$on: adopted" ctl adopt legacy_db -i legacy
	api GET /containers/legacy_db/json >"$W/after"
	check "$on: it is not touched" diff "$W/before" "$W/after"
	check "$on: known as it is" machine legacy '.state == "running" and
		.adopted and .handle == "'"$id"'" and .mem == 64 and
		.vcpus == 1 and .autostart and (.image | contains("busybox"))
		and (.addresses | length > 0)'
	check "$on: twice" fails 4 legacy ctl adopt "$id"
	check "$on: a hyperd that watches" watching
	check "$on: it knows of it" wait_for 15 told legacy '.stale | not'
	check "$on: killed by somebody" api POST '/containers/legacy_db/stop?t=0'
	check "$on: it knows that" wait_for 15 told legacy '.state == "stopped"'
	check "$on: start" ctl start legacy
	check "$on: the engine says so" outside legacy_db .State.Running
	stop_pid "$watcher"
	check "$on: stop" ctl stop legacy -t 0 -F
	check "$on: the engine says so" outside legacy_db '.State.Running | not'
	check "$on: released" ctl release legacy
	check "$on: and still there" outside legacy_db ".Id == \"$id\""
	check "$on: adopted by its id" ctl adopt "$id" -i legacy -t docker
	check "$on: removed" ctl rm legacy
	check "$on: the engine says so" not api GET /containers/legacy_db/json
	check "$on: one of ours" ctl add busybox -i ours
	check "$on: is not adopted" fails 4 ours ctl adopt ours -i other
	check "$on: another hyper" "$BUILD/bin/hyperctl" --uri "$W/second" info
	check "$on: does not take it" fails 4 'another hyper' \
		"$BUILD/bin/hyperctl" --uri "$W/second" adopt ours
	check "$on: but by force" \
		"$BUILD/bin/hyperctl" --uri "$W/second" adopt ours -F
	check "$on: both know it" machine ours '.state == "stopped"'
	check "$on: released" \
		"$BUILD/bin/hyperctl" --uri "$W/second" release ours
	check "$on: removed" ctl rm ours
}

down() {
	check "$on: add before it goes down" ctl add busybox -i kept -- \
		/bin/sh -c 'trap "" TERM; sleep 1000'
	check "$on: start" ctl start kept
	# the engine dies in the middle of a call: a stop that takes a while
	ctl stop kept -t 60 >"$W/stop.out" 2>&1 &
	pid=$!
	sleep 2
	check "$on: killed in the middle of a stop" engine "$ENGINE" kill
	check "$on: the stop ends" wait_for 20 gone $pid
	wait $pid
	check "$on: as a failure that says why" test $? -eq 5 -o $? -eq 1
	check "$on: down: the driver says so" \
		driver '.available == false and (.reason | length > 10)'
	check "$on: down: machines are still listed" machine kept .id
	check "$on: down: as stale" machine kept '.stale'
	check "$on: down: start fails" fails 5 '' ctl start kept
	check "$on: down: images fail" fails 5 '' ctl images list docker
	check "$on: starts again" engine "$ENGINE" start
	check "$on: the driver is back" driver '.available'
	check "$on: so is the machine" wait_for 30 machine kept \
		'.stale == false and (.state == "stopped" or .state == "running")'
	check "$on: removed" ctl rm kept -F
}

there() { HYPER_DOCKER_HOST=$elsewhere "$@"; }

# The same state on another engine, by mistake and then on purpose
elsewhere() {
	local other=podman
	[ "$ENGINE" != podman ] || other=dockerd
	check "$on: one that runs" ctl add busybox -i here -- sleep 1000
	check "$on: it does" ctl start here
	check "$on: another engine starts" use_engine "$other"
	elsewhere=$DOCKER_HOST
	eval "$(engine "$ENGINE" env)"
	check "$on: elsewhere: the doctor says so" \
		fails 1 engine-changed there ctl doctor
	check "$on: elsewhere: it is not missing" \
		there machine here '.state == "running"'
	check "$on: elsewhere: stop fails" \
		fails 5 'another engine' there ctl stop here
	check "$on: elsewhere: rm fails" \
		fails 5 'another engine' there ctl rm here -F
	check "$on: back: it runs" wait_for 15 machine here \
		'.state == "running" and (.stale | not)'
	check "$on: back: the doctor finds nothing" ctl doctor
	check "$on: elsewhere: taken for theirs" \
		fails 1 'taken for theirs' there ctl doctor --repair
	check "$on: elsewhere: it is missing then" wait_for 15 there \
		machine here '.state == "missing"'
	check "$on: back: it runs" wait_for 15 machine here \
		'.state == "running" and (.stale | not)'
	check "$on: back: rm" ctl rm here -F
	engine "$other" stop
}

images() {
	local name
	use_engine registry "$W/$ENGINE" >/dev/null || return
	name=$REGISTRY/team/busybox
	check "$on: a registry with an image" push "$name"
	check "$on: pull" ctl images pull "$name:v1" -t docker
	check "$on: pulled, the engine says" api GET "/images/$name:v1/json"
	check "$on: pulled, hyperctl says" \
		sh -c 'grep -qx "$2" <"$1"' - <(ctl images list docker -q) \
		"$name:v1"
	check "$on: used" ctl add "$name:v1" -i puller -t docker
	check "$on: in use: not removed" \
		fails 4 puller ctl images rm "$name:v1" -t docker
	check "$on: no longer used" ctl rm puller
	check "$on: removed" ctl images rm "$name:v1" -t docker
	check "$on: removed, the engine says" \
		not api GET "/images/$name:v1/json"
	check "$on: pull of what is not there" \
		fails 3 nosuch ctl images pull "$REGISTRY/nosuch:v1" -t docker
	check "$on: import is refused" fails 1 import \
		ctl images import /etc/passwd -t docker
}

push() {
	api POST "/images/busybox/tag?repo=$1&tag=v1"
	api POST "/images/$1/push?tag=v1&tlsVerify=false"
	api DELETE "/images/$1:v1"
}

# Without a hyperd: the example itself watches the engine.
supervised() {
	check "$on: example supervisor" build_example supervisor
	HYPER_URI=$STATE TYPE=docker "$W/supervisor" kept busybox sleep 1000 \
		>"$W/supervisor.log" 2>&1 &
	supervisor=$!
	started $supervisor
	check "$on: runs what it supervises" wait_for 30 supervisor_says runs 1
	check "$on: killed by somebody" api POST /containers/kept/kill
	check "$on: is started again" wait_for 30 supervisor_says runs 2
	check "$on: as the engine agrees" outside kept '.State.Running'
	check "$on: is stopped through hyper" ctl stop kept -F
	check "$on: which is meant" wait_for 30 supervisor_says 'was stopped' 1
	kill -TERM $supervisor
	check "$on: the supervisor ends" wait_for 30 gone $supervisor
	check "$on: and removes it" not outside kept .
}

supervisor_says() { # TEXT COUNT
	test "$(grep -c "^kept $1" "$W/supervisor.log")" -ge "$2"
}

check "$on: busybox image" env DOCKER_HOST="$DOCKER_HOST" \
	"$ROOT/examples/images/busybox-container-image.sh"
conformance "$on" --type docker --image busybox
check "$on: example run_container" example run_container busybox sleep 100
honoured
outward
others
images
adopting
telling
supervised
elsewhere
down
check "$on: only what is not ours is left" test "$(names)" = taken
finish
