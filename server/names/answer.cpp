#include "server/names/answer.h"

#include <algorithm>
#include <new>

#include "server/core/check.h"

namespace winsome::names {

AnswerPtr Answer::make(const nbns::ScopedNameView& name, const Shape& shape, Octets entries) {
  check(entries.size() <= 0xffff, "an answer fits into a datagram");
  void* room = ::operator new(sizeof(Answer) + entries.size());
  auto* answer = new (room) Answer(name, shape, static_cast<std::uint16_t>(entries.size()));
  std::copy(entries.begin(), entries.end(), reinterpret_cast<std::uint8_t*>(answer + 1));
  return AnswerPtr(answer);
}

void Answer::Deleter::operator()(const Answer* answer) const {
  answer->~Answer();
  ::operator delete(const_cast<Answer*>(answer));
}

}  // namespace winsome::names
