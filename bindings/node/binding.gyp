# SPDX-License-Identifier: MIT
{
  "targets": [{
    "target_name": "hyper",
    "sources": [
      "src/addon.cc", "src/answer.cc", "src/args.cc", "src/conn.cc",
      "src/connection.cc", "src/event.cc", "src/image.cc", "src/loop.cc",
      "src/machine.cc", "src/operation.cc", "src/remote.cc", "src/threads.cc",
      "src/token.cc", "src/wait.cc"
    ],
    "defines": [
      "NAPI_VERSION=8",
      "NAPI_CPP_EXCEPTIONS",
      "NODE_ADDON_API_DISABLE_DEPRECATED",
      # In a Worker that is being ended nothing can be thrown.
      "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
    ],
    "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
    "cflags_cc": [
      "<!@(node flags.js include)", "<!@(node flags.js cflags)",
      "-fexceptions", "-fvisibility=hidden", "-Wall", "-Wextra", "-Wshadow"
    ],
    "libraries": ["<!@(node flags.js libs)"],
    # Threads may run in it yet when the Worker that loaded it has ended.
    "ldflags": ["-Wl,-z,nodelete"]
  }]
}
