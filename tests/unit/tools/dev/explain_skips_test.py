"""explain_skips.py puts the reasons of skipped tests before ctest's closing summary, which stays last."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

EXPLAIN_SKIPS = Path(__file__).parents[4] / "tools/dev/explain_skips.py"

OUTPUT = """\
1/3 Test #1: names ....   Passed    0.01 sec
2/3 Test #2: torture ..***Skipped   0.01 sec

100% tests passed, 0 tests failed out of 3

Total Test time (real) =   0.03 sec
"""

RESULTS = """\
<testsuite>
  <testcase name="names" status="run"><system-out>
[ RUN      ] Socket.BindsPort137
socket_test.cpp:9: Skipped
needs root

[  SKIPPED ] Socket.BindsPort137 (0 ms)
[       OK ] Socket.SaysWhoSent (0 ms)
  </system-out></testcase>
  <testcase name="torture" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>
    <system-out>looking for peers
smbtorture is missing
</system-out></testcase>
  <testcase name="relays" status="run"><system-out>ok   a client behind one
SKIPPED a client behind the other: it is not unpacked
passed
</system-out></testcase>
  <testcase name="plain" status="run"><system-out>fine</system-out></testcase>
</testsuite>
"""


def explain(results):
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "results.xml")
        if results is not None:
            file.write_text(results, encoding="utf-8")
        return subprocess.run([sys.executable, str(EXPLAIN_SKIPS), str(file)], input=OUTPUT, capture_output=True,
                              text=True, timeout=30, check=True).stdout


class ExplainSkips(unittest.TestCase):
    def test_names_a_skipped_script_with_its_last_line(self):
        self.assertIn("  torture: smbtorture is missing\n", explain(RESULTS))

    def test_names_a_skipped_case_that_ctest_counts_as_passed(self):
        self.assertIn("  names: Socket.BindsPort137: needs root\n", explain(RESULTS))

    def test_names_the_part_that_a_script_left_out(self):
        self.assertIn("  relays: a client behind the other: it is not unpacked\n", explain(RESULTS))

    def test_says_nothing_of_tests_that_ran(self):
        self.assertNotIn("plain", explain(RESULTS))
        self.assertNotIn("SaysWhoSent", explain(RESULTS))

    def test_the_closing_summary_comes_once_and_last(self):
        output = explain(RESULTS)
        self.assertTrue(output.endswith("".join(OUTPUT.splitlines(True)[3:])), output)
        self.assertEqual(output.count("100% tests passed"), 1)

    def test_without_results_ctest_still_has_its_say(self):
        self.assertIn("100% tests passed, 0 tests failed out of 3", explain(None))


if __name__ == "__main__":
    unittest.main()
