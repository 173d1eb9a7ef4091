"""What house.py must refuse: a house with one fault at a time. Run by `make lint`."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import house

MANIFEST = """
let package = Package(
    name: "Toy",
    dependencies: [.package(url: "https://example.org/other", from: "1.0.0")],
    targets: [
        .target(name: "Low"),
        .target(name: "Beside"),
        .target(name: "High", dependencies: ["Low", .product(name: "Other", package: "other")], swiftSettings: settings),
        .testTarget(name: "HighTests", dependencies: ["High"]),
    ]
)
"""
PAGE = "| floor | module | holds |\n|---|---|---|\n| 2 | `High` | a |\n| 1 | `Low` | b |\n| 1 | `Beside` | c |\n"
SOUND = {
    "Package.swift": MANIFEST,
    "Docs/architecture.md": PAGE,
    "Sources/Low/Stone.swift": "// import High\npublic struct Stone {}\n",
    "Sources/Low/Stone+Shape.swift": "extension Stone {}\n",
    "Sources/Beside/Wall.swift": "public enum Wall {}\n",
    "Sources/High/Roof.swift": "import Foundation\npublic import Low\n\n/// A roof.\npublic final class Roof {}\n",
}


class HouseTests(unittest.TestCase):
    def faults(self, **changes):
        files = dict(SOUND)
        files.update({name.replace("__", "/").replace("_dot_", ".").replace("_plus_", "+"): text for name, text in changes.items()})
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                path = os.path.join(root, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            return house.faults(*house.read(root))

    def test_a_sound_house_has_no_faults(self):
        self.assertEqual(self.faults(), [])

    def test_an_import_that_points_up_is_refused(self):
        found = self.faults(**{"Sources__Low__Stone_dot_swift": "import High\npublic struct Stone {}\n"})
        self.assertEqual(len(found), 1)
        self.assertIn("not on a lower floor", found[0])

    def test_rooms_of_one_floor_do_not_know_each_other(self):
        found = self.faults(**{"Sources__Low__Stone_dot_swift": "package import Beside\npublic struct Stone {}\n"})
        self.assertIn("Stone.swift: imports Beside", found[0])

    def test_an_import_that_the_manifest_does_not_list_is_refused(self):
        found = self.faults(**{"Sources__High__Roof_dot_swift": "import Beside\nstruct Roof {}\n"})
        self.assertIn("Package.swift does not list", found[0])

    def test_a_module_without_a_row_is_refused(self):
        found = self.faults(**{"Docs__architecture_dot_md": PAGE.replace("| 1 | `Beside` | c |\n", "")})
        self.assertIn("has no row for Beside", found[0])

    def test_a_row_without_a_module_is_refused(self):
        found = self.faults(**{"Docs__architecture_dot_md": PAGE + "| 1 | `Cellar` | d |\n"})
        self.assertEqual(found, ["Docs/architecture.md: there is no module Cellar"])

    def test_a_file_named_after_nothing_it_holds_is_refused(self):
        found = self.faults(**{"Sources__High__Helpers_dot_swift": "func help() {}\nstruct Ladder {}\n"})
        self.assertIn("declares no type Helpers", found[0])
        found = self.faults(**{"Sources__High__Roof_plus_Colour_dot_swift": "extension Other {}\n"})
        self.assertIn("no extension of Roof", found[0])

    def test_a_test_that_looks_behind_the_walls_is_refused(self):
        found = self.faults(**{"Tests__HighTests__RoofTests_dot_swift": "@testable import High\nstruct RoofTests {}\n"})
        self.assertEqual(len(found), 1)
        self.assertIn("RoofTests.swift: imports with @testable", found[0])


if __name__ == "__main__":
    unittest.main(verbosity=0)
