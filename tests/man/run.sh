#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The manual pages: all of them can be shown, all of the C interface is there,
# and the examples do what they say. Each check is shown to fail, too.
set -u
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"
here=$ROOT/tests/man
lib=$ROOT/libhyper
man3=$BUILD/libhyper/man/man3
if [ ! -d "$man3" ]; then
	skip "man: no pages (HYPER_MAN is off, or there is no Python 3)"
	finish
fi

# --- what those who show pages say of them
by_man() { # PAGE: warnings of groff, and lines too wide for a terminal
	{ MANWIDTH=80 man --warnings -E UTF-8 -l "$1" >"$W/shown"; } 2>&1
	col -bx <"$W/shown" | grep -E '^.{81}'
	[ -s "$W/shown" ] || echo "nothing is shown"
}
by_mandoc() { mandoc -T lint -W warning "$1"; } # PAGE
quiet() { # HOW PAGE...: nothing is said of any
	how=$1
	shift
	for page; do
		"$how" "$page" | sed "s|^|$page: |"
	done >"$W/said"
	cat "$W/said"
	[ $# -gt 0 ] && [ ! -s "$W/said" ]
}
mapfile -t pages < <(grep -L '^\.so ' "$man3"/*.3)
written=("$BUILD"/hyperctl/*.1 "$BUILD"/hyperd/*.[58] "$BUILD"/tests/driver/*.1)
{
	cat "$man3/hyper_open.3"
	echo '.Nonsense'
} >"$W/wrong.3"
{
	cat "$man3/hyper_open.3"
	printf '.Bd -literal\n%090d\n.Ed\n' 0
} >"$W/wide.3"
for tool in man mandoc; do
	if ! command -v $tool >/dev/null; then
		skip "man: $tool is not installed"
		continue
	fi
	check "$tool: pages of the C interface" quiet by_$tool "${pages[@]}"
	check "$tool: the other pages" quiet by_$tool "${written[@]}"
	check "$tool: but not a wrong one" not quiet by_$tool "$W/wrong.3"
done
check "man: but not a wide one" not quiet by_man "$W/wide.3"

# --- all of the interface, by a reader of its own
covers() { # MAN3 [NAME]: also NAME
	{
		"$ROOT/tests/abi/symbols.sh" map
		echo "${2:-}"
	} | python3 -B "$here/coverage.py" "$1"
}
check "each function has its page, and an example that calls it" \
	covers "$man3"
check "coverage: but not one that is not there" not covers "$man3" hyper_none
cp -r "$man3" "$W/man3"
sed -i 's/hyper_machine_add(/add(/' "$W/man3/hyper_machine_add.3"
check "coverage: an example without the call" not covers "$W/man3"
cp "$man3/hyper_machine_add.3" "$W/man3"
rm "$W/man3/hyper_conn.3"
check "coverage: a reference to nowhere" not covers "$W/man3"

# --- how they are made
make_pages() { # HEADERS EXAMPLES
	rm -rf "$W/made"
	python3 -B "$lib/man/make.py" "$1" "$2" "$lib/man/overview.md" "$W/made"
}
made_alike() {
	PYTHONHASHSEED=1 TZ=Asia/Tokyo LC_ALL=C make_pages \
		"$lib/include/hyper" "$lib/man/examples" &&
		diff -r "$man3" "$W/made"
}
check "make.py: the same at any time and place" made_alike
refuses() { # WHAT SED: in machine.h; WHAT is what make.py says
	rm -rf "$W/hyper"
	cp -r "$lib/include/hyper" "$W"
	sed -i "$2" "$W/hyper/machine.h"
	not make_pages "$W/hyper" "$lib/man/examples" 2>"$W/made.err"
	refused=$?
	cat "$W/made.err"
	grep -q "$1" "$W/made.err" && [ $refused -eq 0 ]
}
check "make.py: refuses a parameter of which nothing is said" refuses \
	'nothing about timeout_ms' '/@param timeout_ms/d'
check "make.py: refuses a function without a comment" refuses \
	'hyper_machine_mem has no comment' '/MiB; 0: no limit of its own/d'
check "make.py: refuses an error that is none" refuses \
	'no error: STATUS' 's/err          NOT_FOUND, STATE/&, STATUS/'
check "make.py: refuses a function without @since" refuses \
	'hyper_machine_get: no @since' '/^HYPER_API int hyper_machine_get/!{
		/NOT_FOUND, INVALID, CONNECT/,/@since/s/ @since.*//}'
check "make.py: refuses a function that no example calls" refuses \
	'no example calls hyper_machine_mem' 's/hyper_machine_mem\b/&_2/'

# --- pages that are Markdown
as_page() { python3 -B "$lib/man/page.py" "$1" "$W/made.page"; } # PAGE.md
shows() { # TEXT: a line of the page, as it is shown
	MANWIDTH=80 man -E UTF-8 -l "$W/made.page" | col -bx | grep -qxE -- "$1"
}
cat >"$W/page.md" <<'T'
<!-- SPDX-License-Identifier: MIT -->
# thing(8) - do *this*

November 30, 2026

## OPTIONS

**-a**, **--all** *what*
: All `--of` it. 'That' is

      code --is "as" it\is

  /path
  : nested, see other(1)

  - one
  - two

.SH is no heading
T
check "page.py: makes a page" as_page "$W/page.md"
check "page.py: without a warning" quiet by_mandoc "$W/made.page"
check "page.py: a name" shows '       thing - do this'
check "page.py: a term" shows '       -a, --all what'
check "page.py: what it means" shows '              All --of it\.  .That. is'
check "page.py: a term in it" shows '              /path  nested, see other\(1\)'
check "page.py: code" shows ' *code --is "as" it\\is'
check "page.py: a list" shows ' *• two'
check "page.py: text that looks like roff" shows '       \.SH is no heading'
sed -i 2s/8// "$W/page.md"
check "page.py: refuses what has no section" not as_page "$W/page.md"

# --- the examples, as they are in the pages
mkdir "$W/drivers"
cp "$BUILD/drivers/drv_test.so" "$W/drivers"
echo "not a library" >"$W/drivers/drv_text.so"
export HYPER_DRIVER_DIR=$W/drivers HYPER_TEST_KEEP=yes
export XDG_CONFIG_HOME=$W/config # where servers have names
uuid='[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
strange=11111111-2222-4333-8444-555555555555

# What an example wants to find in its state, STATE/test being the engine
before_machine() { echo "$strange 4 -" >"$1/test/postgres.machine"; }
before_doctor() {
	"$BUILD/bin/hyperctl" --uri "$1" add demo -i lost >/dev/null
	rm "$1/test/lost.machine"
	echo "$strange 2" >"$1/test/found.machine"
}
example() { # NAME
	mkdir -p "$W/state/$1/test"
	! declare -F "before_$1" >/dev/null || "before_$1" "$W/state/$1"
	LD_DEBUG=bindings LD_DEBUG_OUTPUT="$W/bound.$1" \
		"$BUILD/tests/example_$1" "$W/state/$1" >"$W/out" || return 1
	sed -E -i "s/$uuid/UUID/g; s|$W|W|g; s/192\.0\.2\.[0-9]+/ADDRESS/g" "$W/out"
	diff "$here/expected/$1.txt" "$W/out"
}
for source in "$lib"/man/examples/*.c; do
	name=$(basename "$source" .c)
	[ "$name" = driver ] || check "example: $name" example "$name"
done
# The loader tells of each function when it is called first. A driver is bound
# at once, so that its calls are not seen.
called() {
	sed -n 's/.*example_.*symbol `\(hyper_[a-z_]*\).*/\1/p' "$W"/bound.* |
		sort -u >"$W/called"
	"$ROOT/tests/abi/symbols.sh" map |
		grep -vE '^hyper_(call|driver_(claim|dir|instance|setting)|machine_saw)' |
		diff - "$W/called"
}
check "examples: they really call all functions" called
sed -i '/hyper_machine_adopt/d' "$W"/bound.*
check "examples: and if one is not called, it is seen" not called

cp "$BUILD/tests/drv_shelf.so" "$W"
printf '[shelf]\nalone = yes\nimage = folio\n' >"$W/shelf.conf"
env -u HYPER_DRIVER_DIR "$BUILD/bin/hyper-driver-check" --stubborn glued=yes \
	"$W/drv_shelf.so" "$W/shelf.conf" >"$W/shelf" 2>&1
shelf=$?
sed -E 's/^(ok  |FAIL) /\1 example: driver: /' "$W/shelf"
check "example: driver is as a driver must be" test $shelf -eq 0
finish
