// The compiled part of spdlog that base/log.cpp uses, for the binary that needs no library but libc: Debian has
// only the shared one. A binary that lacks one of these does not link.
#include <mutex>
#include <spdlog/common-inl.h>
#include <spdlog/details/backtracer-inl.h>
#include <spdlog/details/log_msg-inl.h>
#include <spdlog/details/log_msg_buffer-inl.h>
#include <spdlog/details/os-inl.h>
#include <spdlog/logger-inl.h>
#include <spdlog/pattern_formatter-inl.h>
#include <spdlog/sinks/base_sink-inl.h>
#include <spdlog/sinks/sink-inl.h>

template class SPDLOG_API spdlog::sinks::base_sink<std::mutex>;
