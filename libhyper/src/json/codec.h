/* SPDX-License-Identifier: MIT */
/*
 * json-c, made strict, and records described by tables: each member of a
 * document names the member of the C struct that it is. One table both writes
 * and reads. Only for this room.
 */
#ifndef HYP_JSON_CODEC_H
#define HYP_JSON_CODEC_H

#include <json-c/json.h>

#include "json/json.h"
#include "util/buf.h"

/* Who wrote a text: how an error about it is told. */
struct hyp_json_source {
	int code;
	const char *what;
	/* Do errors name the field? Only of what the user said. */
	bool names_field;
};
extern const struct hyp_json_source hyp_json_user;
extern const struct hyp_json_source hyp_json_server;
extern const struct hyp_json_source hyp_json_store;

static inline void hyp_json_put_p(struct json_object **json)
{
	json_object_put(*json);
}
#define HYP_AUTOJSON HYP_CLEANUP(hyp_json_put_p) struct json_object

/*
 * Strictly what RFC 8259 allows, and no text that C would cut, no member
 * twice, no deeper than HYP_JSON_DEPTH. *ret_json is NULL for a null.
 */
int hyp_json_load(const char *text, size_t len,
		  const struct hyp_json_source *source,
		  struct json_object **ret_json, hyper_error **err);
/* Check the form of a text; how many members its objects have in all. -1:
 * wrong at *ret_pos, *ret_why says how. */
int hyp_json_scan(const char *text, size_t len, size_t *ret_members,
		  size_t *ret_pos, const char **ret_why);

/* How all texts are written. */
#define HYP_JSON_FORMAT                                                        \
	(JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* [takes] json and makes it [new] text. A NULL json: out of memory. */
int hyp_json_finish(struct json_object *json, char **ret_json,
		    hyper_error **err);

/* "FIELD is a number: must be MUST" */
int hyp_json_wrong(const struct hyp_json_source *source, const char *field,
		   struct json_object *json, const char *must,
		   hyper_error **err);
int hyp_json_need(const struct hyp_json_source *source, const char *field,
		  struct json_object *json, enum json_type type,
		  hyper_error **err);
int hyp_json_get_uint(const struct hyp_json_source *source, const char *field,
		      struct json_object *json, uint64_t max,
		      uint64_t *ret_value, hyper_error **err);

/* A JSON string; what is not UTF-8 in it is replaced. NULL: out of memory. */
struct json_object *hyp_json_new_text(const char *text);

/* A port whose texts one may free; laid out as a hyper_port. */
struct hyp_json_port {
	char *host_ip;
	uint16_t host_port;
	uint16_t guest_port;
	char *protocol;
};

/* The compound values. NULL: out of memory. */
struct json_object *hyp_json_new_strv(const struct hyp_strv *strv);
struct json_object *hyp_json_new_map(const struct hyp_map *map);
struct json_object *hyp_json_new_ports(const struct hyp_ports *ports);
struct json_object *hyp_json_new_problem(const hyper_error *error,
					 const struct hyp_problem *problem);
/* And back; what they add to is empty before. */
int hyp_json_get_strv(const struct hyp_json_source *source, const char *field,
		      struct json_object *json, struct hyp_strv *strv,
		      hyper_error **err);
int hyp_json_get_map(const struct hyp_json_source *source, const char *field,
		     struct json_object *json, struct hyp_map *map,
		     hyper_error **err);
int hyp_json_get_ports(const struct hyp_json_source *source, const char *field,
		       struct json_object *json, struct hyp_ports *ports,
		       hyper_error **err);
/* Records within records; PROTOCOL on nonsense. */
int hyp_json_get_machine(struct json_object *json, hyper_machine **ret_machine,
			 hyper_error **err);
int hyp_json_get_operation(struct json_object *json, hyper_operation **ret_op,
			   hyper_error **err);
/* [new], NULL only when out of memory. */
hyper_error *hyp_json_get_problem(struct json_object *json, int status);

enum hyp_json_kind {
	HYP_J_TEXT,	 /* char * */
	HYP_J_U64,	 /* uint64_t */
	HYP_J_U32,	 /* uint32_t */
	HYP_J_U16,	 /* uint16_t */
	HYP_J_BOOL,	 /* bool */
	HYP_J_TIME,	 /* int64_t, ms; 0 is null */
	HYP_J_PID,	 /* int64_t; 0 is null */
	HYP_J_UID,	 /* int64_t, the number and 1; 0 is null */
	HYP_J_STATE,	 /* int, enum hyper_state */
	HYP_J_OPSTATE,	 /* int, enum hyper_op_state */
	HYP_J_ROLE,	 /* int, enum hyper_role */
	HYP_J_STRV,	 /* struct hyp_strv */
	HYP_J_COMMAND,	 /* the same, but an empty one is null */
	HYP_J_MAP,	 /* struct hyp_map */
	HYP_J_PORTS,	 /* struct hyp_ports */
	HYP_J_ERROR,	 /* hyper_error * */
	HYP_J_GROUP,	 /* an object of its own, of the same record */
	HYP_J_MACHINE,	 /* hyper_machine * */
	HYP_J_OPERATION, /* hyper_operation * */
	HYP_J_MIB,	 /* uint64_t; also read from "2G" */
	HYP_J_SECONDS,	 /* uint32_t, ms; HYPER_TIMEOUT_DEFAULT is null */
	/* As others, with fewer values: what documents tell of them. */
	HYP_J_ACTION, /* char *, hyp_action_name() */
	HYP_J_GOAL,   /* int, a state that one can ask for */
	/* Neither read nor written by the table. */
	HYP_J_PORT_SPECS,   /* ports as texts, too */
	HYP_J_LABEL_CHANGES /* labels, null for those that go */
};

struct hyp_json_member {
	const char *name; /* NULL ends a table */
	enum hyp_json_kind kind;
	size_t offset;
	const struct hyp_json_member *group;
};

extern const struct hyp_json_member hyp_json_port_members[];
extern const struct hyp_json_member hyp_json_machine_members[];
extern const struct hyp_json_member hyp_json_operation_members[];

/* What a record is in JSON. */
struct hyp_json_record {
	const char *what;
	const struct hyp_json_member *members;
	const char *must[4]; /* what each has; NULL-terminated */
	size_t size;
};

/* A record in the document that describes the service. */
struct hyp_json_schema {
	const char *name; /* NULL ends a list of them */
	const struct hyp_json_record *record;
	/* Its members are described as those of this one. */
	const char *like;
	enum {
		HYP_SCHEMA_ANSWER,  /* it has all members */
		HYP_SCHEMA_REQUEST, /* null is as good as none */
		HYP_SCHEMA_PATCH    /* null is refused */
	} use;
};
/* Those that are written (record.c), and those that users write (user.c). */
extern const struct hyp_json_schema hyp_json_answers[];
extern const struct hyp_json_schema hyp_json_requests[];
extern const struct hyp_json_record hyp_json_changes_record;

/* Refuse an object with members that the table does not have. */
int hyp_json_check_names(const struct hyp_json_member *members,
			 const char *const *read_only, struct json_object *json,
			 hyper_error **err);

/* Does a document have that member of a table? The mask as below. */
bool hyp_json_has_member(const struct hyp_json_member *members, size_t index,
			 uint32_t mask);
/* Is it null in JSON? Else its value; NULL: out of memory. */
bool hyp_json_is_null(const struct hyp_json_member *member, const void *slot);
struct json_object *hyp_json_new_value(const struct hyp_json_member *member,
				       const void *slot, const void *record);
/* write.c: how many bytes of a text stand in quotes as they are (RFC 8259 §7);
 * what is not ASCII is for others to look at. */
size_t hyp_json_plain(const char *text);
/* The same as below, as text behind what is in the buffer. */
void hyp_json_put_record(struct hyp_buf *buf,
			 const struct hyp_json_member *members, uint32_t mask,
			 const void *record);
/* What is in it, [new]. 0 or NOMEM. */
int hyp_json_take(struct hyp_buf *buf, char **ret_json, hyper_error **err);

/* An object of those members of a table that are in the mask (bit = index;
 * from 32 on always). NULL: out of memory. */
struct json_object *hyp_json_write_record(const struct hyp_json_member *members,
					  uint32_t mask, const void *record);
/* Fill in a record, new and empty, from an object. Members that the table
 * does not have are skipped. On failure it holds what was read till then. */
int hyp_json_read_record(const struct hyp_json_member *members,
			 const struct hyp_json_source *source, const char *what,
			 struct json_object *json, void *record,
			 hyper_error **err);

#endif
