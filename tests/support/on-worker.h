/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/worker.h"

/* Runs func in a fiber on a worker of its own, on the calling thread, until both have ended. */
void on_worker_run (NjFiberFunc func, gpointer user_data);
