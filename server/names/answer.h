#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "server/core/byte_reader.h"
#include "server/core/instant.h"
#include "server/nbns/name.h"

namespace winsome::names {

/// A ready-made answer: NB RDATA as it goes out, and how long it holds. Immutable; the entries lie
/// behind the object in the same allocation, because a million of them have to be small and one
/// cache miss away.
class Answer {
 public:
  enum class Life : std::uint8_t {
    until_due,  // the time to live is what is left of it
    fixed,      // static: always the same
  };

  struct Shape {
    Life life = Life::until_due;
    Instant due{};                // Life::until_due
    std::uint32_t fixed_ttl = 0;  // Life::fixed, seconds
    std::uint8_t pinned = 0;      // entries that stay first when the rest is shuffled
    bool shuffled = false;        // B6: Randomize1CList
    bool truncated = false;       // not all entries fitted
  };

  struct Deleter {
    void operator()(const Answer* answer) const;
  };

  /// `entries` is NB RDATA: a whole number of 6-octet entries.
  [[nodiscard]] static std::unique_ptr<const Answer, Deleter> make(const nbns::ScopedNameView& name,
                                                                   const Shape& shape,
                                                                   Octets entries);

  [[nodiscard]] nbns::ScopedNameView name() const { return name_.view(); }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] Octets entries() const {
    return {reinterpret_cast<const std::uint8_t*>(this + 1), length_};
  }
  [[nodiscard]] std::uint32_t ttl(Instant now) const {
    return shape_.life == Life::fixed ? shape_.fixed_ttl : ttl_until(shape_.due, now);
  }

  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

 private:
  Answer(const nbns::ScopedNameView& name, const Shape& shape, std::uint16_t length)
      : name_(name), shape_(shape), length_(length) {}
  ~Answer() = default;

  nbns::ScopedName name_;
  Shape shape_;
  std::uint16_t length_;
};

using AnswerPtr = std::unique_ptr<const Answer, Answer::Deleter>;

}  // namespace winsome::names
