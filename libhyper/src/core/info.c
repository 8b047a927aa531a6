/* SPDX-License-Identifier: MIT */
/* What drivers and connections say of themselves. */
#include "core/record.h"

const char *hyper_driver_info_name(const hyper_driver_info *info)
{
	return info->name;
}

const char *hyper_driver_info_version(const hyper_driver_info *info)
{
	return info->version;
}

const char *hyper_driver_info_file(const hyper_driver_info *info)
{
	return info->file;
}

const char *hyper_driver_info_kind(const hyper_driver_info *info, size_t index)
{
	return hyp_strv_at(&info->kinds, index);
}

const char *hyper_driver_info_feature(const hyper_driver_info *info,
				      size_t index)
{
	return hyp_strv_at(&info->features, index);
}

bool hyper_driver_info_available(const hyper_driver_info *info)
{
	return info->available;
}

const char *hyper_driver_info_reason(const hyper_driver_info *info)
{
	return info->reason;
}

const char *hyper_driver_info_engine(const hyper_driver_info *info)
{
	return info->engine;
}

void hyp_driver_info_free(hyper_driver_info *info)
{
	if (!info)
		return;
	free(info->name);
	free(info->version);
	free(info->file);
	hyp_strv_free(&info->kinds);
	hyp_strv_free(&info->features);
	free(info->reason);
	free(info->engine);
	free(info);
}

const char *hyper_info_version(const hyper_info *info)
{
	return info->version;
}

const char *hyper_info_instance(const hyper_info *info)
{
	return info->instance;
}

const char *hyper_info_feature(const hyper_info *info, size_t index)
{
	return hyp_strv_at(&info->features, index);
}

void hyper_info_free(hyper_info *info)
{
	if (!info)
		return;
	free(info->version);
	free(info->instance);
	hyp_strv_free(&info->features);
	free(info);
}
