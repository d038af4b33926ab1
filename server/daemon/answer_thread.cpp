#include "server/daemon/answer_thread.h"

#include <utility>
#include <variant>
#include <vector>

namespace winsome::daemon {

static_assert(net::answer_max >= nbns::payload_length_max);

void SharedOptions::set(names::ResponderOptions options) {
  const std::lock_guard lock(mutex_);
  options_ = std::make_shared<const names::ResponderOptions>(std::move(options));
  generation_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const names::ResponderOptions> SharedOptions::get() const {
  const std::lock_guard lock(mutex_);
  return options_;
}

AnswerThread::AnswerThread(std::uint16_t number, const net::UdpSocket& socket,
                           names::Responder& responder, Mailbox& mailbox,
                           const SharedOptions& options, const Clock& clock)
    : number_(number),
      socket_(socket),
      responder_(responder),
      mailbox_(mailbox),
      options_(options),
      clock_(clock),
      thread_([this] { run(); }) {}

AnswerThread::~AnswerThread() {
  stopping_ = true;
  thread_.join();
}

void AnswerThread::run() {
  const auto received = std::make_unique<net::ReceiveBatch>();
  const auto answers = std::make_unique<net::SendBatch>();
  std::vector<names::ClientRequest> requests;
  std::vector<names::ClientResponse> responses;
  std::uint64_t generation = 0;
  std::shared_ptr<const names::ResponderOptions> options;

  while (!stopping_.load(std::memory_order_relaxed)) {
    responder_.reader().offline();
    const auto count = received->receive(socket_);
    responder_.reader().quiescent();
    if (const auto newest = options_.generation(); newest != generation) {
      generation = newest;
      options = options_.get();
    }
    const auto now = clock_.now();
    for (std::size_t i = 0; i < count; ++i) {
      const names::Path path{received->remote(i), received->local(i, socket_), number_};
      auto outcome =
          responder_.respond(received->datagram(i), path, *options, now, answers->next());
      if (const auto* reply = std::get_if<names::Responder::Reply>(&outcome)) {
        answers->add(reply->length, path.remote, path.local, socket_);
      } else if (auto* message = std::get_if<nbns::Message>(&outcome)) {
        if (auto* request = std::get_if<nbns::NameRequest>(message)) {
          requests.push_back({path, std::move(*request)});
        } else {
          responses.push_back({path, std::move(*message)});
        }
      }
    }
    if (const auto failed = answers->flush(socket_); failed > 0) send_failures_ += failed;
    mailbox_.post(requests, responses, [this](names::Drop why) { responder_.count(why); });
  }
  responder_.reader().offline();
}

}  // namespace winsome::daemon
