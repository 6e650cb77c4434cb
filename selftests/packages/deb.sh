#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The packages: they are built, lintian finds nothing, what is in them is what is meant to be, a policy is
# written with scst-bpf-dev alone, and the spec for RPM is one. Installing and using them is check-deb's. It builds
# everything anew, as a package is: two minutes.
# guests: own
# kernels: stock

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../vm/common.sh"

case_timeout=300
debs=$out/deb-check
here=$src/selftests/packages
spec=$src/userspace/packaging/rpm/scst-bpf.spec

setup_file()
{
	layer=$("$vm/debroot")
}

in_debroot()
{
	"$vm/inroot" --bind "$debs" --over "$layer" -- "$@"
}

test_packages_are_built()	# of what is committed, in place of older ones; what else is there stays; lintian finds nothing
{
	mkdir -p "$debs/keys"
	touch "$debs/keys/mok.key" "$debs/scst-bpf_0.0.1_amd64.deb" "$debs/scst-bpf-modules-6.12.0_0.0.1_amd64.deb"
	"$src/userspace/packaging/deb" "$debs"
	[ -e "$debs/keys/mok.key" ]
	rm "$debs"/scst-bpf-modules-*
	assert_eq "$(cd "$debs" && echo *.deb | sed -E 's/_[^_]*_/ /g')" \
		"scst-bpf-dev amd64.deb scst-bpf-dkms all.deb scst-bpf amd64.deb" packages
}

# Names with the mode and owner that they get, without what changes with the version; long documents are
# compressed.
contents() # PACKAGE
{
	in_debroot bash -c "dpkg-deb -c $debs/$1_*.deb" | awk '!/\/$/ { print $1, $2, $6, $7, $8 }' |
		sed -E 's/ +$//; s/scst-bpf-[0-9][^/]*/scst-bpf-VERSION/; s,(/doc/.*)\.gz$,\1,' | LC_ALL=C sort -k 3
}

test_contents_are_as_listed()	# of programs and SDK, name by name; whoever adds one adds it there
{
	local package
	for package in scst-bpf scst-bpf-dev; do
		contents $package >"$tap_dir/$package"
		diff -u "$here/contents/$package" "$tap_dir/$package"
	done
}

test_everything_is_of_one_date()	# that of the last entry of the changelog
{
	local date
	date=$(sed -n '/^ -- .*>  /{s///p;q}' "$src/userspace/packaging/debian/changelog")
	assert_eq "$(in_debroot bash -c "for deb in $debs/*.deb; do TZ=UTC dpkg-deb -c \$deb; done" |
		awk '{ print $4, $5 }' | sort -u)" "$(date -u -d "$date" '+%F %H:%M')" dates
}

# Those whose declared types changed places; with the types of the kernel that the SDK has.
compile_some() # COMMAND...
{
	local o=/root/bpf
	rm -rf $o
	mkdir -p $o/obj
	cp /root/sdk/usr/include/scst/bpf/vmlinux.h $o/
	cp $o/vmlinux.h $o/vmlinux.tmp
	touch $o/vmlinux.*
	"$@" make -C "$src/bpf" SRC="$src" O=$o $o/obj/{pr_guard,ransom_guard,top}.o >&2
	(cd $o/obj && sha256sum -- *.o)
}

compile_twice()
{
	dpkg-deb -x "$debs"/scst-bpf-dev_*.deb /root/sdk
	localedef -i tr_TR -f UTF-8 tr_TR.UTF-8
	compile_some env >/root/one
	compile_some env LC_ALL=tr_TR.UTF-8 HOME=/nonexistent faketime -f +400d >/root/other
	diff /root/one /root/other
}

test_policies_are_the_same_bytes_in_another_environment()	# with a library that is preloaded, and another locale
{
	in_debroot bash -euo pipefail -c "src=$src debs=$debs; $(declare -f compile_some compile_twice); compile_twice"
}

test_who_cannot_build_the_same_bytes_says_so()	# a container in which memory is laid out by chance
{
	mkdir "$tap_dir/stubs"
	printf '#!/bin/sh\nexit 1\n' >"$tap_dir/stubs/setarch"
	chmod 755 "$tap_dir/stubs/setarch"
	assert_fails_with "personality" in_debroot env PATH="$tap_dir/stubs:/usr/sbin:/usr/bin" \
		make -C "$src/userspace/packaging" -f debian/rules override_dh_auto_build
}

test_dkms_has_every_source()	# of the modules, and no more
{
	contents scst-bpf-dkms | sed -n 's,.* ./usr/src/scst-bpf-VERSION/,,p' |
		lines_with -vE '^(dkms.conf|LICENSE)$' | sort >"$tap_dir/packed"
	(cd "$src" && { git ls-tree -r --name-only HEAD kernel include 2>/dev/null ||
		find kernel include -type f; }) | sort >"$tap_dir/sources"
	diff -u "$tap_dir/sources" "$tap_dir/packed"
}

test_programs_ask_for_modules_of_their_version()	# or newer ones: the next boot would bring both together
{
	local version
	version=$(sed -n 's/^#define SCST_VERSION[[:space:]]*"\(.*\)"/\1/p' "$src/include/uapi/scst/scst.h")
	in_debroot bash -c "dpkg-deb -f $debs/scst-bpf_*.deb Depends" |
		has -F "scst-bpf-dkms (>= $version) | scst-bpf-modules (>= $version), "
}

scripts()
{
	dpkg-deb -e "$debs"/scst-bpf_*.deb /root/scripts
	cat /root/scripts/p[or]*
}

test_only_our_own_scripts_start_and_stop()	# debhelper adds nothing: it would stop daemons for an upgrade
{
	in_debroot bash -euc "debs=$debs; $(declare -f scripts); scripts" >"$tap_dir/scripts"
	diff -u <(grep 'deb-systemd-invoke' "$src/userspace/packaging/debian/scst-bpf.prerm") \
		<(grep 'deb-systemd-invoke' "$tap_dir/scripts")
}

test_programs_are_hardened()	# position independent, bound at the start, with checked buffers
{
	in_debroot bash -euc "
		cd /tmp && rm -rf hardened && mkdir hardened && cd hardened && dpkg-deb -x $debs/scst-bpf_*.deb .
		for program in usr/sbin/*; do
			readelf -lWd \$program | grep -q BIND_NOW || echo \$program: not bound
			readelf -hW \$program | grep -q 'Type:.*DYN' || echo \$program: not PIE
		done
		rm -r /tmp/hardened" >"$tap_dir/soft"
	assert_eq "$(cat "$tap_dir/soft")" "" "what is not hardened"
}

# In a tree where nothing else of ours is; dpkg leaves documents out there.
build_example()
{
	local object
	dpkg -i "$debs"/scst-bpf-dev_*.deb
	dpkg-deb -x "$debs"/scst-bpf-dev_*.deb /root/unpacked
	cp -r /root/unpacked/usr/share/doc/scst-bpf-dev/examples/policy /root/policy
	make -C /root/policy
	object=/root/policy/read_only_lun.bpf.o
	bpftool btf dump file $object | grep "STRUCT 'scst_policy_ops'"
	llvm-readelf -S $object | grep struct_ops/lun_access
	# shellcheck disable=SC2046	# options
	echo '#include <scst/scst.h>' | gcc -x c -fsyntax-only - $(pkg-config --cflags scst-bpf)
}

test_policy_is_written_with_the_sdk()	# out of our tree, by what pkg-config says
{
	in_debroot bash -euxc "debs=$debs; $(declare -f build_example); build_example"
}

test_spec_for_rpm_is_one()	# rpm parses it: three packages, of the version that the programs have; rpmlint finds no error
{
	local version
	version=$(sed -n 's/^#define SCST_VERSION[[:space:]]*"\(.*\)"/\1/p' "$src/include/uapi/scst/scst.h")
	in_debroot rpmspec -q --qf '%{name} %{version}\n' "$spec" \
		>"$tap_dir/rpm"
	assert_eq "$(sort <"$tap_dir/rpm")" \
		"$(printf "%s $version\n" scst-bpf scst-bpf-devel scst-bpf-dkms)" "packages of the spec"
	assert_match "$(head -n 1 "$src/userspace/packaging/debian/changelog")" "\\($version\\)" changelog
	in_debroot rpmlint --rpmlintrc "${spec%.spec}.rpmlintrc" "$spec"
}

# What the packages for RPM do at one of their steps.
scriptlet() # "STEP PACKAGE"
{
	rpmspec -P "$spec" | awk -v section="%$1" '$0 == section { on = 1; next } /^%/ { on = 0 } on'
}

# For one kernel DKMS fails, another one is too old.
install_by_rpm()
{
	cat >/usr/local/bin/dkms <<-'END'
	#!/bin/sh
	case $* in
	*' -k 6.1') exit 77 ;;
	*' -k 6.13') exit 10 ;;
	esac
	END
	chmod 755 /usr/local/bin/dkms
	mkdir -p /lib/modules/6.{1,13}/build/include
	scriptlet "post dkms" >/root/post
	PATH=/usr/local/bin:$PATH sh -e /root/post 2>&1
}

test_rpm_says_for_which_kernel_there_are_no_modules()	# and goes on with the others
{
	local said
	said=$(in_debroot bash -euo pipefail -c "spec=$spec
		$(declare -f scriptlet install_by_rpm); install_by_rpm")
	assert_eq "$(nr_lines . <<<"$said")" 1 "lines of '$said'"
	assert_match "$said" "NO MODULES for 6\\.13\\. .*dkms install scst-bpf/[0-9.]+-1 -k 6\\.13"
}

run_tests "$@"
