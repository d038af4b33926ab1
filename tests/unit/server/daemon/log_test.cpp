#include "server/daemon/log.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>
#include <sstream>

#include "server/daemon/messages.h"

namespace winsome::daemon {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr LogMessage<2> greeted{"greeted", config::LogLevel::info,
                                "{who} was greeted {times} times",
                                "Nobody reads this below a warning."};
constexpr LogMessage<1> lost{"lost", config::LogLevel::warning, "lost {name}", "Look for it."};

const std::chrono::system_clock::time_point noon{std::chrono::milliseconds(1'767'355'200'042)};

template <std::size_t n>
std::string line(const LogMessage<n>& message, const std::array<LogValue, n>& values,
                 LogStyle style) {
  return to_line(message, values, style, noon);
}

TEST(LogLine, ForPeopleHasTimeLevelAndId) {
  EXPECT_EQ(line(greeted, {"fred", 3}, LogStyle::text),
            "2026-01-02T12:00:00.042Z info greeted: fred was greeted 3 times");
}

TEST(LogLine, ForPeopleSaysWhatAWarningMeans) {
  EXPECT_EQ(line(lost, {"a key"}, LogStyle::text),
            "2026-01-02T12:00:00.042Z warning lost: lost a key (Look for it.)");
}

TEST(LogLine, ForTheJournalHasItsPriorityAndNoTime) {
  EXPECT_EQ(line(greeted, {"fred", 3}, LogStyle::journal), "<6>greeted: fred was greeted 3 times");
  EXPECT_EQ(line(lost, {"a key"}, LogStyle::journal), "<4>lost: lost a key (Look for it.)");
}

TEST(LogLine, AsJsonHasTheFieldsByName) {
  EXPECT_EQ(line(greeted, {"fred", 3}, LogStyle::json),
            R"({"time":"2026-01-02T12:00:00.042Z","level":"info","id":"greeted",)"
            R"("message":"fred was greeted 3 times","who":"fred","times":3})");
}

TEST(LogLine, AsJsonEscapesQuotesAndBackslashes) {
  EXPECT_THAT(line(lost, {R"(a"b\c)"}, LogStyle::json), HasSubstr(R"("name":"a\"b\\c"})"));
}

TEST(LogLine, CannotBeBrokenOrContinuedByAName) {
  const std::string name = "X\n<2>forged\r\x1b[2J";
  for (const auto style : {LogStyle::text, LogStyle::journal, LogStyle::json}) {
    const auto written = line(lost, {name}, style);
    for (const char c : written) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << written;
  }
  EXPECT_THAT(line(lost, {name}, LogStyle::text), HasSubstr(R"(X\x0a<2>forged\x0d\x1b[2J)"));
  EXPECT_THAT(line(lost, {R"(","level":"error)"}, LogStyle::json),
              Not(HasSubstr(R"(,"level":"error")")));
}

TEST(LogLine, ShowsEveryOctetThatDoesNotPrint) {
  for (int octet = 0; octet < 256; ++octet) {
    const bool prints = octet >= 0x20 && octet < 0x7f;
    const auto written = line(lost, {std::string(1, static_cast<char>(octet))}, LogStyle::json);
    std::ostringstream shown;
    shown << R"(\\x)" << std::hex << octet / 16 << octet % 16 << R"("})";
    EXPECT_EQ(written.ends_with(shown.str()), !prints) << octet;
  }
}

TEST(LogLine, DoesNotReadBracesOfAValue) {
  EXPECT_THAT(line(greeted, {"{times} {}", 3}, LogStyle::text),
              HasSubstr("{times} {} was greeted 3 times"));
}

class LogTest : public testing::Test {
 protected:
  void TearDown() override { stop_log(); }

  std::string lines_after_stop() {
    stop_log();
    return out_.str();
  }

  std::ostringstream out_;
};

TEST_F(LogTest, WritesWhatWasLoggedBeforeTheStop) {
  start_log({config::LogLevel::info, config::LogFormat::json}, out_);
  for (int i = 0; i < 100; ++i) log(greeted, "fred", i);
  const auto lines = lines_after_stop();
  EXPECT_EQ(std::ranges::count(lines, '\n'), 100);
  EXPECT_THAT(lines, HasSubstr("\"times\":99}\n"));
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
  start_log({config::LogLevel::warning, config::LogFormat::text}, out_);
  log(greeted, "fred", 1);
  log(lost, "a key");
  set_log_level(config::LogLevel::info);
  log(greeted, "fred", 2);
  const auto lines = lines_after_stop();
  EXPECT_EQ(std::ranges::count(lines, '\n'), 2);
  EXPECT_THAT(lines, HasSubstr("lost a key"));
  EXPECT_THAT(lines, HasSubstr("greeted 2 times"));
}

TEST_F(LogTest, IsSilentWithoutAStart) {
  log(lost, "a key");
  EXPECT_EQ(lines_after_stop(), "");
}

/// Takes nothing until it is opened, as a terminal that was stopped.
class Gate : public std::stringbuf {
 public:
  void open() {
    const std::lock_guard guard(mutex_);
    open_ = true;
    changed_.notify_all();
  }

  bool await_lines(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return lines_ >= count; });
  }

 protected:
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
    ++lines_;
    changed_.notify_all();
    return std::stringbuf::xsputn(text, size);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  std::size_t lines_ = 0;
};

TEST_F(LogTest, LosesItsOldestLinesAndSaysHowManyOnceThereIsRoom) {
  Gate gate;
  std::ostream out(&gate);
  start_log({config::LogLevel::info, config::LogFormat::text}, out);
  for (int i = 0; i < 10'000; ++i) log(greeted, "fred", i);
  gate.open();
  ASSERT_TRUE(gate.await_lines(8'000));
  log(greeted, "fred", 10'000);
  stop_log();
  EXPECT_THAT(gate.str(), HasSubstr(" lines of the log were lost"));
  EXPECT_THAT(gate.str(), Not(HasSubstr("greeted 1000 times")));
  EXPECT_THAT(gate.str(), HasSubstr("greeted 9999 times"));
}

TEST(Messages, HaveTheNamesOfTheirConstantsAsIds) {
  std::ifstream in(WINSOME_SOURCE_DIR "/server/daemon/messages.h");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  int count = 0;
  for (auto at = text.find("constexpr LogMessage<"); at != text.npos; ++count) {
    const auto name = text.find(' ', text.find('>', at)) + 1;
    const auto open = text.find('{', name);
    const auto id = text.find('"', open) + 1;
    EXPECT_EQ(text.substr(name, open - name), text.substr(id, text.find('"', id) - id));
    at = text.find("constexpr LogMessage<", id);
  }
  EXPECT_GE(count, 15);
}

}  // namespace
}  // namespace winsome::daemon
