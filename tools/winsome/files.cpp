#include "tools/winsome/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

namespace winsome::cli {
namespace {

constexpr std::size_t file_length_max = std::size_t{1} << 30;  // a million lines are some 50 MB

std::string error_text(int error) {
  return std::generic_category().message(error);
}

using Stream = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

Stream open_stream(const std::filesystem::path& path) {
  if (path == "-") return {stdin, [](std::FILE*) { return 0; }};
  return {std::fopen(path.c_str(), "rbe"), &std::fclose};
}

}  // namespace

Result<std::string, std::string> read_file(const std::filesystem::path& path) {
  const auto stream = open_stream(path);
  if (!stream) return fail(fmt::format("cannot read {}: {}", path.native(), error_text(errno)));
  std::string text;
  std::array<char, 65536> block;
  while (std::feof(stream.get()) == 0 && std::ferror(stream.get()) == 0) {
    const auto length = std::fread(block.data(), 1, block.size(), stream.get());
    if (text.size() + length > file_length_max) {
      return fail(fmt::format("{} is longer than {} octets", path.native(), file_length_max));
    }
    text.append(block.data(), length);
  }
  if (std::ferror(stream.get()) != 0) {
    return fail(fmt::format("cannot read {}: {}", path.native(), error_text(errno)));
  }
  return text;
}

Result<NewFile, std::string> NewFile::create(const std::filesystem::path& path) {
  if (path.empty() || path == "-") return NewFile({}, {}, stdout);
  auto draft = path;
  draft += fmt::format(".{}.new", ::getpid());
  auto* stream = std::fopen(draft.c_str(), "wbxe");
  if (stream == nullptr) {
    return fail(fmt::format("cannot write {}: {}", path.native(), error_text(errno)));
  }
  return NewFile(path, draft, stream);
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      draft_(std::move(other.draft_)),
      stream_(std::exchange(other.stream_, nullptr)),
      error_(other.error_) {}

NewFile::~NewFile() {
  if (stream_ == nullptr || path_.empty()) return;
  std::fclose(stream_);
  std::error_code ignored;
  std::filesystem::remove(draft_, ignored);
}

void NewFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stream_) != text.size() && error_ == 0) {
    error_ = errno;
  }
}

Result<void, std::string> NewFile::finish() {
  auto* stream = std::exchange(stream_, nullptr);
  if (std::fflush(stream) != 0 && error_ == 0) error_ = errno;
  if (path_.empty()) {
    if (error_ != 0) return fail("cannot write to standard output: " + error_text(error_));
    return {};
  }
  if (::fsync(::fileno(stream)) != 0 && error_ == 0) error_ = errno;
  if (std::fclose(stream) != 0 && error_ == 0) error_ = errno;
  std::error_code renamed;
  if (error_ == 0) std::filesystem::rename(draft_, path_, renamed);
  if (error_ == 0 && !renamed) return {};
  const auto why = error_ != 0 ? error_text(error_) : renamed.message();
  std::filesystem::remove(draft_, renamed);
  return fail(fmt::format("cannot write {}: {}", path_.native(), why));
}

}  // namespace winsome::cli
