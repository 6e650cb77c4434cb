# SPDX-License-Identifier: GPL-2.0-only
#
# check: all of $(TESTS), even behind one that failed.

check: all
	@failed=; for t in $(TESTS); do \
		echo "# $$(basename $$t)"; \
		CMOCKA_MESSAGE_OUTPUT=TAP $$t || failed="$$failed $$(basename $$t)"; \
	done; \
	if [ -n "$$failed" ]; then echo "# FAILED:$$failed"; exit 1; fi
