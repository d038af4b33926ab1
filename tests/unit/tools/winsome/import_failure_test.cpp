#include "tools/winsome/import_failure.h"

#include <gmock/gmock.h>

namespace winsome::cli {
namespace {

TEST(ImportFailure, CountsWhatWasFoundInTheFile) {
  EXPECT_EQ(problems_text(1, false),
            "nothing imported: 1 problem found; correct it, or leave out its line with "
            "--keep-going");
  EXPECT_EQ(problems_text(3, false),
            "nothing imported: 3 problems found; correct them, or leave out their lines with "
            "--keep-going");
}

TEST(ImportFailure, CountsWhatTheServerRefuses) {
  EXPECT_EQ(refusals_text(1, 10, "mapping", false),
            "nothing imported: the server refuses 1 of 10 mappings; correct the file, or leave it "
            "out with --keep-going");
  EXPECT_EQ(refusals_text(3, 10, "mapping", false),
            "nothing imported: the server refuses 3 of 10 mappings; correct the file, or leave "
            "them out with --keep-going");
  EXPECT_EQ(refusals_text(1, 1, "mapping", false),
            "nothing imported: the server refuses 1 of 1 mapping; correct the file, or leave it "
            "out with --keep-going");
}

TEST(ImportFailure, RowsAreCalledWhatTheyAre) {
  EXPECT_THAT(refusals_text(1, 2, "lease", false),
              testing::HasSubstr("the server refuses 1 of 2 leases"));
}

TEST(ImportFailure, ADryRunSaysWhatWouldHappen) {
  EXPECT_TRUE(problems_text(1, true).starts_with("nothing would be imported: 1 problem found"));
  EXPECT_TRUE(refusals_text(2, 2, "mapping", true)
                  .starts_with("nothing would be imported: the server refuses 2 of 2 mappings"));
}

}  // namespace
}  // namespace winsome::cli
