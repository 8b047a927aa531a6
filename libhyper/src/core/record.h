/* SPDX-License-Identifier: MIT */
/* The records behind the opaque types of the public headers. */
#ifndef HYP_CORE_RECORD_H
#define HYP_CORE_RECORD_H

#include <hyper/bulk.h>
#include <hyper/doctor.h>
#include <hyper/remote.h>
#include <hyper/driver_list.h>
#include <hyper/event.h>
#include <hyper/image.h>
#include <hyper/machine.h>
#include <hyper/operation.h>
#include <hyper/token.h>

#include "core/error.h"
#include "util/map.h"
#include "util/strv.h"

/* Limits that both worlds share. */
#define HYP_TEXT_MAX  4096	 /* one text value, bytes */
#define HYP_ITEMS_MAX 1024	 /* entries of one list or map */
#define HYP_MEM_MAX   (1u << 30) /* MiB */
#define HYP_VCPUS_MAX 4096

/*
 * Fields of a machine: FIELD(name). The order is that of JSON. A set of them
 * is a bit mask, HYP_FIELDS_ALL or that of a query's `fields`.
 */
#define HYP_MACHINE_FIELDS(FIELD)                                              \
	FIELD(id)                                                              \
	FIELD(uuid)                                                            \
	FIELD(type)                                                            \
	FIELD(image)                                                           \
	FIELD(mem)                                                             \
	FIELD(vcpus)                                                           \
	FIELD(state)                                                           \
	FIELD(driver_state)                                                    \
	FIELD(state_reason)                                                    \
	FIELD(handle)                                                          \
	FIELD(adopted)                                                         \
	FIELD(observed_at)                                                     \
	FIELD(stale)                                                           \
	FIELD(created_at)                                                      \
	FIELD(updated_at)                                                      \
	FIELD(addresses)                                                       \
	FIELD(ports)                                                           \
	FIELD(env)                                                             \
	FIELD(command)                                                         \
	FIELD(labels)                                                          \
	FIELD(autostart)                                                       \
	FIELD(generation)                                                      \
	FIELD(options)

enum hyp_machine_field {
#define FIELD(name) HYP_MACHINE_##name,
	HYP_MACHINE_FIELDS(FIELD)
#undef FIELD
		HYP_MACHINE_FIELD_COUNT
};
#define HYP_FIELDS_ALL	UINT32_MAX
#define HYP_FIELD(name) (1u << HYP_MACHINE_##name)
/* Those that a user may give. */
#define HYP_FIELDS_SPEC                                                        \
	(HYP_FIELD(id) | HYP_FIELD(type) | HYP_FIELD(image) | HYP_FIELD(mem) | \
	 HYP_FIELD(vcpus) | HYP_FIELD(autostart) | HYP_FIELD(ports) |          \
	 HYP_FIELD(env) | HYP_FIELD(labels) | HYP_FIELD(options) |             \
	 HYP_FIELD(command))

struct hyp_ports {
	hyper_port *items; /* their texts are our own */
	size_t n;
};
int hyp_ports_add(struct hyp_ports *ports, const hyper_port *port);
int hyp_ports_copy(struct hyp_ports *to, const struct hyp_ports *from);
bool hyp_ports_equal(const struct hyp_ports *a, const struct hyp_ports *b);
void hyp_ports_free(struct hyp_ports *ports);

struct hyper_machine {
	/* what the user says */
	char *id;
	char *type;
	char *image;
	uint64_t mem;
	uint32_t vcpus;
	bool autostart;
	struct hyp_ports ports;
	struct hyp_map env;
	struct hyp_map labels;
	struct hyp_map options;
	struct hyp_strv command;
	/* what hyper and the driver say */
	char *uuid;
	int state;
	char *driver_state;
	char *state_reason;
	char *handle;
	bool adopted; /* hyper did not make it: the handle is its mark */
	int64_t observed_at;
	bool stale;
	int64_t created_at;
	int64_t updated_at;
	uint64_t generation;
	struct hyp_strv addresses;
	/* which fields JSON shows; HYP_FIELDS_ALL unless a query chose */
	uint32_t fields;
};

/* The same as the public setters, for any of our own char * members: a copy
 * of text (or NULL) replaces *slot. 0 or NOMEM. */
int hyp_set_text(char **slot, const char *text, hyper_error **err);

/* Checks and, for ids, [new] the canonical (lower-case) form. */
int hyp_check_id(const char *id, char **ret_id, hyper_error **err);
int hyp_check_type(const char *type, hyper_error **err);
int hyp_check_image(const char *image, hyper_error **err);
/* What an engine calls a machine. */
int hyp_check_name(const char *name, hyper_error **err);
/* Generate a free-looking id: [new] "m-x7k2q9", or NULL. */
char *hyp_generate_id(void);

struct hyper_changes {
	uint32_t fields;   /* HYP_FIELD() of mem, vcpus, autostart */
	hyper_machine *to; /* their values, and labels that are set */
	struct hyp_strv unlabel;
};
/* Make them; true in *ret_changed if that is news. LIMIT: too many labels. */
int hyp_changes_apply(const hyper_changes *changes, hyper_machine *machine,
		      bool *ret_changed, hyper_error **err);
/* Do they ask for something of the engine? */
bool hyp_changes_engine(const hyper_changes *changes,
			const hyper_machine *machine);

/* Take over what a driver saw; true in *ret_changed if that is news. */
int hyp_machine_observe(hyper_machine *machine, const hyper_machine *seen,
			bool *ret_changed, hyper_error **err);

struct hyper_operation {
	uint64_t id;
	char *kind;
	int state;
	char *type;
	char *machine;
	char *image;
	uint64_t done;
	uint64_t total;
	char *step;
	hyper_error *error;
	int64_t created_at;
	int64_t started_at;
	int64_t ended_at;
	/* Who asked for it, or NULL, 0 and 0 if that is not known. */
	char *program;
	char *actor;
	int64_t pid;
	int64_t uid_1;	      /* the user id and 1: 0 is not the superuser */
	struct hyp_strv plan; /* the steps of one that is planned */
};
int hyp_op_state_parse(const char *name); /* 0 for none */
int hyp_state_parse(const char *name);	  /* 0 for none */

struct hyper_event {
	uint64_t seq;
	int64_t at;
	char *kind;
	char *machine;
	char *driver;
	uint64_t operation;
	char *actor;
	char *state;
};

struct hyper_image {
	char *name;
	char *type;
	char *handle;
	char *format;
	uint64_t size;
	int64_t created_at;
};
hyper_image *hyp_image_copy(const hyper_image *image);

struct hyper_driver_info {
	char *name;
	char *version;
	char *file;
	struct hyp_strv kinds;
	struct hyp_strv features;
	bool available;
	char *reason;
	char *engine;
};
void hyp_driver_info_free(hyper_driver_info *info);

struct hyper_finding {
	char *kind;
	char *type;
	char *machine;
	char *detail;
	char *action;
	bool repaired;
};
void hyp_finding_free(hyper_finding *finding);

struct hyper_outcome {
	char *id; /* NULL: of an image */
	hyper_machine *machine;
	hyper_operation *operation;
	hyper_error *error;
};
void hyp_outcome_free(hyper_outcome *outcome);

struct hyper_remote {
	char *name;
	char *uri;
	char *token;
	char *client_cert;
	bool has_token;
	bool in_use;
};
void hyp_remote_free(hyper_remote *remote);

struct hyper_token {
	char *name;
	int role;
	int64_t created_at;
	int64_t expires_at;
	char *secret; /* only where it was just made */
};

struct hyper_info {
	char *version;
	char *instance;
	struct hyp_strv features;
};

/* One shape for all lists; each public list type is one of these. */
struct hyp_list {
	void **items;
	size_t n;
	int64_t total; /* -1: not counted */
	char *next_cursor;
	uint32_t fields; /* machines only */
};
struct hyper_machines {
	struct hyp_list list;
	uint64_t seq;
};
struct hyper_operations {
	struct hyp_list list;
};
struct hyper_events {
	struct hyp_list list;
};
struct hyper_images {
	struct hyp_list list;
};
struct hyper_drivers {
	struct hyp_list list;
};
struct hyper_findings {
	struct hyp_list list;
};
struct hyper_outcomes {
	struct hyp_list list;
};
struct hyper_remotes {
	struct hyp_list list;
};
struct hyper_tokens {
	struct hyp_list list;
};
hyper_machines *hyp_machines_new(void);
hyper_operations *hyp_operations_new(void);
hyper_events *hyp_events_new(void);
hyper_images *hyp_images_new(void);
hyper_drivers *hyp_drivers_new(void);
hyper_findings *hyp_findings_new(void);
hyper_outcomes *hyp_outcomes_new(void);
hyper_remotes *hyp_remotes_new(void);
hyper_tokens *hyp_tokens_new(void);
/* [takes] item on success. 0 or -1: out of memory. */
int hyp_list_add(struct hyp_list *list, void *item);

HYP_DEFINE_CLEANUP(hyper_changes, hyper_changes_free)
HYP_DEFINE_CLEANUP(hyper_machine, hyper_machine_free)
HYP_DEFINE_CLEANUP(hyper_machines, hyper_machines_free)
HYP_DEFINE_CLEANUP(hyper_operation, hyper_operation_free)
HYP_DEFINE_CLEANUP(hyper_operations, hyper_operations_free)
HYP_DEFINE_CLEANUP(hyper_event, hyper_event_free)
HYP_DEFINE_CLEANUP(hyper_events, hyper_events_free)
HYP_DEFINE_CLEANUP(hyper_image, hyper_image_free)
HYP_DEFINE_CLEANUP(hyper_images, hyper_images_free)
HYP_DEFINE_CLEANUP(hyper_driver_info, hyp_driver_info_free)
HYP_DEFINE_CLEANUP(hyper_drivers, hyper_drivers_free)
HYP_DEFINE_CLEANUP(hyper_findings, hyper_findings_free)
HYP_DEFINE_CLEANUP(hyper_outcome, hyp_outcome_free)
HYP_DEFINE_CLEANUP(hyper_outcomes, hyper_outcomes_free)
HYP_DEFINE_CLEANUP(hyper_remote, hyp_remote_free)
HYP_DEFINE_CLEANUP(hyper_remotes, hyper_remotes_free)
HYP_DEFINE_CLEANUP(hyper_info, hyper_info_free)
HYP_DEFINE_CLEANUP(hyper_token, hyper_token_free)
HYP_DEFINE_CLEANUP(hyper_tokens, hyper_tokens_free)

#endif
