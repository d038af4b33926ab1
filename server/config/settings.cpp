#include "server/config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <tuple>

#include "server/config/reader.h"
#include "server/config/rules.h"

namespace winsome::config {
namespace {

/// A hundred thousand reservations fit; a file of this size is not a configuration.
constexpr std::size_t file_size_max = 16 << 20;

std::vector<Problem> to_problems(Complaints complaints, const std::string& file) {
  std::ranges::sort(complaints, {}, [](const Complaint& complaint) {
    return std::tie(complaint.at, complaint.text);
  });
  std::vector<Problem> problems;
  problems.reserve(complaints.size());
  for (auto& complaint : complaints) {
    problems.push_back({file, complaint.at.line, complaint.at.column, std::move(complaint.text)});
  }
  return problems;
}

/// The text, or why it could not be read.
Result<std::string, std::string> read_file(const std::filesystem::path& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rb"),
                                                           &std::fclose);
  if (!in) return fail(fmt::format("cannot be opened: {}", std::strerror(errno)));
  std::string text(file_size_max + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), in.get()));
  if (std::ferror(in.get())) return fail(fmt::format("cannot be read: {}", std::strerror(errno)));
  return text;
}

}  // namespace

std::string to_text(const Problem& problem) {
  if (problem.line == 0) return fmt::format("{}: error: {}", problem.file, problem.text);
  return fmt::format("{}:{}:{}: error: {}", problem.file, problem.line, problem.column,
                     problem.text);
}

Result<Settings, std::vector<Problem>> parse(std::string_view text, const std::string& file,
                                             const HostFacts& host) {
  if (text.size() > file_size_max) {
    return fail(std::vector{Problem{file, 0, 0, "longer than 16 MiB, not a configuration"}});
  }
  const auto document = parse_document(text);
  if (!document) return fail(to_problems({document.error()}, file));

  Settings settings;
  SaidKeys said;
  Complaints complaints;
  read_settings(*document, settings, said, complaints);
  apply_rules(settings, host, said, complaints);
  if (!complaints.empty()) return fail(to_problems(std::move(complaints), file));
  return settings;
}

Result<Settings, std::vector<Problem>> load(const std::filesystem::path& file,
                                            const HostFacts& host) {
  const auto text = read_file(file);
  if (!text) return fail(std::vector{Problem{file.string(), 0, 0, text.error()}});
  return parse(*text, file.string(), host);
}

}  // namespace winsome::config
