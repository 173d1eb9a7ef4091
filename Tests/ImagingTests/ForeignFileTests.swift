import Imaging
import Testing

@Suite("Foreign files")
struct ForeignFileTests {
    @Test(
        "are named by their first bytes",
        arguments: [
            ("{\\rtf1\\ansi", "rich-text"), ("%PDF-1.7", "PDF"), ("<!DOCTYPE html><html>", "web page"),
            ("  <HTML>", "web page"),
            ("<?xml version=\"1.0\"?>", "XML"), ("PK\u{3}\u{4}xxxxxl/worksheets/sheet1.xml", "Excel"),
            ("PK\u{3}\u{4}xxxxword/document.xml", "Word"),
            ("PK\u{3}\u{4}mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "OpenDocument"),
            ("PK\u{3}\u{4}a.txt", "zip"),
            ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "Git LFS"),
            ("/annex/objects/MD5E-s1--0.nii.gz", "git-annex"),
            ("../.git/annex/objects/x/y/MD5E-s1--0.nii.gz", "git-annex"),
            ("MATLAB 5.0 MAT-file", "MATLAB"), ("$FL2@(#) SPSS", "SPSS"),
        ])
    func named(_ text: String, _ name: String) throws {
        for purpose in [ForeignFile.Purpose.text, .image] {
            let found = try #require(ForeignFile(Array(text.utf8), wanted: purpose))
            #expect(found.name.contains(name))
            #expect(found.remedy.hasSuffix("."))
        }
    }

    @Test(
        "are not seen in texts that can be read",
        arguments: [
            "//Reference=MNI\n", "study\tn1\n", "{\"studies\": []}", "[{}]", "", "x", "version 2", "<3 mm", "PK\t1",
        ])
    func plain(_ text: String) { #expect(ForeignFile(Array(text.utf8), wanted: .text) == nil) }

    @Test("an image is foreign where a text was wanted, and not where an image was")
    func image() {
        let bytes: [UInt8] = [0x5C, 1, 0, 0] + [UInt8](repeating: 0, count: 400)
        #expect(ForeignFile(bytes, wanted: .text)?.name.contains("NIfTI") == true)
        #expect(ForeignFile(bytes, wanted: .image) == nil)
    }
}
