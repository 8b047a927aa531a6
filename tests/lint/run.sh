#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The rules that a script can check. Needs no build, and looks at the exported
# symbols too if there is one.
set -eu
. "$(dirname "$0")/../support/lib.sh"
cd "$ROOT"

# Files of ours: of the repository, or of the tree when it is none.
files() {
	git -c safe.directory='*' ls-files --cached --others \
		--exclude-standard 2>/dev/null ||
		find . -name .git -prune -o -path './build*' -prune -o \
			-type f -print | sed 's|^\./||'
}
files | while read -r f; do [ ! -f "$f" ] || echo "$f"; done >"$W/files"
grep -E '\.[ch]$' "$W/files" >"$W/c"
# Shell scripts, also those whose name does not tell.
while read -r f; do
	case $f in
	*.sh) echo "$f" ;;
	*) ! head -n 1 "$f" | grep -aqE '^#!.*[/ ](ba)?sh\b' || echo "$f" ;;
	esac
done <"$W/files" >"$W/sh"

# nothing TEXT: fails, and shows them, if there are lines on stdin
nothing() {
	! grep . || { echo "^ $1"; return 1; }
}

top_level() {
	find . -mindepth 1 -maxdepth 1 ! -name .git ! -name 'build*' |
		sed 's|^\./||' | grep -vxE 'CMakeLists\.txt|README\.md|LICENSE|'\
'CONTRIBUTING\.md|\.ci|\.clang-format|\.editorconfig|\.gitignore|libhyper|'\
'hyperd|hyperctl|bindings|pkgconfig|tests|examples' |
		nothing "does not belong at the top level"
}

spdx() {
	{
		cat "$W/c" "$W/sh"
		grep -E '\.(py|def|map|cmake)$|(^|/)(CMakeLists\.txt|Makefile)$' \
			"$W/files"
	} | sort -u | while read -r f; do
		head -n 2 "$f" | grep -q 'SPDX-License-Identifier: MIT' ||
			echo "$f"
	done | nothing "no SPDX line"
}

long_files() {
	sort -u "$W/c" "$W/sh" | while read -r f; do
		lines=$(wc -l <"$f")
		[ "$lines" -le 600 ] || echo "$f: $lines lines"
	done | nothing "too long: at most 600"
}

# code PATTERN: the lines of code of all files that match, with the file's
# name, without comments and texts. Comments are the preprocessor's business.
code() {
	grep -E "$1" "$W/c" | while read -r f; do
		cc -fpreprocessed -dD -E -P "$f" 2>/dev/null |
			sed -E 's/"([^"\\]|\\.)*"/""/g' | sed "s|^|$f: |"
	done
}

# banned PATTERN NAMES: calls of these functions in the files that match
banned() {
	code "$1" | grep -E "(^|[^a-zA-Z0-9_.>])($2) *\\(" |
		nothing "banned function"
}

own_env() {
	code '^libhyper/(src|drivers)/' |
		grep -v '^libhyper/src/util/env\.c:' |
		grep -E '\b(secure_)?getenv *\(' |
		nothing "getenv outside util/env.c"
}

alone() { # COMPILER LANGUAGE STANDARD
	for header in libhyper/include/hyper/*.h; do
		echo "#include <hyper/${header##*/}>" |
			"$1" -fsyntax-only -x "$2" -std="$3" -Wall -Wextra \
				-Wpedantic -Wshadow -Wundef -Werror \
				-Ilibhyper/include - || return 1
	done
}

# Each function has a comment with @since, or stands in a group that has.
since() {
	awk '
	FNR == 1 { doc = group = ""; comment = 0 }
	/\/\*\*/ && !/\/\*\*</ { comment = 1; doc = "" }
	comment { doc = doc $0 }
	comment && /\*\// {
		comment = 0
		if (doc ~ /@}/) group = ""
		if (doc ~ /@{/) group = doc
	}
	/^HYPER_API/ {
		if (doc !~ /@since/ && group !~ /@since/)
			print FILENAME ":" FNR ": " $0
		doc = ""
	}' libhyper/include/hyper/*.h | nothing "no @since"
}

in_docs() {
	tests/abi/symbols.sh headers | while read -r name; do
		grep -qrw "$name" libhyper/docs || echo "$name"
	done | nothing "not in libhyper/docs"
}

# What cannot read version.h states the version once more.
one_version() {
	header=libhyper/include/hyper/version.h
	version=$(sed -n 's/.*HYPER_VERSION_STRING "\(.*\)"/\1/p' $header)
	{
		echo "its numbers: $(sed -n -E \
			's/.*HYPER_VERSION_(MAJOR|MINOR|PATCH) ([0-9]+)$/\2/p' \
			$header | paste -sd.)"
		echo "package.json: $(sed -n 's/^  "version": "\(.*\)",$/\1/p' \
			bindings/node/package.json)"
		echo "CHANGELOG.md: $(sed -n 's/^## \([0-9.]*\).*/\1/p' \
			libhyper/docs/CHANGELOG.md | head -n 1)"
	} | grep -v " $version\$" | nothing "is not $version"
}

own_paths() {
	xargs grep -nIE '(^|[^a-zA-Z0-9._/-])/(wor[k]|home/[a-z]+|tmp/[h])/' \
		<"$W/files" | nothing "a path of one machine"
}

# Headers are laid out by hand.
formatted() {
	grep '\.c$' "$W/c" | xargs clang-format --dry-run 2>&1 |
		grep -E 'warning:' | cut -d: -f1 | uniq -c |
		nothing "run clang-format -i on these"
}

shells() { xargs shellcheck -x -P SCRIPTDIR -S warning <"$W/sh"; }

map_is_api() {
	tests/abi/symbols.sh headers >"$W/headers"
	tests/abi/symbols.sh map | diff "$W/headers" -
}

check "top level has only what DESIGN lists" top_level
check "each source file has its SPDX line" spdx
check "no source file is over 600 lines" long_files
check "includes follow the house rules" tests/lint/includes.sh
check "no banned function" banned . \
	'v?sprintf|strcpy|strcat|strncpy|strtok|gets|ato[il]|alloca|system|popen'
check "the library does not print, abort or exit" \
	banned '^libhyper/(src|drivers)/' \
	'v?f?printf|f?puts|putchar|perror|abort|_?_?exit|_Exit|assert|errx?|warnx?|syslog'
check "the environment is read in one place" own_env
for compiler in gcc clang; do
	for std in c99 c11 c17; do
		check "$compiler: each header alone, $std" \
			alone $compiler c $std
	done
	check "$compiler: each header alone, c++17" alone $compiler c++ c++17
done
check "each function tells @since" since
check "each function is in the docs" in_docs
check "libhyper.map lists what the headers declare" map_is_api
if [ -e "$BUILD/libhyper/libhyper.so" ]; then
	check "libhyper.so exports what the headers declare" \
		tests/abi/symbols.sh check "$BUILD/libhyper/libhyper.so"
fi
check "there is one version" one_version
check "no path of one machine" own_paths
for tool in clang-format:formatted shellcheck:shells; do
	if command -v ${tool%:*} >/dev/null; then
		check "${tool%:*}" ${tool#*:}
	else
		skip "${tool%:*}: not installed"
	fi
done
finish
