/* SPDX-License-Identifier: MIT */
/*
 * Records to JSON and back. No json-c type leaves this room: texts in, texts
 * out, so that nobody else depends on which library it is.
 */
#ifndef HYP_JSON_JSON_H
#define HYP_JSON_JSON_H

#include <hyper/hyper.h>

#include "core/record.h"

/* Deepest nesting and largest document that we read. */
#define HYP_JSON_DEPTH 16

const char *hyp_json_version(void);

/*
 * Writers, [new] one line each. The public hyper_*_to_json() are thin around
 * them.
 */
int hyp_json_machine(const hyper_machine *machine, uint32_t fields,
		     char **ret_json, hyper_error **err);
int hyp_json_machines(const hyper_machines *machines, char **ret_json,
		      hyper_error **err);
int hyp_json_operation(const hyper_operation *op, char **ret_json,
		       hyper_error **err);
int hyp_json_operations(const hyper_operations *ops, char **ret_json,
			hyper_error **err);
int hyp_json_event(const hyper_event *event, char **ret_json,
		   hyper_error **err);
int hyp_json_events(const hyper_events *events, char **ret_json,
		    hyper_error **err);
int hyp_json_image(const hyper_image *image, char **ret_json,
		   hyper_error **err);
int hyp_json_images(const hyper_images *images, char **ret_json,
		    hyper_error **err);
int hyp_json_drivers(const hyper_drivers *drivers, char **ret_json,
		     hyper_error **err);
int hyp_json_findings(const hyper_findings *findings, char **ret_json,
		      hyper_error **err);
int hyp_json_outcome(const hyper_outcome *outcome, char **ret_json,
		     hyper_error **err);
/* What a dry run tells: an outcome without an error. */
int hyp_json_plan(const char *id, const hyper_machine *machine,
		  const hyper_operation *op, char **ret_json,
		  hyper_error **err);
int hyp_json_outcomes(const hyper_outcomes *outcomes, char **ret_json,
		      hyper_error **err);
int hyp_json_remotes(const hyper_remotes *remotes, char **ret_json,
		     hyper_error **err);
/* With the secret, if it has one. */
int hyp_json_token(const hyper_token *token, char **ret_json,
		   hyper_error **err);
int hyp_json_tokens(const hyper_tokens *tokens, char **ret_json,
		    hyper_error **err);
int hyp_json_info(const hyper_info *info, char **ret_json, hyper_error **err);
/* problem+json; problem NULL: the default row of the error's code. */
int hyp_json_problem(const hyper_error *error,
		     const struct hyp_problem *problem, char **ret_json);
/* The same with the request that it answers, or NULL. */
int hyp_json_problem_answer(const hyper_error *error,
			    const struct hyp_problem *problem,
			    const char *request_id, char **ret_json);
/* {"problem": {...}}: what stands among records and is none. */
int hyp_json_problem_line(const hyper_error *error,
			  const struct hyp_problem *problem, char **ret_json);

/*
 * Readers of what a server said (PROTOCOL on nonsense; unknown members are
 * skipped, so that an old client reads a newer server).
 */
int hyp_json_read_machine(const char *text, size_t len,
			  hyper_machine **ret_machine, hyper_error **err);
int hyp_json_read_machines(const char *text, size_t len,
			   hyper_machines **ret_machines, hyper_error **err);
int hyp_json_read_operation(const char *text, size_t len,
			    hyper_operation **ret_op, hyper_error **err);
int hyp_json_read_operations(const char *text, size_t len,
			     hyper_operations **ret_ops, hyper_error **err);
int hyp_json_read_events(const char *text, size_t len,
			 hyper_events **ret_events, hyper_error **err);
int hyp_json_read_image(const char *text, size_t len, hyper_image **ret_image,
			hyper_error **err);
int hyp_json_read_images(const char *text, size_t len,
			 hyper_images **ret_images, hyper_error **err);
int hyp_json_read_drivers(const char *text, size_t len,
			  hyper_drivers **ret_drivers, hyper_error **err);
int hyp_json_read_findings(const char *text, size_t len,
			   hyper_findings **ret_findings, hyper_error **err);
int hyp_json_read_outcome(const char *text, size_t len,
			  hyper_outcome **ret_outcome, hyper_error **err);
int hyp_json_read_outcomes(const char *text, size_t len,
			   hyper_outcomes **ret_outcomes, hyper_error **err);
/* One that was just made, with its secret. */
int hyp_json_read_token(const char *text, size_t len, hyper_token **ret_token,
			hyper_error **err);
int hyp_json_read_tokens(const char *text, size_t len,
			 hyper_tokens **ret_tokens, hyper_error **err);
int hyp_json_read_info(const char *text, size_t len, hyper_info **ret_info,
		       hyper_error **err);
/* [new] the error that a problem document tells of; one that says so when it
 * is none. NULL only when out of memory. status is the HTTP status. */
hyper_error *hyp_json_read_problem(const char *text, size_t len, int status);

/*
 * Readers of what a user said (INVALID, with the field; unknown members are
 * refused by name). Syntax errors have the field "body" and the offset.
 */
int hyp_json_parse_machine(const char *text, size_t len,
			   hyper_machine **ret_machine, hyper_error **err);

/* The body of PATCH /hyper/machines/{id}. */
int hyp_json_parse_changes(const char *text, size_t len,
			   hyper_changes **ret_changes, hyper_error **err);
int hyp_json_changes(const hyper_changes *changes, char **ret_json,
		     hyper_error **err);

/* The body of PUT /hyper/machines/{id}. */
struct hyp_state_change {
	int state;	     /* HYPER_STATE_RUNNING or HYPER_STATE_STOPPED */
	bool force;	     /* "force" */
	uint32_t timeout_ms; /* "timeout", seconds; HYPER_TIMEOUT_DEFAULT */
};
int hyp_json_parse_state_change(const char *text, size_t len,
				struct hyp_state_change *ret_change,
				hyper_error **err);
int hyp_json_state_change(const struct hyp_state_change *change,
			  char **ret_json, hyper_error **err);

/* The body of POST /hyper/images: type, name, and for an import path. */
struct hyp_image_request {
	char *type;
	char *name;
	char *path;
};
void hyp_image_request_clear(struct hyp_image_request *request);
int hyp_json_parse_image_request(const char *text, size_t len,
				 struct hyp_image_request *ret_request,
				 hyper_error **err);
int hyp_json_image_request(const char *type, const char *name, const char *path,
			   char **ret_json, hyper_error **err);

/* The body of POST /hyper/adopt. */
struct hyp_adopt_request {
	char *type; /* or NULL */
	char *name;
	char *id; /* or NULL */
	bool force;
};
void hyp_adopt_request_clear(struct hyp_adopt_request *request);
int hyp_json_parse_adopt_request(const char *text, size_t len,
				 struct hyp_adopt_request *ret_request,
				 hyper_error **err);
int hyp_json_adopt_request(const char *type, const char *name, const char *id,
			   bool force, char **ret_json, hyper_error **err);

/* The body of POST /hyper/tokens: name, role and expires_at. */
int hyp_json_parse_token_request(const char *text, size_t len,
				 hyper_token **ret_token, hyper_error **err);
int hyp_json_token_request(const hyper_token *token, char **ret_json,
			   hyper_error **err);

/* The body of POST /hyper/doctor: {"repair": true}. */
int hyp_json_parse_repair(const char *text, size_t len, bool *ret_repair,
			  hyper_error **err);
int hyp_json_repair(bool repair, char **ret_json, hyper_error **err);

/*
 * The compound fields of a machine as the texts that the store keeps, and
 * back (INTERNAL when the database holds nonsense).
 */
int hyp_json_strv(const struct hyp_strv *strv, char **ret_json,
		  hyper_error **err);
int hyp_json_read_strv(const char *text, struct hyp_strv *ret_strv,
		       hyper_error **err);
int hyp_json_map(const struct hyp_map *map, char **ret_json, hyper_error **err);
int hyp_json_read_map(const char *text, struct hyp_map *ret_map,
		      hyper_error **err);
int hyp_json_ports(const struct hyp_ports *ports, char **ret_json,
		   hyper_error **err);
int hyp_json_read_ports(const char *text, struct hyp_ports *ret_ports,
			hyper_error **err);

#endif
