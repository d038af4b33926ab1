#include "replication/tls/tls.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

#include "replication/tls/certificate.h"

namespace winsome::transport {
namespace {

namespace tls = grpc::experimental;

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string text(const grpc::string_ref& ref) {
  return ref.data() ? std::string(ref.data(), ref.size()) : std::string();
}

/// Handshakes may outlive the server that began them; it is silenced first.
class Refusals {
 public:
  explicit Refusals(NoteRefusal note) : note_(std::move(note)) {}
  void tell(const std::string& who, const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (note_) note_(who, why);
  }
  void silence() {
    const std::lock_guard lock(mutex_);
    note_ = nullptr;
  }

 private:
  std::mutex mutex_;
  NoteRefusal note_;
};

/// Judges a certificate by the authority's file as it is now.
class Verifier final : public tls::ExternalCertificateVerifier {
 public:
  /// Given what is known of the peer, says what is wrong with it, or nothing.
  using Decide = std::function<std::string(const std::string& certificate,
                                           const Result<std::string, std::string>& name)>;

  Verifier(std::filesystem::path authority, Role peer, Decide decide)
      : authority_(std::move(authority)), peer_(peer), decide_(std::move(decide)) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* status) override {
    const Evidence evidence{.certificate = text(request->peer_cert()),
                            .chain = text(request->peer_cert_full_chain()),
                            .authority = read(authority_)};
    const auto why = decide_(evidence.certificate, judge(evidence, peer_));
    if (!why.empty()) *status = {grpc::StatusCode::UNAUTHENTICATED, why};
    return true;
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  std::filesystem::path authority_;
  Role peer_;
  Decide decide_;
};

}  // namespace

void Verdict::set(std::string why) {
  const std::lock_guard lock(mutex_);
  why_ = std::move(why);
}

std::string Verdict::why() const {
  const std::lock_guard lock(mutex_);
  return why_;
}

struct Tls::Parts {
  TlsFiles files;
  std::shared_ptr<Refusals> refusals;
  std::shared_ptr<tls::FileWatcherCertificateProvider> provider;
};

Tls::Tls(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Tls::~Tls() {
  parts_->refusals->silence();
}

Result<std::unique_ptr<Tls>, std::string> Tls::open(const TlsFiles& files, NoteRefusal refused) {
  const auto all = {files.certificate, files.key, files.authority};
  if (std::ranges::any_of(all, &std::filesystem::path::empty))
    return fail(std::string("certificate, key and authority belong together"));
  for (const auto& file : all) {
    if (!std::ifstream(file)) return fail("cannot read " + file.native());
  }
  const auto pair = fault_of_pair(read(files.certificate), read(files.key));
  if (!pair.empty())
    return fail(pair + " (" + files.certificate.native() + ", " + files.key.native() + ")");
  const auto authority = fault_of_authority(read(files.authority));
  if (!authority.empty()) return fail(authority + " (" + files.authority.native() + ")");

  const auto interval = static_cast<unsigned>(std::max<seconds::rep>(files.interval.count(), 1));
  return std::unique_ptr<Tls>(new Tls(std::make_unique<Parts>(Parts{
      .files = files,
      .refusals = std::make_shared<Refusals>(std::move(refused)),
      .provider = std::make_shared<tls::FileWatcherCertificateProvider>(
          files.key.native(), files.certificate.native(), files.authority.native(), interval)})));
}

std::shared_ptr<grpc::ServerCredentials> Tls::for_callers() const {
  tls::TlsServerCredentialsOptions options(parts_->provider);
  options.watch_identity_key_cert_pairs();
  options.watch_root_certs();
  // Asked for here, required and judged by the verifier.
  options.set_cert_request_type(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
  options.set_certificate_verifier(tls::ExternalCertificateVerifier::Create<Verifier>(
      parts_->files.authority, Role::client,
      [refusals = parts_->refusals](const std::string& certificate,
                                    const Result<std::string, std::string>& name) {
        if (name) return std::string();
        refusals->tell(name_in(certificate), name.error());
        return name.error();
      }));
  return tls::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> Tls::for_partner(const std::string& name,
                                                           std::shared_ptr<Verdict> verdict) const {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(parts_->provider);
  options.watch_identity_key_cert_pairs();
  options.watch_root_certs();
  options.set_verify_server_certs(false);  // by the verifier
  options.set_check_call_host(false);
  options.set_certificate_verifier(tls::ExternalCertificateVerifier::Create<Verifier>(
      parts_->files.authority, Role::server,
      [name, verdict = std::move(verdict)](const std::string&,
                                           const Result<std::string, std::string>& shown) {
        auto why = !shown           ? shown.error()
                   : *shown != name ? "its certificate is for " + *shown + ", not " + name
                                    : std::string();
        verdict->set(why);
        return why;
      }));
  return tls::TlsCredentials(options);
}

std::string Tls::own_fault() const {
  const auto ours = read(parts_->files.certificate);
  const auto name =
      judge({.certificate = ours, .chain = ours, .authority = read(parts_->files.authority)},
            Role::client);
  if (name) return {};
  auto why = name.error();
  constexpr std::string_view theirs = "its certificate";
  if (const auto at = why.find(theirs); at != std::string::npos)
    why.replace(at, theirs.size(), "our own certificate");
  return why;
}

std::string name_of_caller(const grpc::AuthContext& caller) {
  const auto certificates = caller.FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  return certificates.empty() ? std::string() : name_in(text(certificates.front()));
}

}  // namespace winsome::transport
