#include "replication/tls/certificate.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <string_view>

namespace winsome::transport {
namespace {

template <auto destroy>
struct Destroy {
  template <class T>
  void operator()(T* what) const {
    destroy(what);
  }
};

void free_certificates(STACK_OF(X509) * stack) {
  sk_X509_pop_free(stack, X509_free);
}

using Bio = std::unique_ptr<BIO, Destroy<BIO_free>>;
using Certificate = std::unique_ptr<X509, Destroy<X509_free>>;
using Certificates = std::unique_ptr<STACK_OF(X509), Destroy<free_certificates>>;
using Key = std::unique_ptr<EVP_PKEY, Destroy<EVP_PKEY_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Destroy<GENERAL_NAMES_free>>;
using Store = std::unique_ptr<X509_STORE, Destroy<X509_STORE_free>>;
using Verification = std::unique_ptr<X509_STORE_CTX, Destroy<X509_STORE_CTX_free>>;

constexpr int certificates_max = 1'000;  // of one file: a large bundle of authorities has 150
constexpr std::size_t name_length_max = 255;
constexpr int security_level = 2;  // of OpenSSL: no SHA-1, no RSA below 2048 bits

Bio open(const std::string& pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

Certificate next_certificate(BIO* in) {
  return Certificate(PEM_read_bio_X509(in, nullptr, nullptr, nullptr));
}

Certificates read_all(const std::string& pem) {
  Certificates all(sk_X509_new_null());
  const auto in = open(pem);
  while (sk_X509_num(all.get()) < certificates_max) {
    auto one = next_certificate(in.get());
    if (!one) break;
    sk_X509_push(all.get(), one.release());
  }
  ERR_clear_error();  // the end of the file counts as one
  return all;
}

Store store_of(const std::string& authority) {
  Store store(X509_STORE_new());
  const auto all = read_all(authority);
  for (int i = 0; i < sk_X509_num(all.get()); ++i)
    X509_STORE_add_cert(store.get(), sk_X509_value(all.get(), i));
  return store;
}

/// Only what can be shown and compared as it stands: no NUL hides the rest of a name.
std::string printable(const ASN1_STRING* text) {
  if (!text) return {};
  const std::string_view view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                              static_cast<std::size_t>(ASN1_STRING_length(text)));
  const bool shows = std::ranges::all_of(view, [](unsigned char c) { return c > 31 && c != 127; });
  return shows && view.size() <= name_length_max ? std::string(view) : std::string();
}

std::string name_of(const X509* certificate) {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* one = sk_GENERAL_NAME_value(names.get(), i);
    if (one->type == GEN_DNS) return printable(one->d.dNSName);
  }
  const auto* subject = X509_get_subject_name(certificate);
  const auto at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  return at < 0 ? std::string()
                : printable(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

std::string day(const ASN1_TIME* time) {
  std::tm when{};
  if (ASN1_TIME_to_tm(time, &when) != 1) return "a day that cannot be read";
  return fmt::format("{:04}-{:02}-{:02}", when.tm_year + 1900, when.tm_mon + 1, when.tm_mday);
}

std::string words(X509_STORE_CTX* verification) {
  const auto error = X509_STORE_CTX_get_error(verification);
  const auto* at = X509_STORE_CTX_get_current_cert(verification);
  const auto* whose = X509_STORE_CTX_get_error_depth(verification) == 0
                          ? "its certificate"
                          : "the authority of its certificate";
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("{} has expired on {}", whose, day(X509_get0_notAfter(at)));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("{} is valid from {} only; do the clocks agree?", whose,
                         day(X509_get0_notBefore(at)));
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "its certificate is not from an authority that we trust";
    case X509_V_ERR_INVALID_PURPOSE: return fmt::format("{} is not made for this purpose", whose);
    default:
      return fmt::format("{} is not accepted: {}", whose, X509_verify_cert_error_string(error));
  }
}

}  // namespace

Result<std::string, std::string> judge(const Evidence& evidence, Role role) {
  if (evidence.certificate.empty()) return fail(std::string("it showed no certificate"));
  const auto certificate = next_certificate(open(evidence.certificate).get());
  if (!certificate) {
    ERR_clear_error();
    return fail(std::string("its certificate cannot be read"));
  }
  const auto chain = read_all(evidence.chain);
  const auto store = store_of(evidence.authority);
  const Verification verification(X509_STORE_CTX_new());
  const bool ready =
      X509_STORE_CTX_init(verification.get(), store.get(), certificate.get(), chain.get()) == 1 &&
      X509_STORE_CTX_set_default(verification.get(),
                                 role == Role::server ? "ssl_server" : "ssl_client") == 1;
  auto* rules = X509_STORE_CTX_get0_param(verification.get());
  X509_VERIFY_PARAM_set_auth_level(rules, security_level);
  // Whatever stands in the authority's file vouches: it need not be the root.
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
  const bool trusted = ready && X509_verify_cert(verification.get()) == 1;
  ERR_clear_error();
  if (!trusted) return fail(words(verification.get()));
  auto name = name_of(certificate.get());
  if (name.empty()) return fail(std::string("its certificate has no name that can be used"));
  return name;
}

std::string name_in(const std::string& pem) {
  const auto certificate = next_certificate(open(pem).get());
  ERR_clear_error();
  return certificate ? name_of(certificate.get()) : std::string();
}

std::string fault_of_pair(const std::string& certificate, const std::string& key) {
  const auto ours = next_certificate(open(certificate).get());
  // An empty password, or OpenSSL would ask for one on the terminal.
  char none[] = "";
  const Key secret(PEM_read_bio_PrivateKey(open(key).get(), nullptr, nullptr, none));
  std::string fault;
  if (!ours) {
    fault = "the certificate cannot be read";
  } else if (!secret) {
    fault = "the key cannot be read; it must be PEM, without a password";
  } else if (X509_check_private_key(ours.get(), secret.get()) != 1) {
    fault = "the key is not that of the certificate";
  } else if (name_of(ours.get()).empty()) {
    fault = "the certificate has no name that can be used";
  }
  ERR_clear_error();
  return fault;
}

std::string fault_of_authority(const std::string& authority) {
  const auto all = read_all(authority);
  return sk_X509_num(all.get()) > 0 ? std::string() : "the authority's certificate cannot be read";
}

}  // namespace winsome::transport
