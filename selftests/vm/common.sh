# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What every script of the lab shares: where things are, how to say what is going on, which kernel
# is meant. Sourced, never run.
#
#   $src     the checkout            $out    $src/.build, all output
#   $cache   kept between runs: roots, debug kernels, initramfs images
#   $root    the Debian 13 tree which is both build root and guest root ("" = we are inside it)

src=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
out=$src/.build
vm=$src/selftests/vm
cache=${SCST_CACHE:-/var/cache/scst-bpf}

say()
{
	printf '== %s\n' "$*" >&2
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

package_list()
{
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"
}

# What the head of a test file, its first comments, says in "# WORD: ..."
head_of() # FILE WORD
{
	sed -n "1,/^\$/s/^# $2: //p" "$1"
}

hash_of()
{
	sha256sum | cut -c1-12
}

root=$cache/root-$(package_list "$vm/packages.build" "$vm/packages.guest" | hash_of)
[ -z "${SCST_IN_ROOT:-}" ] || root=

# A program of the root, which may be newer than this host.
of_root=("$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu")

mke2fs() # ARGUMENTS
{
	MKE2FS_CONFIG=$root/etc/mke2fs.conf "${of_root[@]}" "$root/usr/sbin/mke2fs" -q -t ext4 "$@"
}

# debug_config NAME: the lines of debug.config, with those of NAME.config over them.
debug_config()
{
	package_list "$vm/debug.config" "$vm/$1.config" | awk -F= '
		!($1 in line) { order[++n] = $1 }
		{ line[$1] = $0 }
		END { for (i = 1; i <= n; i++) if (line[order[i]] !~ /=n$/) print line[order[i]] }'
}

# debug_tree debug|kcsan: where mkdebugkernel puts it, laid out like $root as far as a kernel goes.
debug_tree()
{
	echo "$cache/$1-$({ debug_config "$1"; ls "$root/lib/modules" 2>/dev/null || true; } | hash_of)"
}

# progress TITLE LOG COMMAND...: run a long command with its output in LOG; tell every ten seconds
# how it stands, and show the end of the log if it fails.
progress()
{
	local title=$1 log=$2 start=$SECONDS next=10 pid status=0
	shift 2
	mkdir -p "$(dirname "$log")"
	say "$title"
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
		[ $((SECONDS - start)) -ge $next ] || continue
		printf '   %4d s  %s\n' $((SECONDS - start)) "$(tail -n 1 "$log" | tr -d '\r' | cut -c1-80)" >&2
		next=$((SECONDS - start + 10))
	done
	wait "$pid" || status=$?
	if [ "$status" -ne 0 ]; then
		tail -n 20 "$log" >&2
		say "$title: failed with status $status, whole log in $log"
		return "$status"
	fi
	[ $((SECONDS - start)) -lt 5 ] || say "$title: done in $((SECONDS - start)) s"
}

# need_host COMMAND=PACKAGE...: install the packages of those commands which this host lacks.
need_host()
{
	local pair missing=()
	for pair; do
		command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" -eq 0 ] || die "needs root, or: apt install ${missing[*]}"
	command -v apt-get >/dev/null || die "install these first: ${missing[*]}"
	progress "installing ${missing[*]} on this host" "$cache/log/apt" install_on_host "${missing[@]}"
}

install_on_host()
{
	apt-get -q update || echo "apt-get update failed, trying with the lists there are"
	DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "$@"
}
