/* SPDX-License-Identifier: MIT */
/**
 * @file
 * hyper: virtual machines and containers behind one API. Programs include
 * hyper/hyper.h, which has all but two: driver.h is for those who write a
 * driver, rest.h for those who serve HTTP.
 */
#ifndef HYPER_HYPER_H
#define HYPER_HYPER_H

#include <hyper/common.h>
#include <hyper/version.h>
#include <hyper/error.h>
#include <hyper/log.h>
#include <hyper/conn.h>
#include <hyper/driver_list.h>
#include <hyper/query.h>
#include <hyper/event.h>
#include <hyper/operation.h>
#include <hyper/image.h>
#include <hyper/machine.h>
#include <hyper/bulk.h>
#include <hyper/doctor.h>
#include <hyper/remote.h>
#include <hyper/token.h>

#endif
