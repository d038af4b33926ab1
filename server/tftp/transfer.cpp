#include "server/tftp/transfer.h"

#include <algorithm>
#include <utility>

#include "server/core/check.h"

namespace winsome::tftp {
namespace {

/// Our own timeout is doubled as often as this.
constexpr unsigned doublings_max = 3;

}  // namespace

Transfer::Transfer(const Endpoint& client, Mode mode, Terms terms, const Options& options)
    : client_(client),
      mode_(mode),
      terms_(std::move(terms)),
      timeout_(terms_.timeout.value_or(options.timeout)),
      tries_(std::max(options.tries, 1U)) {}

Actions Transfer::start(Instant now) {
  now_ = now;
  give_up_at_ = now + first_answer_max;
  Actions actions;
  if (terms_.accepted.empty()) {
    stage_ = Stage::blocks;
    open_window(actions);
  } else {
    send_options(actions);
  }
  actions.wake_at = wake_at_;
  return actions;
}

Actions Transfer::step(const Input& input, Instant now) {
  check(stage_ != Stage::ended, "a transfer that has ended takes no steps");
  now_ = now;
  Actions actions;
  if (const auto* received = std::get_if<Received>(&input)) {
    receive(*received, actions);
  } else if (const auto* file = std::get_if<FileOctets>(&input)) {
    send_window(file->octets, actions);
  } else if (std::holds_alternative<FileUnreadable>(input)) {
    send(Error{ErrorCode::undefined, "the file cannot be read"}, actions);
    end(Outcome::unreadable, actions);
  } else if (now >= wake_at_) {
    send_again(actions);
  }
  actions.wake_at = wake_at_;
  return actions;
}

void Transfer::receive(const Received& received, Actions& actions) {
  const auto packet = decode(received.datagram);
  if (!packet) return;
  const auto* error = std::get_if<Error>(&*packet);
  if (received.from != client_) {  // RFC 1350 4; errors are never answered, or two would go on
    if (error == nullptr) {
      actions.sends.emplace_back(received.from,
                                 encode(Error{ErrorCode::unknown_transfer, "not your transfer"}));
    }
    return;
  }
  if (error != nullptr) return end(Outcome::aborted, actions);
  if (const auto* ack = std::get_if<Ack>(&*packet)) acknowledge(ack->block, actions);
}

void Transfer::acknowledge(std::uint16_t block, Actions& actions) {
  if (stage_ == Stage::options) {
    if (block != 0) return;
    stage_ = Stage::blocks;
    answered_ = true;
    may_rewind_ = terms_.windowsize > 1 && sends_ == 1;
    return open_window(actions);
  }

  const auto before = static_cast<std::uint16_t>(first_ - 1);
  const std::size_t count = static_cast<std::uint16_t>(block - before);
  if (count > ends_.size()) return;  // of an earlier window, or of no block that was sent
  if (count == 0) {
    // In a window of one block this is a duplicate, and to answer it would send every block twice
    // from here on (RFC 1123 4.2.3.1). Else the first block may be lost (RFC 7440 4), unless
    // datagrams sent twice explain it.
    if (std::exchange(may_rewind_, false)) want_window(actions);
    return;
  }

  const bool whole = count == ends_.size();
  if (whole && last_sent_) return end(Outcome::complete, actions);
  may_rewind_ = terms_.windowsize > 1 && whole && sends_ == 1;
  answered_ = true;
  first_ += count;
  begin_ = ends_[count - 1];
  open_window(actions);
}

void Transfer::open_window(Actions& actions) {
  timeouts_ = 0;
  sends_ = 0;
  want_window(actions);
}

void Transfer::want_window(Actions& actions) {
  reading_ = true;
  ends_.clear();
  actions.read =
      FileRange{begin_.offset, std::size_t{terms_.windowsize} * std::size_t{terms_.blksize}};
  arm();
}

void Transfer::send_window(Octets octets, Actions& actions) {
  check(std::exchange(reading_, false), "octets come when they are wanted");
  ++sends_;
  last_sent_ = false;
  auto at = begin_;
  while (ends_.size() < terms_.windowsize && !last_sent_) {
    auto block = cut_block(static_cast<std::uint16_t>(first_ + ends_.size()), mode_, terms_.blksize,
                           octets.subspan(at.offset - begin_.offset), at);
    at = block.end;
    last_sent_ = block.last;
    ends_.push_back(at);
    actions.sends.emplace_back(client_, std::move(block.datagram));
  }
}

void Transfer::send_options(Actions& actions) {
  ++sends_;
  send(OptionAck{terms_.accepted}, actions);
  arm();
}

void Transfer::send_again(Actions& actions) {
  if (++timeouts_ >= tries_ || (!answered_ && now_ >= give_up_at_))
    return end(Outcome::silent, actions);
  if (stage_ == Stage::options) {
    send_options(actions);
  } else {
    may_rewind_ = false;
    want_window(actions);
  }
}

void Transfer::end(Outcome outcome, Actions& actions) {
  stage_ = Stage::ended;
  wake_at_ = never;
  actions.ended = outcome;
}

void Transfer::send(const Packet& packet, Actions& actions) {
  actions.sends.emplace_back(client_, encode(packet));
}

void Transfer::arm() {
  const auto factor = terms_.timeout ? 1 : 1 << std::min(timeouts_, doublings_max);
  wake_at_ = now_ + timeout_ * factor;
  if (!answered_) wake_at_ = std::min(wake_at_, give_up_at_);
}

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::complete: return "complete";
    case Outcome::aborted: return "given up by the client";
    case Outcome::silent: return "the client fell silent";
    case Outcome::unreadable: return "the file cannot be read";
  }
  return {};
}

}  // namespace winsome::tftp
