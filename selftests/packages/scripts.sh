#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What packages do when they are made, installed, upgraded and removed, without building one: their scripts
# run in a build root that goes with the test, where systemd only writes down what it is asked for.
# guests: own
# kernels: stock

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../vm/common.sh"

packaging=$src/userspace/packaging

# A function of this file, as on a machine of its own.
on_machine() # FUNCTION...
{
	"$vm/inroot" -- env TAP_ELSEWHERE=1 bash -euo pipefail -c '. "$0"; "$@"' "$(realpath "$0")" "$@"
}

stub() # COMMAND <SCRIPT
{
	cat >"/usr/local/bin/$1"
	chmod 755 "/usr/local/bin/$1"
}

# There: no target, and nothing that runs.
pretend()
{
	mount -t tmpfs tmpfs /sys/kernel
	mount -t tmpfs tmpfs /sys/firmware
	mkdir -p /run/systemd/system /sys/kernel/btf
	touch /sys/kernel/btf/vmlinux
	echo 0 >/run/main-pid
	: >/run/asked
	stub systemctl <<-'END'
	#!/bin/sh
	[ "$1" != show ] || exec cat /run/main-pid
	echo "systemctl $*" >>/run/asked
	END
	stub deb-systemd-invoke <<-'END'
	#!/bin/sh
	echo "$*" >>/run/asked
	END
	PATH=/usr/local/bin:$PATH
	mkdir -p /usr/lib/scst
	sed 's|@PREFIX@|/usr|' "$src/userspace/units/restart-daemons.in" >/usr/lib/scst/restart-daemons
	chmod 755 /usr/lib/scst/restart-daemons
}

script() # NAME ARGUMENT...
{
	sh -e "$packaging/debian/scst-bpf.$1" "${@:2}"
}

# ---- daemons ---------------------------------------------------------------------------------------

# As far as packages know it.
make_daemon() # INTERFACES
{
	rm -f /usr/sbin/iscsi-scstd
	gcc -x c -o /usr/sbin/iscsi-scstd - <<-END
	#include <stdio.h>
	#include <unistd.h>
	int main(int argc, char **argv)
	{
		return argc > 1 ? puts("iscsi-scstd 0.1.0, interface $1") < 0 : pause();
	}
	END
}

# Of a machine where a daemon of the first runs, when the second is unpacked over it.
upgrade() # INTERFACES INTERFACES
{
	local daemon
	pretend
	make_daemon "$1"
	/usr/sbin/iscsi-scstd &
	daemon=$!
	until [ "$(readlink /proc/$daemon/exe)" = /usr/sbin/iscsi-scstd ]; do
		sleep 0.1
	done
	echo $daemon >/run/main-pid
	make_daemon "$2"
	script postinst configure 0.1.0
	kill $daemon
	cat /run/asked
}

test_upgrade_starts_daemons_again()	# those that run; scst.service is left as it is
{
	assert_eq "$(on_machine upgrade 1 1)" "$(printf '%s\n' "systemctl daemon-reload" \
		"try-restart scst-bpfd.service scst-thind.service" "try-restart iscsi-scst.service")" "what systemd is asked for"
}

test_new_daemon_may_speak_more()	# and what the old one spoke as well
{
	on_machine upgrade 1 "1 2" | has iscsi-scst.service
}

test_daemon_stays_if_it_does_not_say()	# what it speaks: a library of it may have been replaced
{
	assert_match "$(on_machine upgrade "" "1")" "iscsi-scstd stays"
}

test_daemon_stays_if_the_new_one_could_not_speak_to_the_module()	# or nobody would log in until the next boot
{
	local told
	told=$(on_machine upgrade "1 2" "2 3")
	assert_match "$told" "iscsi-scstd stays"
	assert_no_match "$told" "iscsi-scst.service"
}

install_first()
{
	pretend
	script postinst configure
	cat /run/asked
}

test_installing_starts_nothing()	# that did not run
{
	assert_eq "$(on_machine install_first)" "$(printf '%s\n' "systemctl daemon-reload" \
		"try-restart scst-bpfd.service scst-thind.service")" \
		"what systemd is asked for"
}

# The copy manager's session is the target's own.
remove()
{
	local targets=/sys/kernel/scst_tgt/targets
	pretend
	mkdir -p $targets/{copy_manager/t/sessions/own,iscsi/t/sessions/iqn.a:host}/luns/0
	assert_fails_with "iqn.a:host" script prerm remove
	script prerm upgrade 0.2.0
	assert_eq "$(cat /run/asked)" "" "what systemd is asked for, so far"
	rm -r $targets/iscsi/t/sessions/iqn.a:host
	script prerm remove
	cat /run/asked
}

test_removing_is_refused_while_disks_are_used()	# then all units are stopped, or installing again would serve nothing
{
	assert_eq "$(on_machine remove)" "stop scst.service iscsi-scst.service scst-bpfd.service scst-thind.service" "what systemd is asked for"
}

# ---- machines --------------------------------------------------------------------------------------

# A kernel that was started with Secure Boot and has no BTF, and something that was installed before.
install_on_a_strange_machine()
{
	local efivars=/sys/firmware/efi/efivars
	pretend
	rm -r /sys/kernel/btf
	mkdir -p $efivars
	printf '\6\0\0\0\1' >$efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
	touch /usr/local/sbin/iscsi-scstd
	script postinst configure
}

test_installing_tells_what_this_machine_wants()	# before somebody finds modprobe or policies failing
{
	local told
	told=$(on_machine install_on_a_strange_machine)
	assert_match "$told" "no BTF"
	assert_match "$told" "Secure Boot is on"
	assert_match "$told" "make uninstall.*/usr/local/sbin/iscsi-scstd"
}

# All of it is built by now: nothing is waited for that others of the check build.
test_what_is_installed_is_uninstalled()	# by make; what is not ours, and the configuration, stays
{
	local to=$tap_dir/installed
	mkdir -p "$to"
	"$vm/inroot" --bind "$to" make -C "$src" DESTDIR="$to" install
	[ -x "$to/usr/local/sbin/scstctl" ]
	touch "$to/usr/local/sbin/other"
	"$vm/inroot" --bind "$to" make -C "$src" DESTDIR="$to" uninstall
	assert_eq "$(find "$to" ! -type d -printf '%P\n' | sort)" "$(printf 'etc/scst/bpfd.json\nusr/local/sbin/other')" \
		"what is left"
}

# ---- modules of one kernel -------------------------------------------------------------------------

# Of any module, for a kernel that is there, and then is not.
modules_come_and_go()
{
	local kernel=6.12.0-test modules=/usr/lib/modules/6.12.0-test
	mkdir -p /root/modules $modules/kernel
	cp "$(find /usr/lib/modules -name 'crc-itu-t.ko*' | head -n 1)" /root/modules/
	"$packaging/deb-modules" --pack $kernel 0.1.0 /root/modules /root
	touch $modules/modules.{order,builtin}
	dpkg --force-depends -i /root/scst-bpf-modules-*.deb
	grep '^updates/crc-itu-t.ko' $modules/modules.dep
	rm -r $modules/{kernel,modules.*}
	dpkg --force-depends -r scst-bpf-modules-$kernel
	[ ! -e $modules ]
}

test_modules_go_when_their_kernel_is_gone()	# or every later apt run would fail
{
	on_machine modules_come_and_go
}

# The fields of the package, and what scst-bpf depends on.
relations()
{
	mkdir /root/modules
	touch /root/modules/scst.ko
	"$packaging/deb-modules" --pack 6.12.0-test 0.3.0 /root/modules /root >/dev/null
	dpkg-deb -f /root/scst-bpf-modules-*.deb Provides Depends Conflicts
}

test_modules_say_what_they_go_with()	# their kernel, programs that are no newer, and not those of DKMS beside them
{
	assert_eq "$(on_machine relations)" "$(printf '%s\n' "Provides: scst-bpf-modules (= 0.3.0)" \
		"Depends: kmod, linux-image-6.12.0-test" "Conflicts: scst-bpf-dkms")" fields
}

# ---- keys of modules -------------------------------------------------------------------------------

test_key_is_not_kept_where_make_clean_removes_it()	# hosts that were told of it would take no more modules
{
	assert_fails_with "the key has to be kept" "$packaging/deb-modules" 6.12 "$out/keys"
	[ ! -e "$out/keys" ]
}

test_half_a_key_is_refused()	# DKMS would make a new one over it
{
	mkdir "$tap_dir/keys"
	echo secret >"$tap_dir/keys/mok.key"
	assert_fails_with "mok.key and mok.pub, or none" "$packaging/deb-modules" 6.12 "$tap_dir/keys" "$tap_dir"
	assert_eq "$(cat "$tap_dir/keys/mok.key")" secret "key"
}

run_tests "$@"
