// SPDX-License-Identifier: GPL-2.0-only
#include "login.h"

#include <arpa/inet.h>
#include <stdarg.h>

#include "name.h"
#include "portal.h"

static enum login_status _printf_(3, 4)
refuse(struct login *l, enum login_status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->why, sizeof(l->why), fmt, ap);
	va_end(ap);
	l->status = status;
	return status;
}

/* Asking the kernel failed: our fault, not the initiator's. */
static enum login_status refuse_errno(struct login *l, const char *what, int err)
{
	return refuse(l, err == -ENOMEM ? LOGIN_OUT_OF_RESOURCES : LOGIN_TARGET_ERROR, "%s: %s",
		      what, scst_text_error(err));
}

static_assert(LOGIN_OUT_MAX >= TEXT_PAIRS_MAX * (TEXT_KEY_MAX + sizeof("=NotUnderstood")) + 1024,
	      "every key refused, and ours");

void login_init(struct login *l, const struct env *env, const struct portal *local)
{
	memset(l, 0, sizeof(*l));
	l->env = env;
	l->local = *local;
	l->next_stage = -1;
	l->out.max = LOGIN_OUT_MAX;
}

void login_free(struct login *l)
{
	text_out_free(&l->out);
	explicit_bzero(&l->chap, sizeof(l->chap));
}

/* The response */

static void fill_response(struct login *l, uint8_t flags, uint32_t itt, size_t len)
{
	struct iscsi_response *r = &l->response;
	uint32_t window = l->target.setting[SCST_ISCSI_QueuedCommands] ?: 1;

	memset(r, 0, sizeof(*r));
	memset(l->pdu + sizeof(*r) + len, 0, iscsi_padded(len) - len);
	r->opcode = ISCSI_LOGIN_RESPONSE;
	r->flags = flags;
	r->data_len[1] = len >> 8;
	r->data_len[2] = len;
	memcpy(r->isid, l->isid, sizeof(r->isid));
	r->tsih = htons(l->tsih);
	r->itt = itt;
	r->stat_sn = htonl(l->stat_sn++);
	r->exp_cmd_sn = htonl(l->cmd_sn);
	r->max_cmd_sn = htonl(l->cmd_sn + window - 1);
	r->status = htons(l->status);
	l->pdu_len = sizeof(*r) + iscsi_padded(len);
}

/* Nobody can come back to a discovery session: any will do but 0. */
static uint16_t new_tsih(void)
{
	uint16_t tsih;

	random_bytes(&tsih, sizeof(tsih));
	return tsih ?: 1;
}

/* A fragment of what we have to say; with the last one we go where we agreed to go. */
static void answer(struct login *l, const struct iscsi_login_request *req)
{
	size_t len = text_out_take(&l->out, l->pdu + sizeof(l->response), ISCSI_DATA_DEFAULT);
	uint8_t flags = l->stage << 2;

	if (text_out_left(&l->out))
		flags |= ISCSI_CONTINUE;
	else if (l->next_stage >= 0 && req->flags & ISCSI_FINAL)
		flags |= ISCSI_FINAL | l->next_stage;
	if (flags & ISCSI_FINAL) {
		l->stage = l->next_stage;
		l->next_stage = -1;
	}
	if (l->stage == ISCSI_STAGE_FULL && l->discovery)
		l->tsih = new_tsih();
	fill_response(l, flags, req->itt, len);
}

static enum login_verdict answer_refusal(struct login *l, uint8_t request_flags, uint32_t itt)
{
	const bool moved = l->status >> 8 == 1;
	size_t len = 0;

	if (moved)	/* the one refusal that says something: TargetAddress */
		len = text_out_take(&l->out, l->pdu + sizeof(l->response), ISCSI_DATA_DEFAULT);
	fill_response(l, request_flags & 0x0c, itt, len);
	return LOGIN_REFUSED;
}

/* The request */

static enum login_status check_flags(struct login *l, const struct iscsi_login_request *req)
{
	enum iscsi_stage csg = ISCSI_CSG(req->flags), nsg = ISCSI_NSG(req->flags);

	if (csg != ISCSI_STAGE_SECURITY && csg != ISCSI_STAGE_OPERATIONAL)
		return refuse(l, LOGIN_INITIATOR_ERROR, "CSG %u", csg);
	if (!(req->flags & ISCSI_FINAL))
		return LOGIN_SUCCESS;
	if (req->flags & ISCSI_CONTINUE)
		return refuse(l, LOGIN_INITIATOR_ERROR, "T and C in one request");
	if (nsg <= csg || (nsg != ISCSI_STAGE_OPERATIONAL && nsg != ISCSI_STAGE_FULL))
		return refuse(l, LOGIN_INITIATOR_ERROR, "CSG %u, NSG %u", csg, nsg);
	return LOGIN_SUCCESS;
}

/* StatSN begins where the initiator expects it, since it is free to begin anywhere. */
static void start(struct login *l, const struct iscsi_login_request *req)
{
	l->started = true;
	memcpy(l->isid, req->isid, sizeof(l->isid));
	l->tsih = ntohs(req->tsih);
	l->cid = ntohs(req->cid);
	l->cmd_sn = ntohl(req->cmd_sn);
	l->stat_sn = ntohl(req->exp_stat_sn);
	l->stage = ISCSI_CSG(req->flags);
}

static enum login_status check_same(struct login *l, const struct iscsi_login_request *req)
{
	if (memcmp(l->isid, req->isid, sizeof(l->isid)) || l->tsih != ntohs(req->tsih) ||
	    l->cid != ntohs(req->cid) || l->cmd_sn != ntohl(req->cmd_sn))
		return refuse(l, LOGIN_INITIATOR_ERROR,
			      "ISID, TSIH, CID or CmdSN changed during the login");
	if (ISCSI_CSG(req->flags) != l->stage)
		return refuse(l, LOGIN_INITIATOR_ERROR, "CSG %u in stage %u",
			      ISCSI_CSG(req->flags), l->stage);
	return LOGIN_SUCCESS;
}

static enum login_status check_request(struct login *l, const struct iscsi_login_request *req)
{
	bool first = !l->started;

	if (first)
		start(l, req);	/* a refusal wants these numbers as well */
	if (req->opcode != (ISCSI_LOGIN | ISCSI_IMMEDIATE))
		return refuse(l, LOGIN_INVALID_REQUEST, "opcode 0x%02x during login", req->opcode);
	if (req->ahs_len)
		return refuse(l, LOGIN_INITIATOR_ERROR, "a Login Request with an AHS");
	if (req->version_min)
		return refuse(l, LOGIN_UNSUPPORTED_VERSION, "versions 0x%02x to 0x%02x only",
			      req->version_min, req->version_max);
	return check_flags(l, req) ?: first ? LOGIN_SUCCESS : check_same(l, req);
}

/* The first sequence: who wants to go where? */

static enum login_status read_names(struct login *l, const char **target)
{
	const char *initiator = text_in_find(&l->in, "InitiatorName");
	const char *alias = text_in_find(&l->in, "InitiatorAlias");
	const char *type = text_in_find(&l->in, "SessionType");

	*target = text_in_find(&l->in, "TargetName");
	if (!initiator)
		return refuse(l, LOGIN_MISSING_PARAMETER, "no InitiatorName");
	if (name_fold(initiator, l->initiator))
		return refuse(l, LOGIN_INITIATOR_ERROR, "InitiatorName is no iSCSI name: %s",
			      initiator);
	if (l->env->suspended)
		return refuse(l, LOGIN_UNAVAILABLE, "logins are suspended");
	snprintf(l->initiator_alias, sizeof(l->initiator_alias), "%s", alias ?: "");
	if (type && !streq(type, "Normal") && !streq(type, "Discovery"))
		return refuse(l, LOGIN_SESSION_TYPE, "SessionType %.32s", type);
	l->discovery = type && streq(type, "Discovery");
	if (l->discovery && l->tsih)
		return refuse(l, LOGIN_NO_SESSION, "TSIH in a discovery session");
	if (!l->discovery && !*target)
		return refuse(l, LOGIN_MISSING_PARAMETER, "no TargetName");
	return LOGIN_SUCCESS;
}

/* initiators.deny and initiators.allow. */
static enum login_status check_host(struct login *l)
{
	int ret = !l->env->ops->host_allowed ? 1 :
		l->env->ops->host_allowed(l->env->arg, l->target.name, &l->peer);

	if (ret < 0)
		return refuse_errno(l, "cannot read which hosts may log in", ret);
	return ret ? LOGIN_SUCCESS : refuse(l, LOGIN_NOT_FOUND, "its host may not log in");
}

/* A target that may not be reached from here is none. */
static enum login_status find_target(struct login *l, const char *name)
{
	int ret = name_find_target(l->env, name, &l->target);
	uint64_t allowed;

	if (ret == -ENOENT)
		return refuse(l, LOGIN_NOT_FOUND, "no target %s", name);
	if (ret)
		return refuse_errno(l, "cannot ask for the target", ret);
	ret = portal_allowed(l->env, l->target.tid, &l->local, 1, &allowed);
	if (ret)
		return refuse_errno(l, "cannot ask for allowed_portal", ret);
	if (!allowed)
		return refuse(l, LOGIN_NOT_FOUND, "%s is not allowed at %s", name, l->local.addr);
	ret = check_host(l);
	if (ret)
		return ret;
	if (!l->env->ops->isns_allows(l->env->arg, l->target.name, l->initiator))
		return refuse(l, LOGIN_NOT_AUTHORIZED, "iSNS does not let it see %s", name);
	if (!l->target.enabled)
		return refuse(l, LOGIN_UNAVAILABLE, "%s is disabled", name);
	return LOGIN_SUCCESS;
}

/* Does @address lead to where the initiator is already? */
static bool is_here(const struct login *l, const char *address)
{
	struct portal to;

	return !portal_parse(address, l->local.port, &to) && to.port == l->local.port &&
	       streq(to.addr, l->local.addr);
}

/* An IPv6 address has brackets on the wire (RFC 7143 13.8). The initiator looks up names. */
static void add_target_address(struct login *l, const char *address)
{
	struct portal to;
	bool bare = *address != '[' && !portal_parse(address, l->local.port, &to) &&
		    strchr(to.addr, ':');

	text_out_reset(&l->out);
	text_add(&l->out, "TargetAddress", bare ? "[%s]" : "%s", address);
}

/* "address[:port] temp|perm", as the administrator wrote it. */
static enum login_status check_redirect(struct login *l)
{
	const char *kind = l->target.redirect + strcspn(l->target.redirect, " \t");
	char address[SCST_ISCSI_TEXT_LEN];

	if (scst_format(address, sizeof(address), "%.*s", (int)(kind - l->target.redirect),
			l->target.redirect) || !*address || is_here(l, address))
		return LOGIN_SUCCESS;
	kind += strspn(kind, " \t");
	add_target_address(l, address);
	return refuse(l, streq(kind, "perm") ? LOGIN_MOVED_PERMANENTLY : LOGIN_MOVED_TEMPORARILY,
		      "redirected to %s", address);
}

static int get_user(void *arg, enum scst_iscsi_attr_kind kind, uint32_t index,
		    char text[SCST_ISCSI_TEXT_LEN])
{
	const struct login *l = arg;
	struct scst_iscsi_attr_get attr = {
		.tid = l->target.tid,
		.attr = kind,
		.index = index,
	};
	int err = l->env->ops->attr(l->env->arg, &attr);

	if (!err)
		memcpy(text, attr.text, sizeof(attr.text));
	explicit_bzero(attr.text, sizeof(attr.text));
	return err;
}

/* Whoever has an IncomingUser wants one. */
static enum login_status check_authentication(struct login *l)
{
	char text[SCST_ISCSI_TEXT_LEN];
	int err = get_user(l, SCST_ISCSI_INCOMING_USER, 0, text);

	explicit_bzero(text, sizeof(text));
	if (err && err != -ENOENT)
		return refuse_errno(l, "cannot ask for IncomingUser", err);
	l->must_authenticate = !err;
	if (l->must_authenticate && l->stage != ISCSI_STAGE_SECURITY)
		return refuse(l, LOGIN_AUTHENTICATION_FAILED, "CHAP is required, and was left out");
	return LOGIN_SUCCESS;
}

static void introduce(struct login *l)
{
	if (l->discovery)
		return;
	text_add(&l->out, "TargetPortalGroupTag", "%u", PORTAL_GROUP);
	if (l->target.alias[0] && text_is_value(l->target.alias))
		text_add(&l->out, "TargetAlias", "%s", l->target.alias);
}

static enum login_status identify(struct login *l)
{
	enum login_status status;
	const char *target;

	status = read_names(l, &target);
	if (!status && !l->discovery)
		status = find_target(l, target) ?: check_redirect(l);
	if (!status)
		status = check_authentication(l);
	if (status)
		return status;
	keys_init(&l->keys, l->discovery ? NULL : l->target.key);
	introduce(l);
	l->identified = true;
	return LOGIN_SUCCESS;
}

/* Every sequence: key by key */

static bool is_same_name(const struct login *l, const struct text_pair *pair)
{
	if (streq(pair->key, "InitiatorName"))
		return name_is_same(pair->value, l->initiator);
	if (streq(pair->key, "TargetName"))
		return l->discovery || name_is_same(pair->value, l->target.name);
	if (streq(pair->key, "SessionType"))
		return streq(pair->value, l->discovery ? "Discovery" : "Normal");
	return true;
}

/* Keys which identify() has read, and which some initiators repeat in every request. */
static bool is_declared(const char *key)
{
	return streq(key, "InitiatorName") || streq(key, "InitiatorAlias") ||
	       streq(key, "TargetName") || streq(key, "SessionType");
}

static bool is_ours_to_say(const char *key)
{
	return streq(key, "TargetAlias") || streq(key, "TargetAddress") ||
	       streq(key, "TargetPortalGroupTag");
}

static enum login_status choose_auth(struct login *l, const char *list)
{
	if (l->auth != AUTH_UNDECIDED)
		return refuse(l, LOGIN_INITIATOR_ERROR, "AuthMethod twice");
	l->auth = l->must_authenticate ? AUTH_CHAP : AUTH_NONE;
	if (!text_list_has(list, l->must_authenticate ? "CHAP" : "None"))
		return refuse(l, LOGIN_AUTHENTICATION_FAILED, "it offers AuthMethod=%.64s, but %s",
			      list, l->must_authenticate ? "CHAP is required" :
							   "there is no IncomingUser");
	text_add(&l->out, "AuthMethod", "%s", l->must_authenticate ? "CHAP" : "None");
	return LOGIN_SUCCESS;
}

static enum login_status receive_security_key(struct login *l, const struct text_pair *pair)
{
	if (streq(pair->key, "AuthMethod"))
		return choose_auth(l, pair->value);
	if (chap_knows_key(pair->key)) {
		if (l->auth != AUTH_CHAP)
			return refuse(l, LOGIN_INITIATOR_ERROR, "%s, but CHAP was not agreed on",
				      pair->key);
		return LOGIN_SUCCESS;	/* all of them together: authenticate() */
	}
	text_add(&l->out, pair->key, "%s", keys_know(pair->key) ? "Reject" : "NotUnderstood");
	return LOGIN_SUCCESS;
}

static enum login_status receive_operational_key(struct login *l, const struct text_pair *pair)
{
	switch (keys_receive(&l->keys, pair->key, pair->value, &l->out)) {
	case KEYS_DONE:
		break;
	case KEYS_ERROR:
		return refuse(l, LOGIN_INITIATOR_ERROR, "%s=%.64s", pair->key, pair->value);
	case KEYS_UNKNOWN:
		if (streq(pair->key, "AuthMethod") || chap_knows_key(pair->key))
			return refuse(l, LOGIN_INITIATOR_ERROR,
				      "%s after the security stage", pair->key);
		text_add(&l->out, pair->key, "NotUnderstood");
		break;
	}
	return LOGIN_SUCCESS;
}

static enum login_status receive_key(struct login *l, const struct text_pair *pair)
{
	if (is_declared(pair->key)) {
		if (!is_same_name(l, pair))
			return refuse(l, LOGIN_INITIATOR_ERROR, "%s changed", pair->key);
		return LOGIN_SUCCESS;
	}
	if (is_ours_to_say(pair->key))
		return refuse(l, LOGIN_INITIATOR_ERROR, "%s from an initiator", pair->key);
	if (l->stage == ISCSI_STAGE_SECURITY)
		return receive_security_key(l, pair);
	return receive_operational_key(l, pair);
}

static enum login_status authenticate(struct login *l)
{
	const struct chap_users users = { get_user, l };
	const char *why;

	if (l->stage != ISCSI_STAGE_SECURITY || l->auth != AUTH_CHAP)
		return LOGIN_SUCCESS;
	why = chap_receive(&l->chap, l->env->algorithms, &users, &l->in, &l->out);
	if (!why)
		return LOGIN_SUCCESS;
	return refuse(l, LOGIN_AUTHENTICATION_FAILED, "CHAP: %s", why);
}

static bool is_authenticated(const struct login *l)
{
	return l->auth == AUTH_CHAP ? l->chap.state == CHAP_DONE : !l->must_authenticate;
}

/* The initiator set T: may it go on to @nsg? Sets @l->next_stage if so. */
static enum login_status transit(struct login *l, enum iscsi_stage nsg)
{
	if (l->must_authenticate && l->auth == AUTH_UNDECIDED)
		return refuse(l, LOGIN_AUTHENTICATION_FAILED, "CHAP is required, and was left out");
	if (!is_authenticated(l))
		return LOGIN_SUCCESS;	/* not yet */
	if (l->stage == ISCSI_STAGE_OPERATIONAL && keys_offer(&l->keys, &l->out))
		return LOGIN_SUCCESS;	/* after it has answered */
	if (nsg == ISCSI_STAGE_FULL && !keys_finish(&l->keys))
		return refuse(l, LOGIN_INITIATOR_ERROR, "no agreement on a digest");
	l->next_stage = nsg;
	return LOGIN_SUCCESS;
}

static enum login_status receive_sequence(struct login *l, const struct iscsi_login_request *req)
{
	enum login_status status = LOGIN_SUCCESS;

	if (text_in_parse(&l->in))
		return refuse(l, LOGIN_INITIATOR_ERROR, "malformed key=value text");
	if (!l->identified)
		status = identify(l);
	for (size_t i = 0; !status && i < l->in.nr_pairs; i++)
		status = receive_key(l, &l->in.pair[i]);
	status = status ?: authenticate(l);
	if (!status && l->stage == ISCSI_STAGE_OPERATIONAL)
		keys_declare(&l->keys, &l->out);
	if (!status && req->flags & ISCSI_FINAL)
		status = transit(l, ISCSI_NSG(req->flags));
	text_in_reset(&l->in);
	if (!status && l->out.err)
		status = refuse(l, l->out.err == -ENOMEM ? LOGIN_OUT_OF_RESOURCES :
							   LOGIN_INITIATOR_ERROR,
				"the answer does not fit");
	return status;
}

/* While we have more to say the initiator only asks for it. */
static enum login_status collect(struct login *l, const struct iscsi_login_request *req,
				 uint32_t len)
{
	if (len || req->flags & ISCSI_CONTINUE)
		return refuse(l, LOGIN_INITIATOR_ERROR, "text while we were speaking");
	if (req->flags & ISCSI_FINAL && l->next_stage >= 0 &&
	    (int)ISCSI_NSG(req->flags) != l->next_stage)
		return refuse(l, LOGIN_INITIATOR_ERROR, "NSG changed");
	return LOGIN_SUCCESS;
}

static enum login_status receive(struct login *l, const struct iscsi_login_request *req,
				 const void *data)
{
	uint32_t len = iscsi_data_len((const struct iscsi_bhs *)req);
	enum login_status status = check_request(l, req);

	if (status)
		return status;
	if (text_out_left(&l->out))
		return collect(l, req, len);
	text_out_reset(&l->out);
	l->next_stage = -1;
	if (text_in_append(&l->in, data, len))
		return refuse(l, LOGIN_INITIATOR_ERROR, "more than %u bytes of text", TEXT_IN_MAX);
	if (req->flags & ISCSI_CONTINUE)
		return LOGIN_SUCCESS;
	return receive_sequence(l, req);
}

enum login_verdict login_receive(struct login *l, const struct iscsi_login_request *req,
				 const void *data)
{
	if (receive(l, req, data))
		return answer_refusal(l, req->flags, req->itt);
	answer(l, req);
	if (l->stage != ISCSI_STAGE_FULL)
		return LOGIN_CONTINUE;
	return l->discovery ? LOGIN_DISCOVERY : LOGIN_HAND_OVER;
}

enum login_verdict login_refuse_pdu(struct login *l, const struct iscsi_bhs *bhs, const char *why)
{
	bool is_login = (bhs->opcode & ISCSI_OPCODE_MASK) == ISCSI_LOGIN;

	refuse(l, is_login ? LOGIN_INITIATOR_ERROR : LOGIN_INVALID_REQUEST, "%s", why);
	return answer_refusal(l, 0, bhs->itt);
}

/* Handing over */

void login_to_kernel(const struct login *l, struct scst_iscsi_conn *conn)
{
	*conn = (struct scst_iscsi_conn){
		.fd = -1,
		.tid = l->target.tid,
		.tsih = l->tsih,
		.cid = l->cid,
		.cmd_sn = l->cmd_sn,
		.stat_sn = l->stat_sn - 1,
		.response_len = l->pdu_len,
		.response = (uintptr_t)l->pdu,
	};
	memcpy(conn->isid, l->isid, sizeof(conn->isid));
	memcpy(conn->key, l->keys.value, sizeof(conn->key));
	strcpy(conn->initiator, l->initiator);
	strcpy(conn->initiator_alias, l->initiator_alias);
	if (l->auth == AUTH_CHAP)
		strcpy(conn->user, l->chap.user);
}

static const struct {
	int err;
	enum login_status status;
	const char *why;
} kernel_errors[] = {
	{ ENOENT,	LOGIN_NOT_FOUND,		"the target is gone"			},
	{ ECONNREFUSED,	LOGIN_UNAVAILABLE,		"the target is disabled"		},
	{ EACCES,	LOGIN_NOT_AUTHORIZED,		"it may not log in"			},
	{ EPERM,	LOGIN_NOT_AUTHORIZED,		"the session is another user's"		},
	{ EUSERS,	LOGIN_TOO_MANY_CONNECTIONS,	"MaxSessions is reached"		},
	{ ESRCH,	LOGIN_NO_SESSION,		"no session with this TSIH"		},
	{ E2BIG,	LOGIN_TOO_MANY_CONNECTIONS,	"the session takes no more connections"	},
	{ EAGAIN,	LOGIN_UNAVAILABLE,		"required policies are not in force"	},
	{ ENOMEM,	LOGIN_OUT_OF_RESOURCES,		"out of memory"				},
};

enum login_verdict login_kernel_refused(struct login *l, int err)
{
	uint32_t itt = l->response.itt;

	refuse(l, LOGIN_TARGET_ERROR, "the kernel refused the connection: %s", strerror(err));
	for (size_t i = 0; i < ARRAY_SIZE(kernel_errors); i++)
		if (kernel_errors[i].err == err)
			refuse(l, kernel_errors[i].status, "%s", kernel_errors[i].why);
	l->stat_sn--;
	return answer_refusal(l, l->response.flags, itt);
}
