#include "tests/unit/replication/tls/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <array>
#include <fstream>

#include "server/core/check.h"

namespace winsome::transport {
namespace {

template <auto destroy>
struct Destroy {
  template <class T>
  void operator()(T* what) const {
    destroy(what);
  }
};
using Bio = std::unique_ptr<BIO, Destroy<BIO_free>>;
using Certificate = std::unique_ptr<X509, Destroy<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Destroy<EVP_PKEY_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Destroy<X509_EXTENSION_free>>;

template <class Write>
std::string pem(Write write) {
  const Bio out(BIO_new(BIO_s_mem()));
  check(write(out.get()) == 1, "OpenSSL writes PEM");
  char* text = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

void extend(X509* certificate, X509V3_CTX& context, int what, const std::string& value) {
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
  check(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "an extension");
}

Certificate make(const Wanted& wanted, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  static long serial = 1;
  Certificate made(X509_new());
  auto* one = made.get();
  X509_set_version(one, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(one), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(one), std::chrono::seconds(wanted.from).count());
  X509_gmtime_adj(X509_getm_notAfter(one), std::chrono::seconds(wanted.to).count());
  X509_set_pubkey(one, key);
  if (!wanted.common_name.empty()) {
    const auto* text = reinterpret_cast<const unsigned char*>(wanted.common_name.data());
    X509_NAME_add_entry_by_NID(X509_get_subject_name(one), NID_commonName, MBSTRING_UTF8, text,
                               static_cast<int>(wanted.common_name.size()), -1, 0);
  }
  if (!issuer) issuer = one;
  X509_set_issuer_name(one, X509_get_subject_name(issuer));
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, one, nullptr, nullptr, 0);
  if (wanted.authority) extend(one, context, NID_basic_constraints, "critical,CA:TRUE");
  if (!wanted.purposes.empty()) extend(one, context, NID_ext_key_usage, wanted.purposes);
  if (!wanted.dns_names.empty()) extend(one, context, NID_subject_alt_name, wanted.dns_names);
  check(X509_sign(one, issuer_key, EVP_sha256()) > 0, "OpenSSL signs");
  return made;
}

Key new_key() {
  return Key(EVP_EC_gen("P-256"));
}

std::string text_of(const Certificate& certificate) {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
}

std::string text_of(const Key& key) {
  return pem([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

Bio open(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

}  // namespace

Identity Identity::self_signed(const Wanted& wanted) {
  const auto key = new_key();
  Identity made;
  made.certificate_ = text_of(make(wanted, key.get(), nullptr, key.get()));
  made.key_ = text_of(key);
  return made;
}

Identity Identity::issue(const Wanted& wanted) const {
  const Certificate issuer(PEM_read_bio_X509(open(certificate_).get(), nullptr, nullptr, nullptr));
  const Key issuer_key(PEM_read_bio_PrivateKey(open(key_).get(), nullptr, nullptr, nullptr));
  const auto key = new_key();
  Identity made;
  made.certificate_ = text_of(make(wanted, key.get(), issuer.get(), issuer_key.get()));
  made.key_ = text_of(key);
  return made;
}

Folder::Folder() {
  auto path = (std::filesystem::temp_directory_path() / "winsome-tls-XXXXXX").native();
  check(::mkdtemp(path.data()) != nullptr, "a temporary folder");
  path_ = path;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Folder::write(const std::string& file, const std::string& text) const {
  std::ofstream(path_ / (file + ".new"), std::ios::binary) << text;
  std::filesystem::rename(path_ / (file + ".new"), path_ / file);
}

void Folder::write(const Identity& identity, const Identity& authority) const {
  write("key.pem", identity.key());
  write("certificate.pem", identity.certificate());
  write("authority.pem", authority.certificate());
}

TlsFiles Folder::files() const {
  return {.certificate = path_ / "certificate.pem",
          .key = path_ / "key.pem",
          .authority = path_ / "authority.pem",
          .interval = seconds(1)};
}

}  // namespace winsome::transport
