/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Servers that have names: functions of the addon that need no connection.
 */
#ifndef HYPER_NODE_REMOTE_H
#define HYPER_NODE_REMOTE_H

#include <napi.h>

/**
 * Put them on the addon: `remoteAdd(name, uri, token, cert)`, `remoteList()`,
 * `remoteUse(name)`, `remoteRemove(name)`, `remoteFingerprint(uri)`,
 * `certificateFingerprint(pem)`. Each gives the promise of its answer.
 */
void define_remotes(Napi::Env env, Napi::Object exports);

#endif
