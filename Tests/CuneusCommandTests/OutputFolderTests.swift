import Foundation
import Testing

@Suite("The folder of a run")
struct OutputFolderTests {
    private func start(_ scratch: Scratch, _ arguments: [String]) throws -> Command {
        try Command(["run", "p", "--model", "rest"] + arguments, in: scratch.path)
    }

    @Test("a folder with other people's files is refused, and they stay as they are")
    func foreign() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.write("theirs/report.html", "precious")
        let outcome = try start(scratch, ["--out", "theirs"] + quick).wait()
        #expect(outcome.code == 1)
        #expect(outcome.complaint.contains("theirs") && outcome.complaint.contains("not empty"))
        #expect(scratch.files("theirs") == ["report.html"])
        #expect(scratch.text("theirs/report.html") == "precious")
    }

    @Test("the project's own folder is refused")
    func project() throws {
        let scratch = try Scratch(nativeFiles)
        let before = scratch.files("p")
        #expect(try start(scratch, ["--out", "p"] + quick).wait().code == 1)
        #expect(scratch.files("p") == before)
    }

    @Test("an empty folder is taken")
    func empty() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.makeFolder("o")
        #expect(try start(scratch, ["--out", "o"] + quick).wait().code == 0)
    }

    @Test("a place that cannot be is told before the work, with the system's reason", arguments: ["file/o", "file"])
    func impossible(_ place: String) throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.write("file", "")
        let outcome = try start(scratch, ["--out", place] + quick).wait()
        #expect(outcome.code == 1)
        #expect(outcome.complaint.contains(place))
        #expect(
            outcome.complaint.contains("Not a directory") || outcome.complaint.contains("File exists"),
            "\(outcome.complaint)")
        #expect(!outcome.complaint.contains("pooling"))
    }

    @Test("a file that stands where a map should go ends the run with 1, without run.json")
    func inTheWay() throws {
        let scratch = try Scratch(nativeFiles)
        #expect(try start(scratch, ["--out", "o"] + quick).wait().code == 0)
        try scratch.remove("o/rest/z.nii.gz")
        try scratch.makeFolder("o/rest/z.nii.gz/in the way")
        let outcome = try start(scratch, ["--out", "o"] + quick).wait()
        #expect(outcome.code == 1)
        #expect(outcome.complaint.contains("z.nii.gz"))
        #expect(!scratch.exists("o/run.json") && scratch.exists("o/run.previous.json"))
        #expect(!scratch.files("o").contains { $0.hasSuffix(".tmp") })
    }

    @Test("without --out the results go to cuneus-out/<project>")
    func standardPlace() throws {
        let scratch = try Scratch(nativeFiles)
        #expect(try start(scratch, quick).wait().code == 0)
        #expect(scratch.exists("cuneus-out/small/run.json"))
    }
}
