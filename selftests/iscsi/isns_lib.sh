# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# open-isns's server, for tests with an iSNS client.

isns_dir=$tap_dir/isns

start_isnsd()
{
	mkdir -p "$isns_dir"
	cat >"$isns_dir/isnsd.conf" <<-END
		Database = $isns_dir/db
		PIDFile = $isns_dir/pid
		ControlSocket = $isns_dir/control
		Security = 0
		DefaultDiscoveryDomain = 1
		RegistrationPeriod = 60
	END
	isnsd -c "$isns_dir/isnsd.conf" -f -d general >>"$isns_dir/isnsd.log" 2>&1 &
	wait_for 10 isns_listens
}

isns_listens()
{
	[ -n "$(ss -Hltn 'sport = 3205')" ]
}

nobody_listens()
{
	! isns_listens
}

stop_isnsd()
{
	local pid
	for pid in $(pidof isnsd || true); do
		kill "$pid"
	done
	wait_for 10 isnsd_is_gone
}

isnsd_is_gone()
{
	! pidof isnsd >/dev/null
}

# Wherever the test ended.
teardown_isnsd()
{
	stop_isnsd
	[ ! -e "$isns_dir/isnsd.log" ] || sed 's/^/isnsd: /' "$isns_dir/isnsd.log"
	rm -rf "$isns_dir"
}

admin() # ARGUMENTS
{
	isnsadm --local -c "$isns_dir/isnsd.conf" "$@"
}

server_knows() # WHAT TEXT
{
	admin --list "$1" 2>&1 | has -F -- "$2"
}

server_forgot() # WHAT TEXT
{
	! server_knows "$@"
}

# The server is asked about one target after the other, when it tells of a change or at a refresh.
all_are_allowed() # HOST NUMBER OF TARGETS [USER%]
{
	local shown
	shown=$(discover "$1" "${3:-}" | sed -n "s,^\(iqn.*\) .*,\1,p" | sort -u | wc -l)
	[ "$shown" = "$2" ]
}
