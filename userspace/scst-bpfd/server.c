// SPDX-License-Identifier: GPL-2.0-only
/* Subscribers are libevent buffers with a limit. */
#include "server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "log.h"

#define MAX_CLIENTS	64
#define MAX_REQUEST	4096

struct client {
	LIST_ENTRY(client) entry;
	struct bpfd_server *server;
	struct bufferevent *bev;	/* NULL: stdout is a file and never makes us wait */
	bool subscribed;
	uint64_t left_out;		/* since it was told */
};

struct bpfd_server {
	struct event_base *base;
	struct evconnlistener *listener;
	char *path;			/* NULL: not listening */
	const struct bufferevent *print; /* stdout, from which nothing is read */
	LIST_HEAD(, client) clients;
	unsigned int nr_clients;
	unsigned int nr_subscribed;
	uint64_t published;
	uint64_t left_out;
	uint64_t lost;
	struct bpfd_server_options options;
};

/* Clients */

static void drop_client(struct client *client)
{
	client->server->nr_clients--;
	client->server->nr_subscribed -= client->subscribed;
	LIST_REMOVE(client, entry);
	if (client->bev)
		bufferevent_free(client->bev);
	free(client);
}

static void send_line(struct client *client, const char *line)
{
	struct evbuffer *out;

	if (!client->bev) {
		puts(line);
		fflush(stdout);
		return;
	}
	out = bufferevent_get_output(client->bev);
	evbuffer_add(out, line, strlen(line));
	evbuffer_add(out, "\n", 1);
}

static void tell_left_out(struct client *client)
{
	char line[128];

	if (!client->left_out)
		return;
	snprintf(line, sizeof(line),
		 "{\"event\":\"lost\",\"where\":\"subscriber\",\"count\":%" PRIu64 "}",
		 client->left_out);
	client->left_out = 0;
	send_line(client, line);
}

static bool is_full(const struct client *client, size_t more)
{
	return client->bev && evbuffer_get_length(bufferevent_get_output(client->bev)) + more >
				      client->server->options.queue;
}

static void publish_to(struct client *client, const char *line)
{
	if (is_full(client, strlen(line) + 1)) {
		client->left_out++;
		client->server->left_out++;
		return;
	}
	tell_left_out(client);
	send_line(client, line);
}

bool bpfd_server_wanted(const struct bpfd_server *server)
{
	return server->nr_subscribed;
}

void bpfd_server_publish(struct bpfd_server *server, const char *line)
{
	struct client *client;

	server->published++;
	LIST_FOREACH(client, &server->clients, entry)
		if (client->subscribed)
			publish_to(client, line);
}

void bpfd_server_count(const struct bpfd_server *server, struct bpfd_server_counts *counts)
{
	counts->published = server->published;
	counts->left_out = server->left_out;
	counts->lost = server->lost;
}

void bpfd_server_add_lost(struct bpfd_server *server, uint64_t lost)
{
	server->lost += lost;
}

/* Requests */

static void do_subscribe(struct client *client)
{
	if (client->subscribed)
		return;
	client->subscribed = true;
	client->server->nr_subscribed++;
}

static void do_status(struct client *client)
{
	const struct bpfd_server *server = client->server;
	struct json_object *status = json_object_new_object();
	struct json_object *faults = json_object_new_array();

	json_object_object_add(status, "event", json_object_new_string("status"));
	json_object_object_add(status, "published", json_object_new_uint64(server->published));
	json_object_object_add(status, "left_out", json_object_new_uint64(server->left_out));
	json_object_object_add(status, "subscribers", json_object_new_int64(server->nr_subscribed));
	for (size_t i = 0; i < server->options.faults->nr; i++)
		json_object_array_add(faults,
				      json_object_new_string(server->options.faults->list[i]));
	json_object_object_add(status, "faults", faults);
	send_line(client, json_object_to_json_string_ext(status, JSON_C_TO_STRING_PLAIN));
	json_object_put(status);
}

/* Who may watch may not decide what is in force, nor when. */
static int check_root(const struct client *client, struct scst_error *err)
{
	struct ucred peer = { .uid = -1 };
	socklen_t len = sizeof(peer);

	if (client->bev && getsockopt(bufferevent_getfd(client->bev), SOL_SOCKET, SO_PEERCRED,
				      &peer, &len))
		peer.uid = -1;
	return peer.uid ? scst_fail(err, -EPERM, "only root may have it reloaded") : 0;
}

static void do_reload(struct client *client)
{
	struct json_object *answer = json_object_new_object();
	struct scst_error err = {};
	int ret = check_root(client, &err) ?:
		  client->server->options.reload(client->server->options.arg, &err);

	json_object_object_add(answer, "event", json_object_new_string("reload"));
	json_object_object_add(answer, "ok", json_object_new_boolean(!ret));
	if (ret)
		json_object_object_add(answer, "text", json_object_new_string(err.text));
	send_line(client, json_object_to_json_string_ext(answer, JSON_C_TO_STRING_PLAIN));
	json_object_put(answer);
}

static const struct {
	const char *cmd;
	void (*run)(struct client *client);
} requests[] = {
	{ "subscribe",	do_subscribe	},
	{ "status",	do_status	},
	{ "reload",	do_reload	},
};

static void run_request(struct client *client, const char *line)
{
	struct json_object *obj = json_tokener_parse(line), *cmd = NULL;
	const char *name = NULL;
	size_t i;

	if (json_object_is_type(obj, json_type_object) &&
	    json_object_object_get_ex(obj, "cmd", &cmd) &&
	    json_object_is_type(cmd, json_type_string))
		name = json_object_get_string(cmd);
	for (i = 0; name && i < ARRAY_SIZE(requests); i++) {
		if (streq(requests[i].cmd, name)) {
			requests[i].run(client);
			break;
		}
	}
	if (!name || i == ARRAY_SIZE(requests))
		send_line(client,
			  "{\"event\":\"error\",\"text\":\"no such request: subscribe, "
			  "status, reload\"}");
	json_object_put(obj);
}

/* Who does not read what it is answered is not listened to any further. */
static void on_readable(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct client *client = arg;
	char *line;

	while (!is_full(client, 0) && (line = evbuffer_readln(in, NULL, EVBUFFER_EOL_LF))) {
		run_request(client, line);
		free(line);
	}
	if (is_full(client, 0))
		bufferevent_disable(bev, EV_READ);
	else if (evbuffer_get_length(in) >= MAX_REQUEST)
		drop_client(client);
}

/*
 * Everything is out: the moment to tell what was left out, even if no event follows, and to listen
 * again.
 */
static void on_drained(struct bufferevent *bev, void *arg)
{
	struct client *client = arg;

	tell_left_out(client);
	if (bufferevent_get_enabled(bev) & EV_READ || bev == client->server->print)
		return;
	bufferevent_enable(bev, EV_READ);
	on_readable(bev, client);
}

static void on_gone(struct bufferevent *bev _unused_, short what _unused_, void *arg)
{
	drop_client(arg);
}

static int add_client(struct bpfd_server *server, int fd, struct client **out)
{
	struct client *client = calloc(1, sizeof(*client));

	if (!client)
		return -ENOMEM;
	client->server = server;
	if (fd >= 0) {
		client->bev = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
		if (!client->bev) {
			free(client);
			return -ENOMEM;
		}
		bufferevent_setcb(client->bev, on_readable, on_drained, on_gone, client);
		bufferevent_setwatermark(client->bev, EV_READ, 0, MAX_REQUEST);
	}
	LIST_INSERT_HEAD(&server->clients, client, entry);
	server->nr_clients++;
	*out = client;
	return 0;
}

static void on_connect(struct evconnlistener *listener _unused_, evutil_socket_t fd,
		       struct sockaddr *addr _unused_, int len _unused_, void *arg)
{
	struct bpfd_server *server = arg;
	struct client *client;

	if (server->nr_clients >= MAX_CLIENTS || add_client(server, fd, &client)) {
		log_warn("refused a connection: %u clients", server->nr_clients);
		close(fd);
		return;
	}
	bufferevent_enable(client->bev, EV_READ | EV_WRITE);
}

/*
 * Return: a descriptor for stdout that may be made non-blocking without doing so to whoever shares
 * it, -ENOTTY for a plain file, which never blocks, or another -errno.
 */
static int open_stdout(void)
{
	struct stat st;
	int fd;

	if (fstat(STDOUT_FILENO, &st))
		return -errno;
	if (S_ISREG(st.st_mode))
		return -ENOTTY;
	if (S_ISSOCK(st.st_mode))
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);	/* the journal's, and ours alone */
	else
		fd = open("/proc/self/fd/1", O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	evutil_make_socket_nonblocking(fd);
	return fd;
}

int bpfd_server_print(struct bpfd_server *server, struct scst_error *err)
{
	int fd = open_stdout(), ret;
	struct client *client;

	if (fd < 0 && fd != -ENOTTY)
		return scst_fail(err, fd, "cannot print events to stdout: %s", strerror(-fd));
	ret = add_client(server, fd, &client);
	if (ret)
		return scst_fail(err, ret, "cannot print events: %s", strerror(-ret));
	server->print = client->bev;
	if (client->bev)
		bufferevent_enable(client->bev, EV_WRITE);
	do_subscribe(client);
	return 0;
}

/* The socket */

bool bpfd_server_answers(const char *path)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	return fd >= 0 && !scst_format(addr.sun_path, sizeof(addr.sun_path), "%s", path) &&
	       !connect(fd, (const struct sockaddr *)&addr, sizeof(addr));
}

static int make_parent(const char *path)
{
	_cleanup_free_ char *dir = strdup(path);

	if (!dir)
		return -ENOMEM;
	*strrchr(dir, '/') = '\0';
	return !*dir || !mkdir(dir, 0755) || errno == EEXIST ? 0 : -errno;
}

/* Nobody can connect before mode and group are right: listening comes last. */
static int bind_socket(const char *path, int *out, struct scst_error *err)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int ret;

	ret = scst_format(addr.sun_path, sizeof(addr.sun_path), "%s", path) ?: make_parent(path);
	if (ret || fd < 0)
		return scst_fail(err, ret ?: -errno, "cannot make %s: %s", path,
				 strerror(ret ? -ret : errno));
	unlink(path);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || chmod(path, 0660))
		return scst_fail(err, -errno, "cannot make %s: %s", path, strerror(errno));
	*out = TAKE_FD(fd);
	return 0;
}

static int set_group(const char *path, const char *name, struct scst_error *err)
{
	struct group *group;

	if (!name)
		return 0;
	group = getgrnam(name);
	if (!group)
		return scst_fail(err, -ENOENT, "events.group: there is no group %s", name);
	if (chown(path, -1, group->gr_gid))
		return scst_fail(err, -errno, "cannot give %s to group %s: %s", path, name,
				 strerror(errno));
	return 0;
}

int bpfd_server_listen(struct bpfd_server *server, const char *path, const char *group,
		       struct scst_error *err)
{
	_cleanup_free_ char *copy = strdup(path);
	_cleanup_close_ int fd = -EBADF;
	int ret = copy ? bind_socket(path, &fd, err) : -ENOMEM;

	if (ret)
		return ret;
	ret = set_group(path, group, err);
	server->listener = evconnlistener_new(server->base, on_connect, server,
					      LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 16,
					      fd);
	if (!server->listener)
		return scst_fail(err, -EIO, "cannot listen on %s", path);
	TAKE_FD(fd);
	server->path = TAKE_PTR(copy);
	return ret;
}

void bpfd_server_stop(struct bpfd_server *server)
{
	if (!server)
		return;
	while (!LIST_EMPTY(&server->clients))
		drop_client(LIST_FIRST(&server->clients));
	if (server->listener) {
		evconnlistener_free(server->listener);
		unlink(server->path);
	}
	free(server->path);
	free(server);
}

struct bpfd_server *bpfd_server_new(struct event_base *base,
				    const struct bpfd_server_options *options)
{
	struct bpfd_server *server = calloc(1, sizeof(*server));

	if (!server)
		return NULL;
	LIST_INIT(&server->clients);
	server->base = base;
	server->options = *options;
	return server;
}
