import Imaging
import Testing

@Suite("Parts of a path")
struct PathPartsTests {
    /// As POSIX's basename and dirname have them, but that the folder of a bare name is empty.
    @Test(
        "name and folder",
        arguments: [
            ("s", "s", ""), ("a/b", "b", "a"), ("a/b/", "b", "a"), ("/a", "a", "/"), ("/", "/", "/"),
            ("a//b", "b", "a"),
            (".", ".", ""), ("../x", "x", ".."), ("", "", ""), ("a/b/c.nii.gz", "c.nii.gz", "a/b"), ("//", "/", "/"),
        ])
    func parts(_ path: String, _ name: String, _ folder: String) {
        #expect(PathParts.name(path) == name)
        #expect(PathParts.folder(path) == folder)
    }
}
