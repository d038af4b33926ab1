"""check_layers.py agrees with a good tree and names file, line and rule of every crossing in a bad one."""
import contextlib
import io
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

DEV = Path(__file__).parents[4] / "tools/dev"
sys.path.insert(0, str(DEV))
import check_layers

PAGE = """\
# Architecture

| folder | what lives there | may include |
|---|---|---|
| `server/core` | vocabulary | nothing |
| `server/names` | rules | `core` |
| `server/dhcp` *(later)* | leases | `core` |
| `server/store` | durability | `core names` |
| `server/daemon` | wires | `everything` |
| `proto/winsome` | packages | – |
| `tools/winsome` | the CLI | `core proto` |
| `tests/unit` | tests | `anything` |

| ring | folders | banned | except in |
|---|---|---|---|
| pure | `core names dhcp` | `<thread>` `<asio` `<sqlite3` `now()` `getenv` | `server/names/answer_index` |
| adapters | `store` | – | – |
| daemon | `daemon` | – | – |
"""

GOOD = {
    "ARCHITECTURE.md": PAGE,
    "server/core/bytes.h": "#pragma once\n#include <cstdint>\n",
    "server/core/CMakeLists.txt": "winsome_library(server_core SOURCES bytes.cpp SYSTEM absl::hash)\n",
    "server/names/record.h": '#include "server/core/bytes.h"\nInstant step(Instant now);\n',
    "server/names/answer_index.cpp": "#include <thread>\n",
    "server/names/CMakeLists.txt": "winsome_library(server_names SOURCES record.cpp DEPENDS server_core)\n",
    "server/store/store.cpp": '#include "server/names/record.h"\n#include <sqlite3.h>\n#include <thread>\n',
    "server/store/CMakeLists.txt":
        "winsome_library(server_store SOURCES store.cpp DEPENDS server_core server_names SYSTEM SQLite)\n",
    "server/daemon/main.cpp": '#include "server/store/store.h"\n#include "server/names/record.h"\n',
    "proto/winsome/admin/v1/names.proto": 'syntax = "proto3";\n',
    "tools/winsome/main.cpp": '#include "winsome/admin/v1/names.pb.h"\n#include "server/core/bytes.h"\n',
    "tests/unit/record_test.cpp": '#include "server/daemon/daemon.h"\n',
}


def check(changes):
    """Runs the script on the good tree with `changes`: path to text, or to None for a file taken away."""
    with tempfile.TemporaryDirectory() as directory:
        for path, text in {**GOOD, **changes}.items():
            if text is not None:
                file = Path(directory, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        with contextlib.redirect_stderr(io.StringIO()) as err, contextlib.redirect_stdout(io.StringIO()) as out:
            status = check_layers.main(["check_layers.py", directory])
        return SimpleNamespace(returncode=status, stdout=out.getvalue(), stderr=err.getvalue())


class CheckLayers(unittest.TestCase):
    def assert_refused(self, changes, *expected):
        result = check(changes)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        for text in expected:
            self.assertIn(text, result.stderr)
        self.assertIn(f"layers: {len(result.stderr.splitlines()) - 1} disagreements", result.stderr)

    def assert_accepted(self, changes):
        result = check(changes)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_accepts_a_tree_that_follows_the_table(self):
        self.assert_accepted({})

    def test_accepts_this_very_project(self):
        result = subprocess.run([sys.executable, "-B", str(DEV / "check_layers.py")], capture_output=True, text=True,
                                timeout=30, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    # Includes

    def test_refuses_an_include_that_is_not_in_the_list(self):
        self.assert_refused({"server/names/record.h": '\n#include "server/store/store.h"\n'},
                            "server/names/record.h:2: [include] server/names may not include server/store")

    def test_a_list_is_not_inherited(self):
        self.assert_refused({"tools/winsome/main.cpp": '#include "server/names/record.h"\n'},
                            "tools/winsome/main.cpp:1: [include]")

    def test_refuses_an_include_in_angle_brackets_and_one_with_blanks_alike(self):
        self.assert_refused({"server/core/bytes.h": "#include <server/names/record.h>\n",
                             "server/core/more.h": '  #  include   "server/names/record.h"\n'},
                            "server/core/bytes.h:1: [include]", "server/core/more.h:1: [include]")

    def test_refuses_generated_code_where_proto_is_not_listed(self):
        self.assert_refused({"server/names/record.h": '#include "winsome/admin/v1/names.pb.h"\n'},
                            "server/names/record.h:1: [include] server/names may not include proto/winsome")

    def test_refuses_an_include_beside_the_file_because_it_hides_its_folder(self):
        self.assert_refused({"server/names/query.cpp": '#include "record.h"\n'},
                            'server/names/query.cpp:1: [include] "record.h": write the path from the root')

    def test_ignores_an_include_in_a_comment(self):
        self.assert_accepted({"server/core/bytes.h": '/*\n#include "server/store/store.h"\n*/\n// #include <thread>\n'})

    def test_nobody_includes_the_daemon(self):
        self.assert_refused({"server/store/store.cpp": '#include "server/daemon/daemon.h"\n'},
                            "server/store/store.cpp:1: [include]")

    # Folders

    def test_refuses_a_folder_of_code_that_the_table_does_not_know(self):
        self.assert_refused({"server/extra/thing.h": "\n"},
                            "server/extra/thing.h:1: [folder] folder server/extra is missing in the table")

    def test_refuses_code_directly_in_a_top_level_folder(self):
        self.assert_refused({"server/thing.cpp": "\n"}, "server/thing.cpp:1: [folder]")

    def test_refuses_a_row_without_a_folder(self):
        self.assert_refused({"server/daemon/main.cpp": None}, "ARCHITECTURE.md:9: [folder] server/daemon does not exist")

    def test_refuses_the_later_mark_on_a_folder_that_is_there(self):
        self.assert_refused({"server/dhcp/lease.h": "\n"}, "ARCHITECTURE.md:7: [folder] server/dhcp has files")

    # Bans

    def test_refuses_a_banned_header_in_the_pure_ring(self):
        self.assert_refused({"server/core/bytes.h": "\n\n#include <thread>\n", "server/names/a.cpp": "#include <asio.hpp>\n"},
                            "server/core/bytes.h:3: [ban] <thread> is banned in the pure ring",
                            "server/names/a.cpp:1: [ban] <asio")

    def test_refuses_a_banned_name_in_the_pure_ring(self):
        self.assert_refused({"server/core/a.cpp": "auto t = clock::now( );\nauto e = std::getenv(\"X\");\n"},
                            "server/core/a.cpp:1: [ban] now()", "server/core/a.cpp:2: [ban] getenv")

    def test_allows_banned_words_in_comments_and_literals_and_now_as_an_argument(self):
        self.assert_accepted({"server/core/a.cpp":
                              '// now() is the daemon\'s\nauto text = "getenv now()";\nauto raw = R"(now())";\nf(now);\n'})

    def test_digit_separators_hide_nothing(self):
        self.assert_refused({"server/core/a.cpp": "auto a = 1'000 + now() + 2'000;\n"}, "server/core/a.cpp:1: [ban] now()")

    def test_the_exception_holds_for_its_files_alone(self):
        self.assert_refused({"server/names/answer_index_more.cpp": "#include <thread>\n"},
                            "server/names/answer_index_more.cpp:1: [ban]")

    # CMake

    def test_refuses_a_target_that_depends_on_a_layer_it_may_not(self):
        self.assert_refused({"server/names/CMakeLists.txt":
                             "# rules\nwinsome_library(server_names\n  SOURCES a.cpp\n  DEPENDS server_core server_store)\n"},
                            "server/names/CMakeLists.txt:2: [target] server_names may not depend on server_store")

    def test_refuses_a_layer_that_comes_in_by_target_link_libraries(self):
        self.assert_refused({"server/core/CMakeLists.txt": "target_link_libraries(server_core PRIVATE server_names)\n"},
                            "server/core/CMakeLists.txt:1: [target] server_core may not depend on server_names")

    def test_refuses_a_banned_library_in_the_pure_ring(self):
        self.assert_refused({"server/core/CMakeLists.txt": "winsome_library(server_core SYSTEM Threads::Threads)\n"},
                            "server/core/CMakeLists.txt:1: [target] server_core links Threads::Threads")

    # The page

    def test_refuses_folders_that_include_each_other(self):
        self.assert_refused({"ARCHITECTURE.md": PAGE.replace("| vocabulary | nothing |", "| vocabulary | `store` |")},
                            "[table] folders include each other")

    def test_refuses_an_unknown_folder_in_a_list(self):
        self.assert_refused({"ARCHITECTURE.md": PAGE.replace("| `core names` |", "| `core nmes` |")},
                            "ARCHITECTURE.md:8: [table] 'nmes' names 0 folders")

    def test_refuses_a_folder_without_a_ring(self):
        self.assert_refused({"ARCHITECTURE.md": PAGE.replace("`core names dhcp`", "`core names`")},
                            "ARCHITECTURE.md:7: [table] server/dhcp is in 0 rings")

    def test_refuses_a_page_without_the_table(self):
        self.assert_refused({"ARCHITECTURE.md": "# Architecture\n"}, "ARCHITECTURE.md:1: [table]")


if __name__ == "__main__":
    unittest.main()
