#include "server/config/key_line.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using enum OnReload;
using Nbns = Settings::Nbns;
using names::AccessOptions;
using names::BurstOptions;
using names::ChallengeOptions;
using names::Intervals;
using names::Options;

constexpr auto in_nbns = &Settings::nbns;
constexpr auto in_names = &Settings::names;
constexpr auto in_intervals = &names::Options::intervals;
constexpr auto in_challenge = &names::Options::challenge;
constexpr auto in_burst = &names::Options::burst;
constexpr auto in_access = &names::Options::access;

// Upper bounds of the intervals are those of the WINS console (fact base B7); the lower ones depend
// on allow_short_intervals and on each other, see the rules. At most 65,535 challenges can be told
// apart by their transaction id. Burst: B12. Other bounds only catch slips of the pen.
constexpr std::array table = {
    key<&Settings::data_dir>("", "data_dir", refuse, any),

    key<&Settings::log, &Settings::Log::level>("log", "level", apply, any),
    key<&Settings::log, &Settings::Log::format>("log", "format", refuse, any),

    key<in_nbns, &Nbns::listen>("nbns", "listen", refuse, at_least_one),
    key<in_names, &Options::owner>("nbns", "owner", refuse, any),
    key<in_names, &Options::computer_name>("nbns", "netbios_name", refuse, any),
    key<in_names, in_intervals, &Intervals::renewal>("nbns", "renewal_interval", apply,
                                                     between(1s, 999h)),
    key<in_names, in_intervals, &Intervals::extinction>("nbns", "extinction_interval", apply,
                                                        between(1s, 9999h)),
    key<in_names, in_intervals, &Intervals::extinction_timeout>("nbns", "extinction_timeout", apply,
                                                                between(1s, 9999h)),
    key<in_names, in_intervals, &Intervals::verification>("nbns", "verification_interval", apply,
                                                          between(1s, 9999h)),
    key<in_nbns, &Nbns::allow_short_intervals>("nbns", "allow_short_intervals", apply, any),
    key<in_names, &Options::migrate_on>("nbns", "migrate_on", apply, any),
    key<in_names, &Options::defend_fed_names>("nbns", "defend_fed_names", apply, any),
    key<in_names, &Options::prepend_1b>("nbns", "prepend_1b", apply, any),
    key<in_names, &Options::randomize_1c>("nbns", "randomize_1c", apply, any),
    key<in_nbns, &Nbns::answer_threads>("nbns", "answer_threads", refuse, between(0, 64)),
    key<in_nbns, &Nbns::challenge_port>("nbns", "challenge_port", refuse, between(1, 65'535)),

    key<in_names, in_challenge, &ChallengeOptions::tries>("nbns.challenge", "tries", apply,
                                                          between(1, 10)),
    key<in_names, in_challenge, &ChallengeOptions::interval>("nbns.challenge", "interval", apply,
                                                             between(50ms, 10s)),
    key<in_names, in_challenge, &ChallengeOptions::total>("nbns.challenge", "total", apply,
                                                          between(50ms, 60s)),
    key<in_names, in_challenge, &ChallengeOptions::at_once>("nbns.challenge", "at_once", apply,
                                                            between(1, 65'535)),
    key<in_names, in_challenge, &ChallengeOptions::at_once_per_requester>(
        "nbns.challenge", "at_once_per_requester", apply, between(1, 65'535)),

    key<in_names, in_burst, &BurstOptions::threshold>("nbns.burst", "threshold", apply,
                                                      between(50, 5'000)),
    key<in_names, in_burst, &BurstOptions::queue_limit>("nbns.burst", "queue_limit", apply,
                                                        between(50, 1'000'000)),

    key<in_names, in_access, &AccessOptions::query_from>("nbns.access", "query_from", apply, any),
    key<in_names, in_access, &AccessOptions::register_from>("nbns.access", "register_from", apply,
                                                            any),
    key<in_names, in_access, &AccessOptions::register_1b_from>("nbns.access", "register_1b_from",
                                                               apply, any),
    key<in_names, in_access, &AccessOptions::register_1c_from>("nbns.access", "register_1c_from",
                                                               apply, any),
    key<in_names, in_access, &AccessOptions::register_1d_from>("nbns.access", "register_1d_from",
                                                               apply, any),
    key<in_names, in_access, &AccessOptions::blocked_names>("nbns.access", "blocked_names", apply,
                                                            any),
    key<in_names, in_access, &AccessOptions::register_other_addresses>(
        "nbns.access", "register_other_addresses", apply, any),
    key<in_names, in_access, &AccessOptions::names_per_address>("nbns.access", "names_per_address",
                                                                apply, between(0, 10'000'000)),
    key<in_names, in_access, &AccessOptions::requests_per_second>(
        "nbns.access", "requests_per_second", apply, between(0, 10'000'000)),

    key<&Settings::admin, &Settings::Admin::socket>("admin", "socket", refuse, any),
};

}  // namespace

std::span<const Key> name_server_keys() {
  return table;
}

}  // namespace winsome::config
