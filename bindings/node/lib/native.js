// SPDX-License-Identifier: MIT
// The addon: see src/addon.cc and src/connection.h for what it has.
"use strict";

module.exports = require("../build/Release/hyper.node");
