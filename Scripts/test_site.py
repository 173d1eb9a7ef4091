#!/usr/bin/env python3
"""Tests of the scripts behind the documentation site and the tarball: make_site.py, docs_commands.py, manpages.py, trim_icu.py.

    .build/site/bin/python Scripts/test_site.py        (make site runs it)
"""

import struct
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import docs_commands
import make_site
import manpages
import trim_icu


class APageOfTheSite(unittest.TestCase):
    def test_a_heading_has_the_anchor_that_GitHub_gives_it(self):
        taken = set()
        self.assertEqual(make_site.slug("What `cuneus pool` writes: a table", taken), "what-cuneus-pool-writes-a-table")
        self.assertEqual(make_site.slug("χ²", taken), "χ²")
        self.assertEqual(make_site.slug("χ²", taken), "χ²-1")

    def test_comments_go_and_lines_keep_their_numbers(self):
        text = "a\n<!-- run\ncuneus\n-->\nb\n```\n<!-- stays -->\n```\n"
        cleaned = make_site.without_comments(text)
        self.assertNotIn("cuneus", cleaned)
        self.assertIn("<!-- stays -->", cleaned)
        self.assertEqual(cleaned.split("\n").index("b"), text.split("\n").index("b"))

    def test_search_takes_words_apart_without_accents_and_case(self):
        self.assertEqual(make_site.words_of("Egger’s τ² of voxel_size, Müller"), ["egger", "s", "τ2", "of", "voxel", "size", "muller"])

    def rendered(self, text):
        """A page of Docs/ that is not there, rendered beside the real ones."""
        problems = make_site.Problems()
        pages = {}
        make_site.read_contents(pages, problems)
        page = make_site.Page(make_site.DOCS / "a-test.md", "a-test.html")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "a-test.md"
            file.write_text(text, encoding="utf-8")
            renderer = make_site.Renderer(pages, None, problems)
            source, page.source = page.source, file
            tokens = renderer.read(page)
            page.source = source
        for other in pages.values():
            renderer.read(other)
        renderer.render(page, tokens)
        renderer.judge_anchors()
        return page.body, [line for line in problems.lines if line.startswith("Docs/a-test.md")]

    def test_a_link_to_a_page_and_a_heading_holds(self):
        body, problems = self.rendered("# T\n\n[trust](trust.md#evidence-classes)\n")
        self.assertIn('href="trust.html#evidence-classes"', body)
        self.assertEqual(problems, [])

    def test_a_broken_link_is_told_with_its_line(self):
        _, problems = self.rendered("# T\n\n[x](nowhere.md)\n\n[y](trust.md#no-such-heading)\n\n[z](#nor-this)\n")
        self.assertEqual([problem.split(": ")[0] for problem in problems], ["Docs/a-test.md:3", "Docs/a-test.md:5", "Docs/a-test.md:7"])

    def test_text_is_never_taken_for_markup(self):
        body, _ = self.rendered("# T\n\nn <script>alert(1)</script> & p < .05\n\n```sh\necho \"<b>\" # a note\n```\n")
        self.assertNotIn("<script>", body)
        self.assertIn("p &lt; .05", body)
        self.assertIn("<i># a note</i>", body)


class CommandsOnPages(unittest.TestCase):
    PAGE = "text\n\n```sh run exit=2\ncuneus check x\n```\n\n```tsv file=a/b.tsv\nq\n```\n\n<!-- run\ncuneus run y\n-->\n\n    cuneus plan z\n"

    def test_blocks_are_found_with_what_is_said_of_them(self):
        found = docs_commands.blocks(self.PAGE)
        self.assertEqual([block.text.strip() for block in found], ["cuneus check x", "q", "cuneus run y", "cuneus plan z"])
        self.assertEqual(found[0].value("exit"), "2")
        self.assertEqual(found[1].value("file"), "a/b.tsv")
        self.assertIn("hidden", found[2].words)

    def test_lines_must_have_been_printed_in_their_order(self):
        output = "one 1\ntwo  2\nthree 3\n"
        self.assertIsNone(docs_commands.shown("one 1\n...\nthree 3\n", output))
        self.assertIsNone(docs_commands.shown("two 2\n", output))
        self.assertIsNone(docs_commands.shown("th...3\n", output))
        self.assertEqual(docs_commands.shown("three 3\none 1\n", output), "one 1")
        self.assertEqual(docs_commands.shown("four\n", output), "four")

    def test_an_option_that_the_help_has_not_is_told(self):
        known = docs_commands.Help.__new__(docs_commands.Help)
        known.options = {
            (): {"--help"}, ("image",): {"--help"}, ("image", "peaks"): {"--threshold"},
            ("slurm",): {"--help"}, ("slurm", "prepare"): {"--submit"}}
        known.defaults = {("slurm",): "prepare"}
        # A subcommand that need not be named.
        self.assertIsNone(known.mistake(["slurm", "my_project", "--submit"]))
        self.assertIsNone(known.mistake(["image", "peaks", "z.nii", "--threshold=3"]))
        self.assertIn("--thresh", known.mistake(["image", "peaks", "z.nii", "--thresh", "3"]))
        self.assertIn("imago", known.mistake(["imago"]))

    def test_a_pipe_or_a_comment_ends_the_command(self):
        self.assertEqual(docs_commands.words_of("cuneus check x --all | grep -v '--no' # --nor"), ["check", "x", "--all"])


class ManualPages(unittest.TestCase):
    def test_text_cannot_become_a_request_of_roff(self):
        self.assertEqual(manpages.quoted(".SH x\\n"), "\\&.SH x\\en")

    def test_examples_keep_their_lines(self):
        self.assertEqual(
            manpages.discussion("Text.\n\nExamples:\n  cuneus run x\n  cuneus run y"),
            ["Text.", ".PP", "Examples:", ".PP", ".EX", "  cuneus run x", "  cuneus run y", ".EE"])


class ICUTables(unittest.TestCase):
    HEADER = bytes([144, 0, 0xDA, 0x27]) + bytes(8) + b"CmnD" + bytes(128)

    def test_what_was_packed_is_read_again(self):
        tables = [("icudt76l/root.res", b"r" * 16), ("icudt76l/coll/ucadata.icu", b"u" * 32), ("icudt76l/nfkc.nrm", b"n" * 48)]
        header, found = trim_icu.items(trim_icu.package(self.HEADER, tables))
        self.assertEqual(header, self.HEADER)
        self.assertEqual(found, sorted(tables))

    def test_every_table_stands_at_a_multiple_of_16(self):
        data = trim_icu.package(self.HEADER, [("icudt76l/a.res", b"abc"), ("icudt76l/bb.res", b"defg")])
        for number in range(2):
            self.assertEqual((144 + struct.unpack_from("<II", data, 144 + 4 + 8 * number)[1]) % 16, 0)

    def test_english_stays_and_dictionaries_and_converters_go(self):
        kept = [name for name in ["icudt76l/en.res", "icudt76l/de.res", "icudt76l/zone/root.res", "icudt76l/ibm-37.cnv", "icudt76l/brkitr/word.brk",
                                  "icudt76l/brkitr/cjdict.dict", "icudt76l/nfkc_cf.nrm"] if trim_icu.stays(name)]
        self.assertEqual(kept, ["icudt76l/en.res", "icudt76l/zone/root.res", "icudt76l/brkitr/word.brk", "icudt76l/nfkc_cf.nrm"])


if __name__ == "__main__":
    unittest.main()
