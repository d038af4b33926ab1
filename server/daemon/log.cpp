#include "server/daemon/log.h"

#include <fmt/format.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/ostream_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>

#include "server/daemon/messages.h"

namespace winsome::daemon {
namespace {

/// Lines that wait to be written: a few seconds of the worst, in a few megabytes.
constexpr std::size_t queue_length_max = 8'192;

/// Does standard error lead to the journal? The journal says which file it gave us
/// (systemd.exec(5)).
bool is_journal(const std::ostream& out) {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat file{};
  if (&out != &std::cerr || !stream || ::fstat(STDERR_FILENO, &file) != 0) return false;
  return fmt::format("{}:{}", file.st_dev, file.st_ino) == stream;
}

class Log {
 public:
  Log(const config::Settings::Log& settings, std::ostream& out)
      : style_(settings.format == config::LogFormat::json ? LogStyle::json
               : is_journal(out)                          ? LogStyle::journal
                                                          : LogStyle::text),
        level_(settings.level),
        writer_(std::make_shared<spdlog::details::thread_pool>(queue_length_max, 1)),
        logger_(std::make_shared<spdlog::async_logger>(
            "winsomed", std::make_shared<spdlog::sinks::ostream_sink_mt>(out), writer_,
            spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_pattern("%v");
  }

  [[nodiscard]] config::LogLevel level() const { return level_; }
  void set_level(config::LogLevel level) { level_ = level; }

  void write(const LogMessageText& message, std::span<const LogValue> values) {
    logger_->info(to_line(message, values, style_, std::chrono::system_clock::now()));
  }

  /// Lines lost since the last call, once there is room to say so.
  std::size_t take_loss() {
    if (writer_->queue_size() > queue_length_max / 2) return 0;
    const auto lost = writer_->overrun_counter();
    auto reported = reported_loss_.load();
    if (lost <= reported || !reported_loss_.compare_exchange_strong(reported, lost)) return 0;
    return lost - reported;
  }

 private:
  LogStyle style_;
  std::atomic<config::LogLevel> level_;
  std::atomic<std::size_t> reported_loss_ = 0;
  std::shared_ptr<spdlog::details::thread_pool> writer_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

/// The only global of the program: a line of the log is no part of any function's contract.
std::unique_ptr<Log> the_log;

}  // namespace

void start_log(const config::Settings::Log& settings, std::ostream& out) {
  the_log = std::make_unique<Log>(settings, out);
}

void set_log_level(config::LogLevel level) {
  if (the_log) the_log->set_level(level);
}

void stop_log() {
  the_log.reset();
}

bool is_logged(config::LogLevel level) {
  return the_log && level >= the_log->level();
}

void write_log(const LogMessageText& message, std::span<const LogValue> values) {
  if (const auto lost = the_log->take_loss(); lost > 0) {
    const std::array loss{LogValue(lost)};
    the_log->write(messages::log_lines_dropped, loss);
  }
  the_log->write(message, values);
}

}  // namespace winsome::daemon
