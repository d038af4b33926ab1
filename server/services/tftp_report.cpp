#include "server/services/tftp_report.h"

namespace winsome::services {

std::string_view to_text(TftpEnd end) {
  switch (end) {
    case TftpEnd::complete: return "complete";
    case TftpEnd::aborted: return "given up by the client";
    case TftpEnd::silent: return "the client fell silent";
    case TftpEnd::replaced: return "the client began anew";
    case TftpEnd::unreadable: return "the file cannot be read";
    case TftpEnd::not_found: return "file not found";
    case TftpEnd::access: return "access denied";
    case TftpEnd::bad_path: return "no path inside the root";
    case TftpEnd::write: return "writing is not allowed";
    case TftpEnd::malformed: return "malformed";
    case TftpEnd::client_limit: return "too many transfers of this client";
    case TftpEnd::full: return "too many transfers";
  }
  return {};
}

}  // namespace winsome::services
