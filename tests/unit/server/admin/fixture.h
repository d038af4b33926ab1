#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "server/admin/admin_server.h"
#include "tests/unit/server/admin/fake_backend.h"
#include "tests/unit/server/admin/fake_lease_backend.h"
#include "winsome/admin/v1/leases.grpc.pb.h"
#include "winsome/admin/v1/names.grpc.pb.h"
#include "winsome/admin/v1/replication.grpc.pb.h"
#include "winsome/admin/v1/server.grpc.pb.h"

namespace winsome::admin {

/// A directory of the test's own.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "winsome-XXXXXX").native();
    path_ = ::mkdtemp(pattern.data());
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// An admin server over a fake daemon, and a client of it, connected by a real unix socket.
class AdminTest : public testing::Test {
 protected:
  AdminTest() {
    const auto note = [this](const AuditEntry& entry) {
      const std::lock_guard lock(audit_mutex_);
      audit_.push_back(entry);
    };
    auto started = AdminServer::start(backend, socket(), note, &lease_backend);
    if (!started) throw std::runtime_error(started.error());
    server = std::move(*started);
    const auto channel =
        grpc::CreateChannel("unix:" + socket().native(), grpc::InsecureChannelCredentials());
    leases = v1::Leases::NewStub(channel);
    names = v1::Names::NewStub(channel);
    replication = v1::Replication::NewStub(channel);
    whole = v1::Server::NewStub(channel);
  }

  [[nodiscard]] std::filesystem::path socket() const { return directory.path() / "admin.sock"; }

  [[nodiscard]] std::vector<AuditEntry> audit() const {
    const std::lock_guard lock(audit_mutex_);
    return audit_;
  }

  [[nodiscard]] static names::Record record(const std::string& name) {
    names::Record made;
    made.name = *nbns::parse_name(name, 0x20);
    made.owner = Ipv4(192, 0, 2, 10);
    made.version = 1;
    made.due = Instant(std::chrono::seconds(1000));
    made.members = {{Ipv4(192, 0, 2, 1), made.owner, made.due}};
    return made;
  }

  TemporaryDirectory directory;
  FakeBackend backend;
  FakeLeaseBackend lease_backend;
  std::unique_ptr<AdminServer> server;
  std::unique_ptr<v1::Leases::Stub> leases;
  std::unique_ptr<v1::Names::Stub> names;
  std::unique_ptr<v1::Replication::Stub> replication;
  std::unique_ptr<v1::Server::Stub> whole;

 private:
  mutable std::mutex audit_mutex_;
  std::vector<AuditEntry> audit_;
};

}  // namespace winsome::admin
